"""A granted project, ledger rows and reports, as the tests of costs start from."""

from dataclasses import replace
from datetime import UTC, date, datetime

from services.reporting.costs.domain import (
    Account,
    ClaimedLine,
    FlatRateTerms,
    GrantTerms,
    LedgerRow,
    PaymentRequest,
    ReportCosts,
    VoucherKey,
    report,
)
from services.reporting.costs.domain.account import evolve as evolve_account
from services.reporting.costs.domain.charts import Chart, placing
from services.reporting.costs.domain.requests import evolve as evolve_request
from shared.contracts.call import ApprovalLevel, ApprovalRole, BudgetCategory, Overrun
from shared.contracts.reporting import CostsApproved, CostsReported, CostsVerified, PeriodClaimed
from shared.kernel.decisions import Decision
from shared.kernel.ids import ApplicationId, OrganisationId, PaymentRequestId
from shared.kernel.money import kronor

PROJECT = ApplicationId("0190a000-0000-7000-8000-0000000000aa")
ORGANISATION = OrganisationId("0190a000-0000-7000-8000-0000000000bb")
REQUEST = PaymentRequestId("0190a000-0000-7000-8000-0000000000cc")
NOON = datetime(2023, 12, 1, 12, tzinfo=UTC)

TERMS = GrantTerms(
    project=PROJECT,
    organisation=ORGANISATION,
    starts_on=date(2023, 3, 1),
    ends_on=date(2023, 10, 31),
    share_bp=5000,
    maximum_ore=kronor(1_000_000),
    own_cash_ore=0,
    accepted=True,
    months_min=1,
    months_max=6,
    paid_on_latest=date(2023, 11, 30),
    overrun=Overrun(),
    final_report_on_latest=date(2023, 11, 30),
    approval_levels=(ApprovalLevel(up_to_ore=kronor(1_000_000), roles=[ApprovalRole.PAYMENT_APPROVER]),),
    flat_rates=(FlatRateTerms(2000, (BudgetCategory.PERSONNEL,)),),
    budget={BudgetCategory.PERSONNEL: kronor(1_000_000), BudgetCategory.FLAT_RATE: kronor(200_000)},
)


def a_row(
    number: str = "1",
    *,
    account: str = "7210",
    amount_ore: int = kronor(10_000),
    booked_on: date = date(2023, 4, 15),
    row: int = 1,
    incurred_on: date | None = None,
) -> LedgerRow:
    return LedgerRow(
        voucher=VoucherKey(20230101, "A", number, row),
        account=account,
        account_name="",
        booked_on=booked_on,
        incurred_on=incurred_on or booked_on,
        amount_ore=amount_ore,
        text="Lön (testdata)",
        placing=placing(Chart.BAS, account),
    )


def a_line(row: LedgerRow | None = None, *, claimed_ore: int | None = None, **changes: object) -> ClaimedLine:
    row = row or a_row()
    line = ClaimedLine(row.voucher, row, row.amount_ore if claimed_ore is None else claimed_ore)
    return replace(line, **changes)  # type: ignore[arg-type]  # the tests name the fields they change


def a_report(*lines: ClaimedLine, **changes: object) -> ReportCosts:
    command = ReportCosts(
        payment_request_id=REQUEST,
        terms=TERMS,
        period_from=date(2023, 3, 1),
        period_to=date(2023, 5, 31),
        final=False,
        lines=lines or (a_line(),),
        contents="reference",
    )
    return replace(command, **changes)  # type: ignore[arg-type]  # the tests name the fields they change


def decided(decision: Decision, request: PaymentRequest, account: Account) -> tuple[PaymentRequest, Account]:
    """Fold a decision's events into the two states."""
    for events in decision.events.values():
        for event in events:
            if isinstance(event, CostsReported | CostsVerified):
                request = evolve_request(request, event)
            elif isinstance(event, PeriodClaimed | CostsApproved):
                account = evolve_account(account, event)
    return request, account


def reported(*lines: ClaimedLine) -> tuple[PaymentRequest, Account]:
    return decided(report(PaymentRequest(), Account(), a_report(*lines), now=NOON), PaymentRequest(), Account())
