"""What grants have taken from a call's ceiling: a stream of its own, written with every grant (A17)."""

from dataclasses import dataclass
from typing import Final, assert_never

from shared.contracts.applications import BudgetFact, BudgetFreed, BudgetReserved
from shared.eventlog.streams import StreamType


@dataclass(frozen=True, slots=True)
class CallBudget:
    """What grants have taken. The ceiling itself is the call's (A17)."""

    reserved_ore: int = 0


def evolve_budget(budget: CallBudget, event: BudgetFact) -> CallBudget:
    """Fold one fact into the call's budget."""
    match event:
        case BudgetReserved():
            return CallBudget(budget.reserved_ore + event.amount_ore)
        case BudgetFreed():
            return CallBudget(budget.reserved_ore - event.amount_ore)
        case _:
            assert_never(event)


CALL_BUDGETS: Final = StreamType(
    "call-budget", CallBudget, CallBudget, evolve_budget, (BudgetReserved, BudgetFreed), fold_version=2
)
