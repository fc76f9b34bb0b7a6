"""The case desk: notes, reminders, and the one thread between the officer and the project (A27)."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.applications.application.domain.desk import FileNote, SendMessage, SetReminder, TickOffReminder
from services.applications.application.handlers.desk import add_note, add_reminder, finish_reminder, write_message
from services.applications.application.pages import words
from services.applications.application.pages.frame import (
    CASES,
    OWN,
    ApplicationInPath,
    case_of,
    examined_case,
    own_page,
    step_page,
)
from services.applications.application.schemas.desk import MessageBody, NoteBody, ReminderBody
from shared.auth.actor import Actor
from shared.auth.permissions import Applicant, CaseHandler
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import UUID_PATTERN, ApplicationId, new_id
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import Viewed, went_well

router: Final = APIRouter()
ReminderInPath = Annotated[str, Path(pattern=UUID_PATTERN)]

_NOTE: Final = {"kind": "Slag", "text": "Text"}
_REMINDER: Final = {"due_on": "Dag", "text": "Text"}
_MESSAGE: Final = {"text": "Meddelande"}


@router.get("/cases/{application_id}/note")
async def note_page(
    application_id: ApplicationInPath, actor: CaseHandler, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där något antecknas. / The page where something is noted."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    return step_page(view, "note.html", case, typed=Filled({"kind": ["note"]}), kinds=list(words.NOTES.items()))


@router.post("/cases/{application_id}/note")
async def file_note(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseHandler,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Lägg en anteckning till ärendet. / File a note on the case."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        body = read(NoteBody, {"kind": typed.optional("kind"), "text": typed.text("text")})
        command = FileNote(ApplicationId(application_id), actor.scope, new_id(), actor.subject, body.kind)
        return await add_note(command, body.text, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "noted")
    faults, kinds = faults_of(answer, _NOTE), list(words.NOTES.items())
    return step_page(view, "note.html", case, typed=typed, faults=faults, refusal=answer, kinds=kinds)


@router.get("/cases/{application_id}/reminder")
async def reminder_page(
    application_id: ApplicationInPath, actor: CaseHandler, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där en bevakning sätts. / The page where a reminder is set."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    return step_page(view, "reminder.html", case, typed=Filled({"whom": ["me"]}))


@router.post("/cases/{application_id}/reminder")
async def set_reminder(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseHandler,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Bevaka ärendet. / Set a reminder."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        fields = {"due_on": typed.optional("due_on"), "text": typed.text("text")}
        body = read(ReminderBody, {**fields, "for_officer": typed.text("whom") == "officer"})
        command = SetReminder(
            ApplicationId(application_id),
            actor.scope,
            new_id(),
            actor.subject,
            due_on=body.due_on,
            for_officer=body.for_officer,
        )
        return await add_reminder(command, body.text, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "reminded")
    return step_page(view, "reminder.html", case, typed=typed, faults=faults_of(answer, _REMINDER), refusal=answer)


@router.post("/cases/{application_id}/reminders/{reminder_id}/done")
async def tick_off(
    application_id: ApplicationInPath,
    reminder_id: ReminderInPath,
    actor: CaseHandler,
    typed: Typed,
    log: Log,
    context: Context,
) -> Response:
    """Bocka av en bevakning. / Tick off a reminder."""
    command = TickOffReminder(ApplicationId(application_id), actor.scope, reminder_id, actor.subject)
    receipt = await finish_reminder(command, log=log, context=once(context, typed))
    return went_well(f"{CASES}/{application_id}", receipt, "ticked")


@router.get("/cases/{application_id}/message")
async def message_page(
    application_id: ApplicationInPath, actor: CaseHandler, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där ett meddelande skrivs till sökanden. / The page where the agency writes to the applicant."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    return step_page(view, "message.html", case, to="sökanden")


@router.post("/cases/{application_id}/message")
async def write_to_applicant(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseHandler,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Skriv ett meddelande till sökanden. / Write to the applicant."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    answer = await sent(lambda: _written(application_id, actor, typed, log=log, contents=contents, context=context))
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "written")
    faults = faults_of(answer, _MESSAGE)
    return step_page(view, "message.html", case, typed=typed, faults=faults, refusal=answer, to="sökanden")


@router.get("/applications/{application_id}/message")
async def own_message_page(
    application_id: ApplicationInPath, actor: Applicant, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där ett meddelande skrivs till handläggaren. / The page where the applicant writes to the officer."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    return own_page(view, "message.html", case, to="handläggaren")


@router.post("/applications/{application_id}/message")
async def write_to_officer(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: Applicant,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Skriv ett meddelande till handläggaren. / Write to the officer."""
    answer = await sent(lambda: _written(application_id, actor, typed, log=log, contents=contents, context=context))
    if isinstance(answer, Receipt):
        return went_well(f"{OWN}/{application_id}", answer, "written")
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    return own_page(
        view,
        "message.html",
        case,
        refusal=answer,
        typed=typed,
        faults=faults_of(answer, _MESSAGE),
        to="handläggaren",
    )


async def _written(
    application_id: str,
    actor: Actor,
    typed: Filled,
    *,
    log: EventLog,
    contents: ContentStore,
    context: CommandContext,
) -> Receipt:
    body = read(MessageBody, {"text": typed.text("text")})
    command = SendMessage(ApplicationId(application_id), actor.scope, new_id(), actor.subject)
    return await write_message(command, body.text, log=log, contents=contents, context=once(context, typed))
