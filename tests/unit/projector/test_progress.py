"""What a worker tells of its progress: still while a poll hangs, excused in an outage, nothing to tell when idle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from typing_extensions import override

from shared.messaging import BrokerUnavailable
from shared.mongo import DatabaseError
from shared.projector.decoding import Raw
from shared.projector.worker import Worker
from shared.watchdog import Progress
from tests.unit.projector.memory import AllNumbers, MemoryFeed, MemoryStore
from tests.unit.projector.things import BY_KEY, TOPIC, counted, record
from tests.waiting import eventually

FACTS = [record(counted(f"thing/{letter}1", 1)) for letter in "abc"]


class _Hanging(MemoryFeed):
    """Hands nothing out, for ever."""

    @override
    async def poll(self, *, records_max: int, timeout_ms: int) -> list[Raw]:
        await asyncio.Event().wait()
        return []


@asynccontextmanager
async def working(store: MemoryStore, feed: MemoryFeed, ownership: AllNumbers | None = None) -> AsyncIterator[Progress]:
    """Run a worker beside the test; it is cancelled afterwards."""
    progress = Progress("project things")
    worker = Worker(BY_KEY, [TOPIC], feed=feed, store=store, ownership=ownership or AllNumbers(), progress=progress)
    task = asyncio.create_task(worker.run(asyncio.Event()))
    try:
        yield progress
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.asyncio
async def test_a_worker_whose_poll_hangs_stands_still_while_there_is_work() -> None:
    async with working(MemoryStore(BY_KEY), _Hanging(FACTS)) as progress:
        await eventually(lambda: progress.still_s() > 0.5)
        assert not progress.waits


@pytest.mark.asyncio
async def test_a_worker_that_does_not_take_over_what_it_got_stands_still() -> None:
    feed = _Hanging([])
    async with working(MemoryStore(BY_KEY), feed, ownership := AllNumbers()) as progress:
        await eventually(lambda: progress.steps == 1)
        ownership.changed = True
        await eventually(lambda: progress.still_s() > 0.5)


@pytest.mark.asyncio
async def test_a_worker_that_has_folded_everything_does_not_stand_still() -> None:
    store = MemoryStore(BY_KEY)
    async with working(store, MemoryFeed(FACTS)) as progress:
        await eventually(lambda: len(store.documents_of("totals")) == 3)
        await eventually(lambda: progress.still_s() == 0)
        assert progress.steps >= 2


@pytest.mark.asyncio
@pytest.mark.parametrize("error", [DatabaseError("down"), BrokerUnavailable("down")], ids=["database", "broker"])
async def test_a_worker_in_an_outage_says_so(error: Exception) -> None:
    store = MemoryStore(BY_KEY)

    def fail() -> None:
        raise error

    store.before = fail
    async with working(store, MemoryFeed(FACTS)) as progress:
        await eventually(lambda: progress.waits)
