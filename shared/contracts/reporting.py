"""Facts published by the reporting service: costs, co-funding and payouts."""

from datetime import date
from enum import StrEnum
from typing import Final

from shared.contracts.applications import BudgetAmount, FundingSource
from shared.contracts.call import BudgetCategory
from shared.contracts.event import Event, Value
from shared.kernel.ids import ApplicationId, OrganisationId, PaymentRequestId


class VoucherRow(Value):
    """Verifikationsrad: a row of a voucher in an organisation's ledger (C5).

    `fiscal_year` is the year's first day as yyyymmdd (two years may begin in one calendar year); `row` counts from 1.
    """

    fiscal_year: int
    series: str
    number: str
    row: int


class CostLine(Value):
    """One claimed cost (C3). Supplier and text are in the contents of the request.

    `vat_ore` is the VAT that `amount_ore` includes, as the organisation states it.
    """

    line: int
    category: BudgetCategory
    account: str
    voucher: VoucherRow
    incurred_on: date
    booked_on: date
    paid_on: date
    amount_ore: int
    claimed_ore: int
    staff_training: bool
    vat_ore: int = 0


class LineOutcome(Value):
    """What a controller decided on one line: the three amounts add up to what was claimed (C8).

    `reason` is a code (`not-incurred`), empty when the whole line is approved; the words are in the contents.
    """

    line: int
    category: BudgetCategory
    approved_ore: int
    disallowed_ore: int
    parked_ore: int
    reason: str


class PayoutLimit(StrEnum):
    """Which of the three limits of C9 decided the amount."""

    APPROVED_COSTS = "approved-costs"
    CO_FUNDING = "co-funding"
    MAXIMUM = "maximum"


class OverrunNeeds(StrEnum):
    """What cost above a category's budget needs before it is accepted (A19): no more, the officer, or a decision."""

    NOTHING = "nothing"
    OFFICER = "officer"
    DECISION = "decision"


class CategoryOverrun(BudgetAmount):
    """Överskridande: by how much a category is above its budget in the latest decision, and what that needs (A19).

    Where a fact does not say what is needed, it is from before that was told, and every overrun went to the officer.
    """

    needs: OverrunNeeds = OverrunNeeds.OFFICER


class CostsReported(Event):
    """Ansökan om utbetalning inkommen: costs of a period (C1–C5). `flat_rate_ore` is computed (C6).

    `over_budget` says by how much each category's accumulated claims exceed the granted budget (C7), and whether
    that needs nothing, the officer or a decision on a changed budget (A19).
    `vat_recoverable`: the organisation can recover VAT, which is then no cost (C3). `final_report_late`: the final
    request came after the call's last day for the final report (C1).
    """

    payment_request_id: PaymentRequestId
    project: ApplicationId
    organisation: OrganisationId
    period_from: date
    period_to: date
    final: bool
    lines: list[CostLine]
    flat_rate_ore: int
    over_budget: list[CategoryOverrun]
    contents: str
    vat_recoverable: bool = True
    final_report_late: bool = False


class PeriodClaimed(Event):
    """Redovisningsperiod tagen in the project's account, so that no two requests overlap (C1)."""

    project: ApplicationId
    payment_request_id: PaymentRequestId
    period_from: date
    period_to: date
    final: bool
    claimed: list[BudgetAmount]


class CostsVerified(Event):
    """Kostnader granskade by a controller (C8). `flat_rate_approved_ore` follows the approved base (C6)."""

    payment_request_id: PaymentRequestId
    project: ApplicationId
    verified_by: str
    lines: list[LineOutcome]
    flat_rate_approved_ore: int
    contents: str


class CostsApproved(Event):
    """Godkända kostnader förda till projektets konto: what C9 adds up, per category with the flat rate."""

    project: ApplicationId
    payment_request_id: PaymentRequestId
    verified_by: str
    approved: list[BudgetAmount]


class CoFundingPaidIn(Event):
    """Extern medfinansiering inbetald (C9). Who paid is in the contents; own cash counts by the ledger instead."""

    project: ApplicationId
    organisation: OrganisationId
    source: FundingSource
    amount_ore: int
    paid_on: date
    contents: str


class PayoutApproved(Event):
    """Utbetalning beslutad: the amount of C9 and the limit that decided it.

    `costs_approved_ore` and `co_funding_ore` (external paid in + own cash as C9 counts it) are accumulated.
    """

    project: ApplicationId
    payment_request_id: PaymentRequestId
    payment_number: int
    approved_by: str
    costs_approved_ore: int
    co_funding_ore: int
    amount_ore: int
    limited_by: PayoutLimit


PaymentRequestFact = CostsReported | CostsVerified
"""The facts of a `payment-request/<id>` stream."""
AccountFact = PeriodClaimed | CostsApproved | CoFundingPaidIn | PayoutApproved
"""The facts of an `account/<project>` stream."""
FACTS: Final[tuple[type[Event], ...]] = (
    CostsReported,
    PeriodClaimed,
    CostsVerified,
    CostsApproved,
    CoFundingPaidIn,
    PayoutApproved,
)
