"""What the lists of activities show, and what is remembered of granted projects and enrolments."""

from datetime import datetime
from typing import Final, Literal, TypedDict, assert_never

from shared.contracts.applications import ChangeDecided, FundingGranted, GrantLapsed, GrantRevoked
from shared.contracts.events import ActivityCancelled, ActivityHeld, ActivityPlanned, AttendanceRecorded
from shared.contracts.participants import CompanyEnrolled, EnrolmentWithdrawn, RepresentativeNamed
from shared.projector.definition import Recorded, View

ActivityFact = ActivityPlanned | ActivityHeld | AttendanceRecorded | ActivityCancelled
EnrolmentFact = CompanyEnrolled | RepresentativeNamed | EnrolmentWithdrawn
GrantFact = FundingGranted | ChangeDecided | GrantLapsed | GrantRevoked


class CompanyAttendance(TypedDict):
    """How many of a company were there, and for how many minutes together (E3)."""

    enrolment_id: str
    company_id: str
    persons: int
    minutes: int


class ActivityRow(TypedDict):
    """One activity; `stream_version` is its ETag. Title and place are in the contents.

    `companies` None: no attendance recorded yet.
    """

    _id: str
    organisation: str
    project: str
    kind: str
    phase: str
    form: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    language: str
    contents: str
    status: Literal["planned", "held", "cancelled"]
    held_on: str | None
    held_minutes: int | None
    cancellation_reason: str | None
    companies: list[CompanyAttendance] | None
    guests: int
    stream_version: int


class GrantedProjectRow(TypedDict):
    """A granted project, as its grant and approved changes say. `ended`: revoked wholly, or lapsed."""

    _id: str
    organisation: str
    starts_on: str
    ends_on: str
    ended: bool


class EnrolledCompanyRow(TypedDict):
    """A company that takes part in a project, with the ids of its representatives."""

    _id: str
    organisation: str
    project: str
    company_id: str
    enrolled_on: str
    withdrawn_on: str | None
    persons: list[str]


def project_activity(row: ActivityRow | None, event: ActivityFact, recorded: Recorded) -> ActivityRow:
    """Fold one fact of an activity."""
    if isinstance(event, ActivityPlanned):
        return _planned(event, recorded)
    assert row is not None, "an activity begins with being planned"
    match event:
        case ActivityHeld():
            held_on = event.held_on.isoformat()
            changed: ActivityRow = {
                **row,
                "status": "held",
                "held_on": held_on,
                "held_minutes": event.minutes,
            }
        case AttendanceRecorded():
            changed = {**row, "companies": companies_of(event), "guests": event.guests}
        case ActivityCancelled():
            changed = {**row, "status": "cancelled", "cancellation_reason": event.reason.value}
        case _:
            assert_never(event)
    return {**changed, "stream_version": recorded.sequence}


def _planned(event: ActivityPlanned, recorded: Recorded) -> ActivityRow:
    return ActivityRow(
        _id=event.activity_id,
        organisation=event.organisation,
        project=event.project,
        kind=event.kind.value,
        phase=event.phase.value,
        form=event.form.value,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        capacity=event.capacity,
        language=event.language,
        contents=event.contents,
        status="planned",
        held_on=None,
        held_minutes=None,
        cancellation_reason=None,
        companies=None,
        guests=0,
        stream_version=recorded.sequence,
    )


def companies_of(event: AttendanceRecorded) -> list[CompanyAttendance]:
    """Add the persons and minutes up per company, in the order in which the companies first occur."""
    companies: dict[str, CompanyAttendance] = {}
    for person in event.attendance:
        company = companies.setdefault(
            person.enrolment_id,
            CompanyAttendance(enrolment_id=person.enrolment_id, company_id=person.company_id, persons=0, minutes=0),
        )
        company["persons"] += 1
        company["minutes"] += person.minutes
    return list(companies.values())


def project_granted_project(row: GrantedProjectRow | None, event: GrantFact, recorded: Recorded) -> GrantedProjectRow:
    """Fold a grant and what becomes of it: whose project it is and when it runs."""
    del recorded
    if isinstance(event, FundingGranted):
        return GrantedProjectRow(
            _id=event.application_id,
            organisation=event.organisation,
            starts_on=event.starts_on.isoformat(),
            ends_on=event.ends_on.isoformat(),
            ended=False,
        )
    assert row is not None, "what becomes of a grant comes after the grant"
    match event:
        case ChangeDecided():
            return _changed(row, event)
        case GrantLapsed():
            return {**row, "ended": True}
        case GrantRevoked():
            return {**row, "ended": row["ended"] or event.wholly}
        case _:
            assert_never(event)


def _changed(row: GrantedProjectRow, event: ChangeDecided) -> GrantedProjectRow:
    """Return the project with the period that an approved change gives it (A19)."""
    if not event.approved:
        return row
    starts_on = event.starts_on.isoformat() if event.starts_on is not None else row["starts_on"]
    ends_on = event.ends_on.isoformat() if event.ends_on is not None else row["ends_on"]
    return {**row, "starts_on": starts_on, "ends_on": ends_on}


def project_enrolled_company(
    row: EnrolledCompanyRow | None, event: EnrolmentFact, recorded: Recorded
) -> EnrolledCompanyRow:
    """Fold one fact of an enrolment as far as attendance needs it."""
    del recorded
    if isinstance(event, CompanyEnrolled):
        return EnrolledCompanyRow(
            _id=event.enrolment_id,
            organisation=event.organisation,
            project=event.project,
            company_id=event.company_id,
            enrolled_on=event.enrolled_on.isoformat(),
            withdrawn_on=None,
            persons=[],
        )
    assert row is not None, "an enrolment begins with the company being enrolled"
    match event:
        case RepresentativeNamed():
            return {**row, "persons": [*row["persons"], event.person_id]}
        case EnrolmentWithdrawn():
            return {**row, "withdrawn_on": event.withdrawn_on.isoformat()}
        case _:
            assert_never(event)


ACTIVITIES_VIEW: Final[View[ActivityRow, ActivityFact]] = View(
    collection="activities",
    facts=(ActivityPlanned, ActivityHeld, AttendanceRecorded, ActivityCancelled),
    document_ids=lambda event, _: (event.activity_id,),
    fold=project_activity,
    one_stream=True,
    indexes=("organisation", "project"),
)
