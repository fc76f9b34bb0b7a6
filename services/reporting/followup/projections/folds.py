"""The folds of follow-up: pure, and each writes only the part of the row that belongs to the fact's stream."""

from typing import TypeVar, assert_never

from services.reporting.followup.projections.amounts import per_category
from services.reporting.followup.projections.cases import ApplicationFact, fold_case
from services.reporting.followup.projections.rows import (
    AccountPart,
    ActivityPart,
    CallRow,
    EnrolmentPart,
    ProjectRow,
    RequestPart,
)
from shared.contracts.applications import BudgetAmount, CallPublished
from shared.contracts.call import BudgetCategory
from shared.contracts.events import ActivityCancelled, ActivityHeld, ActivityPlanned, AttendanceRecorded
from shared.contracts.participants import CompanyEnrolled, EnrolmentWithdrawn, RepresentativeNamed
from shared.contracts.reporting import CoFundingPaidIn, CostsReported, CostsVerified, OverrunNeeds, PayoutApproved
from shared.kernel.time import local_date
from shared.projector.definition import Recorded

Part = TypeVar("Part")
EnrolmentFact = CompanyEnrolled | RepresentativeNamed | EnrolmentWithdrawn
ActivityFact = ActivityPlanned | ActivityHeld | AttendanceRecorded | ActivityCancelled
RequestFact = CostsReported | CostsVerified
AccountFact = CoFundingPaidIn | PayoutApproved
ProjectFact = ApplicationFact | EnrolmentFact | ActivityFact | RequestFact | AccountFact


def project_of(event: ProjectFact) -> str:
    """Return the project that a fact belongs to, which is also its record key."""
    return event.application_id if isinstance(event, ApplicationFact) else event.project


def fold_call(row: CallRow | None, event: CallPublished, recorded: Recorded) -> CallRow:
    """Fold a published version of a call; the newest one names things."""
    definition = event.definition
    if row is not None and row["version"] > definition.version:
        return row
    return CallRow(
        _id=event.call,
        version=definition.version,
        title=definition.title.sv,
        budget_ore=definition.amounts.budget_ore,
        themes={theme.code: theme.name.sv for theme in definition.themes},
        categories={line.category.value: line.name.sv for line in definition.budget_lines},
        ends_on_latest=definition.period.ends_on_latest.isoformat(),
        assessors_min=definition.assessment.assessors_min,
        last_fact_at=recorded.at,
    )


def fold_project(row: ProjectRow | None, event: ProjectFact, recorded: Recorded) -> ProjectRow:
    """Fold one fact of whatever topic into its project's row."""
    project = row or _empty(project_of(event), recorded)
    project = {**project, "last_fact_at": max(project["last_fact_at"], recorded.at)}
    if isinstance(event, ApplicationFact):
        return fold_case(project, event)
    if isinstance(event, EnrolmentFact):
        return _enrolment(project, event)
    if isinstance(event, ActivityFact):
        return _activity(project, event)
    if isinstance(event, RequestFact):
        return _request(project, event, recorded)
    return {**project, "account": _account(project["account"], event)}


def _empty(project: str, recorded: Recorded) -> ProjectRow:
    return ProjectRow(
        _id=project,
        organisation=None,
        call=None,
        status=None,
        decided=None,
        signed=False,
        assessments=0,
        conflicted=[],
        application=None,
        grant=None,
        enrolments={},
        activities={},
        requests={},
        account=AccountPart(co_funding_ore=0, paid_ore=0, payments=0, costs_counted_ore=0, limited_by=None),
        last_fact_at=recorded.at,
    )


def _with(parts: dict[str, Part], identifier: str, part: Part) -> dict[str, Part]:
    """Put a part in its place, in the order of ids: a rebuild that meets the streams otherwise gives the same bytes."""
    return dict(sorted({**parts, identifier: part}.items()))


def _enrolment(project: ProjectRow, event: EnrolmentFact) -> ProjectRow:
    part = project["enrolments"].get(event.enrolment_id)
    return {**project, "enrolments": _with(project["enrolments"], event.enrolment_id, _participation(part, event))}


