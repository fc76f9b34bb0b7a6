"""The read models once more, from the log alone: the features' pure folds, without anything of the projector."""

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.catalogue import FACT_OF_TYPE
from shared.contracts.event import Event
from shared.eventlog.documents import CommitDocument, PublishedEvent, published_events
from shared.messaging import partition_of
from shared.mongo import decoded, encoded
from shared.projector.definition import Projection, Recorded
from tests.chaos.evidence import Document, Head

Logs = Mapping[str, Sequence[CommitDocument]]
Collections = dict[str, dict[str, Document]]


def facts_of(logs: Logs, services: Sequence[str]) -> Iterator[tuple[Event, PublishedEvent]]:
    """Yield the facts of some services: one service after the other and stream by stream, never as on the topics.

    Folds commute across streams, so this order has to give the same documents as the one in which they arrived.
    """
    for service in services:
        for commit in sorted(logs.get(service, ()), key=lambda commit: commit["_id"]):
            for event in published_events(commit):
                yield FACT_OF_TYPE[event.ce_type].model_validate_json(event.data), event


def recomputed(projection: Projection, logs: Logs) -> Collections:
    """Return what each collection of a projection must hold, as the database would hand it out."""
    rows: Collections = {view.collection: {} for view in projection.views}
    for fact, event in facts_of(logs, projection.topics):
        recorded = Recorded(event.ce_id, event.stream, event.key, event.sequence, event.at, partition_of(event.key))
        for view in projection.views:
            if type(fact) in view.facts:
                documents = rows[view.collection]
                for identifier in view.document_ids(fact, recorded):
                    documents[identifier] = view.fold(documents.get(identifier), fact, recorded)
    return {name: {_id: _stored(_id, row) for _id, row in documents.items()} for name, documents in rows.items()}


def heads_of_log(projection: Projection, logs: Logs) -> dict[str, Head]:
    """Return how far each stream has come that a projection follows."""
    heads: dict[str, Head] = {}
    for service in projection.topics:
        for commit in logs.get(service, ()):
            last = published_events(commit)[-1]
            if last.stream not in heads or heads[last.stream].sequence < last.sequence:
                heads[last.stream] = Head(last.sequence, last.ce_id)
    return heads


def _stored(identifier: str, row: Document) -> Document:
    return decoded(bytes(encoded({**row, "_id": identifier}).raw))
