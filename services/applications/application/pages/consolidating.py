"""The consolidated assessment: what the assessors found side by side, and what follows from it together (A16)."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application.domain import ScoredCriterion
from services.applications.application.domain.consolidating import ConsolidateAssessments
from services.applications.application.handlers import preparing
from services.applications.application.handlers.preparing import ReadAssessment
from services.applications.application.pages.assessing import labels_of, scores_typed, without_reason
from services.applications.application.pages.frame import (
    CASES,
    ApplicationInPath,
    Case,
    allowed,
    examined_case,
    in_kronor,
    step_page,
)
from services.applications.application.schemas.preparing import ConsolidationBody
from shared.auth.actor import Actor
from shared.auth.permissions import CaseOfficer
from shared.contents.port import ContentStore
from shared.eventlog.port import EventLog, Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import View, Viewed, went_well

router: Final = APIRouter()


@router.get("/cases/{application_id}/consolidation")
async def consolidation_page(
    application_id: ApplicationInPath, actor: CaseOfficer, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där bedömningarna vägs samman. / The page where the assessments are consolidated."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "consolidate", view, log=log, contents=contents)
    return await _page(case, actor, view, log=log, contents=contents)


@router.post("/cases/{application_id}/consolidation")
async def consolidate(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseOfficer,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Väg samman bedömningarna. / Consolidate the assessments."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        fields = {**scores_typed(typed, case), "amount_proposed_ore": typed.ore("amount_proposed_ore")}
        body = read(ConsolidationBody, fields, *without_reason(typed, case))
        command = ConsolidateAssessments(
            application=ApplicationId(application_id),
            scope=actor.scope,
            consolidated_by=actor.subject,
            conditions_met=body.conditions_met,
            scores=tuple(ScoredCriterion(score.criterion, score.points, score.reason) for score in body.scores),
            amount_proposed_ore=body.amount_proposed_ore,
        )
        return await preparing.consolidate_assessments(
            command, log=log, contents=contents, context=once(context, typed)
        )

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "consolidated")
    return await _page(case, actor, view, log=log, contents=contents, typed=typed, refusal=answer)


async def _page(
    case: Case,
    actor: Actor,
    view: View,
    *,
    log: EventLog,
    contents: ContentStore,
    typed: Filled | None = None,
    refusal: Refusal | None = None,
) -> Response:
    """Return the page. Before somebody has written in it, it proposes what was found before, or by all alike."""
    found = await preparing.read_assessments(
        ApplicationId(case.row["_id"]), actor.scope, actor.subject, log=log, contents=contents
    )
    return step_page(
        view,
        "consolidation.html",
        case,
        typed=typed or _proposed(case, found.assessments, found.consolidated),
        faults=faults_of(refusal, _labels(case)),
        refusal=refusal,
        assessments=[(one, {score.criterion: score.points for score in one.fact.scores}) for one in found.assessments],
    )


def _labels(case: Case) -> dict[str, str]:
    return {**labels_of(case), "conditions_met": "Villkoren", "amount_proposed_ore": "Föreslaget stöd"}


def _proposed(case: Case, assessments: tuple[ReadAssessment, ...], before: ReadAssessment | None) -> Filled:
    """Return what the form begins with: what all agree on, or the consolidation that this one replaces."""
    agreeing = (before,) if before is not None else assessments
    fields: dict[str, list[str]] = {}
    for position, criterion in enumerate(case.call.assessment.criteria):
        points = {score.points for one in agreeing for score in one.fact.scores if score.criterion == criterion.code}
        if len(points) == 1:
            fields[f"scores-{position}-points"] = [str(*points)]
        if before is not None:
            fields[f"scores-{position}-reason"] = [before.reasons.get(criterion.code, "")]
    met = {one.fact.conditions_met for one in agreeing}
    if len(met) == 1:
        fields["conditions_met"] = ["yes" if met.pop() else "no"]
    amount_ore = case.row["amount_proposed_ore"] if case.row["consolidated"] else case.row["amount_applied_ore"]
    return Filled({**fields, "amount_proposed_ore": [in_kronor(amount_ore)]})
