"""Steps of the handling: declare a conflict, register, assign, record a contact."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application import handlers
from services.applications.application.domain import AssignOfficer, DeclareConflict, RecordContact, RegisterCase
from services.applications.application.pages import words
from services.applications.application.pages.case import parties_page
from services.applications.application.pages.frame import (
    CASES,
    ApplicationInPath,
    case_of,
    examined_case,
    step_page,
)
from services.applications.application.schemas.handling import AssignmentBody, ConflictBody, ContactBody
from shared.auth.actor import Role
from shared.auth.permissions import CaseHandler, CaseLeader
from shared.eventlog.port import Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.kernel.time import SWEDISH_TIME
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import Viewed, went_well

router: Final = APIRouter()

_ASSIGNMENT: Final = {
    "officer": "Handläggare",
    "substitute": "Ersättare",
    "substitute_until": "Ersättaren gäller till och med",
}
_CONTACT: Final = {"contacted_at": "När", "channel": "Hur", "words": "Vad som sades"}


@router.post("/cases/{application_id}/conflict")
async def declare(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseHandler,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Ange om du är jävig. / Declare whether you have a conflict of interest."""

    async def do() -> tuple[Receipt, bool]:
        body = read(ConflictBody, {"has_conflict": _yes_or_no(typed, "has_conflict"), "reason": typed.text("reason")})
        command = DeclareConflict(
            ApplicationId(application_id),
            actor.scope,
            actor.subject,
            has_conflict=body.has_conflict,
            reason=body.reason,
            read=typed.text("read"),
        )
        receipt = await handlers.declare_conflict(command, log=log, contents=contents, context=once(context, typed))
        return receipt, body.has_conflict

    answer = await sent(do)
    if not isinstance(answer, Refusal):
        receipt, has_conflict = answer
        # Whoever has a conflict finds no trace of the case any more, so the way leads back to the list.
        if has_conflict:
            return went_well(CASES, receipt, "conflict")
        return went_well(f"{CASES}/{application_id}", receipt, "declared")
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    return await parties_page(case, view, log=log, contents=contents, refusal=answer, typed=typed)


@router.post("/cases/{application_id}/registration")
async def register(
    application_id: ApplicationInPath, actor: CaseLeader, typed: Typed, log: Log, context: Context
) -> Response:
    """Diarieför ärendet. / Register the case."""
    command = RegisterCase(ApplicationId(application_id), actor.scope, registered_by=actor.subject)
    receipt = await handlers.register_case(command, log=log, context=once(context, typed))
    return went_well(f"{CASES}/{application_id}", receipt, "registered")


@router.get("/cases/{application_id}/assignment")
async def assignment_page(
    application_id: ApplicationInPath, actor: CaseLeader, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där handläggare utses. / The page where an officer is assigned."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    row = case.row
    known = {name: [str(row[name])] for name in ("officer", "substitute", "substitute_until") if row[name]}
    if Role.CASE_OFFICER in actor.roles:
        known.setdefault("officer", [actor.subject])  # taking a case oneself is the most common
    return step_page(view, "assignment.html", case, typed=Filled(known))


@router.post("/cases/{application_id}/assignment")
async def assign(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseLeader,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Utse handläggare. / Assign an officer."""

    async def do() -> Receipt:
        optional = {name: typed.optional(name) for name in ("substitute", "substitute_until")}
        body = read(AssignmentBody, {"officer": typed.text("officer"), **optional})
        command = AssignOfficer(
            ApplicationId(application_id),
            actor.scope,
            officer=body.officer,
            assigned_by=actor.subject,
            substitute=body.substitute,
            substitute_until=body.substitute_until,
        )
        return await handlers.assign_officer(command, log=log, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "assigned")
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    faults = faults_of(answer, _ASSIGNMENT)
    return step_page(view, "assignment.html", case, typed=typed, faults=faults, refusal=answer)


@router.get("/cases/{application_id}/contact")
async def contact_page(
    application_id: ApplicationInPath, actor: CaseHandler, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där en kontakt antecknas. / The page where a contact is recorded."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    now = view.now.astimezone(SWEDISH_TIME)
    typed = Filled({"contacted_at": [f"{now:%Y-%m-%dT%H:%M}"]})
    return step_page(view, "contact.html", case, typed=typed, channels=list(words.CHANNELS.items()))


@router.post("/cases/{application_id}/contact")
async def record(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseHandler,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Anteckna en kontakt. / Record a contact."""

    async def do() -> Receipt:
        fields: dict[str, Any] = {
            "contacted_at": typed.moment("contacted_at"),
            "channel": typed.optional("channel"),
            "words": typed.text("words"),
        }
        body = read(ContactBody, fields)
        command = RecordContact(
            ApplicationId(application_id),
            actor.scope,
            recorded_by=actor.subject,
            contacted_at=body.contacted_at,
            channel=body.channel,
        )
        return await handlers.record_contact(
            command, body.words, log=log, contents=contents, context=once(context, typed)
        )

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "contact")
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    if not case.body.examined:
        raise answer
    channels = list(words.CHANNELS.items())
    return step_page(
        view, "contact.html", case, typed=typed, faults=faults_of(answer, _CONTACT), refusal=answer, channels=channels
    )


def _yes_or_no(typed: Filled, name: str) -> bool | None:
    return {"yes": True, "no": False}.get(typed.text(name))
