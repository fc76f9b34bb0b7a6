"""Assessment: complete, on the scale, by different persons, of what may be granted (A16)."""

from dataclasses import replace

import pytest

from services.applications.application.domain import Application, ScoredCriterion, assess
from services.applications.application.domain.refusals import (
    AlreadyAssessedBySame,
    AlreadyDecided,
    ArrivedLate,
    AssessmentNotComplete,
)
from services.applications.application.domain.state import Status
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    ASSESSOR_1,
    ASSESSOR_2,
    TOO_LATE,
    an_assessment,
    assessed,
    given,
    handled,
    the_call,
)


def faults(*scores: ScoredCriterion) -> list[str]:
    with pytest.raises(AssessmentNotComplete) as refusal:
        assess(given(*handled()), an_assessment(scores=scores), the_call(), contents="ref")
    return [problem.pointer for problem in refusal.value.problems]


def test_two_officers_assess_one_after_the_other() -> None:
    assert given(*assessed()).assessed_by == (ASSESSOR_1, ASSESSOR_2)


def test_the_reasons_stay_out_of_the_fact() -> None:
    (fact,) = assess(given(*handled()), an_assessment(), the_call(), contents="ref")
    assert "Väl beskrivet" not in fact.model_dump_json()
    assert fact.contents == "ref"


@pytest.mark.parametrize("points", [1, 5])
def test_points_are_on_the_scale(points: int) -> None:
    assert assess(given(*handled()), an_assessment(points=points), the_call(), contents="ref")


@pytest.mark.parametrize("points", [0, 6])
def test_points_off_the_scale_are_refused(points: int) -> None:
    good = an_assessment().scores
    assert faults(replace(good[0], points=points), *good[1:]) == ["/scores/0/points"]


def test_every_fault_of_an_assessment_is_told_at_once() -> None:
    good = an_assessment().scores
    unknown = ScoredCriterion("charm", 3, "Trevligt.")
    assert faults(replace(good[0], reason=" "), *good[1:-1], good[1], unknown) == [
        "/scores/0/reason",
        f"/scores/{len(good) - 1}/criterion",
        f"/scores/{len(good)}/criterion",
        "/scores",
    ]


def test_nobody_assesses_twice() -> None:
    once = [*handled(), *assess(given(*handled()), an_assessment(), the_call(), contents="ref")]
    with pytest.raises(AlreadyAssessedBySame):
        assess(given(*once), an_assessment(ASSESSOR_1), the_call(), contents="ref")


def test_what_arrived_late_is_not_assessed() -> None:
    with pytest.raises(ArrivedLate):
        assess(given(*handled(now=TOO_LATE)), an_assessment(), the_call(), contents="ref")


def test_what_is_decided_is_not_assessed() -> None:
    decided = replace(given(*handled()), status=Status.REJECTED)
    with pytest.raises(AlreadyDecided):
        assess(decided, an_assessment(), the_call(), contents="ref")


def test_what_does_not_exist_is_not_assessed() -> None:
    with pytest.raises(NotFound):
        assess(Application(), an_assessment(), the_call(), contents="ref")
