"""A read database as the projector sees it: all or nothing, compared with position and claim, and handed over."""

from abc import ABC, abstractmethod

import pytest

from shared.lease import Lease
from shared.projector.changes import Advance, Changes, Exceptions, HeadEntry, Loaded, Parked, Partition, Place
from shared.projector.commit import MissedError
from shared.projector.decoding import Decoder, Incoming, Problem
from shared.projector.encoding import freeze
from shared.projector.marks import mark_of
from shared.projector.ports import Store
from shared.projector.replay import Shelf
from shared.projector.replay_part import Part
from shared.projector.replay_requests import Outcome
from tests.unit.projector.things import MIXED, counted, record

TOPICS = ("test.things", "test.others")
PLACE, OTHER, ELSEWHERE = Partition(TOPICS[0], 0), Partition(TOPICS[1], 0), Partition(TOPICS[0], 1)
PROJECTION = MIXED
BAD = Problem("not-json", "")


class StoreBench(ABC):
    """One read database for the projection of these tests, and its workers."""

    @abstractmethod
    def new_store(self) -> Store:
        """Return the store of another worker."""

    @property
    @abstractmethod
    def shelf(self) -> Shelf:
        """What is parked here, and what is asked about it."""

    @abstractmethod
    async def ask_for_replay(self, stream: str) -> None:
        """Ask for a parked stream to be folded again."""

    @abstractmethod
    def overtaken_store(self) -> Store:
        """Return a store whose first claim is overtaken by an earlier one of its own, which was long on its way."""

    @abstractmethod
    def new_lease(self, number: int, owner: str) -> Lease:
        """Return the lease of a partition number, as this owner asks for it."""

    @abstractmethod
    async def lose_lease(self, lease: Lease) -> None:
        """Let a lease be lost without its holder noticing."""

    async def owner_of(self, number: int, owner: str) -> tuple[Store, dict[int, Lease]]:
        """Return a worker that owns a partition number, and what it shows to claim it."""
        lease = self.new_lease(number, owner)
        assert await lease.acquire()
        return self.new_store(), {number: lease}

    async def claimed(self, number: int = 0, owner: str = "a") -> Store:
        """Return a worker that has claimed a partition number of both topics."""
        store, owned = await self.owner_of(number, owner)
        await store.claim(owned, TOPICS, "cluster")
        return store


