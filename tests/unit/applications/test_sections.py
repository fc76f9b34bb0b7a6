"""The tree of a check: every finding in its section, done or not, and the amounts that follow (A15)."""

from hypothesis import given
from hypothesis import strategies as st

from services.applications.application.domain import Applicant, BudgetItem, Form, check
from services.applications.application.domain.sections import Section, figures_of
from shared.contracts.call import BudgetCategory
from shared.kernel.refusals import Severity
from tests.unit.applications.described import COMPETENCE
from tests.unit.applications.examples import KRONA, NOON, a_form, answers, budget, cash, the_call

ORE = st.integers(min_value=0, max_value=10**13)
EMPTY = Form(Applicant("", ""))


def open_sections(form: Form) -> set[Section]:
    return {section.section for section in check(form, the_call(), now=NOON).sections if not section.done}


def test_a_complete_form_is_done_in_every_section() -> None:
    checked = check(a_form(), the_call(), now=NOON)
    assert [section.section for section in checked.sections] == list(Section)
    assert all(section.done for section in checked.sections)
    assert checked.submission_allowed


def test_every_finding_is_in_one_section_and_none_is_lost() -> None:
    checked = check(EMPTY, the_call(), now=NOON)
    in_sections = [problem for section in checked.sections for problem in section.problems]
    assert len(in_sections) == len(checked.problems)
    assert set(in_sections) == set(checked.problems)
    assert not checked.submission_allowed


def test_an_empty_form_has_something_to_do_in_each_section_that_must_be_filled_in() -> None:
    optional = {Section.TRAINING, Section.ATTACHMENTS, Section.SECRETS}
    assert open_sections(EMPTY) == set(Section) - optional


def test_a_section_with_warnings_only_is_done() -> None:
    checked = check(a_form(co_funding=(cash(800_001),)), the_call(), now=NOON)
    financing = next(section for section in checked.sections if section.section is Section.FINANCING)
    assert [problem.severity for problem in financing.problems] == [Severity.WARNING]
    assert financing.done


def test_an_answer_is_in_the_section_of_its_rule() -> None:
    assert open_sections(a_form(answers=dict(answers(offer_today="")))) == {Section.APPLICANT}
    assert open_sections(a_form(answers=dict(answers(base_methodology="")))) == {Section.LOGIC}
    assert open_sections(a_form(answers=dict(answers(consultation="")))) == {Section.COMPANIES}


def test_secrets_and_attachments_have_sections_of_their_own() -> None:
    assert open_sections(a_form(secrets=("/no",))) == {Section.SECRETS}
    assert open_sections(a_form(attachments=(COMPETENCE, COMPETENCE))) == {Section.ATTACHMENTS}


def test_the_figures_of_a_complete_form() -> None:
    figures = figures_of(a_form(), the_call())
    assert figures.flat_rate_ore == 150_000 * KRONA
    assert figures.budget_total_ore == 1_600_000 * KRONA
    assert (figures.support_share_bp, figures.support_ore_max) == (5_000, 800_000 * KRONA)
    assert (figures.cash_ore, figures.cash_missing_ore) == (800_000 * KRONA, 0)
    assert (figures.staff_training_ore, figures.staff_training_cap_ore) == (0, 0)


def test_an_empty_form_has_figures_too() -> None:
    figures = figures_of(EMPTY, the_call())
    assert (figures.flat_rate_ore, figures.support_share_bp, figures.cash_missing_ore) == (0, None, 0)


def test_the_cash_that_is_missing_is_told_to_the_ore() -> None:
    figures = figures_of(a_form(budget=budget(services_kr=450_001)), the_call())
    assert figures.cash_missing_ore == 1 * KRONA


@given(ORE, ORE, ORE)
def test_what_follows_from_the_amounts_always_adds_up(personnel: int, travel: int, applied: int) -> None:
    items = (BudgetItem(BudgetCategory.PERSONNEL, "", personnel), BudgetItem(BudgetCategory.TRAVEL, "", travel))
    form = a_form(budget=items, amount_applied_ore=applied, co_funding=())
    figures = figures_of(form, the_call())
    assert figures.flat_rate_ore == (personnel * 15 + 50) // 100
    assert 2 * figures.support_ore_max <= figures.budget_total_ore < 2 * figures.support_ore_max + 2
    assert figures.cash_missing_ore == max(0, personnel + travel - applied)
    if figures.support_share_bp is not None:
        assert figures.support_share_bp * figures.budget_total_ore <= applied * 10_000


@given(ORE, st.lists(ORE, max_size=5))
def test_the_computed_flat_rate_is_the_one_that_is_accepted(other: int, personnel: list[int]) -> None:
    lines = tuple(BudgetItem(BudgetCategory.PERSONNEL, "", ore) for ore in personnel)
    rest = (BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "", other),)
    computed = figures_of(a_form(budget=(*lines, *rest)), the_call()).flat_rate_ore
    for typed, accepted in ((computed, True), (computed + 1, False), (computed - 1, False)):
        form = a_form(budget=(*lines, *rest, BudgetItem(BudgetCategory.FLAT_RATE, "", typed)))
        problems = check(form, the_call(), now=NOON).problems
        assert accepted is not any("Schablonen" in problem.sv for problem in problems)
