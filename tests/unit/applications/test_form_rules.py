"""Who may apply, when, for what: each rule of the form on both sides of its limit (A1–A3, A6–A9)."""

from datetime import date, time, timedelta

import pytest

from services.applications.application.domain import RULES, Applicant, BudgetItem, Form, check
from services.applications.application.domain.form import TrainingPlan
from shared.contracts.call import BudgetCategory
from shared.kernel.refusals import Severity
from shared.kernel.time import local_date
from tests.unit.applications.examples import (
    KRONA,
    LAST_MOMENT,
    NOON,
    TOO_LATE,
    a_call,
    a_form,
    answers,
    budget,
    found,
    places,
    the_call,
)


def applicant(number: str) -> Form:
    return a_form(applicant=Applicant("Exempel", number))


def test_a_complete_application_has_no_problem() -> None:
    assert found(a_form()) == []


@pytest.mark.rule("A1")
def test_an_application_in_the_last_moment_is_in_time() -> None:
    assert found(a_form(), now=LAST_MOMENT) == []


@pytest.mark.rule("A1")
def test_an_application_after_the_closing_day_is_late_but_allowed() -> None:
    checked = check(a_form(), the_call(), now=TOO_LATE)
    assert places(list(checked.problems)) == [("A1", "")]
    assert checked.problems[0].severity is Severity.WARNING
    assert checked.submission_allowed


@pytest.mark.rule("A1")
def test_a_call_may_close_at_an_hour() -> None:
    call = a_call(closes_at_local=time(12))
    noon = LAST_MOMENT.replace(hour=11, minute=0, second=0)
    assert found(a_form(), call, now=noon - timedelta(seconds=1)) == []
    assert places(found(a_form(), call, now=noon)) == [("A1", "")]


@pytest.mark.rule("A1")
def test_nothing_is_submitted_before_the_call_opens() -> None:
    call = a_call(opens_on=local_date(NOON) + timedelta(days=1))
    assert not check(a_form(), call, now=NOON).submission_allowed
    assert check(a_form(), a_call(opens_on=local_date(NOON)), now=NOON).submission_allowed


@pytest.mark.parametrize("number", ["700101-0011", "7001010011", "197001010011", "19 700101-0011"])
@pytest.mark.rule("A2")
def test_a_sole_trader_cannot_apply(number: str) -> None:
    (problem,) = found(applicant(number))
    assert problem.rule == "A2"
    assert problem.sv == problem.quotation == "Enskilda näringsidkare kan inte söka stödet."


@pytest.mark.parametrize("number", ["559999-0016", "5599990016", "16559999-0016", "165599990016", "802400-0005"])
@pytest.mark.rule("A2")
def test_a_legal_person_can_apply(number: str) -> None:
    assert found(applicant(number)) == []


@pytest.mark.parametrize("number", ["559999-0017", "55999900", "", "abc", "175599990016", "5599990016165599"])
@pytest.mark.rule("A2")
def test_a_number_that_is_none_is_refused(number: str) -> None:
    assert places(found(applicant(number))) == [("A2", "/applicant/organisation_number")]


@pytest.mark.parametrize("sign", ["\N{EN DASH}", "\N{NO-BREAK SPACE}"])
@pytest.mark.rule("A2")
def test_a_sole_trader_does_not_pass_behind_a_strange_sign(sign: str) -> None:
    assert not check(applicant(f"{sign}8501011236"), the_call(), now=NOON).submission_allowed
    assert not check(applicant("8501011236"), the_call(), now=NOON).submission_allowed


@pytest.mark.parametrize("number", ["312345-6786", "602000-0003", "199001-0108"])
@pytest.mark.rule("A2")
def test_an_unusual_legal_form_is_noted_for_a_manual_review(number: str) -> None:
    checked = check(applicant(number), the_call(), now=NOON)
    assert [(one.rule, one.severity) for one in checked.problems] == [("A2", Severity.NOTE)]
    assert checked.submission_allowed


@pytest.mark.rule("A2")
def test_a_call_may_be_open_to_sole_traders() -> None:
    assert found(applicant("700101-0011"), a_call(sole_traders_may_apply=True)) == []


@pytest.mark.rule("A3")
def test_applicant_and_project_have_names() -> None:
    form = a_form(applicant=Applicant(" ", "559999-0016"), title="")
    assert places(found(form)) == [("A3", "/applicant/name"), ("A3", "/title")]


@pytest.mark.rule("A6")
def test_a_project_starts_on_the_day_of_arrival_at_the_earliest() -> None:
    today = local_date(NOON)
    assert found(a_form(starts_on=today)) == []
    assert places(found(a_form(starts_on=today - timedelta(days=1)))) == [("A6", "/starts_on")]


@pytest.mark.rule("A6")
def test_the_day_of_arrival_is_the_swedish_one() -> None:
    half_past_midnight = NOON.replace(hour=23, minute=30)
    assert places(found(a_form(starts_on=date(2023, 2, 20)), now=half_past_midnight)) == [("A6", "/starts_on")]


@pytest.mark.rule("A6")
def test_a_project_ends_with_the_calls_last_day_at_the_latest() -> None:
    assert found(a_form(ends_on=date(2023, 10, 31))) == []
    assert places(found(a_form(ends_on=date(2023, 11, 1)))) == [("A6", "/ends_on")]


