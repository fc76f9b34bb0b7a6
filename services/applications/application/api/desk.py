"""The case desk over HTTP: notes, reminders, messages, and the case log (A20, A27)."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.applications.application import views
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain.desk import FileNote, SendMessage, SetReminder, TickOffReminder
from services.applications.application.handlers.desk import (
    DESK,
    MESSAGES,
    add_note,
    add_reminder,
    finish_reminder,
    id_of,
    read_desk,
    write_message,
)
from services.applications.application.handlers.examined import examined_row
from services.applications.application.schemas.case_log import CaseLogBody, case_log_body
from services.applications.application.schemas.desk import (
    DeskBody,
    MessageBody,
    NoteBody,
    ReminderBody,
    ThreadBody,
    desk_body,
    thread_body,
)
from shared.auth.permissions import CaseHandler, CaseReader, Correspondent
from shared.kernel.ids import UUID_PATTERN, ApplicationId, new_id
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, reads_after
from shared.web.schemas import ReceiptBody

router = APIRouter()

ReminderPath = Annotated[str, Path(pattern=UUID_PATTERN, description="Bevakningens id / the reminder's id")]


@router.post(
    "/applications/{application_id}/notes",
    status_code=201,
    summary="Lägg en anteckning till ärendet / File a note on the case",
    description="Anteckning, samtal eller post, om så önskas med en av ärendets bilagor.\n\nA note, a call or "
    "mail, with one of the case's attachments if you like.",
)
async def file_note(
    application_id: ApplicationPath,
    body: NoteBody,
    actor: CaseHandler,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """File a note (A27)."""
    command = FileNote(ApplicationId(application_id), actor.scope, new_id(), actor.subject, body.kind, body.file)
    receipt = await add_note(command, body.text, log=log, contents=contents, context=context)
    return answer.created(receipt, id_of(receipt.events[0]))


@router.post(
    "/applications/{application_id}/reminders",
    status_code=201,
    summary="Bevaka ärendet / Set a reminder",
    description="För dig själv eller för ärendets handläggare.\n\nFor yourself or for the case's officer.",
)
async def set_reminder(
    application_id: ApplicationPath,
    body: ReminderBody,
    actor: CaseHandler,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Set a reminder (A27)."""
    command = SetReminder(
        ApplicationId(application_id),
        actor.scope,
        new_id(),
        actor.subject,
        due_on=body.due_on,
        for_officer=body.for_officer,
    )
    receipt = await add_reminder(command, body.text, log=log, contents=contents, context=context)
    return answer.created(receipt, id_of(receipt.events[0]))


@router.post(
    "/applications/{application_id}/reminders/{reminder_id}/completions",
    status_code=201,
    summary="Bocka av en bevakning / Tick off a reminder",
    description="Den egna, eller som handläggare och ersättare alla. Anropet har ingen kropp.\n\nOne's own, or as "
    "officer and substitute any. The request has no body.",
)
async def tick_off_reminder(
    application_id: ApplicationPath,
    reminder_id: ReminderPath,
    actor: CaseHandler,
    log: Log,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Tick off a reminder (A27)."""
    command = TickOffReminder(ApplicationId(application_id), actor.scope, reminder_id, actor.subject)
    return answer.recorded(await finish_reminder(command, log=log, context=context), reminder_id)


@router.post(
    "/applications/{application_id}/messages",
    status_code=201,
    summary="Skriv ett meddelande / Write a message",
    description="I den enda tråden mellan handläggaren och projektet.\n\nIn the one thread between the officer and "
    "the project.",
)
async def send_message(
    application_id: ApplicationPath,
    body: MessageBody,
    actor: Correspondent,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Write a message (A27)."""
    command = SendMessage(ApplicationId(application_id), actor.scope, new_id(), actor.subject)
    receipt = await write_message(command, body.text, log=log, contents=contents, context=context)
    return answer.created(receipt, id_of(receipt.events[0]))


@router.get(
    "/applications/{application_id}/desk",
    dependencies=[reads_after("applications")],
    summary="Läs ärendets skrivbord / Read the case's desk",
    description="Anteckningar, bevakningar och meddelanden i tidsordning.\n\nNotes, reminders and messages in the "
    "order of time.",
)
async def read_case_desk(application_id: ApplicationPath, actor: CaseHandler, db: Db, contents: Contents) -> DeskBody:
    """Read the desk (A27)."""
    await examined_row(application_id, actor, db)
    return desk_body(await read_desk(await views.find_case_log(db, application_id), DESK, contents=contents))


@router.get(
    "/applications/{application_id}/messages",
    dependencies=[reads_after("applications")],
    summary="Läs ärendets tråd / Read the thread",
    description="Meddelandena mellan handläggaren och projektet, i tidsordning.\n\nThe messages between the officer "
    "and the project, in the order of time.",
)
async def read_thread(application_id: ApplicationPath, actor: CaseReader, db: Db, contents: Contents) -> ThreadBody:
    """Read the messages (A27)."""
    await examined_row(application_id, actor, db)
    return thread_body(await read_desk(await views.find_case_log(db, application_id), MESSAGES, contents=contents))


@router.get(
    "/applications/{application_id}/log",
    dependencies=[reads_after("applications")],
    summary="Läs ärendets logg / Read the case log",
    description="Varje steg: när, vem och vad. Sökanden ser inte myndighetens interna steg.\n\nEvery step: when, who "
    "and what. The applicant does not see the agency's internal steps.",
)
async def read_log(application_id: ApplicationPath, actor: CaseReader, db: Db) -> CaseLogBody:
    """Read the case log (A20)."""
    row = await examined_row(application_id, actor, db)
    return case_log_body(
        row, await views.find_case_log(db, application_id), for_agency=actor.scope.organisation is None
    )
