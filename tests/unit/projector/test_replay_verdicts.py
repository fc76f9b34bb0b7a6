"""What a replay or a drop may not do, and what it answers: forks, strangers, records without a place, versions."""

import asyncio
from dataclasses import replace

import pytest

from shared.projector.definition import Projection
from shared.projector.replay_requests import Action, Outcome
from tests.unit.projector.memory import MemoryStore, folded
from tests.unit.projector.shelf import MemoryShelf, after, amounts_of, parked_stream, reasons, serve
from tests.unit.projector.things import (
    IN_DOCUMENTS,
    Counted,
    counted,
    published,
    record,
    without,
)


def test_a_fork_stays_parked_until_the_stranger_is_dropped() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    twin = counted("thing/a1", 2, 50, commit="other")
    facts = [counted("thing/a1", 1), counted("thing/a1", 2), twin, counted("thing/a1", 3, 3)]
    folded(store, [record(fact) for fact in facts])
    shelf = MemoryShelf(store)
    first = shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert shelf.answer(first)["outcome"] is Outcome.FORKED
    assert reasons(store) == [("2", "fork"), ("3", "follows-parked")]
    drop = shelf.ask(Action.DROP, record="in-documents/thing/a1/000000000000000002")
    asyncio.run(serve(store, after(store, [record(counted("thing/a1", 4, 4))]), shelf))
    assert reasons(store) == [("3", "follows-parked"), ("4", "follows-parked")]  # dropping is not replaying
    assert shelf.answer(drop)["outcome"] is Outcome.DROPPED
    assert (shelf.answer(drop)["dropped"]["fact"], shelf.answer(drop)["facts"]) == ("other-a1.2", 1)
    shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert amounts_of(store) == [1, 1, 3, 4]


def test_a_fork_without_followers_flows_again_when_it_is_dropped() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    folded(store, [record(counted("thing/a1", 1)), record(counted("thing/a1", 1, commit="other"))])
    shelf = MemoryShelf(store)
    shelf.ask(Action.DROP, record="in-documents/thing/a1/000000000000000001")
    asyncio.run(serve(store, after(store, [record(counted("thing/a1", 2, 2))]), shelf))
    assert (amounts_of(store), store.parked) == ([1, 2], {})


def test_a_fact_that_was_decided_is_never_dropped() -> None:
    _, store, shelf = parked_stream(IN_DOCUMENTS, 3)
    request = shelf.ask(Action.DROP, record="in-documents/thing/a1/000000000000000003")
    asyncio.run(serve(store, after(store, []), shelf))
    assert shelf.answer(request)["outcome"] is Outcome.NOT_DROPPABLE
    assert len(store.parked) == 4


def test_a_record_without_usable_headers_is_dropped_on_request_and_stays_after_a_replay() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    bad = without(record(counted("thing/a1", 2)), "ce_id")
    folded(store, [record(counted("thing/a1", 1)), bad])
    shelf = MemoryShelf(store)
    [identifier] = store.parked
    again = shelf.ask(record=identifier)
    asyncio.run(serve(store, after(store, []), shelf))
    assert (shelf.answer(again)["outcome"], list(store.parked)) == (Outcome.STILL_UNUSABLE, [identifier])
    drop = shelf.ask(Action.DROP, record=identifier)
    asyncio.run(serve(store, after(store, [record(counted("thing/a1", 2, 7))]), shelf))
    assert (shelf.answer(drop)["outcome"], store.parked) == (Outcome.DROPPED, {})
    assert shelf.answer(drop)["dropped"]["reason"] == "bad-headers"
    assert amounts_of(store) == [1, 7]


def test_a_record_that_was_parked_by_offset_and_can_be_read_now_is_folded() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    good = record(counted("thing/a1", 2, 7))
    folded(store, [record(counted("thing/a1", 1)), without(good, "ce_id")])
    [(identifier, row)] = store.parked.items()
    row["headers"] = [list(pair) for pair in good.headers]
    shelf = MemoryShelf(store)
    request = shelf.ask(record=identifier)
    asyncio.run(serve(store, after(store, []), shelf))
    assert (amounts_of(store), store.parked) == ([1, 7], {})
    assert shelf.answer(request)["outcome"] is Outcome.REPLAYED


@pytest.mark.parametrize("action", list(Action))
def test_what_is_not_parked_is_answered_so(action: Action) -> None:
    _, store, shelf = parked_stream(IN_DOCUMENTS)
    request = shelf.ask(action, record="in-documents/test.things/0/17")
    other = shelf.ask(stream="thing/z9")
    asyncio.run(serve(store, after(store, []), shelf))
    assert {shelf.answer(found)["outcome"] for found in (request, other)} == {Outcome.NOTHING_PARKED}


def test_a_topic_that_is_no_longer_followed_is_answered_so() -> None:
    mended, store, shelf = parked_stream(IN_DOCUMENTS, 3)
    mended.bad.clear()
    for row in store.parked.values():
        row["topic"] = "test.other"
    request = shelf.ask(stream="thing/a1")
    asyncio.run(serve(store, after(store, []), shelf))
    assert (shelf.answer(request)["outcome"], len(store.parked)) == (Outcome.NOT_FOLLOWED, 4)


def test_an_unknown_version_is_replayed_by_itself_when_a_program_that_knows_it_starts() -> None:
    class CountedV2(Counted):
        """The same, in a later version."""

    known = CountedV2.ce_type().replace("counted-v2.v1", "counted.v2")
    store = MemoryStore(IN_DOCUMENTS)
    facts = [
        counted("thing/a1", 1),
        published("thing/a1", 2, Counted(thing="a1", amount=2), ce_type=known),
        counted("thing/a1", 3, 3),
        published("thing/b1", 1, Counted(thing="b1", amount=2), ce_type="se.lotsen.counted.v3"),
    ]
    folded(store, [record(fact) for fact in facts])
    assert [reason for _, reason in reasons(store)] == ["unknown-version", "follows-parked", "unknown-version"]
    shelf = MemoryShelf(store)
    asyncio.run(serve(store, after(store, []), shelf))
    assert len(store.parked) == 3  # the same program knows no more than before
    [view] = IN_DOCUMENTS.views
    versions = type("CountedTwo", (Counted,), {"ce_type": classmethod(lambda _: known)})
    both = replace(view, facts=(Counted, versions))
    store.projection = Projection("in-documents", 1, ("things",), (both,))
    asyncio.run(serve(store, after(store, [record(counted("thing/c1", 1))]), shelf))
    assert amounts_of(store) == [1, 2, 3]
    assert [reason for _, reason in reasons(store)] == ["unknown-version"]
