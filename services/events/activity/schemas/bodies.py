"""Activities over JSON: what is sent in, and how they are answered."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from services.events.activity.domain import (
    AttendanceRow,
    CancelActivity,
    HoldActivity,
    PlanActivity,
    RecordAttendance,
)
from services.events.activity.domain.decisions import HOURS_MAX
from services.events.activity.handlers import Details
from services.events.activity.projections import ActivityRow
from services.events.activity.schemas.attendance_file import ROWS_MAX
from shared.contracts.call import ActivityKind, Phase
from shared.contracts.events import ActivityForm, CancellationReason
from shared.kernel.ids import UUID_PATTERN, ActivityId, ApplicationId, EnrolmentId, OrganisationId, PersonId
from shared.web.schemas import Answer, Body

PEOPLE_MAX = 10_000
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2101, 1, 1, tzinfo=UTC)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Instant = Annotated[
    AwareDatetime,
    Field(ge=_EARLIEST, lt=_LATEST, description="Med tidszon, år 2000 till 2100 / With an offset, years 2000 to 2100"),
]
Guests = Annotated[
    int,
    Field(ge=0, le=PEOPLE_MAX, description="Gäster från företag som inte är anslutna / Guests of other companies"),
]


class PlanActivityBody(Body):
    """An activity to be planned in a granted project (E1)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10",
                    "kind": "workshop",
                    "phase": "introduction",
                    "form": "on-site",
                    "starts_at": "2023-05-10T09:00:00+02:00",
                    "ends_at": "2023-05-10T12:00:00+02:00",
                    "capacity": 30,
                    "language": "sv",
                    "title": "Risk- och sårbarhetsanalys, del 1",
                    "place": "Testparken, sal 2",
                }
            ]
        }
    )

    project: Annotated[ApplicationId, Field(pattern=UUID_PATTERN, description="Projektets id / The project's id")]
    kind: ActivityKind
    phase: Phase
    form: ActivityForm
    starts_at: Instant
    ends_at: Instant
    capacity: Annotated[int, Field(ge=1, le=PEOPLE_MAX)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1")] = "sv"
    title: Line
    place: Annotated[Line | None, Field(description="Plats eller länk / Place or link")] = None
    description: Words | None = None

    def command(self, activity_id: ActivityId, organisation: OrganisationId) -> PlanActivity:
        """Return what is asked for, in UTC."""
        return PlanActivity(
            activity_id=activity_id,
            organisation=organisation,
            project=self.project,
            kind=self.kind,
            phase=self.phase,
            form=self.form,
            starts_at=self.starts_at.astimezone(UTC),
            ends_at=self.ends_at.astimezone(UTC),
            capacity=self.capacity,
            language=self.language,
        )

    def details(self) -> Details:
        """Return what is kept in the contents."""
        return Details(self.title, self.place, self.description)


class AttendanceRowBody(Body):
    """One representative of an enrolled company, and for how many minutes."""

    enrolment_id: Annotated[EnrolmentId, Field(pattern=UUID_PATTERN)]
    person_id: Annotated[PersonId, Field(pattern=UUID_PATTERN)]
    minutes: Annotated[int, Field(ge=1, le=HOURS_MAX * 60)]


Rows = Annotated[list[AttendanceRowBody], Field(max_length=ROWS_MAX)]


class RecordAttendanceBody(Body):
    """Who was there (E2)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "attendance": [
                        {
                            "enrolment_id": "0190f3a2-9a11-7c20-9b55-2f6e8a7d4c31",
                            "person_id": "0190f3a2-a0b2-7d11-8c10-5e4f3a2b1c0d",
                            "minutes": 180,
                        }
                    ],
                    "guests": 2,
                }
            ]
        }
    )

    attendance: Rows
    guests: Guests = 0

    def command(self, activity_id: ActivityId, organisation: OrganisationId) -> RecordAttendance:
        """Return what is asked for."""
        return RecordAttendance(activity_id, organisation, _rows(self.attendance), self.guests)


class HoldActivityBody(Body):
    """An activity has been held (E1), with attendance if it is known already (E2)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"minutes": 170}]})

    minutes: Annotated[
        int | None,
        Field(
            ge=1, le=HOURS_MAX * 60, description="Hur länge; utan uppgift som planerat / How long; default as planned"
        ),
    ] = None
    attendance: Rows | None = None
    guests: Guests = 0

    def command(self, activity_id: ActivityId, organisation: OrganisationId) -> HoldActivity:
        """Return what is asked for."""
        attendance = None
        if self.attendance is not None or self.guests:
            attendance = RecordAttendance(activity_id, organisation, _rows(self.attendance or []), self.guests)
        return HoldActivity(activity_id, organisation, self.minutes, attendance)


class CancelActivityBody(Body):
    """An activity will not be held (E1)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "too-few"}]})

    reason: CancellationReason

    def command(self, activity_id: ActivityId, organisation: OrganisationId) -> CancelActivity:
        """Return what is asked for."""
        return CancelActivity(activity_id, organisation, self.reason)


class CompanyAttendanceBody(Answer):
    """How many of a company were there, and for how many minutes together (E3)."""

    enrolment_id: str
    company_id: str
    persons: int
    minutes: int


class ActivitySummaryBody(Answer):
    """An activity. `title` is null when the case has been disposed of."""

    id: str
    project: str
    title: str | None
    kind: str
    phase: str
    form: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    language: str
    status: str
    held_on: str | None
    held_minutes: int | None
    cancellation_reason: str | None
    attendance_recorded: bool
    persons: int
    guests: int


class ActivityBody(ActivitySummaryBody):
    """An activity with place, description and minutes per company."""

    place: str | None
    description: str | None
    companies: list[CompanyAttendanceBody]


def activity_summary(row: ActivityRow, details: Details | None) -> ActivitySummaryBody:
    """Return a row as it is answered in lists."""
    return ActivitySummaryBody.model_validate(_fields(row, details))


def activity_body(row: ActivityRow, details: Details | None) -> ActivityBody:
    """Return a row with everything that is known of the activity."""
    return ActivityBody.model_validate(_fields(row, details))


def _fields(row: ActivityRow, details: Details | None) -> dict[str, Any]:
    companies = row["companies"] or []
    return {
        **row,
        "id": row["_id"],
        "title": details.title if details else None,
        "place": details.place if details else None,
        "description": details.description if details else None,
        "attendance_recorded": row["companies"] is not None,
        "companies": companies,
        "persons": sum(company["persons"] for company in companies),
    }


def _rows(rows: list[AttendanceRowBody]) -> tuple[AttendanceRow, ...]:
    return tuple(
        AttendanceRow(row.enrolment_id, row.person_id, row.minutes, pointer=f"/attendance/{number}")
        for number, row in enumerate(rows)
    )
