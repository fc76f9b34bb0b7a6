"""What reconciling finds when a read model is not what the log says, and what it would write."""

from collections.abc import Mapping

import pytest

from shared.projector.changes import HeadEntry
from shared.projector.comparing import are_same, differing_fields
from shared.projector.decoding import Target
from shared.projector.definition import Document, Projection
from shared.projector.heads import furthest, heads_of_document
from shared.projector.recomputing import Facts, decoded_facts
from shared.projector.reconcile_findings import Finding, Kind, Plan, State, findings, planned, positions
from tests.unit.projector.things import BY_KEY, IN_DOCUMENTS, MIXED, PROJECTIONS, counted, noted, published

EVENTS = [
    *(counted("thing/a1", sequence, sequence) for sequence in (1, 2, 3)),
    *(counted("thing/a2", sequence, 10) for sequence in (1, 2)),
    noted("note/a3", 1),
]
A1: Target = (0, "a1")
TOTAL: Target = (1, "owner-a")


def _state(facts: Facts, upto: Mapping[str, int] | None = None) -> State:
    """Return the read model as a worker would have left it."""
    folded = facts.folded({stream: facts.last(stream) for stream in facts.ids} | dict(upto or {}))
    heads = furthest([*folded.heads.values(), *map(heads_of_document, folded.documents.values())])
    return State(folded.documents, heads, frozenset())


def _with(state: State, documents: Mapping[Target, Document | None]) -> State:
    """Return a state in which documents were changed or (None) taken away, and heads with them."""
    left = {target: found for target, found in {**state.documents, **documents}.items() if found is not None}
    gone = {name for target in documents for name in heads_of_document(state.documents.get(target, {}))}
    heads = {stream: head for stream, head in state.heads.items() if stream not in gone}
    return State(left, furthest([heads, *map(heads_of_document, left.values())]), state.parked)


def _found(facts: Facts, state: State) -> list[Finding]:
    return list(findings(facts, state, facts.folded(positions(facts, state))))


def _plan(facts: Facts, state: State) -> Plan:
    found = _found(facts, state)
    return planned(facts, state, found, {one.place for one in found if one.kind is Kind.BEHIND})


def _after(state: State, plan: Plan) -> State:
    documents = {target: found for target, found in {**state.documents, **plan.writes}.items() if found is not None}
    return State(documents, furthest([state.heads, plan.heads, *map(heads_of_document, documents.values())]), ())


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_nothing_is_found_where_nothing_is_wrong(projection: Projection) -> None:
    facts = decoded_facts(projection, EVENTS)
    assert _found(facts, _state(facts)) == []


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_a_row_that_was_damaged_is_found_by_field_and_written_as_it_was(projection: Projection) -> None:
    facts = decoded_facts(projection, EVENTS)
    state = _state(facts)
    for target, document in state.documents.items():
        damaged = _with(state, {target: {**document, "total": 99_999}})
        [found] = _found(facts, damaged)
        assert (found.kind, found.target, found.detail) == (Kind.DIFFERS, target, "total")
        assert _plan(facts, damaged).writes == {target: document}


def test_a_whole_number_that_became_a_fraction_or_a_truth_value_is_another_value() -> None:
    assert are_same({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1, "_head": 5})
    assert differing_fields({"a": 1, "b": 2}, {"a": 1.0, "b": 2}) == ["a"]
    assert differing_fields({"a": 1}, {"a": True, "b": None}) == ["a", "b"]


def test_a_row_that_was_taken_away_is_missing_and_comes_back() -> None:
    facts = decoded_facts(MIXED, EVENTS)
    state = _state(facts)
    damaged = _with(state, {TOTAL: None})
    assert [(found.kind, found.place) for found in _found(facts, damaged)] == [(Kind.MISSING, "totals/owner-a")]
    assert _plan(facts, damaged).writes == {TOTAL: state.documents[TOTAL]}


