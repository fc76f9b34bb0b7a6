"""What the agency does: assess, grant, reject and dismiss."""

from fastapi import APIRouter

from services.applications.application import handlers
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain import (
    AssessApplication,
    DismissApplication,
    GrantFunding,
    RejectApplication,
    ScoredCriterion,
)
from services.applications.application.schemas.bodies import AssessmentBody, DismissalBody, GrantBody, RejectionBody
from shared.auth.permissions import CaseOfficer, DecisionMaker
from shared.kernel.ids import ApplicationId
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Log
from shared.web.schemas import ReceiptBody

router = APIRouter()


@router.post(
    "/applications/{application_id}/assessments",
    status_code=201,
    summary="Bedöm ansökan / Assess the application",
    description="Poäng och skäl för varje kriterium i utlysningen. Den som bedömer beslutar inte.\n\nPoints and a "
    "reason for each criterion of the call. Whoever assesses does not decide.",
)
async def assess_application(
    application_id: ApplicationPath,
    body: AssessmentBody,
    actor: CaseOfficer,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Assess an application (A16)."""
    command = AssessApplication(
        application=ApplicationId(application_id),
        scope=actor.scope,
        assessed_by=actor.subject,
        conditions_met=body.conditions_met,
        scores=tuple(ScoredCriterion(score.criterion, score.points, score.reason) for score in body.scores),
    )
    receipt = await handlers.assess_application(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/grants",
    status_code=201,
    summary="Bevilja stöd / Grant support",
    description="Helt eller delvis. Summan av alla beslut ryms alltid i utlysningens ram.\n\nWholly or partly. The sum "
    "of all decisions always stays within the ceiling of the call.",
)
async def grant_funding(
    application_id: ApplicationPath,
    body: GrantBody,
    actor: DecisionMaker,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Grant support (A16–A18)."""
    command = GrantFunding(
        application=ApplicationId(application_id),
        scope=actor.scope,
        decided_by=actor.subject,
        amount_ore=body.amount_ore,
        legal_basis=body.legal_basis,
        text=body.text(),
    )
    receipt = await handlers.grant_funding(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/rejections",
    status_code=201,
    summary="Avslå ansökan / Reject the application",
    description="Avslag efter prövning i sak, med skäl.\n\nA rejection in substance, with reasons.",
)
async def reject_application(
    application_id: ApplicationPath,
    body: RejectionBody,
    actor: DecisionMaker,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Reject an application (A16, A18)."""
    command = RejectApplication(
        application=ApplicationId(application_id),
        scope=actor.scope,
        decided_by=actor.subject,
        legal_basis=body.legal_basis,
        text=body.text(),
    )
    receipt = await handlers.reject_application(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/dismissals",
    status_code=201,
    summary="Avvisa ansökan / Dismiss the application",
    description="Avvisning utan prövning i sak, till exempel för att ansökan kom in för sent.\n\nA dismissal without "
    "examination in substance, for example because the application arrived late.",
)
async def dismiss_application(
    application_id: ApplicationPath,
    body: DismissalBody,
    actor: DecisionMaker,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Dismiss an application (A1)."""
    command = DismissApplication(
        application=ApplicationId(application_id),
        scope=actor.scope,
        decided_by=actor.subject,
        reason=body.reason,
        text=body.text(),
    )
    receipt = await handlers.dismiss_application(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)
