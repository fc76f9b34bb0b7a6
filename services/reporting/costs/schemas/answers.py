"""Costs at the border: how they are answered, always from what was recorded."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from services.reporting.costs.domain import Chart, Extract
from services.reporting.costs.projections import AccountRow, PaymentRequestRow, ProjectRow
from services.reporting.costs.schemas.flags import FINAL_REPORT_LATE, Flag, over_budget, wrong_encoding
from shared.contracts.call import BudgetCategory
from shared.contracts.event import Event
from shared.contracts.reporting import CostsReported, CostsVerified, OverrunNeeds, PayoutApproved
from shared.eventlog.port import Receipt
from shared.web.schemas import Answer, ReceiptBody, receipt_body

Fact = TypeVar("Fact", bound=Event)


def _first(events: Iterable[Event], kind: type[Fact]) -> Fact:
    """Return the fact of one kind among those that a receipt holds."""
    return next(event for event in events if isinstance(event, kind))


class LedgerRowBody(Answer):
    """One row of the ledger: `treatment` says whether it can be claimed, `category` what the chart suggests."""

    voucher: dict[str, int | str]
    account: str
    account_name: str
    booked_on: date
    incurred_on: date
    amount_ore: int
    text: str
    treatment: str
    category: BudgetCategory | None
    staff_training: bool


class LedgerBody(Answer):
    """An imported ledger: `ledger` is what a cost report refers to."""

    ledger: str
    chart: Chart
    object: str
    object_name: str
    company: str
    warnings: list[Flag]
    rows: list[LedgerRowBody]


def ledger_body(reference: str, extract: Extract) -> LedgerBody:
    """Return an import as it is answered."""
    return LedgerBody(
        ledger=reference,
        chart=extract.chart,
        object=extract.object,
        object_name=extract.object_name,
        company=extract.company,
        warnings=[wrong_encoding(extract.encoding)] if extract.encoding else [],
        rows=[
            LedgerRowBody(
                voucher=row.voucher._asdict(),
                account=row.account,
                account_name=row.account_name,
                booked_on=row.booked_on,
                incurred_on=row.incurred_on,
                amount_ore=row.amount_ore,
                text=row.text,
                treatment=row.placing.treatment.value,
                category=row.placing.category,
                staff_training=row.placing.staff_training,
            )
            for row in extract.rows
        ],
    )


class CostReportReceipt(ReceiptBody):
    """What was reported: the sum claimed and the flat rate computed.

    Warnings: a late final report (C1), categories above the granted budget (C7) with what that needs (A19).
    """

    claimed_ore: int
    flat_rate_ore: int
    warnings: list[Flag]


def cost_report_receipt(receipt: Receipt) -> CostReportReceipt:
    """Return the answer to a report, from what was recorded."""
    reported = _first(receipt.events, CostsReported)
    return CostReportReceipt(
        **receipt_body(receipt, reported.payment_request_id).model_dump(),
        claimed_ore=sum(line.claimed_ore for line in reported.lines) + reported.flat_rate_ore,
        flat_rate_ore=reported.flat_rate_ore,
        warnings=[
            *([FINAL_REPORT_LATE] if reported.final_report_late else []),
            *(over_budget(over) for over in reported.over_budget),
        ],
    )


class VerificationReceipt(ReceiptBody):
    """What was verified; `approved_ore` includes the flat rate that follows."""

    approved_ore: int
    disallowed_ore: int
    parked_ore: int
    flat_rate_approved_ore: int


def verification_receipt(receipt: Receipt) -> VerificationReceipt:
    """Return the answer to a verification, from what was recorded."""
    verified = _first(receipt.events, CostsVerified)
    return VerificationReceipt(
        **receipt_body(receipt, verified.payment_request_id).model_dump(),
        approved_ore=sum(line.approved_ore for line in verified.lines) + verified.flat_rate_approved_ore,
        disallowed_ore=sum(line.disallowed_ore for line in verified.lines),
        parked_ore=sum(line.parked_ore for line in verified.lines),
        flat_rate_approved_ore=verified.flat_rate_approved_ore,
    )


class PayoutReceipt(ReceiptBody):
    """The payment: its number in the project, its amount, and which of C9's limits decided it."""

    payment_number: int
    amount_ore: int
    limited_by: str


