"""What prepares a decision: read and consolidate assessments, propose a partial grant, confirm its budget."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.applications.application.domain import APPLICATIONS, ScoredCriterion
from services.applications.application.domain.conflicts import examined_by
from services.applications.application.domain.consolidating import (
    ConsolidateAssessments,
    all_done,
    assessments_seen_by,
    consolidate,
)
from services.applications.application.domain.revising import (
    ConfirmRevisedBudget,
    ProposePartialGrant,
    confirm_revised_budget,
    propose_partial_grant,
)
from services.applications.application.handlers.deciding import SCORES
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.keeping import call_of, keep, kept
from shared.contents.port import ContentStore
from shared.contracts.applications import ApplicationAssessed, AssessmentConsolidated
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class ReadAssessment:
    """An assessment with its reasons by criterion; they are missing where the contents were disposed of."""

    fact: ApplicationAssessed | AssessmentConsolidated
    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class ReadAssessments:
    """What one person may see of an application's assessments."""

    assessments: tuple[ReadAssessment, ...]
    consolidated: ReadAssessment | None
    all_done: bool


async def consolidate_assessments(
    command: ConsolidateAssessments, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Consolidate the assessments of an application. Raises what `consolidate` refuses."""
    call = await call_of(command.application, command.scope, log)
    reference = await keep(command.application, SCORES, command.scores, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: consolidate(application, command, call, contents=reference, now=context.now),
        context,
    )


async def propose_grant_in_part(
    command: ProposePartialGrant, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Propose a partial grant. Raises what `propose_partial_grant` refuses."""
    call = await call_of(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, command.reasons, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: propose_partial_grant(application, command, call, contents=reference, now=context.now),
        context,
    )


async def confirm_budget(command: ConfirmRevisedBudget, *, log: EventLog, context: CommandContext) -> Receipt:
    """Confirm a revised budget. Raises what `confirm_revised_budget` refuses."""
    call = await call_of(command.application, command.scope, log)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: confirm_revised_budget(application, command, call, now=context.now),
        context,
    )


async def read_assessments(
    application_id: ApplicationId, scope: TenantScope, person: str, *, log: EventLog, contents: ContentStore
) -> ReadAssessments:
    """Return a person's own assessment until all are done, then every one that counts. Raises NotFound."""
    application = (await log.load(APPLICATIONS.at(application_id))).state
    examined_by(application, scope, person)
    call = await call_of(application_id, scope, log)
    seen = assessments_seen_by(application, person, call)
    read = [await _read(application_id, fact, contents) for fact in seen]
    together = application.consolidated
    return ReadAssessments(
        assessments=tuple(read),
        consolidated=await _read(application_id, together, contents) if together is not None else None,
        all_done=all_done(application, call),
    )


async def _read(
    application_id: ApplicationId, fact: ApplicationAssessed | AssessmentConsolidated, contents: ContentStore
) -> ReadAssessment:
    content = await kept(application_id, fact.contents, contents)
    scores: Sequence[ScoredCriterion] = SCORES.validate_json(content) if content is not None else ()
    return ReadAssessment(fact, {score.criterion: score.reason for score in scores})
