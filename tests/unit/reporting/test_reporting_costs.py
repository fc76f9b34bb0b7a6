"""What a payment request may hold: its period (C1), its lines (C3, C4, C6) and voucher rows (C5)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.reporting.costs.domain import Account, PaymentRequest, ReportCosts, VoucherKey, report
from services.reporting.costs.domain.account import Period
from services.reporting.costs.domain.lines import ClaimedLine
from services.reporting.costs.domain.reporting import (
    LinesNotAllowed,
    PeriodNotAllowed,
    VoucherRowOverclaimed,
    months_after,
)
from shared.contracts.call import BudgetCategory
from shared.contracts.reporting import CostsReported, PeriodClaimed
from shared.kernel.decisions import Decision
from shared.kernel.money import kronor
from tests.unit.reporting.examples import NOON, PROJECT, REQUEST, TERMS, a_line, a_report, a_row


def _report(command: ReportCosts, account: Account | None = None) -> Decision:
    return report(PaymentRequest(), account or Account(), command, now=NOON)


def _reported(decision: Decision) -> CostsReported:
    (event,) = decision.events[f"payment-request/{REQUEST}"]
    assert isinstance(event, CostsReported)
    return event


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2023, 3, 1), date(2023, 3, 31)),
        (date(2023, 3, 1), date(2023, 8, 31)),
        (date(2023, 10, 1), date(2023, 10, 31)),
        (date(2023, 3, 15), date(2023, 4, 14)),
    ],
)
def test_a_period_of_one_to_six_months_inside_the_project_may_be_reported(first: date, last: date) -> None:
    row = a_row(booked_on=first)
    taken = _report(a_report(a_line(row), period_from=first, period_to=last)).events[f"account/{PROJECT}"][0]
    assert isinstance(taken, PeriodClaimed)
    assert (taken.period_from, taken.period_to) == (first, last)


@pytest.mark.parametrize(
    ("first", "last", "pointer"),
    [
        (date(2023, 2, 28), date(2023, 5, 31), "/period_from"),
        (date(2023, 9, 1), date(2023, 11, 1), "/period_to"),
        (date(2023, 3, 1), date(2023, 3, 30), "/period_to"),
        (date(2023, 3, 1), date(2023, 9, 1), "/period_to"),
        (date(2023, 5, 1), date(2023, 4, 1), "/period_to"),
    ],
)
def test_a_period_outside_the_project_or_of_the_wrong_length_is_refused(first: date, last: date, pointer: str) -> None:
    with pytest.raises(PeriodNotAllowed) as refused:
        _report(a_report(period_from=first, period_to=last))
    assert pointer in {problem.pointer for problem in refused.value.problems}
    assert {problem.rule for problem in refused.value.problems} == {"C1"}


@pytest.mark.parametrize(("shift", "allowed"), [(0, False), (1, True)])
def test_periods_of_a_project_do_not_share_a_day(shift: int, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    account = Account(periods=(Period(date(2023, 3, 1), date(2023, 4, 30)),))
    first = date(2023, 4, 30) + timedelta(days=shift)
    command = a_report(a_line(a_row(booked_on=first)), period_from=first, period_to=date(2023, 6, 30))
    if allowed:
        assert _report(command, account).claims
    else:
        with pytest.raises(PeriodNotAllowed):
            _report(command, account)


def test_nothing_is_reported_after_the_final_request() -> None:
    with pytest.raises(PeriodNotAllowed) as refused:
        _report(a_report(), Account(final_reported=True))
    assert [problem.pointer for problem in refused.value.problems] == ["/final"]


def test_a_month_ends_on_its_last_day() -> None:
    assert months_after(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert months_after(date(2023, 12, 1), 1) == date(2024, 1, 1)
    assert months_after(date(2023, 11, 30), 3) == date(2024, 2, 29)


@pytest.mark.parametrize(("booked_on", "allowed"), [(date(2023, 2, 28), False), (date(2023, 3, 1), True)])
def test_nothing_before_the_period_ever(booked_on: date, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    line = a_line(a_row(booked_on=booked_on))
    if allowed:
        assert _reported(_report(a_report(line))).lines[0].incurred_on == booked_on
    else:
        with pytest.raises(LinesNotAllowed) as refused:
            _report(a_report(line))
        assert [(p.rule, p.pointer) for p in refused.value.problems] == [("C3", "/lines/0/incurred_on")]


def test_no_stated_reason_lifts_a_cost_booked_before_the_period() -> None:
    line = a_line(a_row(booked_on=date(2023, 2, 27)), incurred_on=date(2023, 3, 2), late_reason_given=True)
    with pytest.raises(LinesNotAllowed) as refused:
        _report(a_report(line))
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/0/voucher"]


def test_no_stated_day_lifts_a_cost_that_the_ledger_dates_before_the_period() -> None:
    for in_ledger, refusals in ((date(2023, 2, 28), 1), (date(2023, 3, 1), 0)):
        row = a_row(booked_on=date(2023, 3, 2), incurred_on=in_ledger)
        line = a_line(row, incurred_on=date(2023, 3, 2), paid_on=date(2023, 3, 2))
        found = []
        try:
            _report(a_report(line))
        except LinesNotAllowed as refused:
            found = [(problem.rule, problem.pointer) for problem in refused.problems]
        assert found == [("C3", "/lines/0/voucher")] * refusals


@pytest.mark.parametrize(("hour_utc", "allowed"), [(21, False), (22, True)])
def test_a_period_is_reported_when_its_last_day_has_come_in_sweden(hour_utc: int, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    now = datetime(2023, 5, 30, hour_utc, 0, tzinfo=UTC)
    if allowed:
        assert report(PaymentRequest(), Account(), a_report(), now=now).claims
    else:
        with pytest.raises(PeriodNotAllowed) as refused:
            report(PaymentRequest(), Account(), a_report(), now=now)
        assert [problem.pointer for problem in refused.value.problems] == ["/period_to"]


@pytest.mark.parametrize(("day", "final", "late"), [(30, True, False), (1, True, True), (1, False, False)])
def test_a_final_report_after_the_last_day_is_flagged(day: int, final: bool, late: bool) -> None:  # noqa: FBT001 - a table's column
    now = datetime(2023, 12 if day == 1 else 11, day, 12, tzinfo=UTC)
    assert _reported(report(PaymentRequest(), Account(), a_report(final=final), now=now)).final_report_late is late


@pytest.mark.parametrize(
    ("claimed_kr", "recoverable", "allowed"), [(8_000, True, True), (8_001, True, False), (10_000, False, True)]
)
def test_recoverable_vat_is_no_cost(claimed_kr: int, recoverable: bool, allowed: bool) -> None:  # noqa: FBT001 - a table's columns
    command = a_report(a_line(claimed_ore=kronor(claimed_kr), vat_ore=kronor(2_000)), vat_recoverable=recoverable)
    if allowed:
        decision = _report(command)
        assert decision.claims[0].limit_ore == kronor(8_000 if recoverable else 10_000)
        assert _reported(decision).lines[0].vat_ore == kronor(2_000)
    else:
        with pytest.raises(LinesNotAllowed) as refused:
            _report(command)
        assert [(p.rule, p.pointer) for p in refused.value.problems] == [("C3", "/lines/0/vat_ore")]


def test_vat_stated_on_one_of_two_lines_holds_for_their_voucher_row() -> None:
    lines = (a_line(claimed_ore=kronor(5_000), vat_ore=kronor(2_000)), a_line(claimed_ore=kronor(3_001)))
    with pytest.raises(LinesNotAllowed):
        _report(a_report(*lines))


def test_a_voucher_row_has_one_key_however_its_number_is_written() -> None:
    for series, number in (("A", "007"), (" A ", " 7 "), ("A", "7")):
        assert VoucherKey(20230101, series, number, 1).plain() == VoucherKey(20230101, "A", "7", 1)
    assert VoucherKey(20230101, "A", "000", 1).plain().number == "0"
    assert VoucherKey(20230101, "A", "0A7", 1).plain().number == "0A7"


def test_a_cost_incurred_after_the_period_is_refused() -> None:
    with pytest.raises(LinesNotAllowed):
        _report(a_report(a_line(a_row(booked_on=date(2023, 6, 1)))))
    assert _report(a_report(a_line(a_row(booked_on=date(2023, 5, 31))))).claims


def test_a_cost_booked_after_the_period_needs_a_reason_why_it_belongs_there() -> None:
    line = a_line(a_row(booked_on=date(2023, 6, 20)), incurred_on=date(2023, 5, 30))
    with pytest.raises(LinesNotAllowed) as refused:
        _report(a_report(line))
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/0/late_reason"]
    shown = a_line(line.row, incurred_on=date(2023, 5, 30), late_reason_given=True)
    assert _report(a_report(shown)).claims


@pytest.mark.parametrize(("paid_on", "allowed"), [(date(2023, 11, 30), True), (date(2023, 12, 1), False)])
def test_a_cost_is_paid_by_the_last_day_of_the_call(paid_on: date, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    if allowed:
        assert _report(a_report(a_line(paid_on=paid_on))).claims
    else:
        with pytest.raises(LinesNotAllowed):
            _report(a_report(a_line(paid_on=paid_on)))


def test_a_cost_cannot_have_been_paid_tomorrow() -> None:
    open_longer = replace(TERMS, paid_on_latest=date(2030, 1, 1))
    assert _report(a_report(a_line(paid_on=NOON.date()), terms=open_longer)).claims
    with pytest.raises(LinesNotAllowed):
        _report(a_report(a_line(paid_on=NOON.date() + timedelta(days=1)), terms=open_longer))


@pytest.mark.parametrize(("claimed_ore", "allowed"), [(kronor(10_000), True), (kronor(10_000) + 1, False)])
def test_a_voucher_row_is_claimed_up_to_its_amount(claimed_ore: int, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    command = a_report(a_line(claimed_ore=claimed_ore))
    if allowed:
        (claim,) = _report(command).claims
        assert (claim.amount_ore, claim.limit_ore) == (claimed_ore, kronor(10_000))
    else:
        with pytest.raises(VoucherRowOverclaimed):
            _report(command)


def test_two_lines_of_one_voucher_row_share_its_amount_and_make_one_claim() -> None:
    half = kronor(5_000)
    (claim,) = _report(a_report(a_line(claimed_ore=half), a_line(claimed_ore=half))).claims
    assert (claim.amount_ore, claim.limit_ore) == (kronor(10_000), kronor(10_000))
    with pytest.raises(VoucherRowOverclaimed) as refused:
        _report(a_report(a_line(claimed_ore=half), a_line(claimed_ore=half + 1)))
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/1/claimed_ore"]


def test_a_credit_row_cannot_be_claimed() -> None:
    with pytest.raises(VoucherRowOverclaimed):
        _report(a_report(a_line(a_row(amount_ore=-100), claimed_ore=1)))


def test_rows_of_two_vouchers_projects_or_years_are_not_taken_for_one_another() -> None:
    rows = [a_row("1"), a_row("11"), a_row("1", row=11)]
    claims = _report(a_report(*(a_line(row) for row in rows))).claims
    assert len({claim.value for claim in claims}) == len(rows)


@pytest.mark.parametrize(
    ("account", "category", "rule", "pointer"),
    [
        ("5010", None, "C4", "/lines/0/voucher"),
        ("6211", BudgetCategory.PERSONNEL, "C4", "/lines/0/voucher"),
        ("3041", BudgetCategory.PERSONNEL, "C4", "/lines/0/voucher"),
        ("3985", BudgetCategory.PERSONNEL, "C4", "/lines/0/voucher"),
        ("7385", None, "C4", "/lines/0/category"),
        ("7210", BudgetCategory.FLAT_RATE, "C6", "/lines/0/category"),
    ],
)
def test_accounts_that_the_flat_rate_covers_or_that_are_no_cost_are_refused(
    account: str, category: BudgetCategory | None, rule: str, pointer: str
) -> None:
    with pytest.raises(LinesNotAllowed) as refused:
        _report(a_report(a_line(a_row(account=account), category=category)))
    assert [(problem.rule, problem.pointer) for problem in refused.value.problems] == [(rule, pointer)]


def test_an_account_placed_by_hand_takes_the_category_stated() -> None:
    line = a_line(a_row(account="7385"), category=BudgetCategory.TRAVEL)
    assert _reported(_report(a_report(line))).lines[0].category is BudgetCategory.TRAVEL


def test_every_line_problem_comes_at_once() -> None:
    lines = (
        a_line(a_row("1", booked_on=date(2023, 2, 1))),
        a_line(a_row("2"), claimed_ore=kronor(10_001)),
        ClaimedLine(VoucherKey(20230101, "A", "404", 1), None, 100),
        a_line(a_row("4", account="5010")),
        a_line(a_row("5")),
    )
    with pytest.raises(LinesNotAllowed) as refused:
        _report(a_report(*lines))
    assert [(problem.rule, problem.pointer) for problem in refused.value.problems] == [
        ("C3", "/lines/0/incurred_on"),
        ("C5", "/lines/1/claimed_ore"),
        ("C4", "/lines/2/voucher"),
        ("C4", "/lines/3/voucher"),
    ]
    assert all(problem.sv and problem.en for problem in refused.value.problems)


def test_the_flat_rate_is_computed_on_its_base_only() -> None:
    lines = (a_line(a_row("1")), a_line(a_row("2", account="6550")))
    assert _reported(_report(a_report(*lines))).flat_rate_ore == kronor(2_000)


def test_what_exceeds_the_granted_budget_is_flagged_and_not_refused() -> None:
    account = Account(claimed={BudgetCategory.PERSONNEL: kronor(995_000)})
    over = {line.category: line.amount_ore for line in _reported(_report(a_report(), account)).over_budget}
    assert over == {BudgetCategory.PERSONNEL: kronor(5_000)}
    exactly = Account(claimed={BudgetCategory.PERSONNEL: kronor(990_000)})
    assert _reported(_report(a_report(), exactly)).over_budget == []
    assert TERMS.budget[BudgetCategory.PERSONNEL] == kronor(1_000_000)
