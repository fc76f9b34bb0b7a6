"""Ändringar: what a project may ask to change after the decision, why not now, and who decides on it (A19)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from services.applications.application.domain.conflicts import examined_by
from services.applications.application.domain.deciding import by_four_eyes
from services.applications.application.domain.findings import error
from services.applications.application.domain.refusals.granted import (
    ChangeAlreadyOpen,
    ChangeBeforeAcceptance,
    ChangeDecidedByOther,
    ChangeNotAvailable,
    ChangeNotOpen,
    ChangeNotSound,
    ChangeOfRevokedGrant,
    ProjectOver,
)
from services.applications.application.domain.revising import RevisedBudget, revised_faults
from services.applications.application.domain.state import Application, Status
from services.applications.application.domain.state_parts import Granted
from shared.contracts.applications import BudgetAmount, ChangeDecided, ChangeRequested
from shared.contracts.call import CallDefinition, ChangeDecider, ChangeKind, ChangeRule
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Problem, Refusal
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a change fills in: of the period, the budget and the financing only what belongs to its kind."""

    starts_on: date | None = None
    ends_on: date | None = None
    budget: tuple[BudgetAmount, ...] | None = None
    co_funding_ore: int | None = None


@dataclass(frozen=True, slots=True)
class RequestChange:
    """Begär en ändring."""

    application: ApplicationId
    scope: TenantScope
    change_id: str
    kind: ChangeKind
    requested_by: str
    reasons: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class DecideChange:
    """Besluta om en ändring. `as_roles`: those of the deciding roles that the person has."""

    application: ApplicationId
    scope: TenantScope
    change_id: str
    approved: bool
    decided_by: str
    as_roles: frozenset[ChangeDecider]
    reasons: str


def rule_of(kind: ChangeKind, call: CallDefinition) -> ChangeRule | None:
    """Return what the call says of a kind of change, None where it does not allow it."""
    return next((rule for rule in call.changes if rule.kind is kind), None)


def why_not_now(application: Application, kind: ChangeKind, call: CallDefinition, *, now: datetime) -> Refusal | None:
    """Return why a kind of change cannot be asked for now, None when it can (A19, A22)."""
    if rule_of(kind, call) is None:
        return ChangeNotAvailable()
    if application.status is Status.REVOKED:
        return ChangeOfRevokedGrant()
    grant = application.grant
    if grant is None or application.status is not Status.ACCEPTED:
        return ChangeBeforeAcceptance()
    # Costs are verified when the project is over: what its categories need is decided until then (C8).
    if kind is not ChangeKind.BUDGET and local_date(now) > grant.ends_on:
        return ProjectOver(ended_on=grant.ends_on.isoformat())
    if any(change.kind is kind for change in application.changes):
        return ChangeAlreadyOpen()
    return None


def request_change(
    application: Application, command: RequestChange, call: CallDefinition, *, contents: str, now: datetime
) -> list[ChangeRequested]:
    """Ask for a change of an accepted grant; what belongs to its kind is filled in (A19).

    Raises NotFound, ChangeNotAvailable, ChangeOfRevokedGrant, ChangeBeforeAcceptance, ProjectOver, ChangeAlreadyOpen,
    ChangeNotSound.
    """
    application.seen_by(command.scope)
    refusal = why_not_now(application, command.kind, call, now=now)
    if refusal is not None:
        raise refusal
    _is_sound(application, command.kind, command.wanted, call)
    wanted = command.wanted
    return [
        ChangeRequested(
            application_id=command.application,
            change_id=command.change_id,
            kind=command.kind,
            requested_by=command.requested_by,
            contents=contents,
            starts_on=wanted.starts_on,
            ends_on=wanted.ends_on,
            budget=list(wanted.budget) if wanted.budget is not None else None,
            co_funding_ore=wanted.co_funding_ore,
        )
    ]


def decide_change(
    application: Application, command: DecideChange, call: CallDefinition, *, contents: str
) -> list[ChangeDecided]:
    """Approve a change or not, by whom the call says; an approved one still keeps the rules (A16, A19).

    A kind that the call's pinned version no longer decides on cannot be open. Raises NotFound, ConflictNotDeclared,
    ChangeNotOpen, ChangeNotAvailable, ChangeDecidedByOther, SameAssessorAndDecider, ChangeOfRevokedGrant,
    ChangeNotSound.
    """
    submission = examined_by(application, command.scope, command.decided_by)
    change = next((each for each in application.changes if each.change_id == command.change_id), None)
    if change is None:
        raise ChangeNotOpen
    _is_decided_by(application, command, rule_of(change.kind, call))
    budget = tuple(change.budget) if change.budget is not None else None
    wanted = Wanted(change.starts_on, change.ends_on, budget, change.co_funding_ore)
    if command.approved:
        if application.status is not Status.ACCEPTED:
            raise ChangeOfRevokedGrant
        _is_sound(application, change.kind, wanted, call)
    else:
        wanted = Wanted()
    return [
        ChangeDecided(
            application_id=command.application,
            call=submission.call,
            organisation=submission.organisation,
            change_id=change.change_id,
            kind=change.kind,
            approved=command.approved,
            decided_by=command.decided_by,
            contents=contents,
            starts_on=wanted.starts_on,
            ends_on=wanted.ends_on,
            budget=list(wanted.budget) if wanted.budget is not None else None,
            co_funding_ore=wanted.co_funding_ore,
        )
    ]


