"""Read-your-writes and freshness: what a query may wait for, and what it is told."""

import asyncio
import time
from datetime import timedelta

import pytest

from shared.eventlog.port import Position
from shared.projector.collections import PROJECTIONS as PREPARED
from shared.projector.collections import NotPreparedError, prepare, require_prepared
from shared.projector.definition import Projection
from shared.projector.reads import ReadModelBehind, Reads, StreamParkedOrHeld
from shared.projector.status import freshness
from tests.integration.projector.conftest import House, until
from tests.unit.projector.things import IN_DOCUMENTS, NEW_YEAR, PROJECTIONS, counted, noted, published

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


def _at(stream: str, version: int) -> Position:
    return Position(stream, version, f"owner-{stream.partition('/')[2][0]}")


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_a_query_waits_until_the_read_model_has_what_was_written(house: House, projection: Projection) -> None:
    reads = Reads(house.database, [projection])
    async with house.worker(projection):
        waiting = [
            asyncio.create_task(reads.wait(projection.name, positions, 15))
            for positions in ([_at("thing/a1", 2)], [_at("thing/a1", 1), _at("thing/b1", 1)], [_at("x.y/a1", 1)], [])
        ]
        await house.publish(counted("thing/a1", 1), counted("thing/b1", 1), noted("x.y/a1", 1))
        await asyncio.gather(*waiting[1:])
        assert not waiting[0].done()
        await house.publish(noted("thing/a1", 2))
        await waiting[0]
    await reads.close()


async def test_a_query_that_waits_too_long_is_told_to_come_back(house: House) -> None:
    await house.fold(IN_DOCUMENTS, [counted("thing/a1", 1)])
    reads = Reads(house.database, [IN_DOCUMENTS])
    await reads.wait("in-documents", [_at("thing/a1", 1)], 5)
    with pytest.raises(ReadModelBehind) as refused:
        await reads.wait("in-documents", [_at("thing/a1", 2)], 0.1)
    assert (refused.value.status, refused.value.retry_after_s) == (503, 1)
    await reads.close()


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_a_query_on_a_parked_or_held_stream_is_refused_at_once(house: House, projection: Projection) -> None:
    reads = Reads(house.database, [projection])
    facts = [counted("thing/a1", 1), published("thing/a1", 2, b"{"), counted("thing/b1", 1), counted("thing/b1", 3)]
    await house.fold(projection, facts)
    for position in (_at("thing/a1", 2), _at("thing/b1", 3)):
        started = time.monotonic()
        with pytest.raises(StreamParkedOrHeld) as refused:
            await reads.wait(projection.name, [position], 30)
        assert refused.value.status == 409
        assert time.monotonic() - started < 5
    # What was folded before the trouble can be read all the same.
    await reads.wait(projection.name, [_at("thing/a1", 1), _at("thing/b1", 1)], 5)
    await reads.close()


async def test_freshness_says_how_far_each_partition_is(house: House) -> None:
    await house.publish(counted("thing/a1", 1), counted("thing/a1", 2))
    async with house.worker(IN_DOCUMENTS):
        await house.folded(IN_DOCUMENTS)

        async def caught_up() -> bool:
            found = await freshness(house.database, "in-documents")
            return found.lag_facts == 0 and found.as_of is not None and found.as_of > NEW_YEAR + timedelta(days=1)

        await until(caught_up)
        found = await freshness(house.database, "in-documents")
        assert (len(found.partitions), found.workers, found.lag_s) == (12, 1, 0.0)
    # Without a worker nobody knows the ends: the newest folded fact is all that can be promised.
    stopped = await freshness(house.database, "in-documents")
    assert (stopped.as_of, stopped.lag_facts, stopped.workers) == (NEW_YEAR + timedelta(seconds=2), None, 0)
    place = next(found for found in stopped.partitions if found.next)
    behind = await freshness(house.database, "in-documents", ends={(place.topic, place.partition): 7})
    status = next(found for found in behind.partitions if found.next)
    assert (status.lag_facts, status.as_of) == (5, NEW_YEAR + timedelta(seconds=2))
    assert status.lag_s > 0


async def test_preparing_twice_changes_nothing_and_keeps_the_version_that_the_collections_hold(house: House) -> None:
    newer = Projection("in-documents", 2, ("things",), IN_DOCUMENTS.views)
    with pytest.raises(NotPreparedError, match="run init"):
        await require_prepared(house.database, IN_DOCUMENTS)
    await prepare(house.database, IN_DOCUMENTS)
    await prepare(house.database, newer)
    await require_prepared(house.database, IN_DOCUMENTS)
    # Folding on documents of another version would mix the two, so the newer program does not start.
    with pytest.raises(NotPreparedError, match="hold version 1"):
        await require_prepared(house.database, newer)
    found = await house.database[PREPARED].find_one({"_id": "in-documents"})
    assert found is not None
    assert (found["version"], found["collections"]) == (1, ["things"])
