"""One projector worker put together from real parts."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping

import structlog

from shared.brokers import Address
from shared.garbage import collect_rarely
from shared.lease import LEASE_TTL_S
from shared.messaging import PARTITIONS, BrokerUnavailable
from shared.mongo import Client, Database, DatabaseError
from shared.projector.bounded import BoundedFeed
from shared.projector.changes import Partition
from shared.projector.collections import require_prepared
from shared.projector.definition import Projection
from shared.projector.feed import KafkaFeed
from shared.projector.members import MongoMembers
from shared.projector.ownership import Ownership
from shared.projector.ports import Feed
from shared.projector.replay import BOUNDS, Bounds, Replays
from shared.projector.replay_store import MongoShelf
from shared.projector.store import MongoStore
from shared.projector.worker import PAUSE_S_MAX, Worker
from shared.watchdog import Progress

log = structlog.get_logger()


async def run_projector(  # noqa: PLR0913 - the composition of a worker: each is a plain value, given once
    *,
    client: Client,
    database: Database,
    projection: Projection,
    topics: Mapping[str, str],
    bootstrap_servers: Address,
    owner: str,
    stop: asyncio.Event,
    partitions: int = PARTITIONS,
    lease_ttl_s: float = LEASE_TTL_S,
    clock: Callable[[], float] = time.monotonic,
    progress: Progress | None = None,
    until: Mapping[Partition, int] | None = None,
    replay_bounds: Bounds = BOUNDS,
) -> None:
    """Fold facts into the projection's collections until `stop` is set; then give the partitions away within 1 s.

    `topics` gives the Kafka topic of each publisher; `owner` is unique per process (and per projection in it).
    Outages are waited out, never skipped over; a bug of a fold parks its facts. `progress` is told what waits and
    what was folded. With `until` no partition is read beyond its offset there; `replay_bounds` bounds the replay of
    what was parked. Raises NotPreparedError when `prepare`
    has not been run, or the collections hold another version.
    """
    collect_rarely()  # every few polls instead of a hundred times in each: a third of a drain's time
    names = [topics[publisher] for publisher in projection.topics]
    progress = progress or Progress(projection.name, clock)
    if not await _prepared(database, projection, stop, progress):
        return
    feed = await _connected(bootstrap_servers, f"{database.name}.{projection.name}", stop, progress)
    if feed is None:
        return
    try:
        members = MongoMembers(database, projection.name, ttl_s=lease_ttl_s, clock=clock)
        ownership = Ownership(members, projection.name, owner, numbers=partitions, clock=clock)
        store = MongoStore(client, database, projection)
        read: Feed = feed if until is None else BoundedFeed(feed, until)
        worker = Worker(
            projection,
            names,
            feed=read,
            store=store,
            ownership=ownership,
            clock=clock,
            progress=progress,
            replays=Replays(
                projection, MongoShelf(database, projection.name), owner, bounds=replay_bounds, clock=clock
            ),
        )
        await worker.run(stop)
    finally:
        await feed.stop()


async def _prepared(database: Database, projection: Projection, stop: asyncio.Event, progress: Progress) -> bool:
    """Wait until the database can say that it holds this version; False when `stop` came first."""
    while not stop.is_set():
        try:
            await require_prepared(database, projection)
        except DatabaseError as error:
            log.warning("database_unavailable", error=type(error).__name__, pause_s=PAUSE_S_MAX)
            progress.excused()
            await _pause(stop)
        else:
            return True
    return False


async def _connected(
    bootstrap_servers: Address, group_id: str, stop: asyncio.Event, progress: Progress
) -> KafkaFeed | None:
    """Return a feed once the broker answers; None when `stop` came first."""
    while not stop.is_set():
        feed = KafkaFeed(bootstrap_servers, group_id=group_id)
        try:
            await feed.start()
        except BrokerUnavailable as error:
            log.warning("broker_unavailable", error=str(error), pause_s=PAUSE_S_MAX)
            progress.excused()
            await _pause(stop)
        else:
            return feed
    return None


async def _pause(stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), PAUSE_S_MAX)