@pytest.mark.rule("A6")
def test_a_project_does_not_end_before_it_starts() -> None:
    assert found(a_form(starts_on=date(2023, 5, 2), ends_on=date(2023, 5, 2))) == []
    assert places(found(a_form(starts_on=date(2023, 5, 2), ends_on=date(2023, 5, 1)))) == [("A6", "/ends_on")]


@pytest.mark.rule("A6")
def test_a_project_has_dates() -> None:
    assert places(found(a_form(starts_on=None, ends_on=None))) == [("A6", "/starts_on"), ("A6", "/ends_on")]


@pytest.mark.parametrize("theme", [None, "blockchain"])
@pytest.mark.rule("A7")
def test_exactly_one_of_the_calls_themes_is_chosen(theme: str | None) -> None:
    assert places(found(a_form(theme=theme))) == [("A7", "/theme")]


@pytest.mark.rule("A7")
def test_another_theme_is_named_in_own_words() -> None:
    wordless = [one for one in found(a_form(theme="other")) if one.severity is Severity.ERROR]
    assert places(wordless) == [("A7", "/theme_own_words")]
    (noted,) = found(a_form(theme="other", theme_own_words="Säker robotik"))
    assert (noted.rule, noted.pointer, noted.severity) == ("A7", "/theme", Severity.NOTE)
    assert noted.sv.startswith("Förslag på teman välkomnas också.")


@pytest.mark.rule("A8")
def test_at_least_one_global_goal_is_chosen() -> None:
    assert found(a_form(global_goals=(17,))) == []
    (problem,) = found(a_form(global_goals=()))
    assert places([problem]) == [("A8", "/global_goals")]
    assert problem.quotation.startswith("Val av relevant(a) mål i Agenda 2030")


@pytest.mark.rule("A8")
def test_a_global_goal_is_known_and_named_once() -> None:
    assert places(found(a_form(global_goals=(0, 18, 5, 5)))) == [
        ("A8", f"/global_goals/{place}") for place in (0, 1, 3)
    ]


@pytest.mark.rule("A9")
def test_the_counties_are_those_of_the_call() -> None:
    assert places(found(a_form(counties=()))) == [("A9", "/counties")]
    assert places(found(a_form(counties=("05", "02")))) == [("A9", "/counties/1")]


@pytest.mark.rule("A9")
def test_every_estimate_that_is_missing_is_told_at_once() -> None:
    form = a_form(
        companies_planned=None,
        hours_per_company_planned=0,
        hours_planned=None,
        women_planned=None,
        men_planned=None,
    )
    assert places(found(form)) == [
        ("A9", "/companies_planned"),
        ("A9", "/hours_per_company_planned"),
        ("A9", "/hours_planned"),
        ("A9", "/women_planned"),
        ("A9", "/men_planned"),
    ]


@pytest.mark.rule("A9")
def test_only_women_or_only_men_is_an_estimate_too() -> None:
    assert found(a_form(women_planned=0, men_planned=20)) == []


@pytest.mark.rule("A9")
def test_a_large_group_is_a_warning() -> None:
    assert found(a_form(companies_planned=20)) == []
    (problem,) = found(a_form(companies_planned=21))
    assert (problem.rule, problem.severity) == ("A9", Severity.WARNING)


@pytest.mark.rule("A9")
def test_every_question_that_is_asked_must_be_answered() -> None:
    required = [question for question in the_call().questions if question.required]
    missing = [problem for problem in found(a_form(answers={})) if problem.severity is Severity.ERROR]
    assert places(missing) == [(question.rule, f"/answers/{question.field}") for question in required]


def test_a_question_may_be_asked_with_staff_training_only() -> None:
    question = the_call().questions[0].model_copy(update={"field": "teacher", "only_with_staff_training": True})
    call = a_call(questions=[*the_call().questions, question])
    assert found(a_form(), call) == []
    training = BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "Kurs", 1_000 * KRONA, staff_training=True)
    items = (*budget(services_kr=449_000), training)
    form = a_form(budget=items, training=TrainingPlan("Grundkurs", own_persons=1))
    assert places(found(form, call)) == [("A3", "/answers/teacher")]


def test_a_question_may_be_asked_of_one_theme_only() -> None:
    question = (
        the_call().questions[0].model_copy(update={"field": "export", "only_for_themes": ["internationalisation"]})
    )
    call = a_call(questions=[*the_call().questions, question])
    assert found(a_form(theme="climate"), call) == []
    assert places(found(a_form(theme="internationalisation"), call)) == [("A3", "/answers/export")]


@pytest.mark.rule("A9")
def test_an_answer_has_a_length() -> None:
    limit = the_call().questions[0].characters_max
    assert found(a_form(answers=dict(answers(offer_today="x" * limit)))) == []
    long = a_form(answers=dict(answers(offer_today="x" * (limit + 1))))
    assert places(found(long)) == [("A3", "/answers/offer_today")]


def test_an_answer_to_no_question_is_pointed_out() -> None:
    assert places(found(a_form(answers=dict(answers(favourite_colour="blå"))))) == [("A9", "/answers/favourite_colour")]


@pytest.mark.rule("A15")
def test_an_empty_form_is_told_everything_at_once() -> None:
    rules = {problem.rule for problem in found(Form(Applicant("", "")))}
    assert rules >= {"A2", "A3", "A4", "A6", "A7", "A8", "A9", "A11", "A23", "A25"}


def test_each_problem_carries_the_calls_own_words() -> None:
    for problem in found(Form(Applicant("", ""))):
        assert problem.quotation == the_call().quotations[problem.rule]


def test_the_rules_are_one_list() -> None:
    assert len(RULES) == len(set(RULES))
