"""What every projection of the house owes the projector: folds that commute, and documents with one owner each."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.services import SERVICES
from shared.contracts.catalogue import FACT_OF_TYPE
from shared.messaging import partition_of
from shared.projector.cache import Cache
from shared.projector.definition import Projection, Recorded, View
from tests.architecture.history import streams
from tests.unit.projector.memory import MemoryStore, folded
from tests.unit.projector.things import record, rows

PROJECTIONS = [
    pytest.param(projection, id=projection.name) for service in SERVICES.values() for projection in service.projections
]
VIEWS = [
    pytest.param(view, id=f"{projection.name}-{view.collection}")
    for service in SERVICES.values()
    for projection in service.projections
    for view in projection.views
]


def _documents(store: MemoryStore) -> dict[str, Any]:
    assert not store.parked, sorted((it["type"], it["reason"], it["detail"]) for it in store.parked.values())
    assert not store.held_facts
    return {collection: rows(store.documents_of(collection)) for collection in store.tables}


def test_the_history_has_every_fact_that_a_view_wants() -> None:
    told = {fact.ce_type for stream in streams() for fact in stream}
    assert told == set(FACT_OF_TYPE)


@pytest.mark.parametrize("projection", PROJECTIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_order_between_streams_batches_and_redelivery_leave_no_trace_in_any_document(
    projection: Projection, data: st.DataObject
) -> None:
    in_order = [fact for stream in streams() for fact in stream]
    alone = MemoryStore(projection)
    folded(alone, [record(fact) for fact in in_order], [1] * len(in_order))
    waiting = {stream[0].stream: list(stream) for stream in streams()}
    sent = [waiting[fact].pop(0) for fact in data.draw(st.permutations([fact.stream for fact in in_order]))]
    for again in data.draw(st.lists(st.sampled_from(sent), max_size=6)):
        sent.insert(data.draw(st.integers(sent.index(again) + 1, len(sent))), again)
    store = MemoryStore(projection)
    cache = Cache(*data.draw(st.sampled_from([(10**6, 1_000), (0, 0)])))
    folded(store, [record(fact) for fact in sent], data.draw(st.lists(st.integers(1, 20), max_size=20)), cache)
    assert _documents(store) == _documents(alone)
    assert any(store.tables.values())


@pytest.mark.parametrize("view", VIEWS)
def test_every_document_has_one_owner_so_that_no_two_partitions_write_it(view: View[Any, Any]) -> None:
    keys: dict[str, set[str]] = defaultdict(set)
    followed: dict[str, set[str]] = defaultdict(set)
    for fact in (fact for stream in streams() for fact in stream):
        kind = FACT_OF_TYPE[fact.ce_type]
        if kind not in view.facts:
            continue
        number = partition_of(fact.key)
        recorded = Recorded(fact.ce_id, fact.stream, fact.key, fact.sequence, fact.at, number)
        for document in view.document_ids(kind.model_validate_json(fact.data), recorded):
            keys[document].add(fact.key)
            followed[document].add(fact.stream)
            partial = f"p{number:02d}" in document
            by_stream = view.one_stream and document == view.document_of_stream(fact.stream)
            assert fact.key in document or partial or by_stream, (document, fact.stream, fact.key)
            assert partial or keys[document] == {fact.key}, f"{document} is written under {keys[document]}"
            assert not view.one_stream or followed[document] == {fact.stream}, document
    assert keys, f"{view.collection}: no fact of the history touches it"
