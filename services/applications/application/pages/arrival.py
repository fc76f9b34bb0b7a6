"""What applicants do with what they have submitted: the receipt, and withdrawing (A14, A15)."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application.domain.replacing import WithdrawApplication
from services.applications.application.handlers.replacing import withdraw_application
from services.applications.application.pages.frame import OWN, ApplicationInPath, case_of, own_page
from services.applications.application.schemas.replacing import WithdrawalBody
from shared.auth.actor import Role
from shared.auth.permissions import Submitter
from shared.eventlog.port import Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Typed, faults_of, once, read, sent
from shared.web.pages import Viewed, went_well

router: Final = APIRouter()


@router.get("/applications/{application_id}/receipt")
async def receipt_page(
    application_id: ApplicationInPath, actor: Submitter, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Kvittot: när ansökan kom in, och vad som händer nu. / The receipt: when it arrived, and what happens next."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    return own_page(view, "receipt.html", case, may_sign=Role.ORG_SIGNATORY in view.caller.roles)


@router.get("/applications/{application_id}/withdrawal")
async def withdrawal_page(
    application_id: ApplicationInPath, actor: Submitter, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där ansökan återkallas. / The page where an application is withdrawn."""
    return own_page(view, "withdrawal.html", await case_of(application_id, actor, db=db, log=log, contents=contents))


@router.post("/applications/{application_id}/withdrawal")
async def withdraw(  # noqa: PLR0913, PLR0917 - what is sent, by whom, and what receives it
    application_id: ApplicationInPath,
    actor: Submitter,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Återkalla ansökan. / Withdraw the application."""

    async def send() -> Receipt:
        body = read(WithdrawalBody, {"reason": typed.text("reason")})
        command = WithdrawApplication(ApplicationId(application_id), actor.scope, actor.subject, body.reason)
        return await withdraw_application(command, log=log, contents=contents, context=once(context, typed))

    receipt = await sent(send)
    if isinstance(receipt, Refusal):
        case = await case_of(application_id, actor, db=db, log=log, contents=contents)
        return own_page(view, "withdrawal.html", case, refusal=receipt, typed=typed, faults=faults_of(receipt))
    return went_well(f"{OWN}/{application_id}", receipt, "withdrawn")
