"""Asking for a completion: which fields of the form, as a question or an order, and until when (20 §)."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application.domain.completing import AskCompletion
from services.applications.application.handlers.completing import request_completion
from services.applications.application.pages.form_words import fields_by_section
from services.applications.application.pages.frame import (
    CASES,
    ApplicationInPath,
    Case,
    allowed,
    examined_case,
    step_page,
)
from services.applications.application.schemas.completing import CompletionRequestBody
from shared.auth.permissions import CaseOfficer
from shared.eventlog.port import Receipt
from shared.kernel.ids import ApplicationId, new_id
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import View, Viewed, went_well

router: Final = APIRouter()

KINDS: Final = (
    ("question", "Fråga: utan svar kan ansökan avgöras som den är"),
    ("order", "Föreläggande: följs det inte kan ansökan avvisas"),
)
_LABELS: Final = {"kind": "Slag", "fields": "Vad som ska kompletteras", "text": "Text", "due_on": "Svar senast"}


@router.get("/cases/{application_id}/completion")
async def completion_page(
    application_id: ApplicationInPath, actor: CaseOfficer, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där komplettering begärs. / The page where a completion is asked for."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "ask-completion", view, log=log, contents=contents)
    return _page(case, view, Filled())


@router.post("/cases/{application_id}/completion")
async def ask(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseOfficer,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Begär komplettering. / Ask for a completion."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        fields = {name: typed.optional(name) for name in ("kind", "due_on")}
        body = read(CompletionRequestBody, {**fields, "fields": typed.all("fields"), "text": typed.text("text")})
        command = AskCompletion(
            application=ApplicationId(application_id),
            scope=actor.scope,
            request_id=new_id(),
            kind=body.kind,
            fields=tuple(body.fields),
            asked_by=actor.subject,
            due_on=body.due_on,
        )
        return await request_completion(command, body.text, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "asked")
    return _page(case, view, typed, answer)


def _page(case: Case, view: View, typed: Filled, refusal: Refusal | None = None) -> Response:
    found = faults_of(refusal, _LABELS)
    # Which of the ticked fields is wrong is told in words: the boxes are one question.
    faults = [replace(fault, field="fields") if fault.field.startswith("fields-") else fault for fault in found]
    return step_page(
        view,
        "completion.html",
        case,
        typed=typed,
        faults=faults,
        refusal=refusal,
        kinds=KINDS,
        sections=fields_by_section(case.call),
    )
