"""The add-on: its caps whatever they are measured on, its plan, and other public promoters in the region (A10)."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.applications.application.domain import BudgetItem, Form
from services.applications.application.domain.form import TrainedPromoter, TrainingPlan
from services.applications.application.domain.training_rules import measured, staff_training_cap_ore
from shared.contracts.call import BudgetCategory, CallDefinition, CapRule, TrainingBase
from shared.kernel.refusals import Severity
from tests.unit.applications.examples import KRONA, a_call, a_form, budget, cash, found, places, the_call

PUBLIC = TrainedPromoter("Testkommunen", "212000-0142", persons=2, county="05", is_public=True)


def trained(cost_kr: int = 60_000, plan: TrainingPlan | None = None, **changes: Any) -> Form:  # noqa: ANN401 - any field
    training = BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "Kurs", cost_kr * KRONA, staff_training=True)
    items = (*budget(services_kr=450_000 - cost_kr), training)
    return a_form(budget=items, training=plan or TrainingPlan("Grundkurs", own_persons=2), **changes)


def a_call_measuring(**changes: Any) -> CallDefinition:  # noqa: ANN401 - any field
    training = the_call().staff_training
    assert training is not None
    return a_call(staff_training=training.model_copy(update=changes))


def errors(form: Form, call: CallDefinition | None = None) -> list[tuple[str, str]]:
    return places([problem for problem in found(form, call) if problem.severity is Severity.ERROR])


def test_own_persons_and_other_promoters_count_together() -> None:
    plan = TrainingPlan("Grundkurs", own_persons=1, promoters=(PUBLIC,))
    assert errors(trained(90_000, plan)) == []
    assert errors(trained(90_001, plan)) == [("A10", "/budget")]


def test_the_caps_may_be_measured_on_the_support_instead_of_the_cost() -> None:
    call = a_call_measuring(measured_on=TrainingBase.SUPPORT)
    assert errors(trained(120_000), call) == []
    assert errors(trained(120_001), call) == [("A10", "/budget")]
    assert errors(trained(60_001)) == [("A10", "/budget")]


def test_the_more_generous_cap_may_be_enough() -> None:
    call = a_call_measuring(caps=CapRule.EITHER)
    assert errors(trained(180_000), call) == []
    assert errors(trained(180_001), call) == [("A10", "/budget")]


@given(
    st.integers(min_value=1, max_value=10**12),
    st.integers(min_value=0, max_value=10**12),
    st.integers(min_value=0, max_value=200),
)
def test_what_the_caps_measure_is_exact(cost_ore: int, rest_ore: int, persons: int) -> None:
    items = (
        BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "", cost_ore, staff_training=True),
        BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "", rest_ore),
    )
    form = a_form(
        budget=items, training=TrainingPlan("", persons), amount_applied_ore=(cost_ore + rest_ore) // 2, co_funding=()
    )
    training = a_call_measuring(measured_on=TrainingBase.SUPPORT).staff_training
    assert training is not None
    support, cap_ore = measured(form, training)
    assert support * form.budget_total_ore == Fraction(cost_ore * form.amount_applied_ore)
    assert support <= Fraction(cost_ore, 2)
    assert cap_ore == staff_training_cap_ore(training, persons) == min(18_000_000, 3_000_000 * persons)


def test_the_type_of_training_is_described_when_there_is_any() -> None:
    assert errors(trained(plan=TrainingPlan(" ", own_persons=2))) == [("A10", "/training/type")]
    assert errors(a_form()) == []


def test_training_without_a_cost_is_a_warning() -> None:
    (problem,) = found(a_form(training=TrainingPlan("Grundkurs", own_persons=2)))
    assert (problem.rule, problem.pointer, problem.severity) == ("A10", "/budget", Severity.WARNING)


def test_a_bare_number_is_that_of_the_plan_or_stands_for_it() -> None:
    assert errors(trained(staff_training_persons=2)) == []
    assert errors(trained(staff_training_persons=3)) == [("A10", "/staff_training_persons")]
    assert errors(trained(plan=TrainingPlan("Grundkurs"), staff_training_persons=2)) == []
    assert errors(trained(plan=TrainingPlan("Grundkurs"), staff_training_persons=1)) == [("A10", "/budget")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"organisation_number": "212000-0143"}, "organisation_number"),
        ({"organisation_number": "700101-0011"}, "organisation_number"),
        ({"is_public": False}, "is_public"),
        ({"county": "12"}, "county"),
        ({"county": None}, "county"),
        ({"persons": 0}, "persons"),
    ],
    ids=["nameless", "wrong number", "a person", "private", "another county", "no county", "nobody"],
)
def test_another_promoter_is_public_and_in_the_region(changes: dict[str, Any], field: str) -> None:
    plan = TrainingPlan("Grundkurs", own_persons=2, promoters=(replace(PUBLIC, **changes),))
    assert errors(trained(plan=replace(plan, promoters=(PUBLIC,)))) == []
    assert errors(trained(plan=plan)) == [("A10", f"/training/promoters/0/{field}")]


def test_a_tagged_line_counts_in_the_budget_as_any_other() -> None:
    form = trained(60_000)
    assert form.budget_total_ore == a_form().budget_total_ore
    assert errors(replace(form, co_funding=(cash(799_999),))) == [("A5", "/co_funding")]
