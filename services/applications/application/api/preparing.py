"""What prepares a decision: assessments together, a partial grant that is proposed, and the budget confirmed for it."""

from fastapi import APIRouter

from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain import ScoredCriterion
from services.applications.application.domain.consolidating import ConsolidateAssessments
from services.applications.application.domain.revising import ConfirmRevisedBudget, ProposePartialGrant
from services.applications.application.handlers import granted, preparing
from services.applications.application.handlers.examined import examined_row
from services.applications.application.schemas.bodies import RevisedBudgetBody
from services.applications.application.schemas.preparing import (
    AssessmentsBody,
    ConsolidationBody,
    PartialGrantBody,
    ProposalBody,
    assessments_body,
    proposal_body,
)
from shared.auth.permissions import CaseExaminer, CaseOfficer, CaseReader, Signatory
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import NotFound
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, reads_after
from shared.web.schemas import ReceiptBody

router = APIRouter()


@router.get(
    "/applications/{application_id}/assessments",
    summary="Läs bedömningarna / Read the assessments",
    description="Din egen bedömning tills alla är klara, sedan alla med poäng och skäl, och sammanvägningen.\n\nYour "
    "own assessment until all are done, then all of them with points and reasons, and the consolidated one.",
)
async def read_assessments(
    application_id: ApplicationPath, actor: CaseExaminer, log: Log, contents: Contents
) -> AssessmentsBody:
    """Read the assessments (A16)."""
    read = await preparing.read_assessments(
        ApplicationId(application_id), actor.scope, actor.subject, log=log, contents=contents
    )
    return assessments_body(read)


@router.post(
    "/applications/{application_id}/consolidations",
    status_code=201,
    summary="Väg samman bedömningarna / Consolidate the assessments",
    description="Görs av en bedömare eller handläggaren när alla bedömningar är klara. Varje poäng ligger inom det "
    "som bedömarna gett.\n\nDone by an assessor or the officer when all assessments are done. Each score stays within "
    "what the assessors gave.",
)
async def consolidate_assessments(
    application_id: ApplicationPath,
    body: ConsolidationBody,
    actor: CaseOfficer,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Consolidate the assessments (A16)."""
    command = ConsolidateAssessments(
        application=ApplicationId(application_id),
        scope=actor.scope,
        consolidated_by=actor.subject,
        conditions_met=body.conditions_met,
        scores=tuple(ScoredCriterion(score.criterion, score.points, score.reason) for score in body.scores),
        amount_proposed_ore=body.amount_proposed_ore,
    )
    receipt = await preparing.consolidate_assessments(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/proposals",
    status_code=201,
    summary="Föreslå bifall i del / Propose a partial grant",
    description="Sökanden får bekräfta en reviderad budget för det lägre stödet före beslutet.\n\nThe applicant is "
    "asked to confirm a revised budget for the lower support before the decision.",
)
async def propose_partial_grant(
    application_id: ApplicationPath,
    body: PartialGrantBody,
    actor: CaseOfficer,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Propose a partial grant (A18)."""
    command = ProposePartialGrant(
        application=ApplicationId(application_id),
        scope=actor.scope,
        proposed_by=actor.subject,
        amount_ore=body.amount_ore,
        reasons=body.reasons,
        due_on=body.due_on,
    )
    receipt = await preparing.propose_grant_in_part(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.get(
    "/applications/{application_id}/proposals",
    dependencies=[reads_after("applications")],
    summary="Läs förslaget om bifall i del / Read the proposed partial grant",
    description="Det senaste förslaget med skäl och sista dag för svar.\n\nThe newest proposal with its reasons and "
    "the last day to answer.",
)
async def read_proposal(application_id: ApplicationPath, actor: CaseReader, db: Db, contents: Contents) -> ProposalBody:
    """Read the proposed partial grant (A18)."""
    row = await examined_row(application_id, actor, db)
    proposal = row["proposal"]
    if proposal is None:
        raise NotFound
    texts = await granted.read_words(row, [proposal["contents"]], contents=contents)
    return proposal_body(proposal, texts.get(proposal["contents"]))


@router.post(
    "/applications/{application_id}/revised-budgets",
    status_code=201,
    summary="Bekräfta en reviderad budget / Confirm a revised budget",
    description="Görs av en behörig företrädare för det stöd som är föreslaget. Budgeten följer utlysningens regler "
    "och blir inte högre.\n\nDone by an authorised representative for the support that is proposed. The budget meets "
    "the rules of the call and does not rise.",
)
async def confirm_revised_budget(
    application_id: ApplicationPath,
    body: RevisedBudgetBody,
    actor: Signatory,
    log: Log,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Confirm a revised budget (A18)."""
    command = ConfirmRevisedBudget(ApplicationId(application_id), actor.scope, actor.subject, body.revised())
    receipt = await preparing.confirm_budget(command, log=log, context=context)
    return answer.recorded(receipt, application_id)
