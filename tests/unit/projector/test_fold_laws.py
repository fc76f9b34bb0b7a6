"""Laws of folding: batches, redelivery, order between streams, crashes and holes leave no trace in the documents."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.eventlog.documents import PublishedEvent
from shared.projector.cache import Cache
from shared.projector.commit import MissedError
from shared.projector.definition import Projection
from tests.unit.projector.memory import MemoryStore, folded
from tests.unit.projector.things import (
    BY_KEY,
    IN_DOCUMENTS,
    MIXED,
    PROJECTIONS,
    counted,
    noted,
    published,
    raw,
    record,
    rows,
)

STREAMS = ("thing/a1", "thing/a2", "thing/b1", "other/a1")

histories = st.fixed_dictionaries(
    {stream: st.lists(st.integers(0, 9), max_size=6) for stream in STREAMS[:3]}
    | {"other/a1": st.lists(st.just(-9), max_size=3)}
)
"""Per stream the amounts counted; multiples of four are noted instead. `other/a1` has the identifier of `thing/a1`."""


def _facts(stream: str, amounts: list[int]) -> list[PublishedEvent]:
    def fact(sequence: int, amount: int) -> PublishedEvent:
        if stream.startswith("other/") or amount % 4 == 0:
            return noted(stream, sequence)
        return counted(stream, sequence, amount)

    return [fact(sequence, amount) for sequence, amount in enumerate(amounts, 1)]


def _expected(projection: Projection, facts: list[PublishedEvent]) -> dict[str, Any]:
    """Fold one fact after the other, stream by stream, each in a transaction of its own."""
    store = MemoryStore(projection)
    for fact in facts:
        folded_alone = MemoryStore(projection)
        folded_alone.tables, folded_alone.head_entries = store.tables, store.head_entries
        folded(folded_alone, [record(fact)])
    return _documents(store)


def _documents(store: MemoryStore) -> dict[str, Any]:
    return {collection: rows(store.documents_of(collection)) for collection in store.tables}


def _interleaved(data: st.DataObject, by_stream: Mapping[str, list[PublishedEvent]]) -> list[PublishedEvent]:
    """Mix the streams in any order that keeps the order within each."""
    waiting = {stream: list(facts) for stream, facts in by_stream.items() if facts}
    order = data.draw(st.permutations([stream for stream, facts in waiting.items() for _ in facts]))
    return [waiting[stream].pop(0) for stream in order]


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
@settings(max_examples=60, deadline=None)
@given(history=histories, data=st.data())
def test_batches_redelivery_and_the_order_between_streams_do_not_matter(
    projection: Projection, history: dict[str, list[int]], data: st.DataObject
) -> None:
    by_stream = {stream: _facts(stream, amounts) for stream, amounts in history.items()}
    everything = [fact for facts in by_stream.values() for fact in facts]
    sent = _interleaved(data, by_stream)
    for again in data.draw(st.lists(st.sampled_from(sent), max_size=6) if sent else st.just([])):
        sent.insert(data.draw(st.integers(sent.index(again) + 1, len(sent))), again)
    store = MemoryStore(projection)
    cache = Cache(*data.draw(st.sampled_from([(10**6, 1_000), (700, 2), (0, 0)])))
    folded(store, [record(fact) for fact in sent], data.draw(st.lists(st.integers(1, 5), max_size=12)), cache)
    assert _documents(store) == _expected(projection, everything)
    assert not store.parked
    assert not store.held_facts


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
@settings(max_examples=60, deadline=None)
@given(history=histories, data=st.data())
def test_facts_that_come_in_any_order_are_held_until_it_is_their_turn(
    projection: Projection, history: dict[str, list[int]], data: st.DataObject
) -> None:
    everything = [fact for stream, amounts in history.items() for fact in _facts(stream, amounts)]
    store = MemoryStore(projection)
    sent = data.draw(st.permutations(everything))
    folded(store, [record(fact) for fact in sent], data.draw(st.lists(st.integers(1, 4), max_size=12)))
    assert _documents(store) == _expected(projection, everything)
    assert not store.held_facts


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
@settings(max_examples=60, deadline=None)
@given(history=histories, data=st.data())
def test_transactions_that_miss_or_whose_outcome_is_unknown_change_nothing(
    projection: Projection, history: dict[str, list[int]], data: st.DataObject
) -> None:
    everything = [fact for stream, amounts in history.items() for fact in _facts(stream, amounts)]
    sent = data.draw(st.permutations(everything))
    store = MemoryStore(projection)
    failing = data.draw(st.lists(st.booleans(), max_size=8))

    def fault(now: list[bool]) -> Callable[[], None]:
        def fail() -> None:
            if now and now.pop(0):
                raise MissedError

        return fail

    store.before, store.after = fault(failing[::2]), fault(failing[1::2])
    folded(store, [record(fact) for fact in sent], data.draw(st.lists(st.integers(1, 4), max_size=12)))
    assert _documents(store) == _expected(projection, everything)


POISON: dict[str, Callable[[str, int], PublishedEvent]] = {
    "not-json": lambda stream, at: published(stream, at, b"{"),
    "not-as-agreed": lambda stream, at: published(stream, at, raw("NaN", stream)),
    "cannot-be-stored": lambda stream, at: published(stream, at, raw(str(2**63), stream)),
    "unknown-version": lambda stream, at: published(stream, at, b"{}", ce_type="se.lotsen.counted.v2"),
    "fold-failed": lambda stream, at: counted(stream, at, -1),
}


@pytest.mark.parametrize("projection", [IN_DOCUMENTS, MIXED], ids=lambda projection: projection.name)
@settings(max_examples=80, deadline=None)
@given(history=histories, reason=st.sampled_from(sorted(POISON)), data=st.data())
def test_poison_is_parked_with_its_followers_and_everything_else_is_folded(
    projection: Projection, history: dict[str, list[int]], reason: str, data: st.DataObject
) -> None:
    by_stream = {stream: _facts(stream, amounts) for stream, amounts in history.items()}
    spoiled = by_stream["thing/a2"]
    healthy = [fact for stream, facts in by_stream.items() if facts is not spoiled for fact in facts]
    at = data.draw(st.integers(1, len(spoiled) + 1))
    healthy += spoiled[: at - 1]
    by_stream["thing/a2"] = [*spoiled[: at - 1], POISON[reason]("thing/a2", at), *spoiled[at:]]
    store = MemoryStore(projection)
    sent = _interleaved(data, by_stream)
    folded(store, [record(fact) for fact in sent], data.draw(st.lists(st.integers(1, 5), max_size=12)))
    assert _documents(store) == _expected(projection, healthy)
    reasons = {parked["sequence"]: parked["reason"] for parked in store.parked.values()}
    assert reasons == {at: reason} | {later.sequence: "follows-parked" for later in spoiled[at:]}


def test_a_projection_by_key_keeps_heads_per_record_key() -> None:
    store = MemoryStore(BY_KEY)
    folded(store, [record(counted("thing/a1", 1)), record(noted("thing/a2", 1)), record(noted("thing/a2", 2))])
    assert {key: {s: h.sequence for s, h in heads.items()} for key, heads in store.head_entries.items()} == {
        "owner-a": {"thing/a1": 1, "thing/a2": 2}
    }
