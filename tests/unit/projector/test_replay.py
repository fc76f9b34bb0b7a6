"""Parked facts are folded again when somebody asks: in order, once, in parts, and whatever else happens meanwhile."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from shared.mongo import DatabaseError
from shared.projector.commit import MissedError
from shared.projector.definition import Projection
from shared.projector.replay import Bounds
from shared.projector.replay_requests import Outcome
from tests.unit.projector.memory import MemoryStore, folded
from tests.unit.projector.shelf import MemoryShelf, Mended, Numbers, after, amounts_of, parked_stream, reasons, serve
from tests.unit.projector.things import (
    BY_KEY,
    IN_DOCUMENTS,
    MIXED,
    PROJECTIONS,
    counted,
    record,
)


@pytest.mark.parametrize("base", PROJECTIONS, ids=lambda projection: projection.name)
def test_when_the_fold_is_mended_all_parked_facts_are_folded_in_order(base: Projection) -> None:
    mended, store, shelf = parked_stream(base, 3)
    assert reasons(store) == [("3", "fold-failed"), *[(str(number), "follows-parked") for number in (4, 5, 6)]]
    mended.bad.clear()
    request = shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert amounts_of(store) == [1, 2, 3, 4, 5, 6]
    assert not store.parked
    told = shelf.answer(request)
    assert (told["outcome"], told["facts"], told["owner"]) == (Outcome.REPLAYED, 4, "worker-1")


def test_a_later_fact_that_fails_is_parked_with_its_own_reason_and_its_followers_stay() -> None:
    mended, store, shelf = parked_stream(MIXED, 3, 5)
    mended.bad.discard(3)
    request = shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert amounts_of(store) == [1, 2, 3, 4]
    assert reasons(store) == [("5", "fold-failed"), ("6", "follows-parked")]
    told = shelf.answer(request)
    assert (told["outcome"], told["facts"]) == (Outcome.PARKED_AGAIN, 2)
    assert (told["again"]["sequence"], told["again"]["reason"]) == (5, "fold-failed")


def test_what_fails_again_at_once_changes_nothing_but_the_answer() -> None:
    _, store, shelf = parked_stream(MIXED, 3)
    before = reasons(store)
    request = shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert reasons(store) == before
    assert amounts_of(store) == [1, 2]
    assert (shelf.answer(request)["outcome"], shelf.answer(request)["facts"]) == (Outcome.PARKED_AGAIN, 0)


@pytest.mark.parametrize("base", PROJECTIONS, ids=lambda projection: projection.name)
def test_facts_that_come_while_a_stream_is_replayed_in_parts_are_folded_once_and_in_order(
    base: Projection,
) -> None:
    mended, store, shelf = parked_stream(base, 3, last=20)
    mended.bad.clear()
    shelf.ask(stream="thing/a1")
    own = [counted("thing/a1", sequence, sequence) for sequence in range(21, 31)]
    others = [counted("thing/a2", sequence) for sequence in range(1, 11)]  # they touch the same total
    coming = after(store, [record(fact) for pair in zip(own, others, strict=True) for fact in pair])
    coming._sizes = [2] * 10
    asyncio.run(serve(store, coming, shelf, bounds=Bounds(facts=3, parts_per_turn=1)))
    if base is not BY_KEY:
        assert amounts_of(store) == list(range(1, 31))
    if base is not IN_DOCUMENTS:
        assert store.documents_of("totals")["owner-a"]["total"] == sum(range(1, 31)) + 10
    assert not store.parked
    replayed = [len(changes.unparked) for changes in store.transactions if changes.unparked]
    assert max(replayed) == 3
    assert len(replayed) >= 6


def test_new_facts_of_a_parked_stream_still_wait_for_the_replay_that_comes_after_them() -> None:
    mended, store, shelf = parked_stream(IN_DOCUMENTS, 3)
    mended.bad.clear()
    asyncio.run(serve(store, after(store, [record(counted("thing/a1", 7, 7))]), shelf))
    assert amounts_of(store) == [1, 2]
    shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, [record(counted("thing/a1", 8, 8))]), shelf))
    assert amounts_of(store) == list(range(1, 9))


@pytest.mark.parametrize("base", PROJECTIONS, ids=lambda projection: projection.name)
def test_what_a_parked_stream_held_drains_and_a_remaining_hole_is_held(base: Projection) -> None:
    mended = Mended(base, 2)
    store = MemoryStore(mended.projection)
    numbers = (1, 4, 2, 3, 5, 7, 8)  # 4 is held before 2 is parked; 6 never comes
    folded(store, [record(counted("thing/a1", number, number)) for number in numbers], [1] * 7)
    assert len(store.held_facts) == 1
    mended.bad.clear()
    shelf = MemoryShelf(store)
    request = shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert not store.parked
    assert sorted(held["sequence"] for held in store.held_facts.values()) == [7, 8]
    assert shelf.answer(request)["outcome"] is Outcome.REPLAYED
    asyncio.run(serve(store, after(store, [record(counted("thing/a1", 6, 6))]), shelf))
    assert amounts_of(store) == list(range(1, 9))
    assert not store.held_facts


def test_a_held_fact_that_fails_while_it_drains_parks_what_comes_after_it() -> None:
    mended = Mended(IN_DOCUMENTS, 2, 4)
    store = MemoryStore(mended.projection)
    folded(store, [record(counted("thing/a1", number, number)) for number in (1, 4, 2, 3, 5)], [1] * 5)
    mended.bad.discard(2)
    shelf = MemoryShelf(store)
    request = shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert (amounts_of(store), reasons(store)) == ([1, 2, 3], [("4", "fold-failed"), ("5", "follows-parked")])
    assert not store.held_facts
    assert shelf.answer(request)["again"]["sequence"] == 4


def test_what_the_database_refuses_is_found_by_taking_fewer_and_parked_alone() -> None:
    mended, store, shelf = parked_stream(MIXED, 3, last=400)
    mended.bad.clear()
    store.refuses = lambda document: document.get("amounts", [0])[-1] == 300 or 300 in document.get("amounts", ())
    request = shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert amounts_of(store) == list(range(1, 300))
    assert shelf.answer(request)["again"] == {
        "sequence": 300,
        "reason": "refused-by-database",
        "detail": "the database does not take what this fact makes",
    }
    assert shelf.answer(request)["facts"] == 297
    assert reasons(store)[0] == ("300", "refused-by-database")
    assert len(store.parked) == 101


@pytest.mark.parametrize(
    ("error", "when"),
    [
        pytest.param(DatabaseError("down"), "before", id="not written"),
        pytest.param(DatabaseError("down"), "after", id="written, and nobody knows"),
        pytest.param(MissedError(), "before", id="missed"),
    ],
)
def test_an_outage_or_a_miss_in_the_middle_folds_nothing_twice(error: Exception, when: str) -> None:
    mended, store, shelf = parked_stream(MIXED, 3, last=12)
    mended.bad.clear()
    request = shelf.ask(stream="thing/a1")
    failures = [None, error, None, error]

    def fail() -> None:
        if failures and (found := failures.pop(0)) is not None:
            raise found

    setattr(store, when, fail)
    asyncio.run(serve(store, after(store, []), shelf, bounds=Bounds(facts=2)))
    assert amounts_of(store) == list(range(1, 13))
    assert store.documents_of("totals")["owner-a"]["facts"] == 12
    assert (shelf.answer(request)["outcome"], shelf.answer(request)["facts"]) == (Outcome.REPLAYED, 10)
    assert not store.parked


def test_killed_at_any_moment_each_fact_is_folded_once() -> None:
    for turns in range(0, 90, 3):
        mended, store, shelf = parked_stream(BY_KEY, 3, last=10)
        mended.bad.clear()
        request = shelf.ask(stream="thing/a1")
        asyncio.run(serve(store, after(store, []), shelf, turns=turns, bounds=Bounds(facts=2)))
        asyncio.run(serve(store, after(store, []), shelf))
        assert store.documents_of("totals")["owner-a"] | {"_id": ""} == {"_id": "", "facts": 10, "total": 55}
        assert not store.parked
        assert shelf.answer(request)["facts"] == 8


def test_what_a_worker_has_given_away_is_left_to_the_next_owner() -> None:
    mended, store, shelf = parked_stream(IN_DOCUMENTS, 3)
    mended.bad.clear()
    request = shelf.ask(stream="thing/a1")
    [number] = {row["partition"] for row in store.parked.values()}
    asyncio.run(serve(store, after(store, []), shelf, turns=200, ownership=Numbers(set(range(12)) - {number})))
    assert (shelf.answer(request)["done"], len(store.parked)) == (False, 4)
    # This one loses the number when the request is queued already.
    store.before = _missed_once()
    asyncio.run(
        serve(store, after(store, []), shelf, turns=400, ownership=Numbers(set(range(12)), {(number + 1) % 12}))
    )
    assert (shelf.answer(request)["done"], len(store.parked)) == (False, 4)
    asyncio.run(serve(store, after(store, []), shelf, ownership=Numbers({number})))
    assert amounts_of(store) == [1, 2, 3, 4, 5, 6]


def _missed_once() -> Callable[[], None]:
    failures: list[Exception] = [MissedError()]

    def fail() -> None:
        if failures:
            raise failures.pop()

    return fail


def test_many_streams_are_served_in_turns_that_hold_no_more_than_a_poll() -> None:
    mended = Mended(IN_DOCUMENTS, 1)
    store = MemoryStore(mended.projection)
    things = [f"a{number}" for number in range(30)]
    folded(store, [record(counted(f"thing/{thing}", sequence, sequence)) for sequence in (1, 2) for thing in things])
    mended.bad.clear()
    shelf = MemoryShelf(store)
    for thing in things:
        shelf.ask(stream=f"thing/{thing}")
    bounds = Bounds(facts_per_turn=10)
    asyncio.run(serve(store, after(store, [record(counted("thing/b1", 1, 2))]), shelf, bounds=bounds))
    assert not store.parked
    kinds = ["".join("r" if changes.unparked else "p" for changes in store.transactions[-31:])]
    assert _is_mixed(kinds[0])
    assert {tuple(amounts_of(store, thing)) for thing in things} == {(1, 2)}


def _is_mixed(kinds: Sequence[str]) -> bool:
    """Tell whether the poll's transaction came between those of the replay."""
    return 0 < list(kinds).index("p") < 20
