"""Completion over HTTP: ask, answer, and read what was changed (20 § förvaltningslagen)."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain.completing import AnswerCompletion, AskCompletion
from services.applications.application.handlers.completing import (
    complete_application,
    read_completion,
    request_completion,
)
from services.applications.application.handlers.examined import examined_row
from services.applications.application.schemas.completing import (
    CompletionAnswerBody,
    CompletionAnsweredBody,
    CompletionBody,
    CompletionReceiptBody,
    CompletionRequestBody,
    answer_receipt,
    completion_body,
    completion_receipt,
)
from shared.auth.permissions import Applicant, CaseOfficer, CaseReader
from shared.kernel.ids import UUID_PATTERN, ApplicationId, new_id
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, reads_after

router = APIRouter()

RequestPath = Annotated[str, Path(pattern=UUID_PATTERN, description="Begärans id / the request's id")]


@router.post(
    "/applications/{application_id}/completion-requests",
    status_code=201,
    summary="Begär komplettering / Ask for a completion",
    description="En fråga eller ett föreläggande om fält i formuläret, med sista dag. Svaret säger vad som händer om "
    "ingen svarar.\n\nA question or an order about fields of the form, with a last day. The answer says what follows "
    "when nobody answers.",
)
async def ask_completion(
    application_id: ApplicationPath,
    body: CompletionRequestBody,
    actor: CaseOfficer,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> CompletionReceiptBody:
    """Ask for a completion (A20)."""
    command = AskCompletion(
        application=ApplicationId(application_id),
        scope=actor.scope,
        request_id=new_id(),
        kind=body.kind,
        fields=tuple(body.fields),
        asked_by=actor.subject,
        due_on=body.due_on,
    )
    receipt = await request_completion(command, body.text, log=log, contents=contents, context=context)
    asked = completion_receipt(receipt)
    answer.created(receipt, asked.id)
    return asked


@router.post(
    "/applications/{application_id}/completion-requests/{request_id}/answers",
    status_code=201,
    summary="Komplettera ansökan / Complete the application",
    description="Hela formuläret på nytt. Bara det som begärts får ändras; allt annat räknas upp som fel.\n\nThe whole "
    "form anew. Only what was asked for may change; everything else is listed as a fault.",
)
async def answer_completion(  # noqa: PLR0913, PLR0917 - two things in its address
    application_id: ApplicationPath,
    request_id: RequestPath,
    body: CompletionAnswerBody,
    actor: Applicant,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> CompletionAnsweredBody:
    """Answer a completion (A20)."""
    command = AnswerCompletion(
        application=ApplicationId(application_id),
        scope=actor.scope,
        request_id=request_id,
        answered_by=actor.subject,
        form=body.form(),
    )
    receipt = await complete_application(command, log=log, contents=contents, context=context)
    answer.recorded(receipt, application_id)
    return answer_receipt(receipt)


@router.get(
    "/applications/{application_id}/completion-requests/{request_id}",
    dependencies=[reads_after("applications")],
    summary="Läs en komplettering / Read a completion",
    description="Frågan, svaret och varje ändring: var, före och efter.\n\nThe question, the answer and every change: "
    "where, before and after.",
)
async def read_request(
    application_id: ApplicationPath, request_id: RequestPath, actor: CaseReader, db: Db, contents: Contents
) -> CompletionBody:
    """Read a completion."""
    row = await examined_row(application_id, actor, db)
    return completion_body(await read_completion(row, request_id, contents=contents))
