"""Facts and views made for these tests: things that count amounts, per thing and per owner."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.event import Event
from shared.eventlog.documents import PublishedEvent
from shared.messaging import encode
from shared.messaging.partitions import partition_of
from shared.projector.decoding import StoredRecord
from shared.projector.definition import Document, Projection, Recorded, View

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
TOPIC = "test.things"


class Counted(Event):
    """An amount was counted."""

    thing: str
    amount: int


class Noted(Event):
    """Something was noted that only totals care for."""

    thing: str
    text: str


class OutOfRangeError(Exception):
    """What a fold raises on amounts that it does not understand."""


def _thing(row: Document | None, fact: Counted, recorded: Recorded) -> Document:
    if fact.amount == -1:
        raise OutOfRangeError
    before = row or {"_id": fact.thing, "total": 0, "amounts": []}
    return {
        **before,
        "total": before["total"] + fact.amount,
        "amounts": [*before["amounts"], fact.amount],
        "latest_at": recorded.at,
    }


def _total(row: Document | None, fact: Counted | Noted, recorded: Recorded) -> Document:
    before = row or {"_id": recorded.key, "facts": 0, "total": 0}
    amount = fact.amount if isinstance(fact, Counted) else 0
    return {**before, "facts": before["facts"] + 1, "total": before["total"] + amount}


def _share(row: Document | None, fact: Counted, recorded: Recorded) -> Document:
    return {"_id": f"all/p{recorded.partition:02d}", "total": (row or {"total": 0})["total"] + fact.amount}


THINGS: View[Document, Counted] = View("things", (Counted,), lambda fact, _: (fact.thing,), _thing, one_stream=True)
TOTALS: View[Document, Counted | Noted] = View("totals", (Counted, Noted), lambda _, recorded: (recorded.key,), _total)
SHARES: View[Document, Counted] = View(
    "shares", (Counted,), lambda _, recorded: (f"all/p{recorded.partition:02d}",), _share
)

IN_DOCUMENTS = Projection("in-documents", 1, ("things",), (THINGS,))
BY_KEY = Projection("by-key", 1, ("things",), (TOTALS, SHARES))
MIXED = Projection("mixed", 1, ("things",), (THINGS, TOTALS, SHARES))
PROJECTIONS = (IN_DOCUMENTS, BY_KEY, MIXED)


def published(
    stream: str,
    sequence: int,
    fact: Event | bytes,
    *,
    key: str | None = None,
    ce_type: str | None = None,
    commit: str = "c",
) -> PublishedEvent:
    """Return a fact as its owner publishes it; `stream` is `thing/<id>` and the key is `owner-<first letter>`."""
    identifier = stream.partition("/")[2]
    return PublishedEvent(
        f"{commit}-{identifier}.{sequence}",
        ce_type or (type(fact).ce_type() if isinstance(fact, Event) else Counted.ce_type()),
        stream,
        key or f"owner-{identifier[0]}",
        sequence,
        NEW_YEAR + timedelta(seconds=sequence),
        None,
        fact if isinstance(fact, bytes) else fact.model_dump_json().encode(),
    )


def counted(stream: str, sequence: int, amount: int = 1, **more: str) -> PublishedEvent:
    """Return a `Counted` fact."""
    return published(stream, sequence, Counted(thing=stream.partition("/")[2], amount=amount), **more)


def noted(stream: str, sequence: int, **more: str) -> PublishedEvent:
    """Return a `Noted` fact, which the view of things does not want."""
    return published(stream, sequence, Noted(thing=stream.partition("/")[2], text="…"), **more)


def raw(amount: str, stream: str) -> bytes:
    """Return the JSON of a `Counted` fact with any text in place of the amount."""
    return f'{{"thing":{json.dumps(stream.partition("/")[2])},"amount":{amount}}}'.encode()


def record(event: PublishedEvent, offset: int = 0, *, topic: str = TOPIC, partitions: int = 12) -> StoredRecord:
    """Return the record of a published fact."""
    headers = tuple(encode(event, b"/lotsen/things"))
    return StoredRecord(topic, partition_of(event.key, partitions), offset, event.key.encode(), event.data, headers)


def without(found: StoredRecord, header: str) -> StoredRecord:
    """Return a record that lacks a header."""
    return found._replace(headers=tuple(pair for pair in found.headers if pair[0] != header))


def rows(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return documents without what the engine keeps in them."""
    return {
        identifier: {field: value for field, value in document.items() if field[:5] not in {"_head", "_stre"}}
        for identifier, document in documents.items()
    }
