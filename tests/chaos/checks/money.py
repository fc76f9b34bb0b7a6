"""The sums that a ministry is asked about, straight from the facts: ceilings, grants, payments, totals on pages."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from services.reporting.main import SERVICE as REPORTING
from shared.contracts.applications import ApplicationSubmitted, BudgetReserved, CallPublished, FundingGranted
from shared.contracts.participants import CompanyEnrolled
from shared.contracts.reporting import CoFundingPaidIn, CostsApproved, CostsReported, PayoutApproved, PeriodClaimed
from shared.kernel.money import BASIS_POINTS
from tests.chaos.checks.finding import Finding
from tests.chaos.evidence import Evidence
from tests.chaos.recomputing import facts_of

_SERVICES: Final = ("applications", "participants", "events", "reporting")
_FOLLOWUP: Final = REPORTING.projections[1].name
BUDGET_EXCEEDED: Final = "CallBudgetExceeded"


@dataclass(slots=True)
class _Books:
    """Amounts in öre, by call, application (which is the project) or voucher row."""

    ceiling: dict[str, int] = field(default_factory=dict)
    call_of: dict[str, str] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)
    granted: Counter[str] = field(default_factory=Counter)
    share_bp: dict[str, int] = field(default_factory=dict)
    grants: Counter[str] = field(default_factory=Counter)
    reserved: Counter[str] = field(default_factory=Counter)
    claimed: Counter[str] = field(default_factory=Counter)
    approved: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    co_funding: Counter[str] = field(default_factory=Counter)
    enrolled: Counter[str] = field(default_factory=Counter)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    organisation: dict[str, str] = field(default_factory=dict)
    voucher_claimed: Counter[tuple[str, ...]] = field(default_factory=Counter)
    voucher_amount: dict[tuple[str, ...], int] = field(default_factory=dict)

    def granted_of(self, call: str) -> int:
        """Return Σ granted of a call."""
        return sum(ore for application, ore in self.granted.items() if self.call_of[application] == call)


def _books(evidence: Evidence) -> _Books:
    books = _Books()
    for fact, _ in facts_of(evidence.logs, _SERVICES):
        _apply(books, fact)
    return books


def _apply(books: _Books, fact: object) -> None:
    match fact:
        case CallPublished():
            books.ceiling[fact.call] = fact.definition.amounts.budget_ore
        case ApplicationSubmitted():
            books.call_of[fact.application_id] = fact.call
            books.applied[fact.application_id] = fact.amount_applied_ore
            books.organisation[fact.application_id] = fact.organisation
        case FundingGranted():
            books.granted[fact.application_id] += fact.amount_granted_ore
            books.share_bp[fact.application_id] = fact.support_share_bp
            books.grants[fact.application_id] += 1
        case BudgetReserved():
            books.reserved[fact.application_id] += fact.amount_ore
        case CompanyEnrolled():
            books.enrolled[fact.project] += 1
        case _:
            _apply_costs(books, fact)


def _apply_costs(books: _Books, fact: object) -> None:
    match fact:
        case CostsReported():
            for line in fact.lines:
                row = (fact.organisation, *(str(part) for part in line.voucher.model_dump().values()))
                books.voucher_claimed[row] += line.claimed_ore
                books.voucher_amount[row] = line.amount_ore
        case PeriodClaimed():
            books.claimed[fact.project] += sum(part.amount_ore for part in fact.claimed)
        case CostsApproved():
            books.approved[fact.project] += sum(part.amount_ore for part in fact.approved)
        case CoFundingPaidIn():
            books.co_funding[fact.project] += fact.amount_ore
        case PayoutApproved():
            books.paid[fact.project] += fact.amount_ore
            books.numbers.setdefault(fact.project, []).append(fact.payment_number)
        case _:
            return


def ceilings_hold(evidence: Evidence) -> Iterator[Finding]:
    """A17: Σ granted ≤ the call's ceiling and = Σ reserved; who was refused for it really did not fit."""
    books = _books(evidence)
    for call, ceiling in books.ceiling.items():
        granted = books.granted_of(call)
        if granted > ceiling:
            yield Finding("ceilings-hold", f"{call}: granted {granted} of {ceiling}")
    for application in books.granted.keys() | books.reserved.keys():
        if books.granted[application] != books.reserved[application] or books.grants[application] != 1:
            granted, reserved = books.granted[application], books.reserved[application]
            times = books.grants[application]
            yield Finding("ceilings-hold", f"{application}: granted {granted} ({times} times), reserved {reserved}")
    yield from _wrongly_refused(evidence, books)


def _wrongly_refused(evidence: Evidence, books: _Books) -> Iterator[Finding]:
    for entry in evidence.journal.entries.values():
        if entry.refusal is not None and entry.refusal.code == BUDGET_EXCEEDED:
            application = entry.first.path.split("/")[-2]
            call = books.call_of[application]
            free = books.ceiling[call] - books.granted_of(call)
            if free >= books.applied[application]:
                yield Finding("ceilings-hold", f"{application} was refused, and {free} is left of {call}")


def payments_hold(evidence: Evidence) -> Iterator[Finding]:
    """C5, C9: claims within their vouchers, approved ≤ claimed, paid ≤ approved share and maximum, payments 1..n."""
    books = _books(evidence)
    for row, claimed in books.voucher_claimed.items():
        if claimed > books.voucher_amount[row]:
            yield Finding("payments-hold", f"voucher {row}: claimed {claimed} of {books.voucher_amount[row]}")
    for project, approved in books.approved.items():
        if approved > books.claimed[project]:
            yield Finding("payments-hold", f"{project}: approved {approved} of {books.claimed[project]}")
    for project in books.paid:
        for detail in _overpaid(books, project):
            yield Finding("payments-hold", f"{project}: {detail}")


def _overpaid(books: _Books, project: str) -> Iterator[str]:
    paid, numbers = books.paid[project], sorted(books.numbers[project])
    if paid * BASIS_POINTS > books.approved[project] * books.share_bp.get(project, 0):
        yield f"paid {paid} on {books.approved[project]} approved"
    if paid > books.granted[project]:
        yield f"paid {paid} of {books.granted[project]} granted"
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"payments are numbered {numbers}"


def totals_are_equal(evidence: Evidence) -> Iterator[Finding]:
    """The programme's totals on the follow-up page are the facts' own sums, without any fold of a feature."""
    books = _books(evidence)
    for model in evidence.models:
        if model.projection.name != _FOLLOWUP:
            continue
        rows = model.collections["followup_projects"].values()
        shown = {
            "granted": sum(row["grant"]["amount_ore"] for row in rows if row["grant"]),
            "paid": sum(row["account"]["paid_ore"] for row in rows),
            "co-funding": sum(row["account"]["co_funding_ore"] for row in rows),
            "enrolments": sum(len(row["enrolments"]) for row in rows),
        }
        facts = {
            "granted": books.granted.total(),
            "paid": books.paid.total(),
            "co-funding": books.co_funding.total(),
            "enrolments": books.enrolled.total(),
        }
        for name, total in facts.items():
            if shown[name] != total:
                yield Finding("totals-are-equal", f"{name}: the page shows {shown[name]}, the facts say {total}")
