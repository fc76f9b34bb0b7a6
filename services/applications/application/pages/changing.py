"""Changes of a grant: asked for by the applicant, and decided on by whom the call says (A19)."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application.domain.changing import DecideChange, RequestChange
from services.applications.application.handlers import granted
from services.applications.application.pages import words
from services.applications.application.pages.frame import (
    CASES,
    OWN,
    ApplicationInPath,
    Case,
    allowed,
    case_of,
    examined_case,
    own_page,
    step_page,
)
from services.applications.application.pages.revising import at_category, categories_typed, labels_of
from services.applications.application.schemas.granted import ChangeBody, ChangeDecisionBody
from shared.auth.permissions import CaseExaminer, Submitter
from shared.contents.port import ContentStore
from shared.contracts.call import ChangeDecider
from shared.eventlog.port import EventLog, Receipt
from shared.kernel.ids import ApplicationId, new_id
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Fault, Filled, Typed, faults_of, once, read, sent
from shared.web.pages import View, Viewed, went_well

router: Final = APIRouter()

_DECISION: Final = {"approved": "Beslut", "reasons": "Skäl"}


@router.get("/cases/{application_id}/change")
async def decision_page(
    application_id: ApplicationInPath, actor: CaseExaminer, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där den ändring som väntat längst beslutas. / The page where the oldest open change is decided on."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "decide-change", view, log=log, contents=contents)
    return await _decision_page(case, view, contents=contents)


@router.post("/cases/{application_id}/change")
async def decide(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseExaminer,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Besluta om en ändring. / Decide on a change."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        approved = {"yes": True, "no": False}.get(typed.text("approved"))
        body = read(ChangeDecisionBody, {"approved": approved, "reasons": typed.text("reasons")})
        command = DecideChange(
            application=ApplicationId(application_id),
            scope=actor.scope,
            change_id=typed.text("change"),
            approved=body.approved,
            decided_by=actor.subject,
            as_roles=frozenset(role for role in ChangeDecider if role.value in actor.roles),
            reasons=body.reasons,
        )
        return await granted.decide_on_change(command, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "decided")
    return await _decision_page(case, view, contents=contents, typed=typed, refusal=answer)


async def _decision_page(
    case: Case, view: View, *, contents: ContentStore, typed: Filled | None = None, refusal: Refusal | None = None
) -> Response:
    change = next((one for one in case.row["changes"] if one["approved"] is None), None)
    texts = await granted.read_words(case.row, [change["contents"]] if change is not None else [], contents=contents)
    return step_page(
        view,
        "change_decision.html",
        case,
        typed=typed,
        faults=faults_of(refusal, _DECISION),
        refusal=refusal,
        change=change,
        reasons=next(iter(texts.values()), ""),
    )


@router.get("/applications/{application_id}/change")
async def change_page(
    application_id: ApplicationInPath, actor: Submitter, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där en ändring begärs. / The page where a change is asked for."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "request-change", view, log=log, contents=contents)
    return await _change_page(case, view, log=log, typed=Filled())


@router.post("/applications/{application_id}/change")
async def ask(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: Submitter,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Begär en ändring. / Ask for a change."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    categories = categories_typed(typed, case.call)

    async def do() -> Receipt:
        amounts = [{"category": category, "amount_ore": typed.ore(f"budget-{category}")} for category in categories]
        fields = {name: typed.optional(name) for name in ("kind", "starts_on", "ends_on")}
        other = {"reasons": typed.text("reasons"), "co_funding_ore": typed.ore("co_funding_ore")}
        body = read(ChangeBody, {**fields, **other, "budget": amounts or None})
        command = RequestChange(
            application=ApplicationId(application_id),
            scope=actor.scope,
            change_id=new_id(),
            kind=body.kind,
            requested_by=actor.subject,
            reasons=body.reasons,
            wanted=body.wanted(),
        )
        return await granted.ask_for_change(command, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{OWN}/{application_id}", answer, "wanted")
    labels = {"kind": "Vad som ska ändras", **labels_of(case.call), "reasons": "Skäl"}
    faults = at_category(faults_of(answer, labels), categories)
    return await _change_page(case, view, log=log, typed=typed, refusal=answer, faults=faults)


async def _change_page(
    case: Case,
    view: View,
    *,
    log: EventLog,
    typed: Filled,
    refusal: Refusal | None = None,
    faults: Sequence[Fault] = (),
) -> Response:
    application, scope = ApplicationId(case.row["_id"]), view.caller.scope
    possible = await granted.possible_changes(application, scope, log=log, now=view.now)
    return own_page(
        view,
        "change.html",
        case,
        refusal=refusal,
        typed=typed,
        faults=faults,
        kinds=[(one.kind.value, words.CHANGES[one.kind.value]) for one in possible if one.why_not is None],
        not_now=[(words.CHANGES[one.kind.value], one.why_not) for one in possible if one.why_not is not None],
    )
