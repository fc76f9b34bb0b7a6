"""The project's logic: challenge, purpose, goals, activities, spreading, networking (A6, A9, A25)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.applications.application.domain import Form
from services.applications.application.domain.form import Activity, Dissemination, ProjectGoal, ProjectLogic
from shared.contracts.call import ActivityKind, Phase
from shared.kernel.refusals import Severity
from tests.unit.applications.described import DISSEMINATION, LOGIC
from tests.unit.applications.examples import a_call, a_form, found, places, the_call

LAST = the_call().period.final_report_on_latest
DAY = timedelta(days=1)


def with_logic(**changes: Any) -> Form:  # noqa: ANN401 - any field
    return a_form(logic=replace(LOGIC, **changes))


def with_activity(position: int, **changes: Any) -> Form:  # noqa: ANN401 - any field
    activities = list(LOGIC.activities)
    activities[position] = replace(activities[position], **changes)
    return with_logic(activities=tuple(activities))


def spread(**changes: Any) -> Form:  # noqa: ANN401 - any field
    return a_form(dissemination=(*DISSEMINATION, replace(DISSEMINATION[0], **changes)))


def test_everything_that_is_missing_is_told_at_once() -> None:
    problems = found(a_form(logic=ProjectLogic(), dissemination=()))
    assert places([one for one in problems if one.severity is Severity.ERROR]) == [
        ("A9", "/logic/challenge"),
        ("A9", "/logic/purpose"),
        ("A9", "/logic/goals"),
        ("A9", "/logic/activities"),
        ("A9", "/logic/activities"),
        ("A9", "/dissemination"),
    ]


def test_a_goal_of_the_project_has_words_and_a_code_of_its_own() -> None:
    goals = (ProjectGoal("plan", "Handlingsplan"), ProjectGoal("metod", " "))
    assert places(found(with_logic(goals=goals))) == [("A9", "/logic/goals/1/text")]
    twice = (*LOGIC.goals, ProjectGoal("plan", "En plan till"))
    assert places(found(with_logic(goals=twice))) == [("A9", "/logic/goals/0/code"), ("A9", "/logic/goals/2/code")]


def test_an_activity_has_title_phase_and_kind() -> None:
    problems = found(with_activity(1, title="", phase=None, kind=None))
    assert places(problems) == [("A9", f"/logic/activities/1/{field}") for field in ("title", "phase", "kind")]


def test_each_required_phase_has_an_activity() -> None:
    introduction = tuple(one for one in LOGIC.activities if one.phase is Phase.INTRODUCTION)
    problems = [one for one in found(with_logic(activities=introduction)) if one.severity is Severity.ERROR]
    assert places(problems) == [("A9", "/logic/activities")]
    assert "fördjupningsfasen" in problems[0].sv
    free = a_call(required_phases=[])
    assert not [one for one in found(with_logic(activities=introduction), free) if one.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"programme_goals": ()}, "/logic/activities/1/programme_goals"),
        ({"programme_goals": ("G1", "G9", "G2")}, "/logic/activities/1/programme_goals/1"),
        ({"project_goals": ()}, "/logic/activities/1/project_goals"),
        ({"project_goals": ("plan", "okänt")}, "/logic/activities/1/project_goals/1"),
    ],
    ids=["no programme goal", "unknown programme goal", "no project goal", "unknown project goal"],
)
def test_an_activity_names_known_goals_of_both_kinds(changes: dict[str, tuple[str, ...]], pointer: str) -> None:
    errors = [one for one in found(with_activity(1, **changes)) if one.severity is Severity.ERROR]
    assert places(errors) == [("A9", pointer)]


@pytest.mark.parametrize("goal", ["G1", "G2", "G3", "G4", "G5"])
def test_a_programme_goal_that_no_activity_serves_is_a_warning(goal: str) -> None:
    others = tuple(f"G{number}" for number in range(6) if f"G{number}" != goal)
    activities = tuple(replace(one, programme_goals=others) for one in LOGIC.activities)
    (problem,) = found(with_logic(activities=activities))
    assert (problem.rule, problem.pointer, problem.severity) == ("A9", "/logic/activities", Severity.WARNING)
    assert goal in problem.sv


def test_the_overall_purpose_needs_no_activity_of_its_own() -> None:
    assert not any("G0" in one.programme_goals for one in LOGIC.activities)
    assert found(a_form()) == []


def test_a_project_goal_that_no_activity_serves_is_a_warning() -> None:
    goals = (*LOGIC.goals, ProjectGoal("extra", "Något mer"))
    (problem,) = found(with_logic(goals=goals))
    assert (problem.rule, problem.pointer, problem.severity) == ("A9", "/logic/goals/2", Severity.WARNING)


def test_activities_are_within_the_projects_period() -> None:
    first, last = date(2023, 3, 15), date(2023, 10, 31)
    assert found(with_activity(0, starts_on=first, ends_on=last)) == []
    assert places(found(with_activity(0, starts_on=first - DAY))) == [("A6", "/logic/activities/0/starts_on")]
    assert places(found(with_activity(0, ends_on=last + DAY))) == [("A6", "/logic/activities/0/ends_on")]


def test_an_activity_does_not_end_before_it_starts() -> None:
    day = date(2023, 5, 2)
    assert found(with_activity(0, starts_on=day, ends_on=day)) == []
    assert places(found(with_activity(0, starts_on=day, ends_on=day - DAY))) == [("A6", "/logic/activities/0/ends_on")]
    before_the_project = with_activity(0, ends_on=date(2023, 3, 14))
    assert places(found(before_the_project)) == [("A6", "/logic/activities/0/ends_on")]


def test_an_activity_may_be_without_dates_also_where_the_project_is() -> None:
    form = replace(with_activity(0, starts_on=date(2023, 5, 2)), starts_on=None, ends_on=None)
    assert not [one for one in found(form) if one.pointer.startswith("/logic")]


def test_results_spread_by_the_day_of_the_final_report() -> None:
    assert found(spread(on=LAST)) == []
    assert places(found(spread(on=LAST + DAY))) == [("A9", "/dissemination/1/on")]


def test_results_do_not_spread_before_there_is_a_project() -> None:
    assert found(spread(on=date(2023, 3, 15))) == []
    assert places(found(spread(on=date(2023, 3, 14)))) == [("A9", "/dissemination/1/on")]


def test_spreading_says_how_to_whom_and_when() -> None:
    problems = found(a_form(dissemination=(Dissemination(),)))
    assert places(problems) == [("A9", f"/dissemination/0/{field}") for field in ("how", "who", "on")]


@pytest.mark.parametrize("phase", list(Phase))
def test_a_phase_without_networking_is_a_warning(phase: Phase) -> None:
    activities = tuple(
        replace(one, kind=ActivityKind.LECTURE) if one.phase is phase else one for one in LOGIC.activities
    )
    (problem,) = found(with_logic(activities=activities))
    assert (problem.rule, problem.pointer, problem.severity) == ("A25", "/logic/activities", Severity.WARNING)
    assert problem.quotation == the_call().quotations["A25"]


def test_how_much_networking_is_the_calls_to_say() -> None:
    assert [one.rule for one in found(a_form(), a_call(networking_per_phase_min=2))] == ["A25", "A25"]
    lectures = tuple(replace(one, kind=ActivityKind.LECTURE) for one in LOGIC.activities)
    assert found(with_logic(activities=lectures), a_call(networking_per_phase_min=0)) == []


def test_an_empty_activity_is_told_everything_at_once() -> None:
    problems = found(with_logic(activities=(*LOGIC.activities, Activity())))
    assert len([one for one in problems if one.pointer.startswith("/logic/activities/4/")]) == 5


def test_how_the_companies_are_consulted_is_described() -> None:
    (question,) = [one for one in the_call().questions if one.rule == "A25"]
    kept = {field: answer for field, answer in a_form().answers.items() if field != question.field}
    assert places(found(a_form(answers=kept))) == [("A25", f"/answers/{question.field}")]