def _is_decided_by(application: Application, command: DecideChange, rule: ChangeRule | None) -> None:
    """Refuse who does not hold the role that the call names; a decision maker has not assessed the application."""
    if rule is None:
        raise ChangeNotAvailable
    if rule.decided_by not in command.as_roles:
        raise ChangeDecidedByOther(role=rule.decided_by.value)
    if rule.decided_by is ChangeDecider.DECISION_MAKER:
        by_four_eyes(application, command.decided_by)


def _is_sound(application: Application, kind: ChangeKind, wanted: Wanted, call: CallDefinition) -> None:
    problems = tuple(_faults(application, kind, wanted, call))
    if problems:
        raise ChangeNotSound(*problems)


def _faults(application: Application, kind: ChangeKind, wanted: Wanted, call: CallDefinition) -> Iterator[Problem]:
    grant, arrived_at = application.grant, application.arrived_at
    assert grant is not None, "only a grant is changed"
    assert arrived_at is not None
    yield from _foreign_fields(kind, wanted)
    if kind is ChangeKind.PERIOD:
        yield from _period_faults(wanted, grant, local_date(arrived_at), call)
    if kind is ChangeKind.BUDGET:
        yield from _budget_faults(wanted, grant, call)
    if kind is ChangeKind.FINANCING:
        yield from _financing_faults(wanted, grant)


def _foreign_fields(kind: ChangeKind, wanted: Wanted) -> Iterator[Problem]:
    """Yield what is filled in and belongs to another kind of change."""
    filled = {
        "starts_on": (wanted.starts_on, {ChangeKind.PERIOD}),
        "ends_on": (wanted.ends_on, {ChangeKind.PERIOD}),
        "budget": (wanted.budget, {ChangeKind.BUDGET}),
        "co_funding_ore": (wanted.co_funding_ore, {ChangeKind.BUDGET, ChangeKind.FINANCING}),
    }
    for field, (value, kinds) in filled.items():
        if value is not None and kind not in kinds:
            yield error(
                "A19",
                f"/{field}",
                "Uppgiften hör inte till den här typen av ändring.",
                "This does not belong to this kind of change.",
            )


def _period_faults(wanted: Wanted, grant: Granted, arrived_on: date, call: CallDefinition) -> Iterator[Problem]:
    if wanted.starts_on is None and wanted.ends_on is None:
        yield error("A19", "/ends_on", "Ange den nya perioden.", "State the new period.")
    starts_on, ends_on = wanted.starts_on or grant.starts_on, wanted.ends_on or grant.ends_on
    latest = call.period.ends_on_latest
    if ends_on > latest:
        yield error("A6", "/ends_on", f"Sista möjliga dag är {latest}.", f"The last possible day is {latest}.")
    if starts_on < arrived_on:
        yield error(
            "A6",
            "/starts_on",
            f"Projektet kan inte starta före ansökan kom in, {arrived_on}.",
            f"The project cannot start before the application arrived, {arrived_on}.",
        )
    if ends_on < starts_on:
        yield error("A6", "/ends_on", "Slutet ligger före starten.", "The end is before the start.")


def _budget_faults(wanted: Wanted, grant: Granted, call: CallDefinition) -> Iterator[Problem]:
    if wanted.budget is None:
        yield error("A19", "/budget", "Ange den nya budgeten.", "State the new budget.")
        return
    co_funding_ore = wanted.co_funding_ore if wanted.co_funding_ore is not None else grant.co_funding_ore
    before = RevisedBudget(grant.budget, grant.co_funding_ore, staff_training_ore=0)
    yield from revised_faults(RevisedBudget(wanted.budget, co_funding_ore, 0), before, grant.amount_ore, call)


def _financing_faults(wanted: Wanted, grant: Granted) -> Iterator[Problem]:
    if wanted.co_funding_ore is None:
        yield error("A19", "/co_funding_ore", "Ange den nya medfinansieringen.", "State the new co-funding.")
        return
    total_ore = sum(part.amount_ore for part in grant.budget)
    if wanted.co_funding_ore < total_ore - grant.amount_ore:
        yield error(
            "A5",
            "/co_funding_ore",
            "Den kontanta medfinansieringen ska täcka resten av budgeten.",
            "The cash co-funding must cover the rest of the budget.",
        )
