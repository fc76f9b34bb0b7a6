"""What readers see of calls: one document per call, its newest version."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TypedDict

from shared.contracts.applications import CallPublished
from shared.projector.definition import Recorded, View


class CallRow(TypedDict):
    """A call's newest definition as plain JSON. `stream_version` is its ETag."""

    _id: str
    version: int
    closes_on: str
    definition: dict[str, Any]
    definition_hash: str
    published_at: datetime
    stream_version: int


def call_of(event: CallPublished, _recorded: Recorded) -> Iterable[str]:
    """Name the document that a published version touches."""
    return (event.call,)


def project_call(_row: CallRow | None, event: CallPublished, recorded: Recorded) -> CallRow:
    """Fold: the newest version replaces the one before."""
    return CallRow(
        _id=event.call,
        version=event.definition.version,
        closes_on=event.definition.closes_on.isoformat(),
        definition=event.definition.model_dump(mode="json"),
        definition_hash=event.definition_hash,
        published_at=recorded.at,
        stream_version=recorded.sequence,
    )


CALLS_VIEW: Final[View[CallRow, CallPublished]] = View(
    "calls", (CallPublished,), call_of, project_call, one_stream=True
)
