"""The relay as a process runs it: it leads while it holds the lease, and backs off while a part is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from shared.brokers import Address
from shared.lease import Lease
from shared.messaging import PUBLISH_TIMEOUT_S, BrokerUnavailable, Producer, TopicName
from shared.mongo import Database, DatabaseError
from shared.relay.checkpoints import MongoCheckpoints
from shared.relay.commits import MongoCommits
from shared.relay.metrics import INTERRUPTIONS, LEADING, PRODUCER_REBUILDS
from shared.relay.ports import CommitsUnavailable, LeaseLost
from shared.relay.relay import Clocks, Relay
from shared.relay.requests import MongoRequests
from shared.relay.topic import KafkaTopic
from shared.relay.waiting import observe
from shared.watchdog import Progress

CANDIDATE_PAUSE_S = 0.5  # a planned hand-over takes at most this, a takeover this and the rest of the lease
_PAUSE_S_FIRST = 0.2
_PAUSE_S_MAX = 5.0
_STOP_GRACE_S = 5.0

Run = Callable[[], Awaitable[None]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Which service, topic and cluster. `owner` is unique per process; `publish_timeout_s` bounds each batch."""

    service: str
    bootstrap_servers: Address
    topic: TopicName
    owner: str
    publish_timeout_s: float = PUBLISH_TIMEOUT_S


async def run_relay(
    database: Database, settings: RelaySettings, stop: asyncio.Event, progress: Progress | None = None
) -> None:
    """Relay one service's log from `database` to its topic until `stop` is set; then return, within seconds.

    An outage of broker or database is waited out, and so is another relay that leads. The lease is given back at the
    end. Raises only what is a bug. `progress` is told what waits and what was published.
    """
    service = settings.service
    progress = progress or Progress(f"relay {service}")
    lease = Lease(database, f"relay/{service}", owner=settings.owner)
    producer = Producer(
        settings.bootstrap_servers,
        settings.topic,
        source=f"/lotsen/{service}",
        timeout_s=settings.publish_timeout_s,
        on_discard=PRODUCER_REBUILDS.labels(service).inc,
    )
    topic = KafkaTopic(settings.bootstrap_servers, settings.topic, producer, progress)
    relay = Relay(
        service,
        commits=MongoCommits(database),
        topic=topic,
        checkpoints=MongoCheckpoints(database, service, lease),
        stop=stop,
        clocks=Clocks(time.monotonic, time.time),
        requests=MongoRequests(database, settings.owner),
    )

    async def run() -> None:
        try:
            await relay.run()
        except (BrokerUnavailable, CommitsUnavailable):
            progress.excused()
            raise

    tasks = [
        asyncio.ensure_future(lead_in_turns(run, lease, service, stop)),
        asyncio.ensure_future(observe(database, service, settings.owner, progress)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await topic.close()
    for task in tasks:
        if not task.cancelled():
            task.result()


async def lead_in_turns(run: Run, lease: Lease, service: str, stop: asyncio.Event) -> None:
    """Run the relay whenever `lease` is ours, and end it when the lease is lost."""
    while not stop.is_set():
        try:
            acquired = await lease.acquire()
        except DatabaseError as error:
            log.warning("relay_lease_unreachable", service=service, error=str(error))
            acquired = False
        if not acquired:
            await pause(stop, CANDIDATE_PAUSE_S)
            continue
        log.info("relay_lease_taken", service=service, owner=lease.owner, epoch=lease.epoch)
        LEADING.labels(service).set(1)
        try:
            await _lead(run, lease, service, stop)
        finally:
            LEADING.labels(service).set(0)
            with suppress(DatabaseError):  # it expires by itself
                await lease.release()
        log.info("relay_lease_left", service=service, owner=lease.owner, epoch=lease.epoch)


async def _lead(run: Run, lease: Lease, service: str, stop: asyncio.Event) -> None:
    """Run the relay and renew its lease until one of them ends; a relay that does not stop in time is cancelled."""
    working = asyncio.ensure_future(_work(run, service, stop))
    renewing = asyncio.ensure_future(_renew(lease, service))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, renewing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.done() and not renewing.done():
            await asyncio.wait({working}, timeout=_STOP_GRACE_S)
    finally:
        for task in (working, renewing, stopping):
            task.cancel()
        await asyncio.wait({working, renewing, stopping})
    for task in (working, renewing):
        if not task.cancelled():
            task.result()


async def _work(run: Run, service: str, stop: asyncio.Event) -> None:
    pause_s = _PAUSE_S_FIRST
    while not stop.is_set():
        began_s = time.monotonic()
        try:
            await run()
        except LeaseLost:
            log.warning("relay_lease_lost", service=service)
            return
        except (BrokerUnavailable, CommitsUnavailable) as error:
            cause = "broker" if isinstance(error, BrokerUnavailable) else "database"
            INTERRUPTIONS.labels(service, cause).inc()
            log.warning("relay_interrupted", service=service, cause=cause, error=str(error), pause_s=pause_s)
        else:
            continue
        if time.monotonic() - began_s > _PAUSE_S_MAX:
            pause_s = _PAUSE_S_FIRST
        await pause(stop, pause_s)
        pause_s = min(pause_s * 2, _PAUSE_S_MAX)


async def _renew(lease: Lease, service: str) -> None:
    """Renew three times in a lease's life; return when it is lost or can no longer be trusted."""
    while lease.held:
        await asyncio.sleep(lease.ttl_s / 3)
        try:
            if not await lease.renew():
                log.warning("relay_lease_lost", service=service)
        except DatabaseError as error:
            log.warning("relay_lease_unreachable", service=service, error=str(error))


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not longer than until `stop`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
