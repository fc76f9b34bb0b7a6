"""The project's account: periods taken, costs approved, co-funding paid in, payouts (C1, C9). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Final, assert_never

from services.reporting.costs.domain.terms import GrantTerms
from shared.contracts.applications import FundingSource
from shared.contracts.call import ApprovalRole, BudgetCategory
from shared.contracts.event import Event
from shared.contracts.reporting import (
    AccountFact,
    CoFundingPaidIn,
    CostsApproved,
    PayoutApproved,
    PayoutLimit,
    PeriodClaimed,
)
from shared.eventlog.streams import StreamType
from shared.kernel.ids import PaymentRequestId
from shared.kernel.money import BASIS_POINTS, whole_kronor_down
from shared.kernel.refusals import NotFound, Refusal
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class Period:
    """A period that a payment request has taken, both days included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Account:
    """Projektets konto. Amounts in öre since the start; `claimed` and `approved` per category, flat rate included."""

    periods: tuple[Period, ...] = ()
    final_reported: bool = False
    claimed: dict[BudgetCategory, int] = field(default_factory=dict)
    approved: dict[BudgetCategory, int] = field(default_factory=dict)
    verified_requests: tuple[str, ...] = ()
    verified_by: tuple[str, ...] = ()
    co_funding_ore: int = 0
    paid_ore: int = 0
    payments: int = 0
    approved_by: tuple[str, ...] = ()

    @property
    def costs_approved_ore(self) -> int:
        """Σ approved costs since the start, flat rate included."""
        return sum(self.approved.values())

    @property
    def costs_shown_paid_ore(self) -> int:
        """Σ approved costs that the ledger shows paid: all but the flat rate."""
        return self.costs_approved_ore - self.approved.get(BudgetCategory.FLAT_RATE, 0)


def evolve(state: Account, event: AccountFact) -> Account:
    """Fold one fact into the account."""
    match event:
        case PeriodClaimed():
            return replace(
                state,
                periods=(*state.periods, Period(event.period_from, event.period_to)),
                final_reported=state.final_reported or event.final,
                claimed=_added(state.claimed, {line.category: line.amount_ore for line in event.claimed}),
            )
        case CostsApproved():
            return replace(
                state,
                approved=_added(state.approved, {line.category: line.amount_ore for line in event.approved}),
                verified_requests=(*state.verified_requests, event.payment_request_id),
                verified_by=_with(state.verified_by, event.verified_by),
            )
        case CoFundingPaidIn():
            return replace(state, co_funding_ore=state.co_funding_ore + event.amount_ore)
        case PayoutApproved():
            return replace(
                state,
                paid_ore=state.paid_ore + event.amount_ore,
                payments=max(state.payments, event.payment_number),
                approved_by=_with(state.approved_by, event.approved_by),
            )
        case _:
            assert_never(event)


def _added(sums: dict[BudgetCategory, int], more: dict[BudgetCategory, int]) -> dict[BudgetCategory, int]:
    return {category: sums.get(category, 0) + more.get(category, 0) for category in {**sums, **more}}


