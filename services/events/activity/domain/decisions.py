"""What a project plans, holds and cancels, and who was there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.events.activity.domain.attendance import AttendanceRow, EnrolledCompany, checked_attendance
from services.events.activity.domain.refusals import (
    ActivityCancelledAlready,
    ActivityHeldAlready,
    ActivityNotHeld,
    ActivityNotStarted,
    AttendanceAlreadyRecorded,
    AttendanceNotAllowed,
    OutsideProjectPeriod,
    ProjectEnded,
    ProjectUnknown,
    TimesImpossible,
)
from services.events.activity.domain.state import Activity, GrantedProject, Status
from shared.contracts.call import ActivityKind, Phase
from shared.contracts.event import Event
from shared.contracts.events import (
    ActivityCancelled,
    ActivityForm,
    ActivityHeld,
    ActivityPlanned,
    AttendanceRecorded,
    CancellationReason,
)
from shared.kernel.ids import ActivityId, ApplicationId, EnrolmentId, OrganisationId
from shared.kernel.refusals import NotFound, Problem
from shared.kernel.time import local_date

HOURS_MAX: Final = 24
_MINUTE: Final = timedelta(minutes=1)
_LENGTH_MAX: Final = timedelta(hours=HOURS_MAX)


@dataclass(frozen=True, slots=True)
class PlanActivity:
    """Planera aktivitet. Instants are aware, UTC; `language` is an ISO 639-1 code."""

    activity_id: ActivityId
    organisation: OrganisationId
    project: ApplicationId
    kind: ActivityKind
    phase: Phase
    form: ActivityForm
    starts_at: datetime
    ends_at: datetime
    capacity: int
    language: str


@dataclass(frozen=True, slots=True)
class RecordAttendance:
    """Registrera närvaro: minutes per representative of enrolled companies; others are counted as guests."""

    activity_id: ActivityId
    organisation: OrganisationId
    rows: tuple[AttendanceRow, ...]
    guests: int


@dataclass(frozen=True, slots=True)
class HoldActivity:
    """Redovisa aktivitet som genomförd. `minutes` None: as long as planned. Attendance may come with it."""

    activity_id: ActivityId
    organisation: OrganisationId
    minutes: int | None = None
    attendance: RecordAttendance | None = None


@dataclass(frozen=True, slots=True)
class CancelActivity:
    """Ställ in aktivitet."""

    activity_id: ActivityId
    organisation: OrganisationId
    reason: CancellationReason


Companies = Mapping[EnrolmentId, EnrolledCompany]


def require_known(command: PlanActivity, project: GrantedProject | None) -> GrantedProject:
    """Return the caller's granted project. Raises ProjectUnknown, ProjectEnded."""
    if project is None or project.organisation != command.organisation:
        raise ProjectUnknown
    if project.ended:
        raise ProjectEnded
    return project


def plan(command: PlanActivity, project: GrantedProject | None, contents: str) -> list[Event]:
    """Planera aktivitet in the caller's granted project and within its period (E1).

    `contents` refers to title, place and description. Raises ProjectUnknown, ProjectEnded, TimesImpossible,
    OutsideProjectPeriod.
    """
    project = require_known(command, project)
    if not _MINUTE <= command.ends_at - command.starts_at <= _LENGTH_MAX:
        raise TimesImpossible(hours_max=HOURS_MAX)
    if local_date(command.starts_at) < project.starts_on or local_date(command.ends_at) > project.ends_on:
        raise OutsideProjectPeriod(starts_on=project.starts_on.isoformat(), ends_on=project.ends_on.isoformat())
    return [
        ActivityPlanned(
            activity_id=command.activity_id,
            project=project.id,
            organisation=command.organisation,
            kind=command.kind,
            phase=command.phase,
            form=command.form,
            starts_at=command.starts_at,
            ends_at=command.ends_at,
            capacity=command.capacity,
            language=command.language,
            contents=contents,
        )
    ]


def hold(activity: Activity, command: HoldActivity, companies: Companies, *, now: datetime) -> list[Event]:
    """Redovisa som genomförd, with who was there when that is known already (E1, E2).

    Raises NotFound, ActivityCancelledAlready, ActivityHeldAlready, ActivityNotStarted, and what attendance raises.
    """
    starts_at, ends_at = _times(activity, command.organisation)
    _require_planned(activity)
    if now < starts_at:
        raise ActivityNotStarted
    held_on = local_date(starts_at)
    minutes = command.minutes or (ends_at - starts_at) // _MINUTE
    events: list[Event] = [
        ActivityHeld(
            activity_id=command.activity_id,
            project=ApplicationId(activity.project),
            kind=activity.kind,
            phase=activity.phase,
            held_on=held_on,
            minutes=minutes,
        )
    ]
    if command.attendance is not None:
        events.append(_recorded(activity, command.attendance, companies, held_on=held_on, held_minutes=minutes))
    return events


def record_attendance(activity: Activity, command: RecordAttendance, companies: Companies) -> list[Event]:
    """Registrera närvaro once for an activity that has been held (E2).

    Raises NotFound, ActivityCancelledAlready, ActivityNotHeld, AttendanceAlreadyRecorded, AttendanceNotAllowed,
    EnrolmentUnknown.
    """
    _times(activity, command.organisation)
    if activity.status is Status.CANCELLED:
        raise ActivityCancelledAlready
    if activity.held_on is None:
        raise ActivityNotHeld
    if activity.attendance_recorded:
        raise AttendanceAlreadyRecorded
    return [
        _recorded(activity, command, companies, held_on=activity.held_on, held_minutes=activity.held_minutes),
    ]


def cancel(activity: Activity, command: CancelActivity) -> list[Event]:
    """Ställ in. Raises NotFound, ActivityCancelledAlready, ActivityHeldAlready (E1)."""
    _times(activity, command.organisation)
    _require_planned(activity)
    return [
        ActivityCancelled(
            activity_id=command.activity_id,
            project=ApplicationId(activity.project),
            kind=activity.kind,
            phase=activity.phase,
            reason=command.reason,
        )
    ]


def _recorded(
    activity: Activity, command: RecordAttendance, companies: Companies, *, held_on: date, held_minutes: int
) -> AttendanceRecorded:
    if not command.rows and command.guests == 0:
        raise AttendanceNotAllowed(_NOBODY)
    return AttendanceRecorded(
        activity_id=command.activity_id,
        project=ApplicationId(activity.project),
        attendance=checked_attendance(command.rows, companies, held_on=held_on, held_minutes=held_minutes),
        guests=command.guests,
    )


def _times(activity: Activity, organisation: OrganisationId) -> tuple[datetime, datetime]:
    """Return when it begins and ends. Raises NotFound when it is missing or somebody else's."""
    if activity.starts_at is None or activity.ends_at is None or activity.organisation != organisation:
        raise NotFound
    return activity.starts_at, activity.ends_at


def _require_planned(activity: Activity) -> None:
    match activity.status:
        case Status.HELD:
            raise ActivityHeldAlready
        case Status.CANCELLED:
            raise ActivityCancelledAlready
        case Status.PLANNED:
            return


_NOBODY: Final = Problem(
    rule="E2",
    pointer="/attendance",
    sv="Ange minst en deltagare eller gäst. En aktivitet som ingen kom till har ingen närvaro att registrera.",
    en="State at least one participant or guest. An activity that nobody came to has no attendance to record.",
)
