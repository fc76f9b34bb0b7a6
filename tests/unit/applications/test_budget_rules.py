"""Floor, share, cash, staff training and budget lines: each on both sides of its limit (A4, A5, A10, A11)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.applications.application.domain import BudgetItem, CoFunder, CoFundingKind, Form
from services.applications.application.domain.budget_rules import exceeds_share, flat_rate_ore
from services.applications.application.domain.form import TrainingPlan
from services.applications.application.domain.training_rules import staff_training_cap_ore
from shared.contracts.applications import FundingSource
from shared.contracts.call import BudgetCategory, CapRule, FloorBase, StaffTraining
from shared.kernel.refusals import Severity
from tests.unit.applications.examples import KRONA, a_call, a_form, budget, cash, found, places, the_call

ORE = st.integers(min_value=0, max_value=10**13)


def of_support(support_ore: int, total_ore: int) -> Form:
    items = (BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "Allt", total_ore),)
    own = CoFunder(FundingSource.OWN, CoFundingKind.CASH, "Egna medel", total_ore - support_ore)
    return a_form(budget=items, amount_applied_ore=support_ore, co_funding=(own,))


def with_training(cost_kr: int, persons: int) -> Form:
    training = BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "Kurs", cost_kr * KRONA, staff_training=True)
    items = (*budget(services_kr=450_000 - cost_kr), training)
    return a_form(budget=items, training=TrainingPlan("Grundkurs", own_persons=persons))


@pytest.mark.rule("A4")
def test_the_lowest_support_is_500_000_kr() -> None:
    floor = 500_000 * KRONA
    assert found(of_support(floor, 2 * floor)) == []
    (problem,) = found(of_support(floor - 1, 2 * floor))
    assert places([problem]) == [("A4", "/amount_applied_ore")]
    assert problem.quotation == "Lägsta belopp för ansökan är 500 tkr."


@pytest.mark.rule("A4")
def test_the_floor_may_be_on_the_budget_instead() -> None:
    amounts = the_call().amounts.model_copy(update={"application_floor_on": FloorBase.BUDGET})
    call, floor = a_call(amounts=amounts), 500_000 * KRONA
    assert found(of_support(floor // 2, floor), call) == []
    assert places(found(of_support(floor // 2 - 1, floor - 1), call)) == [("A4", "/budget")]


@pytest.mark.rule("A5")
def test_the_support_is_at_most_half_of_the_budget_to_the_ore() -> None:
    total = 1_600_000 * KRONA
    assert found(of_support(total // 2, total)) == []
    assert places(found(of_support(total // 2 + 1, total))) == [("A5", "/amount_applied_ore")]


@given(ORE, ORE)
@pytest.mark.rule("A5")
def test_half_means_twice_the_support_within_the_total(support_ore: int, total_ore: int) -> None:
    assert exceeds_share(support_ore, total_ore, the_call()) is (2 * support_ore > total_ore)


@pytest.mark.rule("A5")
def test_co_funding_covers_the_rest_in_cash_to_the_ore() -> None:
    short = replace(cash(800_000), amount_ore=800_000 * KRONA - 1)
    assert found(a_form(co_funding=(cash(500_000), cash(300_000)))) == []
    assert places(found(a_form(co_funding=(short,)))) == [("A5", "/co_funding")]


@pytest.mark.rule("A5")
def test_in_kind_counts_nothing() -> None:
    in_kind = replace(cash(300_000), kind=CoFundingKind.IN_KIND)
    problems = found(a_form(co_funding=(cash(500_000), in_kind)))
    assert [(one.rule, one.pointer, one.severity) for one in problems] == [
        ("A5", "/co_funding", Severity.ERROR),
        ("A5", "/co_funding/1/kind", Severity.WARNING),
    ]
    assert "300\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in problems[0].sv


@pytest.mark.rule("A5")
def test_in_kind_beside_enough_cash_is_a_warning() -> None:
    in_kind = replace(cash(1), kind=CoFundingKind.IN_KIND)
    problems = found(a_form(co_funding=(cash(800_000), in_kind)))
    assert [one.severity for one in problems] == [Severity.WARNING]


def test_more_money_than_the_budget_is_a_warning() -> None:
    (problem,) = found(a_form(co_funding=(cash(800_001),)))
    assert (problem.rule, problem.severity) == ("A5", Severity.WARNING)


@pytest.mark.rule("A5")
def test_a_financier_has_a_name_and_a_public_one_an_appropriation() -> None:
    nameless = replace(cash(400_000), financier=" ")
    public = cash(400_000, FundingSource.EXTERNAL_PUBLIC)
    assert places(found(a_form(co_funding=(nameless, public)))) == [
        ("A5", "/co_funding/0/financier"),
        ("A5", "/co_funding/1/appropriation"),
    ]
    assert found(a_form(co_funding=(cash(400_000), replace(public, appropriation="1:1 UO 19")))) == []


@pytest.mark.parametrize(
    ("persons", "cost_kr"),
    [(1, 30_000), (5, 150_000), (6, 180_000), (7, 180_000), (100, 180_000)],
)
@pytest.mark.rule("A10")
def test_staff_training_stays_within_both_caps(persons: int, cost_kr: int) -> None:
    assert found(with_training(cost_kr, persons)) == []
    (problem,) = found(with_training(cost_kr + 1, persons))
    assert places([problem]) == [("A10", "/budget")]
    assert "180 tkr, eller 30 tkr per deltagande person" in problem.quotation


@given(st.integers(min_value=0, max_value=1_000), ORE, ORE)
@pytest.mark.rule("A10")
def test_either_cap_is_never_less_generous_than_both(persons: int, total_ore: int, each_ore: int) -> None:
    def training(caps: CapRule) -> StaffTraining:
        return StaffTraining(cost_ore_max=total_ore, cost_per_person_ore_max=each_ore, caps=caps)

    both, either = (staff_training_cap_ore(training(caps), persons) for caps in (CapRule.MIN, CapRule.EITHER))
    assert both <= either
    assert {both, either} == {total_ore, each_ore * persons}


@pytest.mark.rule("A10")
def test_staff_training_says_for_how_many() -> None:
    assert ("A10", "/staff_training_persons") in places(found(with_training(30_000, 0)))


@pytest.mark.rule("A10")
def test_staff_training_says_of_which_type() -> None:
    form = replace(with_training(30_000, 1), training=TrainingPlan(" ", own_persons=1))
    assert places(found(form)) == [("A10", "/training/type")]


@pytest.mark.rule("A10")
def test_a_call_without_the_add_on_pays_no_staff_training() -> None:
    assert places(found(with_training(30_000, 1), a_call(staff_training=None))) == [("A10", "/budget")]


def test_a_budget_has_lines() -> None:
    assert ("A11", "/budget") in places(found(a_form(budget=())))


@pytest.mark.rule("A11")
def test_a_budget_has_the_calls_categories_only() -> None:
    call = a_call(budget_lines=[line for line in the_call().budget_lines if line.category != "external-services"])
    assert places(found(a_form(), call)) == [("A11", "/budget/2/category")]


@pytest.mark.rule("A11")
def test_the_flat_rate_is_as_computed_to_the_ore() -> None:
    items = budget()
    wrong = (items[0], replace(items[1], amount_ore=items[1].amount_ore + 1), replace(items[2], amount_ore=44_999_999))
    assert places(found(a_form(budget=wrong))) == [("A11", "/budget")]
    assert places(found(a_form(budget=(items[0], replace(items[2], amount_ore=60_000_000))))) == [("A11", "/budget")]


def test_the_flat_rate_may_stand_on_several_lines() -> None:
    items = budget()
    half = replace(items[1], amount_ore=items[1].amount_ore // 2)
    assert found(a_form(budget=(items[0], half, half, items[2]))) == []


@given(ORE)
@pytest.mark.rule("A11")
def test_the_flat_rate_is_rounded_half_up(personnel_ore: int) -> None:
    computed = flat_rate_ore({BudgetCategory.PERSONNEL: personnel_ore}, the_call())
    assert computed == (personnel_ore * 15 + 50) // 100


@pytest.mark.rule("A11")
def test_a_large_investment_is_a_warning() -> None:
    def investing(*amounts_kr: int) -> list[tuple[str, str, Severity]]:
        items = tuple(BudgetItem(BudgetCategory.INVESTMENTS, "Verktyg", amount * KRONA) for amount in amounts_kr)
        form = a_form(budget=(*budget(services_kr=450_000 - sum(amounts_kr)), *items))
        return [(one.rule, one.pointer, one.severity) for one in found(form)]

    assert investing(25_000, 25_000, 25_000, 25_000) == []
    assert investing(25_001) == [("A11", "/budget/3/amount_ore", Severity.WARNING)]
    assert investing(25_000, 25_000, 25_000, 25_000, 1) == [("A11", "/budget", Severity.WARNING)]
