"""The assessment: every criterion of the call with its scale, and why."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application import handlers
from services.applications.application.domain import AssessApplication, ScoredCriterion
from services.applications.application.domain.findings import error
from services.applications.application.pages.frame import (
    CASES,
    ApplicationInPath,
    Case,
    allowed,
    examined_case,
    step_page,
)
from services.applications.application.schemas.bodies import AssessmentBody
from shared.auth.permissions import CaseOfficer
from shared.eventlog.port import Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Problem
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import Viewed, went_well

router: Final = APIRouter()


@router.get("/cases/{application_id}/assessment")
async def assessment_page(
    application_id: ApplicationInPath, actor: CaseOfficer, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där ansökan bedöms. / The page where the application is assessed."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "assess", view, log=log, contents=contents)
    return step_page(view, "assessment.html", case)


@router.post("/cases/{application_id}/assessment")
async def assess(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseOfficer,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Bedöm ansökan. / Assess the application."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        body = read(AssessmentBody, scores_typed(typed, case), *without_reason(typed, case))
        command = AssessApplication(
            application=ApplicationId(application_id),
            scope=actor.scope,
            assessed_by=actor.subject,
            conditions_met=body.conditions_met,
            scores=tuple(ScoredCriterion(score.criterion, score.points, score.reason) for score in body.scores),
            read=typed.text("read"),
        )
        return await handlers.assess_application(command, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "assessed")
    faults = faults_of(answer, {**labels_of(case), "conditions_met": "Sammantaget"})
    return step_page(view, "assessment.html", case, typed=typed, faults=faults, refusal=answer)


def labels_of(case: Case) -> dict[str, str]:
    """Return what the fields of every criterion are called, in the order in which they stand on the page."""
    labels: dict[str, str] = {}
    for position in range(len(case.call.assessment.criteria)):
        labels[f"scores-{position}-points"] = f"Kriterium {position + 1}, poäng"
        labels[f"scores-{position}-reason"] = f"Kriterium {position + 1}, skäl"
    return labels


def without_reason(typed: Filled, case: Case) -> Iterator[Problem]:
    """Find what the rules find in an assessment only once every criterion has its points (A16)."""
    for position in range(len(case.call.assessment.criteria)):
        if not typed.text(f"scores-{position}-reason"):
            yield error("A16", f"/scores/{position}/reason", "Skäl saknas.", "The reason is missing.")


def scores_typed(typed: Filled, case: Case) -> dict[str, Any]:
    """Return the fields of an assessment, one score for each criterion of the call."""
    scores: list[dict[str, Any]] = []
    for position, criterion in enumerate(case.call.assessment.criteria):
        points = typed.whole(f"scores-{position}-points")
        score = {"criterion": criterion.code, "reason": typed.text(f"scores-{position}-reason")}
        scores.append(score if points is None else {**score, "points": points})
    return {"conditions_met": {"yes": True, "no": False}.get(typed.text("conditions_met")), "scores": scores}
