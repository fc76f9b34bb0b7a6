"""The rules of activities: within the project's period (E1), attendance in minutes per person (E2, E3)."""

from services.events.activity.domain.attendance import AttendanceRow, EnrolledCompany
from services.events.activity.domain.decisions import (
    CancelActivity,
    HoldActivity,
    PlanActivity,
    RecordAttendance,
    cancel,
    hold,
    plan,
    record_attendance,
    require_known,
)
from services.events.activity.domain.refusals import (
    ActivityCancelledAlready,
    ActivityHeldAlready,
    ActivityNotHeld,
    ActivityNotStarted,
    AttendanceAlreadyRecorded,
    AttendanceNotAllowed,
    EnrolmentUnknown,
    OutsideProjectPeriod,
    ProjectEnded,
    ProjectUnknown,
    TimesImpossible,
)
from services.events.activity.domain.state import ACTIVITIES, Activity, GrantedProject, Status, evolve

__all__ = [
    "ACTIVITIES",
    "Activity",
    "ActivityCancelledAlready",
    "ActivityHeldAlready",
    "ActivityNotHeld",
    "ActivityNotStarted",
    "AttendanceAlreadyRecorded",
    "AttendanceNotAllowed",
    "AttendanceRow",
    "CancelActivity",
    "EnrolledCompany",
    "EnrolmentUnknown",
    "GrantedProject",
    "HoldActivity",
    "OutsideProjectPeriod",
    "PlanActivity",
    "ProjectEnded",
    "ProjectUnknown",
    "RecordAttendance",
    "Status",
    "TimesImpossible",
    "cancel",
    "evolve",
    "hold",
    "plan",
    "record_attendance",
    "require_known",
]
