"""Bedömning: each assessor scores every criterion of the call, with a reason (A16)."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.applications.application.domain.conflicts import examined_by
from services.applications.application.domain.findings import error
from services.applications.application.domain.refusals import (
    AlreadyAssessedBySame,
    AlreadyDecided,
    ArrivedLate,
    AssessmentNotComplete,
)
from services.applications.application.domain.refusals.completing import FormChangedMeanwhile
from services.applications.application.domain.refusals.preparing import AlreadyConsolidated
from services.applications.application.domain.state import Application, Status
from shared.contracts.applications import ApplicationAssessed, Score
from shared.contracts.call import CallDefinition
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Problem
from shared.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class ScoredCriterion:
    """Points on one criterion, and why."""

    criterion: str
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class AssessApplication:
    """Bedöm en ansökan. `read` refers to the contents that were read; empty when the caller does not say."""

    application: ApplicationId
    scope: TenantScope
    assessed_by: str
    conditions_met: bool
    scores: tuple[ScoredCriterion, ...]
    read: str = ""


def assess(
    application: Application, command: AssessApplication, call: CallDefinition, *, contents: str
) -> list[ApplicationAssessed]:
    """Record one assessor's scores; `call` is the version the application is pinned to.

    `contents` refers to the reasons.

    Raises NotFound, ConflictNotDeclared, AlreadyDecided, ArrivedLate, AlreadyConsolidated, AlreadyAssessedBySame,
    FormChangedMeanwhile, AssessmentNotComplete.
    """
    version = examined_by(application, command.scope, command.assessed_by)
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    if application.late:
        raise ArrivedLate
    if application.consolidated is not None and len(application.assessed_by) >= call.assessment.assessors_min:
        raise AlreadyConsolidated
    if command.assessed_by in application.assessed_by:
        raise AlreadyAssessedBySame
    if command.read and command.read != version.contents:
        raise FormChangedMeanwhile
    problems = tuple(_faults(command, call))
    if problems:
        raise AssessmentNotComplete(*problems)
    return [
        ApplicationAssessed(
            application_id=command.application,
            assessed_by=command.assessed_by,
            conditions_met=command.conditions_met,
            scores=[Score(criterion=score.criterion, points=score.points) for score in command.scores],
            contents=contents,
        )
    ]


def _faults(command: AssessApplication, call: CallDefinition) -> Iterator[Problem]:
    criteria = {criterion.code: criterion for criterion in call.assessment.criteria}
    scored: set[str] = set()
    for position, score in enumerate(command.scores):
        pointer, criterion = f"/scores/{position}", criteria.get(score.criterion)
        if criterion is None:
            yield error("A16", f"{pointer}/criterion", "Kriteriet är okänt.", "The criterion is unknown.")
        elif score.criterion in scored:
            yield error(
                "A16", f"{pointer}/criterion", "Kriteriet är bedömt två gånger.", "The criterion is there twice."
            )
        elif not criterion.score_min <= score.points <= criterion.score_max:
            scale = f"{criterion.score_min}–{criterion.score_max}"
            yield error("A16", f"{pointer}/points", f"Skalan är {scale}.", f"The scale is {scale}.")
        if not score.reason.strip():
            yield error("A16", f"{pointer}/reason", "Skäl saknas.", "The reason is missing.")
        scored.add(score.criterion)
    for code, criterion in criteria.items():
        if code not in scored:
            yield error("A16", "/scores", f"Ej bedömt: {criterion.text.sv}.", f"Not assessed: {criterion.text.en}.")
