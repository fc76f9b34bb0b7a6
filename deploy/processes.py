"""What one process of the system runs: the API of some services, or their relays and projectors."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import structlog
import uvicorn

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.garbage import collect_rarely
from shared.kernel.ids import new_id
from shared.mongo import Client, connect
from shared.projector.definition import Projection
from shared.projector.run import run_projector
from shared.relay.run import RelaySettings, run_relay
from shared.service import Service
from shared.settings import Settings
from shared.web.application import create_api
from shared.web.runtime import open_runtime, verifier_of

_NEW_OBJECTS: Final = 50_000  # a search takes milliseconds then, and comes every few hundred requests

log = structlog.get_logger()


async def serve(settings: Settings, services: Sequence[Service], *, host: str, port: int) -> None:
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


async def work(settings: Settings, services: Sequence[Service], *, relays: bool, projectors: bool) -> None:
    """Run relays and projectors of `services` until SIGINT or SIGTERM; then hand over and return.

    When one of them ends with a bug all are stopped, and whoever supervises the process starts it again.
    """
    async with _stop_on_signal() as stop, _client(settings) as client, asyncio.TaskGroup() as group:
        for service in services:
            if relays:
                group.create_task(_relay(settings, service, client, stop), name=f"relay {service.name}")
            if projectors:
                for projection in service.projections:
                    name = f"project {service.name}/{projection.name}"
                    group.create_task(_project(settings, service, projection, client, stop), name=name)
        log.info("work_started", services=[service.name for service in services], relays=relays, projectors=projectors)
    log.info("work_ended")


async def _relay(settings: Settings, service: Service, client: Client, stop: asyncio.Event) -> None:
    relay = RelaySettings(
        service=service.name,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        topic=topic_of(settings.namespace, service.name),
        owner=new_id(),
    )
    await run_relay(client[f"{settings.namespace}_{service.name}"], relay, stop)


async def _project(
    settings: Settings, service: Service, projection: Projection, client: Client, stop: asyncio.Event
) -> None:
    await run_projector(
        client=client,
        database=client[f"{settings.namespace}_{service.name}"],
        projection=projection,
        topics={name: topic_of(settings.namespace, name) for name in SERVICES},
        bootstrap_servers=settings.kafka_bootstrap_servers,
        owner=new_id(),
        stop=stop,
    )


@asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator[Client]:
    client = connect(settings.mongodb_uri.get_secret_value(), app_name="lotsen-work")
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