class StoreBehaviour:
    """Whoever runs the suite defines the fixture `bench`."""

    async def test_a_new_partition_begins_at_zero_and_continues_where_the_last_transaction_left_it(
        self, bench: StoreBench
    ) -> None:
        store, owned = await bench.owner_of(0, "a")
        assert await store.claim(owned, TOPICS, "cluster") == Loaded({PLACE: 0, OTHER: 0}, Exceptions(), {})
        last = record(counted("thing/a1", 1), offset=4)
        await store.apply({PLACE: Advance(0, 5, None, last)}, Changes())
        loaded = Loaded({PLACE: 5, OTHER: 0}, Exceptions(), {PLACE: mark_of(last)})
        assert await store.claim(owned, TOPICS, "cluster") == loaded
        await store.apply({PLACE: Advance(5, 5, None)}, Changes())  # a replay stands still
        assert await store.claim(owned, TOPICS, "cluster") == loaded
        await store.restart([PLACE], "cluster")
        assert await store.claim(owned, TOPICS, "cluster") == Loaded({PLACE: 0, OTHER: 0}, Exceptions(), {})

    async def test_who_owns_nothing_claims_nothing(self, bench: StoreBench) -> None:
        assert await bench.new_store().claim({}, TOPICS, "cluster") == Loaded({}, Exceptions(), {})

    async def test_a_transaction_writes_documents_heads_and_what_is_put_aside(self, bench: StoreBench) -> None:
        store = await bench.claimed()
        await store.apply({PLACE: Advance(0, 2, None)}, _changes())
        assert [row["total"] for row in await store.documents(0, ["a1", "b1"])] == [1]
        assert await store.heads(["owner-a", "owner-b"]) == {"owner-a": {"thing/a1": HeadEntry(1, "id")}}
        assert [(it.offset, it.key) for it in await store.held(["thing/a1", "thing/a2"])] == [(7, b"owner-a")]

    @pytest.mark.parametrize("advance", [Advance(1, 2, None), Advance(5, 2, None)])
    async def test_at_another_position_nothing_at_all_is_written(self, bench: StoreBench, advance: Advance) -> None:
        store = await bench.claimed()
        with pytest.raises(MissedError):
            await store.apply({OTHER: Advance(0, 1, None), PLACE: advance}, _changes())
        await _nothing_is_written(store)

    async def test_under_an_earlier_claim_nothing_at_all_is_written(self, bench: StoreBench) -> None:
        """What was sent and got no answer must not take effect after a new claim, though its position is right."""
        store, owned = await bench.owner_of(0, "a")
        await store.claim(owned, TOPICS, "cluster")
        await bench.new_store().claim(owned, TOPICS, "cluster")
        with pytest.raises(MissedError):
            await store.apply({PLACE: Advance(0, 2, None)}, _changes())
        await _nothing_is_written(store)

    async def test_a_claim_is_on_all_topics_of_its_number(self, bench: StoreBench) -> None:
        store, owned = await bench.owner_of(0, "a")
        await store.claim(owned, TOPICS, "cluster")
        await bench.new_store().claim(owned, TOPICS[:1], "cluster")
        await store.apply({OTHER: Advance(0, 1, None)}, Changes())  # this topic was left alone
        with pytest.raises(MissedError):
            await store.apply({PLACE: Advance(0, 1, None)}, Changes())

    async def test_who_lost_the_lease_writes_nothing_and_claims_nothing(self, bench: StoreBench) -> None:
        zombie, owned = await bench.owner_of(0, "a")
        await zombie.claim(owned, TOPICS, "cluster")
        await bench.lose_lease(owned[0])
        store = await bench.claimed(0, "b")
        with pytest.raises(MissedError):
            await zombie.apply({PLACE: Advance(0, 2, None)}, _changes())
        assert (await zombie.claim(owned, TOPICS, "cluster")).next == {}
        await _nothing_is_written(store)
        await store.apply({PLACE: Advance(0, 1, None)}, Changes())

    async def test_a_claim_that_an_earlier_one_of_our_own_overtakes_is_missed_and_made_again(
        self, bench: StoreBench
    ) -> None:
        """Else the worker would believe that a later owner has come, and leave the partition to nobody."""
        _, owned = await bench.owner_of(0, "a")
        store = bench.overtaken_store()
        with pytest.raises(MissedError):
            await store.claim(owned, TOPICS, "cluster")
        assert (await store.claim(owned, TOPICS, "cluster")).next == {PLACE: 0, OTHER: 0}

    async def test_after_a_transaction_of_unknown_outcome_a_claim_tells(self, bench: StoreBench) -> None:
        store, owned = await bench.owner_of(0, "a")
        await store.claim(owned, TOPICS, "cluster")
        await store.apply({PLACE: Advance(0, 2, None)}, Changes())  # its answer is taken as lost
        with pytest.raises(MissedError):
            await store.apply({PLACE: Advance(0, 2, None)}, Changes())
        assert (await store.claim(owned, TOPICS, "cluster")).next[PLACE] == 2

    async def test_another_cluster_and_a_restart_begin_at_zero(self, bench: StoreBench) -> None:
        store, owned = await bench.owner_of(0, "a")
        await store.claim(owned, TOPICS, "cluster")
        await store.apply({PLACE: Advance(0, 5, None), OTHER: Advance(0, 6, None)}, Changes())
        await store.restart([PLACE], "cluster")
        assert (await store.claim(owned, TOPICS, "cluster")).next == {PLACE: 0, OTHER: 6}
        assert (await store.claim(owned, TOPICS, "another")).next == {PLACE: 0, OTHER: 0}
        assert (await store.claim(owned, TOPICS, "another")).next == {PLACE: 0, OTHER: 0}

    async def test_numbers_are_claimed_one_by_one(self, bench: StoreBench) -> None:
        store, other = await bench.claimed(0, "a"), await bench.claimed(1, "b")
        await store.apply({PLACE: Advance(0, 1, None)}, Changes())
        await other.apply({ELSEWHERE: Advance(0, 1, None)}, Changes())
        with pytest.raises(MissedError):
            await store.apply({ELSEWHERE: Advance(1, 2, None)}, Changes())

    @pytest.mark.parametrize("part", ["inserted", "replaced", "released"])
    async def test_documents_that_are_not_as_they_were_read_are_a_miss(self, bench: StoreBench, part: str) -> None:
        store = await bench.claimed()
        await store.apply({PLACE: Advance(0, 2, None)}, _changes())
        wrong = {
            "inserted": Changes(inserted=_changes().inserted),
            "replaced": Changes(replaced={0: {"b1": freeze("b1", {"total": 9}, None)}}),
            "released": Changes(released=[Place("thing/a1", 9)]),
        }
        with pytest.raises(MissedError):
            await store.apply({PLACE: Advance(2, 3, None)}, wrong[part])
        assert [row["total"] for row in await store.documents(0, ["a1", "b1"])] == [1]

    async def test_exceptions_are_found_by_the_next_owner_of_their_number_only(self, bench: StoreBench) -> None:
        store = await bench.claimed()
        await store.apply({PLACE: Advance(0, 2, None)}, _changes())
        again, owned = await bench.owner_of(0, "a")
        found = (await again.claim(owned, TOPICS, "cluster")).exceptions
        assert found.parked == {"thing/a2"}
        assert {stream: (held.partition, held.ids) for stream, held in found.held.items()} == {
            "thing/a1": (PLACE, {3: "c-a1.3"})
        }
        other, owned = await bench.owner_of(1, "b")
        assert (await other.claim(owned, TOPICS, "cluster")).exceptions == Exceptions()

    async def test_what_is_released_is_gone_and_what_is_put_aside_again_stays_as_it_was(
        self, bench: StoreBench
    ) -> None:
        store = await bench.claimed()
        await store.apply({PLACE: Advance(0, 2, None)}, _changes())
        again = Changes(held=[_fact("thing/a1", 3, offset=99)], parked=[Parked(_fact("thing/a2", 1).record, None, BAD)])
        await store.apply({PLACE: Advance(2, 3, None)}, again)
        assert [it.offset for it in await store.held(["thing/a1"])] == [7]
        await store.apply({PLACE: Advance(3, 4, None)}, Changes(released=[Place("thing/a1", 3)]))
        assert await store.held(["thing/a1"]) == []

    async def test_what_is_parked_of_a_stream_is_found_in_order_and_taken_once(self, bench: StoreBench) -> None:
        store = await bench.claimed()
        facts = [_fact("thing/a1", sequence) for sequence in (10, 9, 2)] + [_fact("thing/a12", 1)]
        await store.apply({PLACE: Advance(0, 2, None)}, Changes(parked=[Parked(it.record, it, BAD) for it in facts]))
        rows, more = await bench.shelf.rows("thing/a1", facts_max=2, bytes_max=10**6)
        assert ([row["sequence"] for row in rows], more) == ([2, 9], True)
        assert await bench.shelf.count("thing/a1", limit=10) == 3
        assert await bench.shelf.count("thing/a1", reason="fork", limit=10) == 0
        assert (await bench.shelf.row(rows[0]["_id"]) or {})["sequence"] == 2
        taken = Changes(unparked=[row["_id"] for row in rows])
        await store.apply({PLACE: Advance(2, 2, None)}, taken)
        with pytest.raises(MissedError):
            await store.apply({PLACE: Advance(2, 2, None)}, taken)
        rows, more = await bench.shelf.rows("thing/a1", facts_max=2, bytes_max=10**6)
        assert ([row["sequence"] for row in rows], more) == ([10], False)

    async def test_a_replay_that_is_asked_for_is_the_owners_until_it_is_answered(self, bench: StoreBench) -> None:
        store = await bench.claimed()
        await store.apply({PLACE: Advance(0, 2, None)}, _changes())
        await bench.ask_for_replay("thing/a2")
        assert await bench.shelf.asked({1, 2}) == []
        (asked,) = await bench.shelf.asked({0, 1})
        assert (asked.stream, asked.partition) == ("thing/a2", 0)
        part = Part(asked, "a", lifted=asked.stream, verdict=Outcome.NOTHING_PARKED)
        changes = Changes()
        part.settle(changes)
        await store.apply(part.standing({PLACE: 2}), changes)
        assert await bench.shelf.asked({0, 1}) == []

    async def test_facts_of_a_version_that_was_unknown_are_found_by_who_knows_it(self, bench: StoreBench) -> None:
        store = await bench.claimed()
        newer = _fact("thing/a3", 1)._replace(type="se.lotsen.counted.v2")
        parked = Parked(newer.record, newer, Problem("unknown-version", newer.type))
        await store.apply({PLACE: Advance(0, 2, None)}, Changes(parked=[parked]))
        assert await bench.shelf.of_unknown_version({0}, {newer.type}) == [("thing/a3", 0)]
        assert await bench.shelf.of_unknown_version({1}, {newer.type}) == []
        assert await bench.shelf.of_unknown_version({0}, {"se.lotsen.counted.v1"}) == []


async def _nothing_is_written(store: Store) -> None:
    assert await store.documents(0, ["a1"]) == []
    assert await store.heads(["owner-a"]) == {}
    assert await store.held(["thing/a1"]) == []


def _changes() -> Changes:
    """Return one of everything: a document, a head, a held fact, a parked one."""
    parked = _fact("thing/a2", 1)
    return Changes(
        inserted={0: {"a1": freeze("a1", {"total": 1}, None)}},
        heads={"owner-a": {"thing/a1": HeadEntry(1, "id")}},
        held=[_fact("thing/a1", 3, offset=7)],
        parked=[Parked(parked.record, parked, BAD)],
    )


def _fact(stream: str, sequence: int, *, offset: int = 0) -> Incoming:
    found = Decoder(PROJECTION).decode(record(counted(stream, sequence), offset, topic=TOPICS[0], partitions=1))
    assert isinstance(found, Incoming)
    return found
