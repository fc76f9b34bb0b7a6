"""Facts published by the reporting service: costs, co-funding and payouts."""

from datetime import date
from enum import StrEnum
from typing import Final

from shared.contracts.call import BudgetCategory
from shared.contracts.event import Event, Value
from shared.kernel.ids import ApplicationId, OrganisationId, PaymentRequestId


class VoucherRow(Value):
    """Verifikationsrad: a row of a voucher in an organisation's ledger (C5). `row` counts from 1."""

    fiscal_year: int
    series: str
    number: str
    row: int


class CostLine(Value):
    """One claimed cost (C3). Supplier and text are in the contents of the request."""

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


class LineOutcome(Value):
    """What a controller decided on one line: the three amounts add up to what was claimed (C8)."""

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


class CostsReported(Event):
    """Ansökan om utbetalning inkommen: costs of a period (C1–C5). `flat_rate_ore` is computed (C6)."""

    payment_request_id: PaymentRequestId
    project: ApplicationId
    organisation: OrganisationId
    period_from: date
    period_to: date
    final: bool
    lines: list[CostLine]
    flat_rate_ore: int
    contents: str


class CostsVerified(Event):
    """Kostnader granskade by a controller (C8). `flat_rate_approved_ore` follows the approved base (C6)."""

    payment_request_id: PaymentRequestId
    project: ApplicationId
    verified_by: str
    lines: list[LineOutcome]
    flat_rate_approved_ore: int


class CoFundingPaidIn(Event):
    """Medfinansiering inbetald (C9)."""

    project: ApplicationId
    organisation: OrganisationId
    amount_ore: int
    paid_on: date


class PayoutApproved(Event):
    """Utbetalning beslutad: the amount of C9 and the limit that decided it."""

    project: ApplicationId
    payment_request_id: PaymentRequestId
    payment_number: int
    approved_by: str
    costs_approved_ore: int
    amount_ore: int
    limited_by: PayoutLimit


ReportingFact = CostsReported | CostsVerified | CoFundingPaidIn | PayoutApproved
FACTS: Final[tuple[type[Event], ...]] = (
    CostsReported,
    CostsVerified,
    CoFundingPaidIn,
    PayoutApproved,
)
