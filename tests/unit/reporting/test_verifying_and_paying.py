"""Verification (C6, C8) and payout (C9): each limit on both sides, and never more than any of them."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.costs.domain import (
    Account,
    ApprovePayout,
    GrantTerms,
    JudgedLine,
    PayInCoFunding,
    PaymentRequest,
    Reason,
    VerifyCosts,
    approve_payout,
    pay_in_co_funding,
    payable,
    report,
    verify,
)
from services.reporting.costs.domain.account import (
    ApprovalLevelNotHeld,
    CoFundingNotPaidInYet,
    NothingToPay,
    NotPaymentApprover,
    OwnCashCountsByLedger,
    RequestNotVerified,
    SameVerifierAndApprover,
    evolve,
)
from services.reporting.costs.domain.terms import GrantNotAccepted
from services.reporting.costs.domain.verification import AlreadyVerified, VerificationIncomplete
from shared.contracts.applications import FundingSource
from shared.contracts.call import ApprovalLevel, ApprovalRole, BudgetCategory
from shared.contracts.reporting import CostsVerified, PayoutApproved, PayoutLimit
from shared.kernel.money import kronor
from shared.kernel.refusals import NotFound
from tests.unit.reporting.examples import NOON, PROJECT, REQUEST, TERMS, a_line, a_report, a_row, decided, reported

CONTROLLER, APPROVER = "controller-1", "approver-1"
PAYER, BOTH = frozenset({"agency.payment_approver"}), frozenset({"agency.payment_approver", "agency.decision_maker"})
WHOLE = JudgedLine(1, approved_ore=kronor(10_000))


def _judging(*judged: JudgedLine, by: str = CONTROLLER) -> VerifyCosts:
    return VerifyCosts(REQUEST, TERMS, by, judged, "reference")


def _approve(
    account: Account, terms: GrantTerms = TERMS, by: str = APPROVER, roles: frozenset[str] = PAYER
) -> PayoutApproved:
    (event,) = approve_payout(account, ApprovePayout(terms, REQUEST, by, roles))
    assert isinstance(event, PayoutApproved)
    return event


def _account(
    approved_ore: int = 0, co_funding_ore: int = 0, paid_ore: int = 0, flat_ore: int = 0, payments: int = 0
) -> Account:
    _, account = reported()
    return replace(
        account,
        approved={BudgetCategory.PERSONNEL: approved_ore, BudgetCategory.FLAT_RATE: flat_ore},
        verified_requests=(REQUEST,),
        verified_by=(CONTROLLER,),
        co_funding_ore=co_funding_ore,
        paid_ore=paid_ore,
        payments=payments,
    )


def test_what_is_approved_disallowed_and_parked_adds_up_to_what_was_claimed() -> None:
    request, account = reported()
    parts = JudgedLine(1, kronor(6_000), kronor(4_000), 0, Reason.UNCLEAR)
    (verified,) = verify(request, account, _judging(parts)).events[f"payment-request/{REQUEST}"]
    assert isinstance(verified, CostsVerified)
    assert verified.flat_rate_approved_ore == kronor(1_200)
    for ore in (-1, 1):
        with pytest.raises(VerificationIncomplete):
            verify(request, account, _judging(replace(parts, disallowed_ore=kronor(4_000) + ore)))


def test_a_line_cannot_be_parked_because_it_could_not_come_back() -> None:
    request, account = reported()
    with pytest.raises(VerificationIncomplete) as refused:
        verify(request, account, _judging(JudgedLine(1, kronor(10_000) - 1, 0, 1, Reason.UNCLEAR)))
    assert [(problem.rule, problem.pointer) for problem in refused.value.problems] == [("C8", "/lines/0/parked_ore")]


def test_what_is_not_approved_in_full_needs_a_reason() -> None:
    request, account = reported()
    with pytest.raises(VerificationIncomplete) as refused:
        verify(request, account, _judging(JudgedLine(1, kronor(9_999), kronor(1))))
    assert [problem.pointer for problem in refused.value.problems] == ["/lines/0/reason"]


def test_every_line_is_judged_once_and_every_problem_comes_at_once() -> None:
    request, account = reported(a_line(a_row("1")), a_line(a_row("2")), a_line(a_row("3")))
    with pytest.raises(VerificationIncomplete) as refused:
        verify(request, account, _judging(WHOLE, WHOLE, JudgedLine(9, 1)))
    assert [problem.pointer for problem in refused.value.problems] == [
        "/lines/1/line",
        "/lines/2/line",
        "/lines",
        "/lines",
    ]


def test_a_request_is_verified_once() -> None:
    request, account = reported()
    command = _judging(WHOLE)
    request, account = decided(verify(request, account, command), request, account)
    assert account.approved == {BudgetCategory.PERSONNEL: kronor(10_000), BudgetCategory.FLAT_RATE: kronor(2_000)}
    with pytest.raises(AlreadyVerified):
        verify(request, account, command)


def test_another_projects_request_does_not_exist() -> None:
    with pytest.raises(NotFound):
        verify(PaymentRequest(), Account(), _judging(WHOLE))


def test_whoever_verified_does_not_approve_the_payment_nor_the_other_way_round() -> None:
    account = _account(kronor(10_000), kronor(10_000))
    with pytest.raises(SameVerifierAndApprover):
        _approve(account, by=CONTROLLER)
    assert _approve(account, by=APPROVER).approved_by == APPROVER
    request, _ = reported()
    with pytest.raises(SameVerifierAndApprover):
        verify(request, Account(approved_by=(APPROVER,)), _judging(WHOLE, by=APPROVER))


def test_only_a_verified_request_of_an_accepted_grant_is_paid() -> None:
    account = _account(kronor(10_000), kronor(10_000))
    with pytest.raises(RequestNotVerified):
        _approve(replace(account, verified_requests=()))
    with pytest.raises(GrantNotAccepted):
        _approve(account, replace(TERMS, accepted=False))
    with pytest.raises(NotFound):
        _approve(Account())


def test_an_amount_above_the_first_level_needs_the_roles_of_the_next() -> None:
    terms = replace(TERMS, maximum_ore=kronor(5_000_000))
    limit = _account(kronor(2_000_000), kronor(2_000_000))
    assert _approve(limit, terms).amount_ore == kronor(1_000_000)
    above = _account(kronor(2_000_002), kronor(2_000_002))
    with pytest.raises(ApprovalLevelNotHeld):
        _approve(above, terms)
    assert _approve(above, terms, roles=BOTH).amount_ore == kronor(1_000_001)


def test_levels_hold_in_whatever_order_and_none_stated_needs_every_role() -> None:
    account = _account(kronor(200), kronor(200))
    high = ApprovalLevel(up_to_ore=kronor(1_000), roles=[ApprovalRole.DECISION_MAKER])
    assert _approve(account, replace(TERMS, approval_levels=(high, *_low(kronor(100))))).amount_ore == kronor(100)
    for levels in ((), (high, *_low(kronor(99)))):
        with pytest.raises(ApprovalLevelNotHeld):
            _approve(account, replace(TERMS, approval_levels=levels))
        assert _approve(account, replace(TERMS, approval_levels=levels), roles=BOTH).approved_by == APPROVER


def _low(up_to_ore: int) -> tuple[ApprovalLevel, ...]:
    return (ApprovalLevel(up_to_ore=up_to_ore, roles=[ApprovalRole.PAYMENT_APPROVER]),)


def test_nobody_approves_who_is_not_a_payment_approver() -> None:
    with pytest.raises(NotPaymentApprover):
        _approve(_account(kronor(200), kronor(200)), roles=frozenset({"agency.decision_maker"}))


def test_the_final_payment_waits_until_the_final_request_is_verified() -> None:
    command = a_report(final=True)
    request, account = decided(report(PaymentRequest(), Account(), command, now=NOON), PaymentRequest(), Account())
    terms = replace(TERMS, own_cash_ore=kronor(1_000_000))
    with pytest.raises(RequestNotVerified):
        _approve(account, terms)
    request, account = decided(verify(request, account, _judging(WHOLE)), request, account)
    assert _approve(account, terms).amount_ore == kronor(6_000)


@pytest.mark.parametrize(
    ("approved_kr", "co_funding_kr", "maximum_kr", "paid_kr", "amount_kr", "limit"),
    [
        (100_000, 50_000, 1_000_000, 0, 50_000, PayoutLimit.APPROVED_COSTS),
        (100_000, 50_001, 1_000_000, 0, 50_000, PayoutLimit.APPROVED_COSTS),
        (100_000, 49_999, 1_000_000, 0, 49_999, PayoutLimit.CO_FUNDING),
        (100_000, 0, 1_000_000, 0, 0, PayoutLimit.CO_FUNDING),
        (100_000, 90_000, 50_000, 0, 50_000, PayoutLimit.APPROVED_COSTS),
        (100_000, 90_000, 49_999, 0, 49_999, PayoutLimit.MAXIMUM),
        (100_000, 90_000, 1_000_000, 49_999, 1, PayoutLimit.APPROVED_COSTS),
        (100_000, 90_000, 1_000_000, 50_000, 0, PayoutLimit.APPROVED_COSTS),
        (100_000, 90_000, 1_000_000, 60_000, 0, PayoutLimit.APPROVED_COSTS),
    ],
)
def test_the_lowest_of_the_three_limits_decides_less_what_was_paid(
    approved_kr: int, co_funding_kr: int, maximum_kr: int, paid_kr: int, amount_kr: int, limit: PayoutLimit
) -> None:
    account = _account(kronor(approved_kr), kronor(co_funding_kr), kronor(paid_kr))
    due = payable(account, replace(TERMS, maximum_ore=kronor(maximum_kr)))
    assert (due.amount_ore, due.limited_by) == (kronor(amount_kr), limit)


def test_support_is_cut_to_whole_kronor_once_and_never_rounded_up() -> None:
    assert payable(_account(199, kronor(1)), TERMS).amount_ore == 0
    assert payable(_account(200, kronor(1)), TERMS).amount_ore == 100
    assert payable(_account(399, kronor(9)), TERMS).amount_ore == 100


def test_a_share_of_40_per_cent_takes_two_thirds_of_the_co_funding() -> None:
    terms = replace(TERMS, share_bp=4000)
    assert payable(_account(kronor(1_000), kronor(300)), terms).amount_ore == kronor(200)
    assert payable(_account(kronor(1_000), kronor(601)), terms).amount_ore == kronor(400)


def test_a_share_of_everything_waits_for_no_co_funding() -> None:
    due = payable(_account(kronor(1_000)), replace(TERMS, share_bp=10_000))
    assert (due.amount_ore, due.limited_by) == (kronor(1_000), PayoutLimit.APPROVED_COSTS)


def test_own_cash_counts_when_the_ledger_shows_the_cost_paid_up_to_the_financing_plan() -> None:
    account = _account(approved_ore=kronor(100), flat_ore=kronor(900))
    assert payable(account, replace(TERMS, own_cash_ore=kronor(99))).co_funding_ore == kronor(99)
    assert payable(account, replace(TERMS, own_cash_ore=kronor(101))).co_funding_ore == kronor(100)


def test_own_cash_is_not_stated_as_paid_in_nor_anything_that_will_come_later() -> None:
    def pay_in(source: FundingSource, paid_on: date) -> object:
        return pay_in_co_funding(Account(), PayInCoFunding(TERMS, source, 100, paid_on, "reference"), now=NOON)

    assert pay_in(FundingSource.EXTERNAL_PUBLIC, NOON.date())
    with pytest.raises(OwnCashCountsByLedger):
        pay_in(FundingSource.OWN, NOON.date())
    with pytest.raises(CoFundingNotPaidInYet):
        pay_in(FundingSource.EXTERNAL_PRIVATE, date(2023, 12, 2))


def test_nothing_to_pay_is_refused_and_payments_are_numbered_in_the_account() -> None:
    account = _account(kronor(100), kronor(100), payments=3)
    paid = _approve(account)
    assert (paid.payment_number, paid.amount_ore, paid.project) == (4, kronor(50), PROJECT)
    with pytest.raises(NothingToPay) as refused:
        _approve(evolve(account, paid))
    assert "godkända kostnader" in refused.value.detail_sv


amounts = st.integers(min_value=0, max_value=10**12)


@given(approved=amounts, co_funding=amounts, maximum_kr=st.integers(0, 10**9), share=st.integers(0, 10_000))
def test_never_more_is_paid_than_any_limit(approved: int, co_funding: int, maximum_kr: int, share: int) -> None:
    terms = replace(TERMS, share_bp=share, maximum_ore=kronor(maximum_kr))
    amount = payable(_account(approved, co_funding), terms).amount_ore
    assert 0 <= amount <= terms.maximum_ore
    assert amount % 100 == 0
    assert amount * 10_000 <= share * approved
    assert amount * (10_000 - share) <= share * co_funding or share == 10_000


@given(
    approved=amounts,
    co_funding=amounts,
    own=amounts,
    share=st.integers(1, 10_000),
    cuts=st.lists(st.integers(0, 1000), max_size=5),
)
def test_how_costs_are_split_over_requests_does_not_change_what_is_paid(
    approved: int, co_funding: int, own: int, share: int, cuts: list[int]
) -> None:
    terms = replace(TERMS, share_bp=share, own_cash_ore=own)
    steps = [0, *sorted(approved * cut // 1000 for cut in cuts), approved]
    account = _account(0, co_funding)
    for before, after in pairwise(steps):
        sums = {BudgetCategory.PERSONNEL: account.approved[BudgetCategory.PERSONNEL] + after - before}
        account = replace(account, approved=sums)
        account = replace(account, paid_ore=account.paid_ore + payable(account, terms).amount_ore)
    assert account.paid_ore == payable(_account(approved, co_funding), terms).amount_ore
