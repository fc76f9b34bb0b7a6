"""What those who prepare decisions send and read: consolidated assessments, the money line, partial grants."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.applications.application.handlers.preparing import ReadAssessment, ReadAssessments
from services.applications.application.handlers.prioritising import MoneyLine
from services.applications.application.projections import CaseStatus, ProposalRow
from services.applications.application.schemas.bodies import AmountOre, AssessmentBody, Day
from services.applications.application.schemas.handling import Said
from shared.contracts.applications import ApplicationAssessed
from shared.kernel.ids import UUID_PATTERN
from shared.web.schemas import Answer, Body


class ConsolidationBody(AssessmentBody):
    """Sammanvägning / a consolidated assessment: every criterion of the call, and the support that is proposed."""

    amount_proposed_ore: AmountOre


class PartialGrantBody(Body):
    """Förslag om bifall i del / a proposed partial grant. Without `due_on` the call's days hold."""

    amount_ore: AmountOre
    reasons: Said
    due_on: Day | None = None


class PriorityOrderBody(Body):
    """Prioriteringsordning / the order of a call's applications, the best first."""

    order: Annotated[list[Annotated[str, Field(pattern=UUID_PATTERN)]], Field(min_length=1, max_length=2_000)]
    reasons: Said


class ReasonedScoreBody(Answer):
    """Poäng på ett kriterium / points on one criterion; the reason is null where it was disposed of."""

    criterion: str
    points: int
    reason: str | None


class AssessmentReadBody(Answer):
    """En bedömning / an assessment."""

    assessed_by: str
    conditions_met: bool
    scores: list[ReasonedScoreBody]


class ConsolidatedReadBody(AssessmentReadBody):
    """Sammanvägningen / the consolidated assessment."""

    points: int = Field(description="Viktat medelvärde i hundradels poäng / weighted mean in hundredths of a point")
    amount_proposed_ore: int


class AssessmentsBody(Answer):
    """Bedömningar / assessments: one's own until all are done, then all (A16)."""

    all_done: bool = Field(description="Alla bedömningar som utlysningen kräver är gjorda / all that the call wants")
    assessments: list[AssessmentReadBody]
    consolidated: ConsolidatedReadBody | None


class ProposalBody(Answer):
    """Förslag om bifall i del / a proposed partial grant, with its reasons; null where they were disposed of."""

    amount_ore: int
    due_on: date
    confirmed: bool
    reasons: str | None


class PlaceBody(Answer):
    """En ansökans plats / the place of an application. Of a decided one only the granted amount is told."""

    application: str
    case_number: str | None
    status: CaseStatus
    points: int | None = Field(description="Hundradels poäng, null före sammanvägning / null until consolidated")
    amount_ore: int = Field(description="Föreslaget eller beviljat stöd / proposed or granted support")
    accumulated_ore: int | None
    fits: bool | None = Field(description="Ryms i det som är kvar av ramen / fits into what is left of the ceiling")


class MoneyLineBody(Answer):
    """Prioriteringsordning och medelsgräns / the priority order and where the money ends (A17)."""

    call: str
    ceiling_ore: int
    granted_ore: int
    free_ore: int
    complete: bool = Field(
        description="Du får läsa alla ansökningar som inte är beslutade / you may read every undecided application"
    )
    set_by: str | None
    set_at: datetime | None
    reasons: str | None
    places: list[PlaceBody]


def assessments_body(read: ReadAssessments) -> AssessmentsBody:
    """Return what one person may see of an application's assessments."""
    together = read.consolidated
    return AssessmentsBody(
        all_done=read.all_done,
        assessments=[_assessment(one) for one in read.assessments],
        consolidated=_consolidated(together) if together is not None else None,
    )


def proposal_body(row: ProposalRow, reasons: str | None) -> ProposalBody:
    """Return a proposed partial grant."""
    return ProposalBody.model_validate({**row, "reasons": reasons})


def money_line_body(call: str, line: MoneyLine) -> MoneyLineBody:
    """Return the priority order of a call with its sums."""
    order = line.order
    return MoneyLineBody(
        call=call,
        ceiling_ore=line.ceiling_ore,
        granted_ore=line.granted_ore,
        free_ore=line.ceiling_ore - line.granted_ore,
        complete=line.complete,
        set_by=order["set_by"] if order is not None else None,
        set_at=order["set_at"] if order is not None else None,
        reasons=line.reasons,
        places=[
            PlaceBody(
                application=place.contender.application,
                case_number=line.rows[place.contender.application]["case_number"],
                status=line.rows[place.contender.application]["status"],
                points=place.contender.points,
                amount_ore=place.contender.amount_ore,
                accumulated_ore=place.accumulated_ore,
                fits=place.fits,
            )
            for place in line.places
        ],
    )


def _scores(one: ReadAssessment) -> list[ReasonedScoreBody]:
    return [
        ReasonedScoreBody(criterion=score.criterion, points=score.points, reason=one.reasons.get(score.criterion))
        for score in one.fact.scores
    ]


def _assessment(one: ReadAssessment) -> AssessmentReadBody:
    fact = one.fact
    assert isinstance(fact, ApplicationAssessed)
    return AssessmentReadBody(assessed_by=fact.assessed_by, conditions_met=fact.conditions_met, scores=_scores(one))


def _consolidated(one: ReadAssessment) -> ConsolidatedReadBody:
    fact = one.fact
    assert not isinstance(fact, ApplicationAssessed)
    return ConsolidatedReadBody(
        assessed_by=fact.consolidated_by,
        conditions_met=fact.conditions_met,
        scores=_scores(one),
        points=fact.points,
        amount_proposed_ore=fact.amount_proposed_ore,
    )
