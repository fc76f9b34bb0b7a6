"""Decisions that end a case otherwise: written off after a withdrawal, or its grant revoked (A15, A17, A19)."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application import views
from services.applications.application.domain.revoking import RevokeGrant
from services.applications.application.domain.writing_off import WriteOffApplication
from services.applications.application.handlers.delaying import write_off_application
from services.applications.application.handlers.granted import revoke_grant
from services.applications.application.pages.deciding import text_typed
from services.applications.application.pages.frame import (
    CASES,
    ApplicationInPath,
    Case,
    allowed,
    bases_in_force,
    examined_case,
    step_page,
)
from services.applications.application.schemas.delaying import WriteOffBody
from services.applications.application.schemas.granted import RevocationBody
from shared.auth.permissions import DecisionMaker
from shared.eventlog.port import Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.mongo import Database
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import View, Viewed, went_well

router: Final = APIRouter()

_WRITTEN: Final = {"reasons": "Skäl", "presenter": "Föredragande", "others_present": "Övriga som har deltagit"}
_REVOCATION: Final = {"amount_ore": "Belopp som upphävs", "legal_basis": "Bestämmelse", **_WRITTEN}


@router.get("/cases/{application_id}/write-off")
async def write_off_page(
    application_id: ApplicationInPath, actor: DecisionMaker, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där ett återkallat ärende skrivs av. / The page where a withdrawn case is written off."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "write-off", view, log=log, contents=contents)
    return step_page(view, "write_off.html", case)


@router.post("/cases/{application_id}/write-off")
async def write_off(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: DecisionMaker,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Skriv av ärendet. / Write off the case."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        text = read(WriteOffBody, text_typed(typed)).text()
        command = WriteOffApplication(ApplicationId(application_id), actor.scope, actor.subject, text)
        return await write_off_application(command, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "decided")
    return step_page(view, "write_off.html", case, typed=typed, faults=faults_of(answer, _WRITTEN), refusal=answer)


@router.get("/cases/{application_id}/revocation")
async def revocation_page(
    application_id: ApplicationInPath, actor: DecisionMaker, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där ett bifall upphävs. / The page where a grant is revoked."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "revoke", view, log=log, contents=contents)
    return await _revocation(case, view, Filled(), db=db)


@router.post("/cases/{application_id}/revocation")
async def revoke(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: DecisionMaker,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Upphäv bifallet. / Revoke the grant."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        basis = typed.optional("legal_basis")
        fields = {**text_typed(typed), "amount_ore": typed.ore("amount_ore"), "legal_basis": basis}
        body = read(RevocationBody, fields)
        command = RevokeGrant(
            ApplicationId(application_id), actor.scope, actor.subject, body.amount_ore, body.legal_basis, body.text()
        )
        paid_ore = await views.paid_out(db, application_id)
        return await revoke_grant(command, paid_ore=paid_ore, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "decided")
    return await _revocation(case, view, typed, db=db, refusal=answer)


async def _revocation(
    case: Case, view: View, typed: Filled, *, db: Database, refusal: Refusal | None = None
) -> Response:
    return step_page(
        view,
        "revocation.html",
        case,
        typed=typed,
        faults=faults_of(refusal, _REVOCATION),
        refusal=refusal,
        bases=bases_in_force(case.call, view),
        paid_ore=await views.paid_out(db, case.row["_id"]),
    )
