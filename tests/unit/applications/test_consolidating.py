"""Assessments are seen and consolidated when all are done, and only by those whose assessments count (A16)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.applications.application.domain import Application, ScoredCriterion, assess, declare_conflict
from services.applications.application.domain.conflicts import DeclareConflict
from services.applications.application.domain.consolidating import (
    ConsolidateAssessments,
    assessments_seen_by,
    consolidate,
    weighted_points,
)
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    ArrivedLate,
    ConflictNotDeclared,
    NotReadyForDecision,
)
from services.applications.application.domain.refusals.preparing import (
    AlreadyConsolidated,
    ConsolidationNotSound,
    OnlyAssessorOrOfficerConsolidates,
)
from services.applications.application.domain.state import Status
from shared.contracts.applications import ApplicationFact, AssessmentConsolidated
from shared.contracts.call import Criterion, Text
from shared.kernel.refusals import NotFound
from shared.kernel.time import local_date
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    ASSESSOR_2,
    DECIDER,
    DECISION_DAY,
    KRONA,
    TOO_LATE,
    a_consolidation,
    an_assessment,
    assessed,
    declared,
    given,
    handled,
    scored,
    the_call,
)

THIRD = "officer-3"


def done(command: ConsolidateAssessments, application: Application | None = None) -> AssessmentConsolidated:
    (fact,) = consolidate(application or given(*scored()), command, the_call(), contents="ref", now=DECISION_DAY)
    return fact


def faults(command: ConsolidateAssessments, application: Application | None = None) -> list[tuple[str, str]]:
    with pytest.raises(ConsolidationNotSound) as refusal:
        done(command, application)
    return [(problem.rule, problem.pointer) for problem in refusal.value.problems]


def scored_differently() -> Application:
    """Return an application that one gave 2 points and the other 4 on everything."""
    facts = handled()
    for officer, points in ((ASSESSOR_1, 2), (ASSESSOR_2, 4)):
        facts += assess(given(*facts), an_assessment(officer, points), the_call(), contents="ref")
    return given(*facts)


def in_conflict(facts: list[ApplicationFact], person: str) -> list[ApplicationFact]:
    command = DeclareConflict(APPLICATION, AGENCY, person, has_conflict=True, reason="Släkt med sökanden.")
    return [*facts, *declare_conflict(given(*facts), command, contents="ref")]


def test_an_assessor_sees_only_its_own_assessment_until_all_are_done() -> None:
    one = given(*handled(), *assess(given(*handled()), an_assessment(), the_call(), contents="ref"))
    assert [each.assessed_by for each in assessments_seen_by(one, ASSESSOR_1, the_call())] == [ASSESSOR_1]
    assert assessments_seen_by(one, ASSESSOR_2, the_call()) == ()
    assert assessments_seen_by(one, DECIDER, the_call()) == ()
    both = given(*scored())
    for person in (ASSESSOR_1, ASSESSOR_2, DECIDER):
        assert len(assessments_seen_by(both, person, the_call())) == 2


def test_the_assessment_of_who_has_a_conflict_is_neither_seen_nor_counted() -> None:
    left = given(*in_conflict(scored(), ASSESSOR_2))
    assert [each.assessed_by for each in assessments_seen_by(left, ASSESSOR_1, the_call())] == [ASSESSOR_1]
    with pytest.raises(NotReadyForDecision):
        done(a_consolidation(), left)


def test_a_third_assessor_replaces_who_has_a_conflict() -> None:
    facts = [*in_conflict(scored(), ASSESSOR_2), *declared(THIRD)]
    facts += assess(given(*facts), an_assessment(THIRD, points=2), the_call(), contents="ref")
    assert done(a_consolidation(points=3), given(*facts)).points == 300
    assert len(faults(a_consolidation(points=1), given(*facts))) == len(the_call().assessment.criteria)


def test_a_consolidated_assessment_falls_with_the_assessor_who_has_a_conflict() -> None:
    assert given(*assessed()).consolidated is not None
    assert given(*in_conflict(assessed(), ASSESSOR_2)).consolidated is None
    assert given(*in_conflict([*assessed(), *declared(THIRD)], THIRD)).consolidated is not None


def test_all_are_done_before_the_assessments_are_consolidated() -> None:
    one = given(*handled(), *assess(given(*handled()), an_assessment(), the_call(), contents="ref"))
    with pytest.raises(NotReadyForDecision):
        done(a_consolidation(), one)
    done(a_consolidation())


def test_an_assessor_or_the_officer_consolidates_and_nobody_else() -> None:
    ready = given(*scored())
    with pytest.raises(OnlyAssessorOrOfficerConsolidates):
        done(a_consolidation(consolidated_by=DECIDER), ready)
    done(a_consolidation(consolidated_by=ASSESSOR_2), ready)
    for handling in (replace(ready.handling, officer=DECIDER), replace(ready.handling, substitute=DECIDER)):
        seen_to = replace(ready, handling=handling)
        done(a_consolidation(consolidated_by=DECIDER), seen_to)
    last_day = local_date(DECISION_DAY)
    until = replace(ready.handling, substitute=DECIDER, substitute_until=last_day)
    done(a_consolidation(consolidated_by=DECIDER), replace(ready, handling=until))
    ended = replace(until, substitute_until=last_day - timedelta(days=1))
    with pytest.raises(OnlyAssessorOrOfficerConsolidates):
        done(a_consolidation(consolidated_by=DECIDER), replace(ready, handling=ended))
    with pytest.raises(ConflictNotDeclared):
        done(a_consolidation(consolidated_by=THIRD), replace(ready, handling=replace(ready.handling, officer=THIRD)))


def test_what_is_decided_late_or_missing_is_not_consolidated() -> None:
    with pytest.raises(AlreadyDecided):
        done(a_consolidation(), replace(given(*scored()), status=Status.REJECTED))
    with pytest.raises(ArrivedLate):
        done(a_consolidation(), given(*handled(now=TOO_LATE)))
    with pytest.raises(NotFound):
        done(a_consolidation(), Application())


def test_nobody_assesses_after_the_assessments_are_consolidated() -> None:
    with pytest.raises(AlreadyConsolidated):
        assess(given(*assessed(), *declared(THIRD)), an_assessment(THIRD), the_call(), contents="ref")


@pytest.mark.parametrize("points", [2, 3, 4])
def test_a_consolidated_score_stays_within_what_the_assessors_gave(points: int) -> None:
    assert done(a_consolidation(points), scored_differently()).points == points * 100


@pytest.mark.parametrize("points", [1, 5])
def test_a_consolidated_score_outside_what_the_assessors_gave_is_refused(points: int) -> None:
    criteria = len(the_call().assessment.criteria)
    assert faults(a_consolidation(points), scored_differently()) == [
        ("A16", f"/scores/{position}/points") for position in range(criteria)
    ]


def test_every_criterion_is_there_once_with_a_reason() -> None:
    scores = a_consolidation().scores
    changed = (replace(scores[0], reason=" "), *scores[1:-1], scores[1], ScoredCriterion("unknown", 4, "Ja."))
    assert faults(a_consolidation(scores=changed)) == [
        ("A16", "/scores/0/reason"),
        ("A16", f"/scores/{len(scores) - 1}/criterion"),
        ("A16", f"/scores/{len(scores)}/criterion"),
        ("A16", "/scores"),
    ]


def test_the_proposed_amount_is_whole_kronor_up_to_what_is_applied_for() -> None:
    assert done(a_consolidation(amount_kr=800_000)).amount_proposed_ore == 800_000 * KRONA
    done(a_consolidation(amount_kr=0))
    assert faults(a_consolidation(amount_kr=800_001)) == [("A18", "/amount_proposed_ore")]
    assert faults(a_consolidation(amount_proposed_ore=79_999_999)) == [("A18", "/amount_proposed_ore")]
    assert faults(a_consolidation(amount_proposed_ore=-100)) == [("A18", "/amount_proposed_ore")]


def test_the_conditions_are_as_some_assessor_found_them_and_no_support_follows_unmet_ones() -> None:
    assert faults(a_consolidation(conditions_met=False, amount_kr=0)) == [("A16", "/conditions_met")]
    facts = handled()
    for officer in (ASSESSOR_1, ASSESSOR_2):
        assessment = an_assessment(officer, conditions_met=officer == ASSESSOR_1)
        facts += assess(given(*facts), assessment, the_call(), contents="ref")
    done(a_consolidation(conditions_met=True), given(*facts))
    done(a_consolidation(conditions_met=False, amount_kr=0), given(*facts))
    assert faults(a_consolidation(conditions_met=False, amount_kr=1), given(*facts)) == [
        ("A16", "/amount_proposed_ore")
    ]


def test_the_reasons_stay_out_of_the_fact() -> None:
    assert "Som bedömarna" not in done(a_consolidation()).model_dump_json()


@for_all(st.lists(st.tuples(st.integers(1, 100), st.integers(-10, 10)), min_size=1, max_size=10))
def test_points_are_the_weighted_mean_in_hundredths_cut(weighted: list[tuple[int, int]]) -> None:
    text = Text(sv="x", en="x")
    criteria = [
        Criterion(code=f"c-{number}", text=text, score_min=-10, score_max=10, weight=weight)
        for number, (weight, _) in enumerate(weighted)
    ]
    scores = tuple(ScoredCriterion(f"c-{number}", points, "x") for number, (_, points) in enumerate(weighted))
    exact = sum(weight * points for weight, points in weighted)
    total = sum(weight for weight, _ in weighted)
    points = weighted_points(scores, criteria)
    assert points * total <= exact * 100 < (points + 1) * total
