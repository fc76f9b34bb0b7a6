"""What becomes due by itself: done once by an operator's command, and every minute by a worker."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import structlog
from prometheus_client import Counter

from deploy.initialise import database_of
from deploy.operating import connected
from deploy.services import SERVICES
from shared.eventlog.mongo_log import MongoEventLog
from shared.kernel.ids import new_id
from shared.lease import Lease
from shared.mongo import Client, DatabaseError
from shared.projector.live import ReadDatabase, following
from shared.service import Service
from shared.settings import WorkSettings
from shared.watchdog import Progress

EVERY_S: Final = 60.0
_LEASE: Final = "duties"
_LEASE_S: Final = 150.0
"""Longer than two looks: who did the duties last goes on doing them, and is missed for two minutes when it ends."""
_NO_CLAIMS: Final = bytes(32)
"""Duties claim nothing across streams; the key of claims is the API's."""

DONE: Final = Counter("lotsen_duties_total", "Dated duties by what became of them", ("service", "duty"))

log = structlog.get_logger()


async def tick(settings: WorkSettings, now: datetime) -> Mapping[str, int]:
    """Do once what is due at `now` in every service; return how many of each kind were recorded."""
    done: dict[str, int] = {}
    async with connected(settings) as client:
        for service in SERVICES.values():
            if service.duties is not None:
                name = database_of(client, settings, service.name).name
                async with following(client, name, service.projections) as database:
                    done |= await _do(service, client, database, now)
    return done


async def keep_duties(
    settings: WorkSettings,
    service: Service,
    client: Client,
    stop: asyncio.Event,
    progress: Progress,
    every_s: float = EVERY_S,
) -> None:
    """Do what is due every minute, in one process at a time, until `stop`. An outage is waited out.

    The lease only spares work: a duty that two processes do at once is recorded once, by its id.
    """
    database = database_of(client, settings, service.name)
    lease = Lease(database, _LEASE, owner=new_id(), ttl_s=_LEASE_S)
    async with following(client, database.name, service.projections) as read_models:
        while not stop.is_set():
            progress.began()
            try:
                if await lease.acquire():
                    await _do(service, client, read_models, now())
            except DatabaseError as error:
                progress.excused()
                log.warning("duties_wait", service=service.name, error=type(error).__name__)
            progress.finished()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every_s)
    with contextlib.suppress(DatabaseError):  # it runs out by itself
        await lease.release()


def now() -> datetime:
    """Return the time now, aware, UTC."""
    return datetime.fromtimestamp(time.time(), UTC)


async def _do(service: Service, client: Client, database: ReadDatabase, at: datetime) -> Mapping[str, int]:
    assert service.duties is not None
    event_log = MongoEventLog(client, client[database.name], claims_key=_NO_CLAIMS)
    try:
        done = await service.duties(event_log, database, at)
    finally:
        await event_log.close()
    for duty, count in done.items():
        DONE.labels(service.name, duty).inc(count)
    if any(done.values()):
        log.info("duties_done", service=service.name, **done)
    return done
