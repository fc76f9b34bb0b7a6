"""Addresses of activities: plan, hold, cancel, record attendance, list and read."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from services.events.activity import handlers, views
from services.events.activity.domain import RecordAttendance
from services.events.activity.schemas.attendance_file import read_attendance_file
from services.events.activity.schemas.bodies import (
    PEOPLE_MAX,
    ActivityBody,
    ActivitySummaryBody,
    CancelActivityBody,
    HoldActivityBody,
    PlanActivityBody,
    RecordAttendanceBody,
    activity_body,
    activity_summary,
)
from shared.auth.permissions import FollowUpReader, ProjectEditor
from shared.conflicts import hidden_projects
from shared.kernel.ids import UUID_PATTERN, ActivityId, ApplicationId, new_id
from shared.projector.definition import identifier_of
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, PageOf, reads_after, set_etag
from shared.web.schemas import CsvFile, ListOf, ReceiptBody, list_of

router: Final = APIRouter(tags=["activities"])

ActivityInPath = Annotated[ActivityId, Path(pattern=UUID_PATTERN, description="Aktivitetens id / The activity's id")]
ProjectFilter = Annotated[
    ApplicationId | None, Query(pattern=UUID_PATTERN, description="Bara detta projekt / This project only")
]
GuestsInQuery = Annotated[int, Query(ge=0, le=PEOPLE_MAX, description="Gäster / Guests")]
_READS: Final = reads_after("events")


@router.post("/activities", status_code=201, dependencies=[_READS], summary="Planera aktivitet / Plan an activity")
async def plan_activity(
    body: PlanActivityBody,
    actor: ProjectEditor,
    log: Log,
    contents: Contents,
    db: Db,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Planera en aktivitet i ert beviljade projekt, inom dess period (E1).

    Plan an activity in your granted project, within its period. Give the grant's receipt as `?after=` to wait for it;
    without it a project that is not known yet answers `ProjectUnknown` (409) with Retry-After.
    """
    command = body.command(ActivityId(new_id()), actor.tenant)
    receipt = await handlers.plan_activity(command, body.details(), log=log, contents=contents, db=db, context=context)
    activity_id = identifier_of(receipt.positions[0].stream)
    return answers.created(receipt, activity_id)


@router.post(
    "/activities/{activity_id}/occurrences",
    status_code=201,
    dependencies=[_READS],
    summary="Redovisa som genomförd / Report as held",
)
async def hold_activity(
    activity_id: ActivityInPath,
    body: HoldActivityBody,
    actor: ProjectEditor,
    log: Log,
    db: Db,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Redovisa aktiviteten som genomförd, gärna med närvaron på en gång (E1, E2).

    Report the activity as held, with its attendance at once if you have it.
    """
    receipt = await handlers.hold_activity(body.command(activity_id, actor.tenant), log=log, db=db, context=context)
    return answers.recorded(receipt, activity_id)


@router.post(
    "/activities/{activity_id}/cancellations", status_code=201, summary="Ställ in aktivitet / Cancel an activity"
)
async def cancel_activity(
    activity_id: ActivityInPath,
    body: CancelActivityBody,
    actor: ProjectEditor,
    log: Log,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Ställ in aktiviteten, med skäl (E1).

    Cancel the activity, with a reason.
    """
    receipt = await handlers.cancel_activity(body.command(activity_id, actor.tenant), log=log, context=context)
    return answers.recorded(receipt, activity_id)


@router.post(
    "/activities/{activity_id}/attendances",
    status_code=201,
    dependencies=[_READS],
    summary="Registrera närvaro / Record attendance",
)
async def record_attendance(
    activity_id: ActivityInPath,
    body: RecordAttendanceBody,
    actor: ProjectEditor,
    log: Log,
    db: Db,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Registrera närvaro i minuter per företrädare för anslutna företag; andra räknas som gäster (E2, E3).

    Record attendance in minutes per representative of enrolled companies; others are counted as guests. Once per
    activity, after it has been held. Give the last enrolment's receipt as `?after=` to wait for it.
    """
    command = body.command(activity_id, actor.tenant)
    receipt = await handlers.record_attendance(command, log=log, db=db, context=context)
    return answers.recorded(receipt, activity_id)


@router.post(
    "/activities/{activity_id}/attendance-files",
    status_code=201,
    dependencies=[_READS],
    summary="Registrera närvaro från fil / Record attendance from a file",
)
async def record_attendance_file(  # noqa: PLR0913, PLR0917 - each is a dependency that FastAPI finds by its type
    activity_id: ActivityInPath,
    content: CsvFile,
    actor: ProjectEditor,
    log: Log,
    db: Db,
    context: Context,
    answers: Answers,
    guests: GuestsInQuery = 0,
) -> ReceiptBody:
    """Registrera närvaro från en CSV-fil: enrolment_id, person_id, minutes, med eller utan rubrikrad (E2, E3).

    Semikolon eller komma, UTF-8. En fil med fel avvisas hel, med rad och kolumn för varje fel.

    Record attendance from a CSV file: enrolment_id, person_id, minutes, with or without a header. Semicolon or comma,
    UTF-8. A file with a fault is refused whole, with line and column of every fault.
    """
    command = RecordAttendance(activity_id, actor.tenant, await read_attendance_file(content), guests)
    receipt = await handlers.record_attendance(command, log=log, db=db, context=context)
    return answers.recorded(receipt, activity_id)


@router.get("/activities", dependencies=[_READS], summary="Lista aktiviteter / List activities")
async def list_activities(
    actor: FollowUpReader, db: Db, contents: Contents, page: PageOf, project: ProjectFilter = None
) -> ListOf[ActivitySummaryBody]:
    """Visa aktiviteter i era projekt, eller i ett av dem, i den ordning de börjar.

    Show the activities in your projects, or in one of them, in the order they begin; the agency sees all. Title and
    place are shown to the project's own organisation and to the agency's case officers, controllers and programme
    managers.
    """
    rows, total = await views.list_activities(
        db, actor.scope, page, hidden=await hidden_projects(db, actor), project=project
    )
    details = await asyncio.gather(*(handlers.read_details(row, actor, contents=contents) for row in rows))
    summaries = [activity_summary(row, known) for row, known in zip(rows, details, strict=True)]
    return list_of(summaries, total=total, page=page)


@router.get("/activities/{activity_id}", dependencies=[_READS], summary="Visa aktivitet / Show an activity")
async def read_activity(
    activity_id: ActivityInPath, actor: FollowUpReader, db: Db, contents: Contents, response: Response
) -> ActivityBody:
    """Visa en aktivitet med närvaro i minuter per företag.

    Show an activity with its attendance in minutes per company. Title, place and description are null for those who
    follow up without names.
    """
    row = await views.find_activity(db, activity_id, actor.scope, hidden=await hidden_projects(db, actor))
    set_etag(response, row["stream_version"])
    return activity_body(row, await handlers.read_details(row, actor, contents=contents))
