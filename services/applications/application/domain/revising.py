"""Bifall i del: proposed by the officer, and the budget that the applicant confirms for it (A5, A10, A11, A18)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.applications.application.domain.budget_rules import exceeds_share, flat_rate_problems
from services.applications.application.domain.deciding import prepared_for_decision
from services.applications.application.domain.findings import error
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    GrantNotWholeKronor,
    RevisedBudgetNotSound,
)
from services.applications.application.domain.refusals.preparing import (
    ConfirmedTooLate,
    DueDateNotAhead,
    NoPartialGrantProposed,
    NotPartial,
)
from services.applications.application.domain.state import Application, Status
from shared.contracts.applications import (
    ApplicationVersion,
    BudgetAmount,
    PartialGrantProposed,
    RevisedBudgetConfirmed,
)
from shared.contracts.call import CallDefinition
from shared.kernel.ids import ApplicationId
from shared.kernel.money import ORE_PER_KRONA, kronor_text
from shared.kernel.refusals import Problem
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class RevisedBudget:
    """A budget by category, its cash co-funding and the staff training that it holds: what a grant rests on (A18)."""

    budget: tuple[BudgetAmount, ...]
    co_funding_ore: int
    staff_training_ore: int

    @property
    def total_ore(self) -> int:
        """The total of the budget."""
        return sum(part.amount_ore for part in self.budget)

    @classmethod
    def as_applied(cls, submission: ApplicationVersion) -> "RevisedBudget":
        """Return the budget as it was applied for."""
        cash_ore = sum(part.amount_ore for part in submission.co_funding)
        return cls(tuple(submission.budget), cash_ore, submission.staff_training_ore)

    @classmethod
    def as_confirmed(cls, confirmed: RevisedBudgetConfirmed) -> "RevisedBudget":
        """Return the budget that the applicant confirmed."""
        return cls(tuple(confirmed.budget), confirmed.co_funding_ore, confirmed.staff_training_ore)


@dataclass(frozen=True, slots=True)
class ProposePartialGrant:
    """Föreslå bifall i del. Without `due_on` the call's days for a revised budget hold."""

    application: ApplicationId
    scope: TenantScope
    proposed_by: str
    amount_ore: int
    reasons: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConfirmRevisedBudget:
    """Bekräfta en reviderad budget for the support that is proposed."""

    application: ApplicationId
    scope: TenantScope
    confirmed_by: str
    revised: RevisedBudget


def propose_partial_grant(
    application: Application, command: ProposePartialGrant, call: CallDefinition, *, contents: str, now: datetime
) -> list[PartialGrantProposed]:
    """Ask the applicant to confirm a budget for less support; a later proposal replaces an earlier one (A18).

    Raises what `prepared_for_decision` does, and GrantNotWholeKronor, NotPartial, DueDateNotAhead.
    """
    submission = prepared_for_decision(application, command.scope, command.proposed_by, call)
    whole_kronor(command.amount_ore)
    if command.amount_ore >= submission.amount_applied_ore:
        raise NotPartial
    today = local_date(now)
    due_on = command.due_on or today + timedelta(days=call.handling.revised_budget_days)
    if due_on <= today:
        raise DueDateNotAhead
    return [
        PartialGrantProposed(
            application_id=command.application,
            amount_ore=command.amount_ore,
            proposed_by=command.proposed_by,
            due_on=due_on,
            contents=contents,
        )
    ]


def confirm_revised_budget(
    application: Application, command: ConfirmRevisedBudget, call: CallDefinition, *, now: datetime
) -> list[RevisedBudgetConfirmed]:
    """Confirm a budget for exactly the support that is proposed; it meets the rules of the first one (A18).

    Raises NotFound, AlreadyDecided, NoPartialGrantProposed, ConfirmedTooLate, RevisedBudgetNotSound.
    """
    submission = application.seen_by(command.scope)
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    proposal = application.proposal
    if proposal is None:
        raise NoPartialGrantProposed
    if local_date(now) > proposal.due_on:
        raise ConfirmedTooLate(due_on=proposal.due_on.isoformat())
    revised = command.revised
    problems = tuple(revised_faults(revised, RevisedBudget.as_applied(submission), proposal.amount_ore, call))
    if problems:
        raise RevisedBudgetNotSound(*problems)
    return [
        RevisedBudgetConfirmed(
            application_id=command.application,
            amount_ore=proposal.amount_ore,
            budget=list(revised.budget),
            co_funding_ore=revised.co_funding_ore,
            staff_training_ore=revised.staff_training_ore,
            confirmed_by=command.confirmed_by,
        )
    ]


def whole_kronor(amount_ore: int) -> None:
    """Refuse support that is not whole kronor above zero (A18)."""
    if amount_ore <= 0 or amount_ore % ORE_PER_KRONA:
        raise GrantNotWholeKronor


def revised_faults(
    revised: RevisedBudget, before: RevisedBudget, support_ore: int, call: CallDefinition
) -> Iterator[Problem]:
    """Yield what is wrong with a budget that replaces another: it meets A5 and A11 and never rises."""
    if revised.total_ore > before.total_ore:
        yield error("A18", "/budget", "Totalbudgeten får inte höjas.", "The total budget must not rise.")
    if exceeds_share(support_ore, revised.total_ore, call):
        yield error("A5", "/budget", "Stödets andel är för hög.", "The share of the support is too high.")
    missing_ore = revised.total_ore - support_ore - revised.co_funding_ore
    if missing_ore > 0:
        text = kronor_text(missing_ore)
        yield error(
            "A5", "/co_funding_ore", f"Kontant medfinansiering saknas: {text}.", f"Cash co-funding is missing: {text}."
        )
    if revised.staff_training_ore > before.staff_training_ore:
        yield error(
            "A10", "/staff_training_ore", "Personalutbildningen får inte öka.", "The staff training must not grow."
        )
    known = {line.category for line in call.budget_lines}
    for position, part in enumerate(revised.budget):
        if part.category not in known:
            yield error("A11", f"/budget/{position}/category", "Kostnadsslaget är okänt.", "Unknown category.")
    yield from flat_rate_problems(revised.budget, call, "/budget")
