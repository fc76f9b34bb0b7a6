"""The document that readers see of a call's priority order."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict

from shared.contracts.applications import PriorityOrderSet
from shared.projector.definition import Recorded, View


class PriorityRow(TypedDict):
    """The order that was set last, the best first; why is in the contents. `version` is the stream's."""

    _id: str
    order: list[str]
    set_by: str
    set_at: datetime
    contents: str
    version: int


def order_of(event: PriorityOrderSet, _recorded: Recorded) -> Iterable[str]:
    """Name the document that an order touches."""
    return (event.call,)


def project_order(_row: PriorityRow | None, event: PriorityOrderSet, recorded: Recorded) -> PriorityRow:
    """A later order replaces an earlier one."""
    return PriorityRow(
        _id=event.call,
        order=list(event.order),
        set_by=event.set_by,
        set_at=recorded.at,
        contents=event.contents,
        version=recorded.sequence,
    )


PRIORITIES_VIEW: Final[View[PriorityRow, PriorityOrderSet]] = View(
    "priorities", (PriorityOrderSet,), order_of, project_order, one_stream=True
)
