"""Beslut om bifall: within what was applied for and what is left of the call, at the same instant (A5, A17, A18)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.applications.application.domain.conflicts import without_conflict
from services.applications.application.domain.deciding import DecisionText, in_force, ready_for_decision
from services.applications.application.domain.refusals import (
    CallBudgetExceeded,
    ConditionsNotMet,
    GrantExceedsApplication,
    RevisedBudgetMissing,
    RevisedBudgetNotSound,
)
from services.applications.application.domain.revising import RevisedBudget, revised_faults, whole_kronor
from services.applications.application.domain.state import APPLICATIONS, Application
from services.applications.call.domain import CALL_BUDGETS, Call, CallBudget
from shared.contracts.applications import ApplicationVersion, BudgetReserved, FundingGranted
from shared.contracts.call import CallDefinition
from shared.kernel.decisions import Decision
from shared.kernel.ids import ApplicationId
from shared.kernel.money import BASIS_POINTS, ORE_PER_KRONA
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class GrantFunding:
    """Bevilja stöd, helt eller delvis (then on the budget that the applicant confirmed)."""

    application: ApplicationId
    scope: TenantScope
    decided_by: str
    amount_ore: int
    legal_basis: str
    text: DecisionText


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

    Raises what `ready_for_decision` does, and ConditionsNotMet, LegalBasisNotInForce, GrantNotWholeKronor,
    GrantExceedsApplication, RevisedBudgetMissing, RevisedBudgetNotSound, CallBudgetExceeded.
    """
    pinned = call.pinned(application.seen_by(command.scope).call_version)
    submission = ready_for_decision(application, command.scope, command.decided_by, pinned)
    _conditions_are_met(application)
    in_force(command.legal_basis, pinned, local_date(now))
    revised = _revised_or_as_applied(application, command, submission, pinned)
    free_ore = call.versions[-1].amounts.budget_ore - budget.reserved_ore
    if command.amount_ore > free_ore:
        raise CallBudgetExceeded(free_kr=free_ore // ORE_PER_KRONA)
    granted = _granted(command, submission, revised, contents, pinned, local_date(now))
    reserved = BudgetReserved(call=submission.call, application_id=command.application, amount_ore=command.amount_ore)
    return Decision(
        {
            APPLICATIONS.at(command.application).id: [granted],
            CALL_BUDGETS.at(submission.call).id: [reserved],
        }
    )


def _conditions_are_met(application: Application) -> None:
    """Refuse what the consolidated assessment, or each single one, finds not to meet the conditions (A16)."""
    consolidated = application.consolidated
    agreed = tuple(found.assessed_by for found in application.assessments if found.conditions_met)
    met = without_conflict(application, agreed)
    if not met or (consolidated is not None and not consolidated.conditions_met):
        raise ConditionsNotMet


def _granted(
    command: GrantFunding,
    submission: ApplicationVersion,
    revised: RevisedBudget,
    contents: str,
    call: CallDefinition,
    today: date,
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
        accept_by=today + timedelta(days=call.accept_within_days),
        appropriation=call.appropriation,
        report_dates=call.report_dates,
    )


def _revised_or_as_applied(
    application: Application, command: GrantFunding, submission: ApplicationVersion, call: CallDefinition
) -> RevisedBudget:
    """Return the budget that is granted: as applied for, or for a partial grant the one the applicant confirmed."""
    whole_kronor(command.amount_ore)
    if command.amount_ore > submission.amount_applied_ore:
        raise GrantExceedsApplication
    applied = RevisedBudget.as_applied(submission)
    if command.amount_ore == submission.amount_applied_ore:
        return applied
    confirmed = application.revised
    if confirmed is None or confirmed.amount_ore != command.amount_ore:
        raise RevisedBudgetMissing
    revised = RevisedBudget.as_confirmed(confirmed)
    problems = tuple(revised_faults(revised, applied, command.amount_ore, call))
    if problems:
        raise RevisedBudgetNotSound(*problems)
    return revised
