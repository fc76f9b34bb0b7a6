"""Beslut om bifall: within what was applied for and what is left of the call, at the same instant (A5, A17, A18)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.applications.application.domain.budget_rules import exceeds_share, flat_rate_problems
from services.applications.application.domain.deciding import DecisionText, in_force, ready_for_decision
from services.applications.application.domain.findings import error
from services.applications.application.domain.refusals import (
    CallBudgetExceeded,
    ConditionsNotMet,
    GrantExceedsApplication,
    GrantNotWholeKronor,
    RevisedBudgetMissing,
    RevisedBudgetNotSound,
)
from services.applications.application.domain.state import APPLICATIONS, Application
from services.applications.call.domain import CALL_BUDGETS, Call, CallBudget
from shared.contracts.applications import ApplicationSubmitted, BudgetAmount, BudgetReserved, FundingGranted
from shared.contracts.call import CallDefinition
from shared.kernel.decisions import Decision
from shared.kernel.ids import ApplicationId
from shared.kernel.money import BASIS_POINTS, ORE_PER_KRONA, kronor_text
from shared.kernel.refusals import Problem
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class RevisedBudget:
    """The budget that the applicant confirmed before a partial grant (A18)."""

    budget: tuple[BudgetAmount, ...]
    co_funding_ore: int
    staff_training_ore: int

    @property
    def total_ore(self) -> int:
        """The revised total."""
        return sum(part.amount_ore for part in self.budget)


@dataclass(frozen=True, slots=True)
class GrantFunding:
    """Bevilja stöd, helt eller delvis (then with a revised budget)."""

    application: ApplicationId
    scope: TenantScope
    decided_by: str
    amount_ore: int
    legal_basis: str
    text: DecisionText
    revised: RevisedBudget | None = None


def grant(
    application: Application,
    budget: CallBudget,
    call: Call,
    command: GrantFunding,
    *,
    contents: str,
    now: datetime,
) -> Decision:
    """Beslut om bifall: after four eyes, within what was applied for and what is left of the call (A16–A18).

    The application is decided by the version of the call that it is pinned to. The ceiling is the newest version's:
    it belongs to the call, not to an application, so that two versions never allow two sums (A17).

    Raises NotFound, AlreadyDecided, ArrivedLate, NotSigned, SameAssessorAndDecider, NotReadyForDecision,
    ConditionsNotMet, LegalBasisNotInForce, GrantNotWholeKronor, GrantExceedsApplication, RevisedBudgetMissing,
    RevisedBudgetNotSound, CallBudgetExceeded.
    """
    pinned = call.pinned(application.seen_by(command.scope).call_version)
    submission = ready_for_decision(application, command.scope, command.decided_by, pinned)
    if not application.conditions_met_by:
        raise ConditionsNotMet
    in_force(command.legal_basis, pinned, local_date(now))
    revised = _revised_or_as_applied(command, submission, pinned)
    free_ore = call.versions[-1].amounts.budget_ore - budget.reserved_ore
    if command.amount_ore > free_ore:
        raise CallBudgetExceeded(free_kr=free_ore // ORE_PER_KRONA)
    accept_by = local_date(now) + timedelta(days=pinned.accept_within_days)
    granted = _granted(command, submission, revised, contents, accept_by)
    reserved = BudgetReserved(call=submission.call, application_id=command.application, amount_ore=command.amount_ore)
    return Decision(
        {
            APPLICATIONS.at(command.application).id: [granted],
            CALL_BUDGETS.at(submission.call).id: [reserved],
        }
    )


def _granted(
    command: GrantFunding, submission: ApplicationSubmitted, revised: RevisedBudget, contents: str, accept_by: date
) -> FundingGranted:
    """Return the fact, with the share of the budget that is granted, cut to basis points (A18)."""
    return FundingGranted(
        application_id=command.application,
        call=submission.call,
        call_version=submission.call_version,
        organisation=submission.organisation,
        decided_by=command.decided_by,
        amount_granted_ore=command.amount_ore,
        support_share_bp=command.amount_ore * BASIS_POINTS // revised.total_ore,
        partial=command.amount_ore < submission.amount_applied_ore,
        budget=list(revised.budget),
        co_funding_ore=revised.co_funding_ore,
        staff_training_ore=revised.staff_training_ore,
        starts_on=submission.starts_on,
        ends_on=submission.ends_on,
        legal_basis=command.legal_basis,
        contents=contents,
        accept_by=accept_by,
    )


def _revised_or_as_applied(
    command: GrantFunding, submission: ApplicationSubmitted, call: CallDefinition
) -> RevisedBudget:
    """Return the budget that is granted: as applied for, or for a partial grant the one the applicant confirmed."""
    if command.amount_ore <= 0 or command.amount_ore % ORE_PER_KRONA:
        raise GrantNotWholeKronor
    if command.amount_ore > submission.amount_applied_ore:
        raise GrantExceedsApplication
    as_applied = RevisedBudget(
        tuple(submission.budget), sum(part.amount_ore for part in submission.co_funding), submission.staff_training_ore
    )
    if command.revised is None:
        if command.amount_ore < submission.amount_applied_ore:
            raise RevisedBudgetMissing
        return as_applied
    problems = tuple(_faults(command.revised, as_applied, command.amount_ore, call))
    if problems:
        raise RevisedBudgetNotSound(*problems)
    return command.revised


def _faults(
    revised: RevisedBudget, applied: RevisedBudget, support_ore: int, call: CallDefinition
) -> Iterator[Problem]:
    """Yield what is wrong with a revised budget: it meets A5 and A11 and never rises."""
    if revised.total_ore > applied.total_ore:
        yield error("A18", "/revised_budget/budget", "Totalbudgeten får inte höjas.", "The total budget must not rise.")
    if exceeds_share(support_ore, revised.total_ore, call):
        yield error("A5", "/amount_ore", "Stödets andel är för hög.", "The share of the support is too high.")
    missing_ore = revised.total_ore - support_ore - revised.co_funding_ore
    if missing_ore > 0:
        text = kronor_text(missing_ore)
        yield error(
            "A5",
            "/revised_budget/co_funding_ore",
            f"Kontant medfinansiering saknas: {text}.",
            f"Cash co-funding is missing: {text}.",
        )
    if revised.staff_training_ore > applied.staff_training_ore:
        yield error(
            "A10",
            "/revised_budget/staff_training_ore",
            "Personalutbildningen får inte öka.",
            "The staff training must not grow.",
        )
    known = {line.category for line in call.budget_lines}
    for position, part in enumerate(revised.budget):
        if part.category not in known:
            yield error(
                "A11", f"/revised_budget/budget/{position}/category", "Kostnadsslaget är okänt.", "Unknown category."
            )
    yield from flat_rate_problems(revised.budget, call, "/revised_budget/budget")
