"""The commit document: what one decision leaves behind, and the events that are published from it."""

from datetime import datetime
from typing import Final, NamedTuple, NotRequired, TypedDict

COMMITS: Final = "commits"
"""The collection of commit documents; append-only, never touched again."""

POSITION_DIGITS: Final = 10


class EventEntry(TypedDict):
    """One event in a commit: its CloudEvents type and its JSON text."""

    type: str
    data: str


class OtherStream(TypedDict):
    """A stream that the same decision appended to: its id, its version afterwards, its record key."""

    stream: str
    last: int
    key: str


class CommitDocument(TypedDict):
    """All events of one decision on one stream: state, outbox and audit trail in one document.

    `_id` is `<stream>/<first, 10 digits>`: the optimistic lock, and the order in which a sweep goes through the log.
    `first` and `last` are positions in the stream (from 1). `at` is UTC, whole milliseconds. `idempotency` and
    `trace` are left out when there is none; `also` stands only in the first document of a decision on two streams.
    """

    _id: str
    commit_id: str
    stream: str
    key: str
    first: int
    last: int
    events: list[EventEntry]
    actor: str
    tenant: str
    client: str
    idempotency: NotRequired[str]
    request_hash: str
    trace: NotRequired[str]
    at: datetime
    also: NotRequired[list[OtherStream]]


class PublishedEvent(NamedTuple):
    """One event on its way to the topic. `sequence` is its position in `stream`; `data` is its JSON, UTF-8."""

    ce_id: str
    ce_type: str
    stream: str
    key: str
    sequence: int
    at: datetime
    traceparent: str | None
    data: bytes


def document_id(stream: str, first: int) -> str:
    """Return the `_id` of the commit that begins at position `first` of `stream`."""
    return f"{stream}/{first:0{POSITION_DIGITS}d}"


def stream_range(stream: str, first: int) -> dict[str, str]:
    """Return the condition on `_id` that holds for the commits of `stream` that begin at `first` or later."""
    return {"$gte": document_id(stream, first), "$lt": f"{stream}/:"}  # ':' is the character after '9'


def event_id(commit_id: str, position: int) -> str:
    """Return the CloudEvents id of the event at `position` of its stream, recorded by the commit `commit_id`."""
    return f"{commit_id}.{position}"


def published_events(commit: CommitDocument) -> list[PublishedEvent]:
    """Return the events of one commit in the order in which they are published."""
    commit_id, stream, key, at = commit["commit_id"], commit["stream"], commit["key"], commit["at"]
    trace = commit.get("trace")
    return [
        PublishedEvent(
            event_id(commit_id, position), entry["type"], stream, key, position, at, trace, entry["data"].encode()
        )
        for position, entry in enumerate(commit["events"], commit["first"])
    ]
