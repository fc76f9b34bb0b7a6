"""Delay, requests for a decision, and the end of a withdrawn case (11–12 §§ förvaltningslagen)."""

from fastapi import APIRouter

from services.applications.application import views
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain.delaying import NotifyDelay, RefuseDecisionRequest, RequestDecision
from services.applications.application.domain.writing_off import WriteOffApplication
from services.applications.application.handlers.delaying import (
    ask_for_decision,
    read_notices,
    refuse_to_decide_now,
    tell_of_delay,
    write_off_application,
)
from services.applications.application.handlers.examined import examined_row
from services.applications.application.schemas.delaying import (
    DecisionRequestBody,
    DecisionRequestRefusalBody,
    DelayBody,
    NoticesBody,
    WriteOffBody,
    notices_body,
)
from shared.auth.permissions import Applicant, CaseOfficer, CaseReader, DecisionMaker
from shared.kernel.ids import ApplicationId
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, reads_after
from shared.web.schemas import ReceiptBody

router = APIRouter()


@router.post(
    "/applications/{application_id}/delay-notices",
    status_code=201,
    summary="Underrätta om en försening / Notify of a delay",
    description="När avgörandet blir väsentligt försenat, med skäl.\n\nWhen the decision will be materially delayed, "
    "with reasons.",
)
async def notify_delay(
    application_id: ApplicationPath,
    body: DelayBody,
    actor: CaseOfficer,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Notify of a delay (A20, 11 §)."""
    command = NotifyDelay(ApplicationId(application_id), actor.scope, notified_by=actor.subject)
    receipt = await tell_of_delay(command, body.reasons, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/decision-requests",
    status_code=201,
    summary="Begär att ärendet avgörs / Ask for a decision",
    description="En enskild part får göra det en gång, skriftligen, när ärendet har tagit längre tid än utlysningen "
    "anger.\n\nA private party may do so once, in writing, when the case has taken longer than the call says.",
)
async def request_decision(
    application_id: ApplicationPath,
    body: DecisionRequestBody,
    actor: Applicant,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Ask for a decision (A20, 12 §)."""
    command = RequestDecision(ApplicationId(application_id), actor.scope, requested_by=actor.subject)
    receipt = await ask_for_decision(command, body.text, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/decision-request-refusals",
    status_code=201,
    summary="Avslå en begäran om avgörande / Refuse a request for a decision",
    description="I ett särskilt beslut, med skäl, inom den tid som utlysningen anger.\n\nIn a separate decision, with "
    "reasons, within the time that the call says.",
)
async def refuse_decision_request(
    application_id: ApplicationPath,
    body: DecisionRequestRefusalBody,
    actor: DecisionMaker,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Refuse a request for a decision (A20, 12 §)."""
    command = RefuseDecisionRequest(ApplicationId(application_id), actor.scope, decided_by=actor.subject)
    receipt = await refuse_to_decide_now(command, body.text(), log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/write-offs",
    status_code=201,
    summary="Skriv av ärendet / Write off the case",
    description="När sökanden har återkallat ansökan.\n\nWhen the applicant has withdrawn the application.",
)
async def write_off(
    application_id: ApplicationPath,
    body: WriteOffBody,
    actor: DecisionMaker,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Write off a withdrawn case (A15)."""
    command = WriteOffApplication(ApplicationId(application_id), actor.scope, actor.subject, body.text())
    receipt = await write_off_application(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.get(
    "/applications/{application_id}/notices",
    dependencies=[reads_after("applications")],
    summary="Läs vad som sagts om tiden / Read what was said of the time it takes",
    description="Underrättelser om försening, begäran om avgörande och svaret på den.\n\nNotices of delay, the request "
    "for a decision and its answer.",
)
async def read_case_notices(
    application_id: ApplicationPath, actor: CaseReader, db: Db, contents: Contents
) -> NoticesBody:
    """Read the notices (A20, 11–12 §§)."""
    await examined_row(application_id, actor, db)
    return notices_body(await read_notices(await views.find_case_log(db, application_id), contents=contents))
