"""Laws of the real projections: whatever part of the history has come, in whatever order, split, twice, with misses."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.services import SERVICES
from shared.contracts.catalogue import FACT_OF_TYPE
from shared.eventlog.documents import PublishedEvent
from shared.messaging import partition_of
from shared.mongo import decoded, encoded
from shared.projector.cache import Cache
from shared.projector.commit import MissedError
from shared.projector.definition import Document, Projection, Recorded
from tests.architecture.history import streams
from tests.unit.projector.memory import MemoryStore, folded
from tests.unit.projector.things import record, rows

PROJECTIONS = [
    pytest.param(projection, id=projection.name) for service in SERVICES.values() for projection in service.projections
]


def recomputed(projection: Projection, facts: Sequence[PublishedEvent]) -> dict[str, dict[str, Document]]:
    """Fold facts with nothing of the projector: one after the other, stream by stream."""
    made: dict[str, dict[str, Document]] = {view.collection: {} for view in projection.views}
    for fact in facts:
        event = FACT_OF_TYPE[fact.ce_type].model_validate_json(fact.data)
        place = Recorded(fact.ce_id, fact.stream, fact.key, fact.sequence, fact.at, partition_of(fact.key))
        for view in projection.views:
            if type(event) in view.facts:
                documents = made[view.collection]
                for identifier in view.document_ids(event, place):
                    row = view.fold(documents.get(identifier), event, place)
                    documents[identifier] = decoded(bytes(encoded({**row, "_id": identifier}).raw))
    return made


def shown(store: MemoryStore) -> dict[str, Any]:
    """Return the documents that a projector has written."""
    assert not store.parked, sorted((it["type"], it["reason"], it["detail"]) for it in store.parked.values())
    assert not store.held_facts
    return {collection: rows(store.documents_of(collection)) for collection in store.tables}


def missing(now: list[bool]) -> Callable[[], None]:
    """Return a fault: the next transactions miss, as drawn."""

    def fail() -> None:
        if now and now.pop(0):
            raise MissedError

    return fail


@pytest.mark.parametrize("projection", PROJECTIONS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_documents_are_the_facts_that_have_come_and_nothing_else(projection: Projection, data: st.DataObject) -> None:
    come = [fact for stream in streams() for fact in stream[: data.draw(st.integers(0, len(stream)))]]
    # In any order at all: what comes before its turn is held until then.
    sent = data.draw(st.permutations(come))
    sent += data.draw(st.lists(st.sampled_from(come), max_size=4)) if come else []
    store = MemoryStore(projection)
    misses = data.draw(st.lists(st.booleans(), max_size=8))
    store.before, store.after = missing(misses[::2]), missing(misses[1::2])
    sizes = data.draw(st.lists(st.integers(1, 12), max_size=15))
    cache = Cache(*data.draw(st.sampled_from([(10**6, 1_000), (2_000, 3), (0, 0)])))
    folded(store, [record(fact) for fact in sent], sizes, cache)
    assert shown(store) == recomputed(projection, come)