def _with(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return people if person in people else (*people, person)


ACCOUNTS: Final = StreamType(
    category="account",
    state_type=Account,
    initial=Account,
    evolve=evolve,
    facts=(PeriodClaimed, CostsApproved, CoFundingPaidIn, PayoutApproved),
)


class OwnCashCountsByLedger(Refusal):
    """Own cash counts as paid in when the ledger shows the cost paid; stated as well, it would count twice."""

    rule = "C9"
    status = 422
    sv = "Egna medel räknas när huvudboken visar att kostnaden är betald. Ange bara externa medel som har kommit in."
    en = "Own cash counts when the ledger shows the cost paid. State external money only."


class CoFundingNotPaidInYet(Refusal):
    """What is paid in later than today has not been paid in."""

    rule = "C9"
    status = 422
    sv = "Medfinansieringen är inte inbetald: datumet ligger framåt i tiden."
    en = "The co-funding has not been paid in: its date is in the future."


class RequestNotVerified(Refusal):
    """Nothing is paid for a request that no controller has verified."""

    rule = "C9"
    sv = "Ansökan om utbetalning är inte granskad än."
    en = "The payment request has not been verified yet."


class SameVerifierAndApprover(Refusal):
    """Four eyes: in one project nobody both verifies costs and approves payments."""

    rule = "C9"
    sv = "Den som har granskat projektets kostnader får inte besluta om utbetalning, och tvärtom."
    en = "Whoever verified the project's costs may not approve its payments, nor the other way round."


class NothingToPay(Refusal):
    """C9 gives nothing above what has been paid before. Below zero it is a matter of correction (C10)."""

    rule = "C9"
    sv = "Det finns inget att betala ut: det som begränsar är {limit_sv}, och {paid_kr} kr är redan utbetalt."
    en = "There is nothing to pay: the limit is {limit_en}, and {paid_kr} kr has been paid before."


class NotPaymentApprover(Refusal):
    """Nobody approves a payout without being a payment approver, whatever else they are."""

    rule = "C9"
    status = 403
    sv = "Bara den som är utbetalningsattestant får besluta om utbetalning."
    en = "Only a payment approver may approve a payout."


class ApprovalLevelNotHeld(Refusal):
    """The amount needs a higher approval level than the approver holds."""

    rule = "C9"
    status = 403
    sv = "Beloppet {amount_kr} kr kräver en attestnivå som du inte har."
    en = "The amount {amount_kr} kr needs an approval level that you do not hold."


@dataclass(frozen=True, slots=True)
class PayInCoFunding:
    """Record external co-funding that has been paid in; `contents` refers to who paid."""

    terms: GrantTerms
    source: FundingSource
    amount_ore: int
    paid_on: date
    contents: str


@dataclass(frozen=True, slots=True)
class ApprovePayout:
    """Decide the payment that follows from a verified request; `roles` are those that `approved_by` holds."""

    terms: GrantTerms
    payment_request_id: PaymentRequestId
    approved_by: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Payable:
    """What C9 gives: the amount now (never below 0), what limited it, and the co-funding that counted, all in öre."""

    amount_ore: int
    limited_by: PayoutLimit
    co_funding_ore: int


def pay_in_co_funding(_account: Account, command: PayInCoFunding, *, now: datetime) -> Sequence[Event]:
    """Medfinansiering inbetald. Raises OwnCashCountsByLedger, CoFundingNotPaidInYet (C9)."""
    if command.source is FundingSource.OWN:
        raise OwnCashCountsByLedger
    if command.paid_on > local_date(now):
        raise CoFundingNotPaidInYet
    return [
        CoFundingPaidIn(
            project=command.terms.project,
            organisation=command.terms.organisation,
            source=command.source,
            amount_ore=command.amount_ore,
            paid_on=command.paid_on,
            contents=command.contents,
        )
    ]


def payable(account: Account, terms: GrantTerms) -> Payable:
    """Return min(p·Σ approved, p/(1−p)·Σ co-funding paid in, maximum) − Σ paid before, cut to whole kronor once (C9).

    Everything is accumulated since the start, so that how costs are split over requests does not matter. Exact
    fractions: nothing is rounded before the cut. With p = 1 there is no co-funding to wait for. Own cash counts as
    paid in as far as the ledger shows approved costs paid, up to its amount in the financing plan.
    """
    share = Fraction(terms.share_bp, BASIS_POINTS)
    co_funding_ore = account.co_funding_ore + min(terms.own_cash_ore, account.costs_shown_paid_ore)
    limits = {
        PayoutLimit.APPROVED_COSTS: share * account.costs_approved_ore,
        PayoutLimit.MAXIMUM: Fraction(terms.maximum_ore),
    }
    if share < 1:
        limits[PayoutLimit.CO_FUNDING] = share / (1 - share) * co_funding_ore
    limited_by = min(limits, key=lambda limit: limits[limit])
    exact = limits[limited_by] - account.paid_ore
    return Payable(max(0, whole_kronor_down(int(exact // 1))), limited_by, co_funding_ore)


_LIMIT_SV: Final = {
    PayoutLimit.APPROVED_COSTS: "godkända kostnader",
    PayoutLimit.CO_FUNDING: "inbetald medfinansiering",
    PayoutLimit.MAXIMUM: "beviljat stöd",
}
_LIMIT_EN: Final = {
    PayoutLimit.APPROVED_COSTS: "approved costs",
    PayoutLimit.CO_FUNDING: "co-funding paid in",
    PayoutLimit.MAXIMUM: "the granted amount",
}


def approve_payout(account: Account, command: ApprovePayout) -> Sequence[Event]:
    """Beslut om utbetalning (C9). Payment numbers count from 1 in the project's account, so two cannot be alike.

    The final payment is that of the final request, which comes with the final report: as any other it waits until a
    controller has verified the request. Who may approve depends on the amount, by the levels of the call.
    Raises NotPaymentApprover, NotFound, RequestNotVerified, GrantEnded, GrantNotAccepted, SameVerifierAndApprover,
    NothingToPay, ApprovalLevelNotHeld.
    """
    if ApprovalRole.PAYMENT_APPROVER not in command.roles:
        raise NotPaymentApprover
    if not account.periods:
        raise NotFound
    if command.payment_request_id not in account.verified_requests:
        raise RequestNotVerified
    command.terms.require_payable()
    if command.approved_by in account.verified_by:
        raise SameVerifierAndApprover
    due = payable(account, command.terms)
    if due.amount_ore == 0:
        raise NothingToPay(
            limit_sv=_LIMIT_SV[due.limited_by], limit_en=_LIMIT_EN[due.limited_by], paid_kr=account.paid_ore // 100
        )
    if not command.terms.approval_needs(due.amount_ore) <= command.roles:
        raise ApprovalLevelNotHeld(amount_kr=due.amount_ore // 100)
    return [
        PayoutApproved(
            project=command.terms.project,
            payment_request_id=command.payment_request_id,
            payment_number=account.payments + 1,
            approved_by=command.approved_by,
            costs_approved_ore=account.costs_approved_ore,
            co_funding_ore=due.co_funding_ore,
            amount_ore=due.amount_ore,
            limited_by=due.limited_by,
        )
    ]
