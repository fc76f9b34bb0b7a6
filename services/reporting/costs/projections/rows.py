"""The rows of costs: calls and projects that are followed, payment requests, accounts. Dates ISO, amounts öre."""

from datetime import datetime
from typing import Literal, TypedDict


class FlatRateRow(TypedDict):
    """Share in basis points of the base categories (C6)."""

    share_bp: int
    base: list[str]


class ApprovalLevelRow(TypedDict):
    """Which roles approve a payout of at most `up_to_ore` (C9)."""

    up_to_ore: int
    roles: list[str]


class OverrunRow(TypedDict):
    """When a category above its budget needs a decision (A19): above the share, and then from so many öre on."""

    share_bp: int
    decision_ore_min: int


class CallTermsRow(TypedDict):
    """What one version of a call says of costs."""

    flat_rates: list[FlatRateRow]
    months_min: int
    months_max: int
    paid_on_latest: str
    final_report_on_latest: str
    approval_levels: list[ApprovalLevelRow]
    overrun: OverrunRow


class CallRow(TypedDict):
    """A call: `versions["1"]` are the terms of its first version."""

    _id: str
    versions: dict[str, CallTermsRow]


class GrantRow(TypedDict):
    """What the grant says, with approved changes; dates ISO, amounts öre, budget per category.

    `maximum_ore` is what is left of it after a revocation in part.
    """

    call: str
    call_version: int
    starts_on: str
    ends_on: str
    share_bp: int
    maximum_ore: int
    co_funding_ore: int
    budget: dict[str, int]
    ended: Literal["lapsed", "revoked"] | None


class ProjectRow(TypedDict):
    """A project; `grant` None: not granted. `own_cash_applied_ore` is own cash in the application's financing plan."""

    _id: str
    organisation: str
    own_cash_applied_ore: int
    grant: GrantRow | None
    accepted: bool


class LineRow(TypedDict):
    """One cost line with its outcome; the outcome's amounts are None until the request is verified."""

    line: int
    category: str
    account: str
    voucher: dict[str, int | str]
    incurred_on: str
    booked_on: str
    paid_on: str
    amount_ore: int
    claimed_ore: int
    staff_training: bool
    vat_ore: int
    approved_ore: int | None
    disallowed_ore: int | None
    parked_ore: int | None
    reason: str | None


class PaymentRequestRow(TypedDict):
    """Ansökan om utbetalning. `contents` and `verification_contents` refer to the words.

    `overrun_needs` says what each category of `over_budget` needs (A19).
    """

    _id: str
    project: str
    organisation: str
    period_from: str
    period_to: str
    final: bool
    final_report_late: bool
    vat_recoverable: bool
    lines: list[LineRow]
    flat_rate_ore: int
    flat_rate_approved_ore: int | None
    over_budget: dict[str, int]
    overrun_needs: dict[str, str]
    reported_at: datetime
    verified_at: datetime | None
    verified_by: str | None
    contents: str
    verification_contents: str | None
    version: int


class PaymentRow(TypedDict):
    """One payout."""

    number: int
    payment_request: str
    amount_ore: int
    limited_by: str
    approved_at: datetime


class AccountRow(TypedDict):
    """Projektets konto: sums per category since the start, co-funding and payouts. Amounts in öre."""

    _id: str
    claimed: dict[str, int]
    approved: dict[str, int]
    co_funding_ore: int
    paid_ore: int
    payments: list[PaymentRow]
    version: int
