"""The fold of what the reporting service says was paid out of a project."""

from typing import TypedDict

from shared.contracts.reporting import PayoutApproved
from shared.projector.definition import Recorded


class PayoutsRow(TypedDict):
    """What has been paid out of a project, in öre since the start. `_id` is the project, which is the application."""

    _id: str
    paid_ore: int


def fold_payouts(row: PayoutsRow | None, event: PayoutApproved, recorded: Recorded) -> PayoutsRow:
    """Add a payout to its project's sum."""
    del recorded
    paid_ore = row["paid_ore"] if row is not None else 0
    return PayoutsRow(_id=event.project, paid_ore=paid_ore + event.amount_ore)
