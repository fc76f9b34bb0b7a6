"""Sammanvägning: what the assessors found together, and until then whose assessments may be seen (A16)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.applications.application.domain.assessing import ScoredCriterion
from services.applications.application.domain.conflicts import examined_by, without_conflict
from services.applications.application.domain.deciding import all_assessed
from services.applications.application.domain.findings import error
from services.applications.application.domain.refusals import AlreadyDecided, ArrivedLate
from services.applications.application.domain.refusals.preparing import (
    ConsolidationNotSound,
    OnlyAssessorOrOfficerConsolidates,
)
from services.applications.application.domain.state import Application, Status
from shared.contracts.applications import ApplicationAssessed, AssessmentConsolidated, Score
from shared.contracts.call import CallDefinition, Criterion
from shared.kernel.ids import ApplicationId
from shared.kernel.money import ORE_PER_KRONA, kronor_text
from shared.kernel.refusals import Problem
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class ConsolidateAssessments:
    """Väg samman bedömningarna: a score and a reason for each criterion, and the support that is proposed."""

    application: ApplicationId
    scope: TenantScope
    consolidated_by: str
    conditions_met: bool
    scores: tuple[ScoredCriterion, ...]
    amount_proposed_ore: int


def counting(application: Application) -> tuple[ApplicationAssessed, ...]:
    """Return the assessments that count: those of assessors without a conflict of interest."""
    counted = set(without_conflict(application, application.assessed_by))
    return tuple(each for each in application.assessments if each.assessed_by in counted)


def assessments_seen_by(application: Application, person: str, call: CallDefinition) -> tuple[ApplicationAssessed, ...]:
    """Return what one person may see: its own assessment until all are done, then every one that counts."""
    if all_done(application, call):
        return counting(application)
    return tuple(each for each in counting(application) if each.assessed_by == person)


def all_done(application: Application, call: CallDefinition) -> bool:
    """Tell whether as many as the call says have assessed, without a conflict of interest."""
    return len(counting(application)) >= call.assessment.assessors_min


def weighted_points(scores: tuple[ScoredCriterion, ...], criteria: list[Criterion]) -> int:
    """Return the weighted mean of scores in hundredths of a point, cut: Σ weight·points·100 / Σ weight."""
    weights = {criterion.code: criterion.weight for criterion in criteria}
    return sum(weights[score.criterion] * score.points * 100 for score in scores) // sum(weights.values())


def consolidate(
    application: Application,
    command: ConsolidateAssessments,
    call: CallDefinition,
    *,
    contents: str,
    now: datetime,
) -> list[AssessmentConsolidated]:
    """Consolidate the assessments when all are done; a later one before the decision replaces it (A16).

    Raises NotFound, ConflictNotDeclared, AlreadyDecided, ArrivedLate, OnlyAssessorOrOfficerConsolidates,
    NotReadyForDecision, ConsolidationNotSound.
    """
    submission = examined_by(application, command.scope, command.consolidated_by)
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    if application.late:
        raise ArrivedLate
    person = command.consolidated_by
    if person not in application.assessed_by and not application.handling.sees_to(person, local_date(now)):
        raise OnlyAssessorOrOfficerConsolidates
    all_assessed(application, call)
    problems = (
        *_score_faults(command, counting(application), call),
        *_conclusion_faults(command, counting(application), submission.amount_applied_ore),
    )
    if problems:
        raise ConsolidationNotSound(*problems)
    return [
        AssessmentConsolidated(
            application_id=command.application,
            call=submission.call,
            consolidated_by=command.consolidated_by,
            conditions_met=command.conditions_met,
            scores=[Score(criterion=score.criterion, points=score.points) for score in command.scores],
            points=weighted_points(command.scores, call.assessment.criteria),
            amount_proposed_ore=command.amount_proposed_ore,
            contents=contents,
        )
    ]


def _score_faults(
    command: ConsolidateAssessments, counted: tuple[ApplicationAssessed, ...], call: CallDefinition
) -> Iterator[Problem]:
    """Yield what is wrong with the scores: one each, reasoned, and within what the assessors gave."""
    given: dict[str, list[int]] = {criterion.code: [] for criterion in call.assessment.criteria}
    for score in (score for assessment in counted for score in assessment.scores):
        given[score.criterion].append(score.points)
    scored: set[str] = set()
    for position, one in enumerate(command.scores):
        pointer, points = f"/scores/{position}", given.get(one.criterion)
        if points is None or one.criterion in scored:
            yield error(
                "A16",
                f"{pointer}/criterion",
                "Kriteriet är okänt eller står två gånger.",
                "The criterion is unknown or there twice.",
            )
        elif not min(points) <= one.points <= max(points):
            between = f"{min(points)}–{max(points)}"
            yield error(
                "A16",
                f"{pointer}/points",
                f"Bedömarna har gett {between} poäng; sammanvägningen ligger inom det.",
                f"The assessors gave {between} points; the consolidated score stays within that.",
            )
        if not one.reason.strip():
            yield error("A16", f"{pointer}/reason", "Skäl saknas.", "The reason is missing.")
        scored.add(one.criterion)
    for criterion in call.assessment.criteria:
        if criterion.code not in scored:
            yield error(
                "A16", "/scores", f"Ej sammanvägt: {criterion.text.sv}.", f"Not consolidated: {criterion.text.en}."
            )


def _conclusion_faults(
    command: ConsolidateAssessments, counted: tuple[ApplicationAssessed, ...], applied_ore: int
) -> Iterator[Problem]:
    """Yield what is wrong with the conclusion: conditions as some assessor found them, and an amount that follows."""
    if command.conditions_met not in {assessment.conditions_met for assessment in counted}:
        yield error(
            "A16",
            "/conditions_met",
            "Ingen av bedömarna har funnit detta om villkoren.",
            "None of the assessors found this about the conditions.",
        )
    amount_ore, pointer = command.amount_proposed_ore, "/amount_proposed_ore"
    if not 0 <= amount_ore <= applied_ore:
        yield error(
            "A18",
            pointer,
            f"Högst det sökta stödet {kronor_text(applied_ore)} kan föreslås.",
            f"At most the support applied for, {kronor_text(applied_ore)}, can be proposed.",
        )
    if amount_ore % ORE_PER_KRONA:
        yield error("A18", pointer, "Beloppet ska vara hela kronor.", "The amount must be whole kronor.")
    if amount_ore and not command.conditions_met:
        yield error(
            "A16",
            pointer,
            "Den som inte uppfyller villkoren föreslås inget stöd.",
            "What does not meet the conditions is proposed no support.",
        )
