"""What a feature says about its read models: which facts, which documents, which pure fold."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from shared.contracts.event import Event

Row = TypeVar("Row")
Fact = TypeVar("Fact", bound=Event)

Document = dict[str, Any]


def identifier_of(stream: str) -> str:
    """Return the part of a stream id behind its category: `application/<id>` → `<id>`."""
    return stream.partition("/")[2]


class Recorded(NamedTuple):
    """Where and when a fact was recorded: everything the record says beside the fact itself.

    `sequence` is its position in `stream` (from 1), `partition` the record's partition number, `at` is UTC.
    """

    id: str
    stream: str
    key: str
    sequence: int
    at: datetime
    partition: int


@dataclass(frozen=True, slots=True)
class View(Generic[Row, Fact]):
    """One collection of a projection.

    `document_ids` names the documents that a fact touches; each must have one owner: hold the record key in its id,
    or be a partial total (`programme/p07`) that a query sums. `fold` is pure: it returns the new row and gets None
    for a document that does not exist yet; it never reads the clock and commutes across streams.
    `one_stream`: each document follows exactly one stream and is the only one that follows it in this projection,
    so that the stream's head is kept in the document itself (no extra write), in the fields `_stream`, `_head` and
    `_head_id`, which folds never see. `document_of_stream` says which document that is; where a document turns out to
    follow another stream (`call/x` and `call-budget/x` share an identifier), heads quietly go to their own collection.
    `indexes` are the fields that the views filter on, one index each: every one costs the projector a write.
    """

    collection: str
    facts: tuple[type[Fact], ...]
    document_ids: Callable[[Fact, Recorded], Iterable[str]]
    fold: Callable[[Row | None, Fact, Recorded], Row]
    one_stream: bool = False
    document_of_stream: Callable[[str], str] = identifier_of
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """Several collections fed by one consumer, in one transaction per poll.

    `topics` are publisher names (`applications`). Raise `version` when a fold changes or a fact type is added.
    """

    name: str
    version: int
    topics: tuple[str, ...]
    views: tuple[View[Any, Any], ...]