@pytest.mark.parametrize("projection", [IN_DOCUMENTS, MIXED], ids=lambda projection: projection.name)
def test_a_row_that_went_with_its_head_comes_back_with_it(projection: Projection) -> None:
    facts = decoded_facts(projection, EVENTS)
    state = _state(facts)
    damaged = _with(state, {A1: None})
    assert (Kind.BEHIND, "thing/a1", "0 of 3 folded") in [found[:3] for found in _found(facts, damaged)]
    plan = _plan(facts, damaged)
    assert plan.writes[A1] == state.documents[A1]
    assert (plan.moved, plan.heads) == ({"thing/a1": 3}, {})
    assert _found(facts, _after(damaged, plan)) == []


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
@pytest.mark.parametrize("lost", ["thing/a1", "thing/a2", "note/a3"])
def test_the_loss_of_a_last_fact_is_found_and_made_good(projection: Projection, lost: str) -> None:
    facts = decoded_facts(projection, EVENTS)
    last = facts.last(lost)
    state = _state(facts, {lost: last - 1})
    [found] = _found(facts, state)
    assert (found.kind, found.place, found.detail) == (Kind.BEHIND, lost, f"{last - 1} of {last} folded")
    after = _after(state, _plan(facts, state))
    assert _found(facts, after) == []
    assert after.heads == _state(facts).heads


def test_a_parked_stream_is_not_behind() -> None:
    facts = decoded_facts(MIXED, EVENTS)
    state = _state(facts, {"thing/a1": 1})._replace(parked={"thing/a1"})
    assert _found(facts, state) == []


def test_a_stream_that_cannot_be_folded_is_brought_as_far_as_it_goes() -> None:
    facts = decoded_facts(BY_KEY, [*EVENTS, published("thing/a1", 4, b"{"), counted("thing/a1", 5)])
    state = _state(facts, {"thing/a1": 2})
    plan = _plan(facts, state)
    assert plan.moved == {"thing/a1": 3}
    assert plan.heads == {"thing/a1": HeadEntry(3, "c-a1.3")}


def test_what_the_log_does_not_know_is_told_and_never_written_over() -> None:
    facts = decoded_facts(MIXED, EVENTS)
    state = _state(facts)
    ahead = State(state.documents, {**state.heads, "thing/a1": HeadEntry(4, "c-a1.4")}, ())
    assert [(found.kind, found.place) for found in _found(facts, ahead)] == [(Kind.AHEAD, "thing/a1")]
    other = State(state.documents, {**state.heads, "thing/a1": HeadEntry(3, "x-a1.3")}, ())
    assert [(found.kind, found.place) for found in _found(facts, other)] == [(Kind.FORK, "thing/a1")]
    # a2 has a lost fact, but shares the total with a1, of which nobody knows what was folded.
    behind = State(_state(facts, {"thing/a2": 1}).documents, {**ahead.heads, "thing/a2": HeadEntry(1, "c-a2.1")}, ())
    assert {found.kind for found in _found(facts, behind)} == {Kind.AHEAD, Kind.BEHIND}
    assert _plan(facts, behind).writes == {}


def test_a_row_that_no_folded_fact_makes_is_taken_away() -> None:
    facts = decoded_facts(BY_KEY, EVENTS)
    nothing = dict.fromkeys(facts.ids, 0)
    state = State({(0, "owner-a"): {"_id": "owner-a", "facts": 1, "total": 1}}, {}, frozenset(facts.ids))
    assert facts.folded(nothing).documents == {}
    assert (Kind.UNEXPLAINED, "totals/owner-a") in [found[:2] for found in _found(facts, state)]
    assert _plan(facts, state).writes == {(0, "owner-a"): None}


def test_only_the_numbers_that_own_what_is_written_are_fenced() -> None:
    facts = decoded_facts(IN_DOCUMENTS, [*EVENTS, counted("thing/b1", 1), counted("thing/c1", 1)])
    state = _state(facts)
    plan = _plan(facts, _with(state, {A1: {**state.documents[A1], "total": 0}}))
    [incoming] = {fact.recorded.partition for fact in facts.incoming if fact.recorded.stream == "thing/a1"}
    assert plan.numbers == {incoming}
    assert plan.before == {"thing/a1": HeadEntry(3, "c-a1.3")}
