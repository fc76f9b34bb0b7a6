"""Facts put aside (held or parked) as documents: whole records, to be folded later as if they came now."""

from shared.mongo import Document
from shared.projector.changes import Parked
from shared.projector.collections import offset_id, place_id
from shared.projector.decoding import Incoming, Raw, StoredRecord
from shared.projector.definition import Projection


def held_document(projection: Projection, fact: Incoming) -> Document:
    """Return a fact that waits for a missing one before it."""
    return {
        "_id": place_id(projection.name, fact.recorded.stream, fact.recorded.sequence),
        **_record(projection, fact.record),
        **_place(fact),
    }


def parked_document(projection: Projection, parked: Parked) -> Document:
    """Return a fact put aside for good, until somebody asks for its replay."""
    record, fact = parked.record, parked.incoming
    name = projection.name
    if fact is None:
        identifier = offset_id(name, record.topic, record.partition, record.offset)
    else:
        identifier = place_id(name, fact.recorded.stream, fact.recorded.sequence)
    return {
        "_id": identifier,
        **_record(projection, record),
        **({} if fact is None else _place(fact)),
        "reason": parked.problem.reason,
        "detail": parked.problem.detail,
    }


def stored_record(document: Document) -> StoredRecord:
    """Return the record as it came."""
    return StoredRecord(
        document["topic"],
        document["partition"],
        document["offset"],
        document["key"],
        document["value"],
        tuple((name, value) for name, value in document["headers"]),
    )


def _record(projection: Projection, record: Raw) -> Document:
    return {
        "projection": projection.name,
        "version": projection.version,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "value": record.value,
        "headers": [[_text(name), value] for name, value in record.headers],
    }


def _place(fact: Incoming) -> Document:
    recorded = fact.recorded
    return {
        "stream": recorded.stream,
        "record_key": recorded.key,
        "sequence": recorded.sequence,
        "fact": recorded.id,
        "type": fact.type,
        "fact_at": recorded.at,
    }


def _text(name: str) -> str:
    # A header's name is what somebody sent: kept, but never in a form that the database refuses.
    return name.encode(errors="replace").decode()
