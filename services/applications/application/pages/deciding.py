"""The decision: grant, reject or dismiss, with the provision that it rests on."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.applications.application import handlers
from services.applications.application.domain import DismissApplication, GrantFunding, RejectApplication
from services.applications.application.pages import words
from services.applications.application.pages.frame import (
    CASES,
    ApplicationInPath,
    Case,
    bases_in_force,
    examined_case,
    in_kronor,
    refusals_of,
    step_page,
)
from services.applications.application.schemas.bodies import DismissalBody, GrantBody, RejectionBody
from shared.auth.actor import Actor
from shared.auth.permissions import DecisionMaker
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Problem, Refusal
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import View, Viewed, went_well
from shared.web.refusals import MalformedInput

router: Final = APIRouter()

_LABELS: Final = {
    "outcome": "Beslut",
    "amount_ore": "Stöd i kronor",
    "legal_basis": "Bestämmelse",
    "reason": "Grund för avvisning",
    "reasons": "Skäl för beslutet",
    "presenter": "Föredragande",
    "others_present": "Övriga som har deltagit",
}


@router.get("/cases/{application_id}/decision")
async def decision_page(
    application_id: ApplicationInPath,
    actor: DecisionMaker,
    db: Db,
    log: Log,
    contents: Contents,
    view: Viewed,
    outcome: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Sidan där ärendet beslutas. / The page where the case is decided."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    typed = Filled({"outcome": [outcome], "amount_ore": [in_kronor(_support_ore(case))]})
    return await _page(case, view, log=log, contents=contents, typed=typed)


@router.post("/cases/{application_id}/decision")
async def decide(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: DecisionMaker,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Besluta. / Decide."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    answer = await sent(lambda: _decided(case, actor, typed, log=log, contents=contents, context=once(context, typed)))
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "decided")
    return await _page(case, view, log=log, contents=contents, typed=typed, refusal=answer)


def _support_ore(case: Case) -> int:
    """Return what is most likely granted: what was proposed to the applicant, else by those who assessed."""
    row = case.row
    if row["proposal"] is not None:
        return row["proposal"]["amount_ore"]
    return row["amount_proposed_ore"] if row["consolidated"] else row["amount_applied_ore"]


async def _page(
    case: Case,
    view: View,
    *,
    log: EventLog,
    contents: ContentStore,
    typed: Filled,
    refusal: Refusal | None = None,
) -> Response:
    refused = await refusals_of(case.row["_id"], ["reject", "dismiss"], view, log=log, contents=contents)
    return step_page(
        view,
        "decision.html",
        case,
        typed=typed,
        faults=faults_of(refusal, _LABELS),
        refusal=refusal,
        outcomes=list(words.OUTCOMES.items()),
        reasons=list(words.REASONS.items()),
        bases=bases_in_force(case.call, view),
        not_in_substance=refused["reject"],
        not_dismissed=refused["dismiss"],
    )


async def _decided(
    case: Case, actor: Actor, typed: Filled, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    application = ApplicationId(case.row["_id"])
    written = text_typed(typed)
    basis = {"legal_basis": typed.text("legal_basis")}
    match typed.text("outcome"):
        case "grant":
            granted = read(GrantBody, {**written, **basis, "amount_ore": typed.ore("amount_ore")})
            grant = GrantFunding(
                application, actor.scope, actor.subject, granted.amount_ore, granted.legal_basis, granted.text()
            )
            return await handlers.grant_funding(grant, log=log, contents=contents, context=context)
        case "rejection":
            rejected = read(RejectionBody, {**written, **basis})
            reject = RejectApplication(application, actor.scope, actor.subject, rejected.legal_basis, rejected.text())
            return await handlers.reject_application(reject, log=log, contents=contents, context=context)
        case "dismissal":
            dismissed = read(DismissalBody, {**written, "reason": typed.optional("reason")})
            dismiss = DismissApplication(application, actor.scope, actor.subject, dismissed.reason, dismissed.text())
            return await handlers.dismiss_application(dismiss, log=log, contents=contents, context=context)
        case _:
            raise MalformedInput(
                Problem("schema.outcome", "/outcome", "Välj bifall, avslag eller avvisning.", "Choose.")
            )


def text_typed(typed: Filled) -> dict[str, Any]:
    """Return what every decision says beside its facts: why, who presented it, who else took part."""
    return {
        "reasons": typed.text("reasons"),
        "presenter": typed.optional("presenter"),
        "others_present": typed.lines("others_present"),
    }
