"""The worker's loop: one transaction at a time, the next poll in flight, back off in an outage, memory bounded."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from typing_extensions import override

from shared.messaging import BrokerUnavailable
from shared.mongo import DatabaseError, EncodingError
from shared.projector.cache import Cache
from shared.projector.changes import Advance, Changes, HeadEntry, Partition
from shared.projector.commit import WriteRefusedError
from shared.projector.decoding import Raw
from shared.projector.encoding import freeze, thaw
from tests.unit.projector.memory import MemoryFeed, MemoryStore, drain, folded
from tests.unit.projector.things import BY_KEY, IN_DOCUMENTS, MIXED, counted, record

FACTS = [record(counted(f"thing/{letter}1", sequence)) for sequence in range(1, 6) for letter in "abcdef"]


class _Watched(MemoryStore):
    """Notes how many transactions run at once, and whether a poll began while one ran."""

    running = 0
    running_max = 0
    polled_meanwhile = 0

    @override
    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        self.running += 1
        self.running_max = max(self.running_max, self.running)
        try:
            await super().apply(advances, changes)
        finally:
            self.running -= 1


class _Watching(MemoryFeed):
    """Tells the store when it is polled."""

    store: _Watched

    @override
    async def poll(self, *, records_max: int, timeout_ms: int) -> list[Raw]:
        self.store.polled_meanwhile += self.store.running
        return await super().poll(records_max=records_max, timeout_ms=timeout_ms)


def test_the_next_poll_is_in_flight_while_the_only_transaction_runs() -> None:
    store = _Watched(MIXED)

    async def run() -> None:
        feed = _Watching(FACTS, [5] * 6)
        feed.store = store
        await drain(store, feed)

    asyncio.run(run())
    assert len(store.transactions) == 6
    assert store.running_max == 1
    assert store.polled_meanwhile == 6


@pytest.mark.parametrize("error", [DatabaseError("down"), BrokerUnavailable("down")], ids=["database", "broker"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_outage_is_waited_out_and_nothing_is_skipped(error: Exception, when: str) -> None:
    store = MemoryStore(BY_KEY)
    failures = [error, error]

    def fail() -> None:
        if failures:
            raise failures.pop()

    setattr(store, when, fail)
    folded(store, FACTS, [7, 7])
    assert {row["total"] for row in store.documents_of("totals").values()} == {5}
    assert not store.parked


def test_the_cache_forgets_the_oldest_beyond_its_bounds_and_only_when_told() -> None:
    cache = Cache(document_bytes_max=1_700, heads_max=4)
    for number in range(5):
        inserted = {0: {f"a{number}": freeze(f"a{number}", {"filling": "x" * 100}, None)}}
        cache.follow(Changes(inserted=inserted), {f"k{number}": {"s": HeadEntry(1, "c")}})
    assert cache.document((0, "a0")) is not None
    cache.trim()
    assert [cache.document((0, f"a{number}")) is not None for number in range(5)] == [False, False, True, True, True]
    assert [cache.heads(f"k{number}") is not None for number in range(5)] == [False, False, False, True, True]
    cache.clear()
    assert cache.document((0, "a4")) is None


def test_what_was_folded_is_in_the_cache_and_is_not_read_again() -> None:
    reads: list[int] = []

    class Counting(MemoryStore):
        @override
        async def documents(self, view: int, ids: Sequence[str]) -> list[dict[str, Any]]:
            reads.append(len(ids))
            return await super().documents(view, ids)

    folded(Counting(IN_DOCUMENTS), FACTS, [6] * 5)
    assert reads == [6]


class _Refusing(MemoryStore):
    """Takes nothing that names a stream, not even a fact put aside: as when a name itself cannot be written."""

    unwritable = "thing/c1"

    @override
    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        named = {stream for heads in changes.heads.values() for stream in heads}
        named |= {parked.incoming.recorded.stream for parked in changes.parked if parked.incoming}
        if self.unwritable in named:
            raise WriteRefusedError
        await super().apply(advances, changes)


def test_what_cannot_even_be_parked_in_its_place_is_parked_by_offset_and_the_rest_flows() -> None:
    store = _Refusing(BY_KEY)
    folded(store, [*FACTS[:6], *(fact for fact in FACTS[6:] if fact.key != b"owner-c")])
    assert {name: row["total"] for name, row in store.documents_of("totals").items()} == {
        f"owner-{letter}": 5 for letter in "abdef"
    }
    [parked] = store.parked.values()
    assert (parked["_id"], parked["reason"]) == (
        f"by-key/{parked['topic']}/{parked['partition']}/{parked['offset']}",
        "refused-by-database",
    )


def test_an_instant_before_year_one_in_a_row_cannot_be_stored_and_the_first_of_year_one_can() -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert thaw(freeze("a", {"at": first}, None))["at"] == first
    with pytest.raises(EncodingError):
        freeze("a", {"at": first.replace(tzinfo=timezone(timedelta(minutes=1)))}, None)
