"""When a case takes long: the agency tells of it, the applicant asks for a decision, the agency may refuse (A20)."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application.domain.delaying import NotifyDelay, RefuseDecisionRequest, RequestDecision
from services.applications.application.handlers.delaying import ask_for_decision, refuse_to_decide_now, tell_of_delay
from services.applications.application.pages.deciding import text_typed
from services.applications.application.pages.frame import (
    CASES,
    OWN,
    ApplicationInPath,
    allowed,
    case_of,
    examined_case,
    own_page,
    step_page,
)
from services.applications.application.schemas.delaying import (
    DecisionRequestBody,
    DecisionRequestRefusalBody,
    DelayBody,
)
from shared.auth.permissions import Applicant, CaseOfficer, DecisionMaker
from shared.eventlog.port import Receipt
from shared.kernel.ids import ApplicationId
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Typed, faults_of, once, read, sent
from shared.web.pages import Viewed, went_well

router: Final = APIRouter()

_DELAY: Final = {"reasons": "Skäl"}
_REQUEST: Final = {"text": "Begäran"}
_REFUSAL: Final = {"reasons": "Skäl", "presenter": "Föredragande", "others_present": "Övriga som har deltagit"}


@router.get("/cases/{application_id}/delay")
async def delay_page(
    application_id: ApplicationInPath, actor: CaseOfficer, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där sökanden underrättas om en försening. / The page where the applicant is told of a delay."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "notify-delay", view, log=log, contents=contents)
    return step_page(view, "delay.html", case)


@router.post("/cases/{application_id}/delay")
async def notify(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseOfficer,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Underrätta om en försening. / Tell of a delay."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        body = read(DelayBody, {"reasons": typed.text("reasons")})
        command = NotifyDelay(ApplicationId(application_id), actor.scope, notified_by=actor.subject)
        return await tell_of_delay(command, body.reasons, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "told")
    return step_page(view, "delay.html", case, typed=typed, faults=faults_of(answer, _DELAY), refusal=answer)


@router.get("/applications/{application_id}/decision-request")
async def request_page(
    application_id: ApplicationInPath, actor: Applicant, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där sökanden begär att ärendet avgörs. / The page where the applicant asks for a decision."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "request-decision", view, log=log, contents=contents)
    return own_page(view, "decision_request.html", case)


@router.post("/applications/{application_id}/decision-request")
async def request(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: Applicant,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Begär att ärendet avgörs. / Ask for a decision."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        body = read(DecisionRequestBody, {"text": typed.text("text")})
        command = RequestDecision(ApplicationId(application_id), actor.scope, requested_by=actor.subject)
        return await ask_for_decision(command, body.text, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{OWN}/{application_id}", answer, "requested")
    faults = faults_of(answer, _REQUEST)
    return own_page(view, "decision_request.html", case, typed=typed, faults=faults, refusal=answer)


@router.get("/cases/{application_id}/decision-request")
async def refusal_page(
    application_id: ApplicationInPath, actor: DecisionMaker, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där en begäran om avgörande avslås. / The page where a request for a decision is refused."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "refuse-decision-request", view, log=log, contents=contents)
    return step_page(view, "decision_request_refusal.html", case)


@router.post("/cases/{application_id}/decision-request")
async def refuse(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: DecisionMaker,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Avslå begäran om avgörande. / Refuse the request for a decision."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        text = read(DecisionRequestRefusalBody, text_typed(typed)).text()
        command = RefuseDecisionRequest(ApplicationId(application_id), actor.scope, decided_by=actor.subject)
        return await refuse_to_decide_now(command, text, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "decided")
    faults = faults_of(answer, _REFUSAL)
    return step_page(view, "decision_request_refusal.html", case, typed=typed, faults=faults, refusal=answer)
