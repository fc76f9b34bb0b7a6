"""The payment request (ansökan om utbetalning) as a stream: what is known of it. Pure."""

from dataclasses import dataclass, replace
from typing import Final, assert_never

from shared.contracts.call import BudgetCategory
from shared.contracts.reporting import CostsReported, CostsVerified, PaymentRequestFact
from shared.eventlog.streams import StreamType


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """What verification needs of a reported line."""

    line: int
    category: BudgetCategory
    claimed_ore: int


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """Ansökan om utbetalning. `project` is empty until costs are reported."""

    project: str = ""
    lines: tuple[ReportedLine, ...] = ()
    verified_by: str = ""


def evolve(state: PaymentRequest, event: PaymentRequestFact) -> PaymentRequest:
    """Fold one fact into the payment request."""
    match event:
        case CostsReported():
            return replace(
                state,
                project=event.project,
                lines=tuple(ReportedLine(line.line, line.category, line.claimed_ore) for line in event.lines),
            )
        case CostsVerified():
            return replace(state, verified_by=event.verified_by)
        case _:
            assert_never(event)


PAYMENT_REQUESTS: Final = StreamType(
    category="payment-request",
    state_type=PaymentRequest,
    initial=PaymentRequest,
    evolve=evolve,
    facts=(CostsReported, CostsVerified),
)
