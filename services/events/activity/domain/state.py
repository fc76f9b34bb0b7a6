"""What an activity is as far as decisions need it, and what they need to know of the project."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, assert_never

from shared.contracts.call import ActivityKind, Phase
from shared.contracts.events import ActivityCancelled, ActivityHeld, ActivityPlanned, AttendanceRecorded
from shared.eventlog.streams import StreamType
from shared.kernel.ids import ApplicationId, OrganisationId

ActivityFact = ActivityPlanned | ActivityHeld | AttendanceRecorded | ActivityCancelled


class Status(StrEnum):
    """Where an activity stands (E1)."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class GrantedProject:
    """A granted project: whose it is and when it runs. `ended`: its grant was revoked wholly, or lapsed (A19)."""

    id: ApplicationId
    organisation: OrganisationId
    starts_on: date
    ends_on: date
    ended: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity; `organisation` is the project owner's, empty before it is planned. `held_minutes` 0: not held."""

    organisation: str = ""
    project: str = ""
    kind: ActivityKind = ActivityKind.WORKSHOP
    phase: Phase = Phase.INTRODUCTION
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    status: Status = Status.PLANNED
    held_on: date | None = None
    held_minutes: int = 0
    attendance_recorded: bool = False


def evolve(activity: Activity, event: ActivityFact) -> Activity:
    """Fold one fact."""
    match event:
        case ActivityPlanned():
            return replace(
                activity,
                organisation=event.organisation,
                project=event.project,
                kind=event.kind,
                phase=event.phase,
                starts_at=event.starts_at,
                ends_at=event.ends_at,
            )
        case ActivityHeld():
            return replace(activity, status=Status.HELD, held_on=event.held_on, held_minutes=event.minutes)
        case AttendanceRecorded():
            return replace(activity, attendance_recorded=True)
        case ActivityCancelled():
            return replace(activity, status=Status.CANCELLED)
        case _:
            assert_never(event)


ACTIVITIES: Final = StreamType(
    "activity", Activity, Activity, evolve, (ActivityPlanned, ActivityHeld, AttendanceRecorded, ActivityCancelled)
)
