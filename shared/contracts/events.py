"""Facts published by the events service: activities (aktiviteter) and attendance."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from shared.contracts.call import ActivityKind, Phase
from shared.contracts.event import Event, Value
from shared.kernel.ids import ActivityId, ApplicationId, CompanyId, EnrolmentId, OrganisationId


class ActivityForm(StrEnum):
    """Where people meet (E1)."""

    ON_SITE = "on-site"
    DIGITAL = "digital"
    HYBRID = "hybrid"


class CancellationReason(StrEnum):
    """Why an activity was not held."""

    TOO_FEW = "too-few"
    ILLNESS = "illness"
    OTHER = "other"


class Attendance(Value):
    """One person's attendance for an enrolled company, in minutes (E2)."""

    enrolment_id: EnrolmentId
    company_id: CompanyId
    person_id: str
    minutes: int


class ActivityPlanned(Event):
    """Aktivitet planerad, within the project's period (E1). Title and place are in the contents."""

    activity_id: ActivityId
    project: ApplicationId
    organisation: OrganisationId
    kind: ActivityKind
    phase: Phase
    form: ActivityForm
    starts_at: datetime
    ends_at: datetime
    capacity: int
    language: str
    contents: str


class ActivityHeld(Event):
    """Aktivitet genomförd."""

    activity_id: ActivityId
    project: ApplicationId
    kind: ActivityKind
    phase: Phase
    held_on: date
    minutes: int


class AttendanceRecorded(Event):
    """Närvaro registrerad: minutes per person of enrolled companies; guests are counted without hours (E2)."""

    activity_id: ActivityId
    project: ApplicationId
    attendance: list[Attendance]
    guests: int


class ActivityCancelled(Event):
    """Aktivitet inställd."""

    activity_id: ActivityId
    project: ApplicationId
    kind: ActivityKind
    phase: Phase
    reason: CancellationReason


EventsFact = ActivityPlanned | ActivityHeld | AttendanceRecorded | ActivityCancelled
FACTS: Final[tuple[type[Event], ...]] = (
    ActivityPlanned,
    ActivityHeld,
    AttendanceRecorded,
    ActivityCancelled,
)
