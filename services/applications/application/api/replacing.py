"""What applicants do with what they submitted: replace it or withdraw it (A15)."""

from fastapi import APIRouter

from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain import SubmitApplication
from services.applications.application.domain.replacing import ReplaceApplication, WithdrawApplication
from services.applications.application.handlers import replacing as handlers
from services.applications.application.schemas.bodies import ApplicationBody
from services.applications.application.schemas.replacing import (
    ReplacementReceiptBody,
    WithdrawalBody,
    replacement_receipt,
)
from shared.auth.actor import Role
from shared.auth.permissions import Submitter
from shared.kernel.ids import ApplicationId
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Log
from shared.web.schemas import ReceiptBody

router = APIRouter()


@router.post(
    "/applications/{application_id}/replacements",
    status_code=201,
    summary="Ersätt en inlämnad ansökan / Replace a submitted application",
    description="Till dess att utlysningen stänger. Den senaste versionen gäller och ska skrivas under på nytt.\n\n"
    "Until the call closes. The newest version counts and has to be signed anew.",
)
async def replace_application(
    application_id: ApplicationPath,
    body: ApplicationBody,
    actor: Submitter,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReplacementReceiptBody:
    """Replace an application (A15)."""
    submission = SubmitApplication(
        application=ApplicationId(application_id),
        organisation=actor.tenant,
        submitted_by=actor.subject,
        form=body.form(),
        signed_with_e_id=body.signed_with_e_id,
        by_editor=Role.ORG_EDITOR in actor.roles,
        by_signatory=Role.ORG_SIGNATORY in actor.roles,
    )
    command = ReplaceApplication(actor.scope, submission)
    receipt = await handlers.replace_application(command, body.call, log=log, contents=contents, context=context)
    answer.recorded(receipt, application_id)
    return replacement_receipt(receipt)


@router.post(
    "/applications/{application_id}/withdrawals",
    status_code=201,
    summary="Återkalla ansökan / Withdraw the application",
    description="Så länge ansökan inte är beslutad. Ärendet skrivs sedan av.\n\nAs long as the application is not "
    "decided. The case is then written off.",
)
async def withdraw_application(
    application_id: ApplicationPath,
    body: WithdrawalBody,
    actor: Submitter,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Withdraw an application (A15)."""
    command = WithdrawApplication(ApplicationId(application_id), actor.scope, actor.subject, body.reason)
    receipt = await handlers.withdraw_application(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)
