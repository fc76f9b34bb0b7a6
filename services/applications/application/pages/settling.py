"""A disputed question of conflict of interest, settled for the authority by somebody else (18 §)."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application import handlers
from services.applications.application.domain import SettleConflict
from services.applications.application.domain.refusals import ConflictNotDisputed
from services.applications.application.pages.frame import (
    CASES,
    ApplicationInPath,
    Case,
    case_of,
    disputed_by,
    step_page,
)
from services.applications.application.schemas.handling import SettlementBody
from shared.auth.permissions import DecisionMaker
from shared.eventlog.port import Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import View, Viewed, went_well

router: Final = APIRouter()

_LABELS: Final = {"person": "Vem frågan gäller", "has_conflict": "Avgörande", "reason": "Skäl"}


@router.get("/cases/{application_id}/settlement")
async def settlement_page(
    application_id: ApplicationInPath, actor: DecisionMaker, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där en jävsfråga avgörs. / The page where a question of conflict is settled."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    if not disputed_by(case, actor.subject):
        raise ConflictNotDisputed
    return _page(case, actor.subject, view, Filled())


@router.post("/cases/{application_id}/settlement")
async def settle(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: DecisionMaker,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Avgör en jävsfråga. / Settle a question of conflict."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        answer = {"yes": True, "no": False}.get(typed.text("has_conflict"))
        fields = {"person": typed.optional("person"), "has_conflict": answer, "reason": typed.text("reason")}
        body = read(SettlementBody, fields)
        command = SettleConflict(
            ApplicationId(application_id),
            actor.scope,
            body.person,
            settled_by=actor.subject,
            has_conflict=body.has_conflict,
            reason=body.reason,
        )
        return await handlers.settle_conflict(command, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "settled")
    return _page(case, actor.subject, view, typed, answer)


def _page(case: Case, person: str, view: View, typed: Filled, refusal: Refusal | None = None) -> Response:
    conflicted = set(case.row["conflicted"])
    people = [
        (one, f"{one} ({'jävig' if one in conflicted else 'inte jävig'} nu)") for one in disputed_by(case, person)
    ]
    faults = faults_of(refusal, _LABELS)
    return step_page(view, "settlement.html", case, typed=typed, faults=faults, refusal=refusal, people=people)