def payout_receipt(receipt: Receipt) -> PayoutReceipt:
    """Return the answer to a payout, from what was recorded."""
    paid = _first(receipt.events, PayoutApproved)
    return PayoutReceipt(
        **receipt_body(receipt, paid.project).model_dump(),
        payment_number=paid.payment_number,
        amount_ore=paid.amount_ore,
        limited_by=paid.limited_by.value,
    )


class LineBody(Answer):
    """One cost line with its outcome, null until the request is verified. Supplier and text are empty once erased."""

    line: int
    category: BudgetCategory
    account: str
    voucher: dict[str, int | str]
    incurred_on: date
    booked_on: date
    paid_on: date
    amount_ore: int
    claimed_ore: int
    staff_training: bool
    vat_ore: int
    approved_ore: int | None
    disallowed_ore: int | None
    parked_ore: int | None
    reason: str | None
    supplier: str = ""
    text: str = ""
    late_reason: str | None = None


class PaymentRequestSummaryBody(Answer):
    """A payment request in a list. Sums include the flat rate; `approved_ore` is null until it is verified."""

    id: str
    project: str
    organisation: str
    period_from: date
    period_to: date
    final: bool
    final_report_late: bool
    claimed_ore: int
    approved_ore: int | None
    reported_at: datetime
    verified_at: datetime | None


class PaymentRequestBody(PaymentRequestSummaryBody):
    """A payment request, whole.

    `over_budget` is öre per category above the granted budget when it was reported (C7), `overrun_needs` what each of
    them needs (A19).
    """

    vat_recoverable: bool
    lines: list[LineBody]
    flat_rate_ore: int
    flat_rate_approved_ore: int | None
    over_budget: dict[str, int]
    overrun_needs: dict[str, OverrunNeeds]
    progress_report: str
    ledger: str
    notes: str


def payment_request_summary(row: PaymentRequestRow) -> PaymentRequestSummaryBody:
    """Return a row as it is answered in lists."""
    return PaymentRequestSummaryBody(**_summary(row))


def payment_request_body(row: PaymentRequestRow, words: dict[str, Any]) -> PaymentRequestBody:
    """Return a row with its words."""
    texts = words.get("lines") or [{}] * len(row["lines"])
    return PaymentRequestBody(
        **_summary(row),
        vat_recoverable=row["vat_recoverable"],
        lines=[LineBody.model_validate({**line, **text}) for line, text in zip(row["lines"], texts, strict=True)],
        flat_rate_ore=row["flat_rate_ore"],
        flat_rate_approved_ore=row["flat_rate_approved_ore"],
        over_budget=row["over_budget"],
        overrun_needs={category: OverrunNeeds(needs) for category, needs in row["overrun_needs"].items()},
        progress_report=words.get("progress_report", ""),
        ledger=words.get("ledger", ""),
        notes=words.get("notes", ""),
    )


def _summary(row: PaymentRequestRow) -> dict[str, Any]:
    verified = row["verified_at"] is not None
    approved_ore = sum(line["approved_ore"] or 0 for line in row["lines"]) + (row["flat_rate_approved_ore"] or 0)
    return {
        "id": row["_id"],
        "project": row["project"],
        "organisation": row["organisation"],
        "period_from": date.fromisoformat(row["period_from"]),
        "period_to": date.fromisoformat(row["period_to"]),
        "final": row["final"],
        "final_report_late": row["final_report_late"],
        "claimed_ore": sum(line["claimed_ore"] for line in row["lines"]) + row["flat_rate_ore"],
        "approved_ore": approved_ore if verified else None,
        "reported_at": row["reported_at"],
        "verified_at": row["verified_at"],
    }


class PaymentBody(Answer):
    """One payout."""

    number: int
    payment_request: str
    amount_ore: int
    limited_by: str
    approved_at: datetime


class AccountBody(Answer):
    """Projektets konto in öre since the start; `claimed` and `approved` per category, flat rate included."""

    project: str
    granted_ore: int
    claimed: dict[str, int]
    approved: dict[str, int]
    co_funding_paid_in_ore: int
    paid_ore: int
    payments: list[PaymentBody]


def account_body(project: ProjectRow, account: AccountRow) -> AccountBody:
    """Return an account as it is answered."""
    return AccountBody(
        project=project["_id"],
        granted_ore=project["grant"]["maximum_ore"] if project["grant"] else 0,
        claimed=account["claimed"],
        approved=account["approved"],
        co_funding_paid_in_ore=account["co_funding_ore"],
        paid_ore=account["paid_ore"],
        payments=[PaymentBody.model_validate(payment) for payment in account["payments"]],
    )
