"""A granted project, an activity and enrolled companies, as the tests of activities start from."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.events.activity.domain import (
    Activity,
    AttendanceRow,
    EnrolledCompany,
    GrantedProject,
    HoldActivity,
    PlanActivity,
    RecordAttendance,
    evolve,
    hold,
    plan,
)
from services.events.activity.domain.state import ActivityFact
from shared.contracts.call import ActivityKind, Phase
from shared.contracts.event import Event
from shared.contracts.events import ActivityForm
from shared.kernel.ids import ActivityId, ApplicationId, CompanyId, EnrolmentId, OrganisationId, PersonId

OURS = OrganisationId("0190a000-0000-7000-8000-0000000000bb")
THEIRS = OrganisationId("0190a000-0000-7000-8000-0000000000ee")
PROJECT = ApplicationId("0190a000-0000-7000-8000-0000000000aa")
ACTIVITY = ActivityId("0190a000-0000-7000-8000-0000000000ac")
COMPANY = CompanyId("0190a000-0000-7000-8000-0000000000cc")
ENROLMENT = EnrolmentId("0190a000-0000-7000-8000-0000000000dd")
PERSONS = tuple(PersonId(f"0190a000-0000-7000-8000-{number:012d}") for number in range(1, 6))
ANNA, BO = PERSONS[:2]
NINE = datetime(2023, 5, 10, 7, tzinfo=UTC)
NOON = datetime(2023, 5, 10, 10, tzinfo=UTC)
HELD_ON = date(2023, 5, 10)
MINUTES = 180

GRANTED = GrantedProject(
    id=PROJECT, organisation=OURS, starts_on=date(2023, 3, 1), ends_on=date(2023, 10, 31), ended=False
)
ENROLLED = EnrolledCompany(
    enrolment_id=ENROLMENT,
    company_id=COMPANY,
    enrolled_on=date(2023, 4, 17),
    withdrawn_on=None,
    persons=frozenset(PERSONS),
)
COMPANIES = {ENROLMENT: ENROLLED}


def a_plan(**changes: Any) -> PlanActivity:  # noqa: ANN401 - any field of the example
    """Return the wish to plan a workshop from nine to noon, with `changes`."""
    command = PlanActivity(
        activity_id=ACTIVITY,
        organisation=OURS,
        project=PROJECT,
        kind=ActivityKind.WORKSHOP,
        phase=Phase.INTRODUCTION,
        form=ActivityForm.ON_SITE,
        starts_at=NINE,
        ends_at=NOON,
        capacity=30,
        language="sv",
    )
    return replace(command, **changes)


def folded(*events: Event) -> Activity:
    """Return the activity to which this has happened."""
    activity = Activity()
    for event in events:
        assert isinstance(event, ActivityFact)
        activity = evolve(activity, event)
    return activity


def planned() -> list[Event]:
    """Return what has happened to a planned workshop."""
    return plan(a_plan(), GRANTED, "contents")


def held(minutes: int | None = None) -> list[Event]:
    """Return what has happened to a workshop that has been held."""
    return [*planned(), *hold(folded(*planned()), HoldActivity(ACTIVITY, OURS, minutes), {}, now=NOON)]


def was_there(person: PersonId = ANNA, minutes: int = MINUTES, enrolment: EnrolmentId = ENROLMENT) -> AttendanceRow:
    """Return one row of a list of attendance."""
    return AttendanceRow(enrolment, person, minutes, "/attendance/0")


def a_list(*rows: AttendanceRow, guests: int = 0, organisation: OrganisationId = OURS) -> RecordAttendance:
    """Return the wish to record these rows."""
    return RecordAttendance(ACTIVITY, organisation, rows, guests)
