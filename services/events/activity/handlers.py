"""What happens to an activity on command: read, decide, append. Title and place go to the contents first."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from services.events.activity import domain, views
from services.events.activity.domain import (
    ACTIVITIES,
    AttendanceRow,
    CancelActivity,
    EnrolledCompany,
    HoldActivity,
    PlanActivity,
    RecordAttendance,
)
from services.events.activity.projections import ActivityRow
from shared.auth.actor import Actor, Role
from shared.contents.port import ContentGoneError, ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import ActivityId, EnrolmentId, OrganisationId
from shared.kernel.tenancy import TenantScope
from shared.mongo import Database

WORDS_READERS: Final = frozenset({Role.CASE_OFFICER, Role.CONTROLLER, Role.PROGRAMME_MANAGER})
"""The roles at the agency that read titles, places and descriptions; the others follow up without free text."""


@dataclass(frozen=True, slots=True)
class Details:
    """What an activity is called, where it is, and what it is about; kept in the contents."""

    title: str
    place: str | None = None
    description: str | None = None


async def plan_activity(
    command: PlanActivity,
    details: Details,
    *,
    log: EventLog,
    contents: ContentStore,
    db: Database,
    context: CommandContext,
) -> Receipt:
    """Plan an activity in a granted project. Raises what `domain.plan` raises."""
    project = await views.granted_project(db, command.project, TenantScope(command.organisation))
    domain.require_known(command, project)  # nothing is kept for whoever is refused
    reference = await contents.put(_owner(command.project), json.dumps(asdict(details)).encode())
    return await log.decide(
        ACTIVITIES.new(command.activity_id, key=command.project),
        lambda _: domain.plan(command, project, reference),
        context,
    )


async def hold_activity(command: HoldActivity, *, log: EventLog, db: Database, context: CommandContext) -> Receipt:
    """Report an activity as held, with attendance if it is known. Raises what `domain.hold` raises."""
    rows = command.attendance.rows if command.attendance else ()
    companies = await _companies(command.activity_id, command.organisation, rows, log, db)
    return await log.decide(
        ACTIVITIES.at(command.activity_id),
        lambda activity: domain.hold(activity, command, companies, now=context.now),
        context,
    )


async def record_attendance(
    command: RecordAttendance, *, log: EventLog, db: Database, context: CommandContext
) -> Receipt:
    """Record who was there. Raises what `domain.record_attendance` raises."""
    companies = await _companies(command.activity_id, command.organisation, command.rows, log, db)
    return await log.decide(
        ACTIVITIES.at(command.activity_id),
        lambda activity: domain.record_attendance(activity, command, companies),
        context,
    )


async def cancel_activity(command: CancelActivity, *, log: EventLog, context: CommandContext) -> Receipt:
    """Cancel an activity. Raises what `domain.cancel` raises."""
    return await log.decide(
        ACTIVITIES.at(command.activity_id), lambda activity: domain.cancel(activity, command), context
    )


async def read_details(row: ActivityRow, actor: Actor, *, contents: ContentStore) -> Details | None:
    """Return what an activity is called and where it is.

    None when it has been disposed of, and for those who follow up without free text.
    """
    scope = actor.scope
    own = scope.organisation is not None and scope.allows(row["organisation"])
    if not (own or actor.roles & WORDS_READERS):
        return None
    try:
        return Details(**json.loads(await contents.get(_owner(row["project"]), row["contents"])))
    except ContentGoneError:
        return None


async def _companies(
    activity_id: ActivityId,
    organisation: OrganisationId,
    rows: Sequence[AttendanceRow],
    log: EventLog,
    db: Database,
) -> dict[EnrolmentId, EnrolledCompany]:
    """Return the enrolments that the rows name, as far as they are of the activity's own project."""
    if not rows:
        return {}
    project = (await log.load(ACTIVITIES.at(activity_id))).state.project
    enrolments = [row.enrolment_id for row in rows]
    return await views.enrolled_companies(db, project, enrolments, TenantScope(organisation))


def _owner(project: str) -> str:
    """Return whose key an activity's contents are kept under: the case's."""
    return f"application/{project}"
