"""What one process of the system runs: the API of some services, or their relays and projectors."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final

import structlog
import uvicorn
from prometheus_client import Counter

from deploy.duties import keep_duties
from deploy.generations import keep_relaying
from deploy.health import answering, live, ready
from deploy.initialise import database_of, topic_of
from deploy.services import SERVICES
from shared.garbage import collect_rarely
from shared.kernel.ids import new_id
from shared.messaging import TopicName
from shared.mongo import Client, connect, keep_ending_abandoned
from shared.projector.definition import Projection
from shared.projector.keeping import keep_editions
from shared.projector.run import run_projector
from shared.relay.run import RelaySettings, run_relay
from shared.service import Service
from shared.settings import ApiSettings, WorkSettings
from shared.watchdog import Watchdog, guarded
from shared.web.application import create_api
from shared.web.runtime import open_runtime, verifier_of

_NEW_OBJECTS: Final = 50_000  # a search takes milliseconds then, and comes every few hundred requests

FAILURES: Final = Counter(
    "lotsen_worker_failures_total", "Workers that ended by a bug, and their process with them", ("worker",)
)

log = structlog.get_logger()


async def serve(settings: ApiSettings, services: Sequence[Service], *, host: str, port: int) -> None:
    """Serve the APIs and pages of `services` on one port, each under its prefix, until SIGINT or SIGTERM."""
    async with AsyncExitStack() as stack:
        tokens = verifier_of(settings)
        runtimes = {
            service.name: await stack.enter_async_context(open_runtime(service, settings, tokens=tokens))
            for service in services
        }
        config = uvicorn.Config(
            create_api(services, runtimes),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nothing here asks who the proxy's client was
            timeout_graceful_shutdown=10,
        )
        collect_rarely(_NEW_OBJECTS)
        await uvicorn.Server(config).serve()


async def work(settings: WorkSettings, services: Sequence[Service], *, relays: bool, projectors: bool) -> None:
    """Run relays and projectors of `services` until SIGINT or SIGTERM; then hand over and return.

    When one of them ends with a bug all hand over what they have, and the bugs are raised (an ExceptionGroup); when one
    stands still the watchdog ends the process (75). Whoever supervises the process starts it again. Raises
    AddressTakenError when health and metrics have an address that is taken.
    """
    watchdog = Watchdog(settings.still_s_max)
    async with _stop_on_signal() as stop, _client(settings) as client:
        loop = asyncio.get_running_loop()
        probes = {"mongodb": lambda: client.admin.command("ping")}
        checks = {"/health/live": live(loop), "/health/ready": ready(loop, watchdog, probes)}
        with guarded(watchdog), answering(settings.health_host, settings.health_port, checks):
            async with asyncio.TaskGroup() as group:
                for service in services:
                    for name, run in _workers(settings, service, client, stop, relays=relays, projectors=projectors):
                        group.create_task(counted(name, run(watchdog)), name=name)
                group.create_task(counted("abandoned transactions", keep_ending_abandoned(client, stop)))
                names = [service.name for service in services]
                log.info("work_started", services=names, relays=relays, projectors=projectors)
    log.info("work_ended")


def _workers(
    settings: WorkSettings, service: Service, client: Client, stop: asyncio.Event, *, relays: bool, projectors: bool
) -> Iterator[tuple[str, Callable[[Watchdog], Coroutine[Any, Any, None]]]]:
    """Yield the workers of one service by name; each is begun with the watchdog that it is to tell its progress."""
    if relays:
        yield f"relay {service.name}", partial(_relay, settings, service, client, stop)
    if projectors:
        for projection in service.projections:
            name = f"project {service.name}/{projection.name}"
            yield name, partial(_project, settings, service, projection, client, stop)
    if projectors and service.duties is not None and not settings.sandbox:  # a sandbox has a time of its own
        yield f"duties {service.name}", partial(_duties, settings, service, client, stop)


async def counted(name: str, worker: Coroutine[Any, Any, None]) -> None:
    """Run a worker; a bug that ends it is counted and logged before it ends the process."""
    try:
        await worker
    except Exception as error:  # counts every bug, and raises it again
        FAILURES.labels(name).inc()
        log.critical("worker_failed", worker=name, error=type(error).__name__, exc_info=error)
        raise


async def _relay(
    settings: WorkSettings, service: Service, client: Client, stop: asyncio.Event, watchdog: Watchdog
) -> None:
    """Relay the service's log, on whatever topic its generation has."""
    database = database_of(client, settings, service.name)
    progress = watchdog.watch(f"relay {service.name}")

    async def run(topic: TopicName, ended: asyncio.Event) -> None:
        relay = RelaySettings(
            service=service.name,
            bootstrap_servers=settings.brokers(),
            topic=topic,
            owner=new_id(),
        )
        await run_relay(database, relay, ended, progress)

    await keep_relaying(database, service.name, run, stop, namespace=settings.namespace)


async def _duties(
    settings: WorkSettings, service: Service, client: Client, stop: asyncio.Event, watchdog: Watchdog
) -> None:
    """Do what becomes due by itself."""
    await keep_duties(settings, service, client, stop, watchdog.watch(f"duties {service.name}"))


async def _project(
    settings: WorkSettings,
    service: Service,
    projection: Projection,
    client: Client,
    stop: asyncio.Event,
    watchdog: Watchdog,
) -> None:
    """Fold facts into every edition of the projection that this program can fold."""
    database = database_of(client, settings, service.name)
    first_topics = {name: topic_of(settings.namespace, name) for name in SERVICES}

    async def run(edition: Projection, reads: Mapping[str, str], ended: asyncio.Event) -> None:
        progress = watchdog.watch(f"project {service.name}/{edition.name}")
        try:
            await run_projector(
                client=client,
                database=database,
                projection=edition,
                topics={**first_topics, **reads},
                bootstrap_servers=settings.brokers(),
                owner=new_id(),
                stop=ended,
                progress=progress,
            )
        finally:
            watchdog.forget(progress)

    await keep_editions(database, projection, run, stop)


@asynccontextmanager
async def _client(settings: WorkSettings) -> AsyncIterator[Client]:
    client = connect(settings.mongodb_address(), app_name="lotsen-work")
    try:
        yield client
    finally:
        client.close()


@asynccontextmanager
async def _stop_on_signal() -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