def _participation(part: EnrolmentPart | None, event: EnrolmentFact) -> EnrolmentPart:
    if isinstance(event, CompanyEnrolled):
        return EnrolmentPart(
            company=event.company_id,
            size_class=event.size_class.value,
            municipality=event.municipality,
            county=event.county,
            below_recommended_size=event.below_recommended_size,
            representatives={},
            withdrawn=False,
        )
    assert part is not None, "an enrolment begins with the company being enrolled"
    match event:
        case RepresentativeNamed():
            named = [event.role.value, event.gender.value]
            return {**part, "representatives": {**part["representatives"], event.person_id: named}}
        case EnrolmentWithdrawn():
            return {**part, "withdrawn": True}
        case _:
            assert_never(event)


def _activity(project: ProjectRow, event: ActivityFact) -> ProjectRow:
    part = project["activities"].get(event.activity_id)
    return {**project, "activities": _with(project["activities"], event.activity_id, _held(part, event))}


def _held(part: ActivityPart | None, event: ActivityFact) -> ActivityPart:
    if isinstance(event, ActivityPlanned):
        return ActivityPart(
            kind=event.kind.value,
            phase=event.phase.value,
            status="planned",
            minutes=0,
            persons=0,
            guests=0,
            starts_on=local_date(event.starts_at).isoformat(),
        )
    assert part is not None, "an activity begins with being planned"
    match event:
        case ActivityHeld():
            return {**part, "status": "held"}
        case AttendanceRecorded():
            minutes = sum(person.minutes for person in event.attendance)
            return {**part, "minutes": minutes, "persons": len(event.attendance), "guests": event.guests}
        case ActivityCancelled():
            return {**part, "status": "cancelled"}
        case _:
            assert_never(event)


def _request(project: ProjectRow, event: RequestFact, recorded: Recorded) -> ProjectRow:
    identifier = event.payment_request_id
    part = project["requests"].get(identifier)
    return {**project, "requests": _with(project["requests"], identifier, _reported(part, event, recorded))}


def _reported(part: RequestPart | None, event: RequestFact, recorded: Recorded) -> RequestPart:
    if isinstance(event, CostsReported):
        flat_rate = BudgetAmount(category=BudgetCategory.FLAT_RATE, amount_ore=event.flat_rate_ore)
        lines = [BudgetAmount(category=line.category, amount_ore=line.claimed_ore) for line in event.lines]
        return RequestPart(
            claimed=per_category([*lines, flat_rate]),
            approved=None,
            disallowed_ore=0,
            parked_ore=0,
            overruns=[over.category.value for over in event.over_budget if over.needs is not OverrunNeeds.NOTHING],
            period_from=event.period_from.isoformat(),
            period_to=event.period_to.isoformat(),
            final=event.final,
            reported_on=local_date(recorded.at).isoformat(),
            verified_on=None,
        )
    assert part is not None, "a payment request begins with reported costs"
    flat_rate = BudgetAmount(category=BudgetCategory.FLAT_RATE, amount_ore=event.flat_rate_approved_ore)
    approved = [BudgetAmount(category=line.category, amount_ore=line.approved_ore) for line in event.lines]
    return {
        **part,
        "approved": per_category([*approved, flat_rate]),
        "verified_on": local_date(recorded.at).isoformat(),
        "disallowed_ore": sum(line.disallowed_ore for line in event.lines),
        "parked_ore": sum(line.parked_ore for line in event.lines),
    }


def _account(part: AccountPart, event: AccountFact) -> AccountPart:
    match event:
        case CoFundingPaidIn():
            return {**part, "co_funding_ore": part["co_funding_ore"] + event.amount_ore}
        case PayoutApproved():
            return {
                **part,
                "paid_ore": part["paid_ore"] + event.amount_ore,
                "payments": part["payments"] + 1,
                "costs_counted_ore": event.costs_approved_ore,
                "limited_by": event.limited_by.value,
            }
        case _:
            assert_never(event)
