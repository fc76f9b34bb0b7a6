"""A partial grant is proposed by the officer and confirmed by the applicant with a sound budget (A5, A10, A11, A18)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.applications.application.domain import Application, RevisedBudget
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    GrantNotWholeKronor,
    NotSigned,
    RevisedBudgetNotSound,
)
from services.applications.application.domain.refusals.preparing import (
    AssessmentsNotConsolidated,
    ConfirmedTooLate,
    DueDateNotAhead,
    NoPartialGrantProposed,
    NotPartial,
)
from services.applications.application.domain.revising import (
    ConfirmRevisedBudget,
    ProposePartialGrant,
    confirm_revised_budget,
    propose_partial_grant,
)
from services.applications.application.domain.state import Status
from shared.contracts.applications import BudgetAmount, PartialGrantProposed, RevisedBudgetConfirmed
from shared.contracts.call import BudgetCategory
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    DECISION_DAY,
    KRONA,
    OWN,
    SOMEBODY_ELSE,
    a_call,
    a_revised_budget,
    assessed,
    confirmed,
    given,
    scored,
    the_call,
)

READY = given(*assessed())
PROPOSAL = ProposePartialGrant(APPLICATION, AGENCY, ASSESSOR_1, 600_000 * KRONA, "Vissa kostnader ryms inte.")
SOUND = a_revised_budget(1_300_000, 700_000)


def proposed(command: ProposePartialGrant = PROPOSAL, application: Application = READY) -> PartialGrantProposed:
    (fact,) = propose_partial_grant(application, command, the_call(), contents="ref", now=DECISION_DAY)
    return fact


def answered(
    revised: RevisedBudget, *, days: int = 0, application: Application | None = None
) -> RevisedBudgetConfirmed:
    command = ConfirmRevisedBudget(APPLICATION, OWN, "signatory-1", revised)
    (fact,) = confirm_revised_budget(
        application or given(*assessed(), proposed()), command, the_call(), now=DECISION_DAY + timedelta(days=days)
    )
    return fact


def faults(revised: RevisedBudget) -> list[tuple[str, str]]:
    with pytest.raises(RevisedBudgetNotSound) as refusal:
        answered(revised)
    return [(problem.rule, problem.pointer) for problem in refusal.value.problems]


def test_a_proposal_gives_the_calls_days_to_answer_unless_another_day_is_set() -> None:
    assert proposed().due_on == date(2023, 3, 24)
    assert proposed(replace(PROPOSAL, due_on=date(2023, 3, 11))).due_on == date(2023, 3, 11)
    with pytest.raises(DueDateNotAhead):
        proposed(replace(PROPOSAL, due_on=date(2023, 3, 10)))
    week = a_call(handling=the_call().handling.model_copy(update={"revised_budget_days": 7}))
    (fact,) = propose_partial_grant(READY, PROPOSAL, week, contents="ref", now=DECISION_DAY)
    assert fact.due_on == date(2023, 3, 17)


def test_a_partial_grant_is_whole_kronor_below_what_was_applied_for() -> None:
    proposed(replace(PROPOSAL, amount_ore=799_999 * KRONA))
    with pytest.raises(NotPartial):
        proposed(replace(PROPOSAL, amount_ore=800_000 * KRONA))
    for amount_ore in (0, 59_999_999):
        with pytest.raises(GrantNotWholeKronor):
            proposed(replace(PROPOSAL, amount_ore=amount_ore))


def test_a_partial_grant_is_proposed_when_all_is_done_that_goes_before_a_decision() -> None:
    with pytest.raises(AssessmentsNotConsolidated):
        proposed(application=given(*scored()))
    with pytest.raises(NotSigned):
        proposed(application=replace(READY, signed=False))
    with pytest.raises(AlreadyDecided):
        proposed(application=replace(READY, status=Status.REJECTED))


def test_a_budget_is_confirmed_for_the_support_that_is_proposed() -> None:
    fact = answered(SOUND)
    assert fact.amount_ore == 600_000 * KRONA
    assert sum(part.amount_ore for part in fact.budget) == 1_300_000 * KRONA
    with pytest.raises(NoPartialGrantProposed):
        answered(SOUND, application=READY)


def test_a_later_proposal_needs_its_own_confirmation() -> None:
    again = given(*confirmed(SOUND, 600_000), proposed(replace(PROPOSAL, amount_ore=500_000 * KRONA)))
    assert again.revised is None
    assert answered(a_revised_budget(1_300_000, 800_000), application=again).amount_ore == 500_000 * KRONA


def test_a_budget_is_confirmed_on_the_last_day_and_not_on_the_next() -> None:
    answered(SOUND, days=14)
    with pytest.raises(ConfirmedTooLate) as refusal:
        answered(SOUND, days=15)
    assert "2023-03-24" in refusal.value.detail_sv


def test_nobody_confirms_somebody_elses_budget_or_one_that_is_decided() -> None:
    ready = given(*assessed(), proposed())
    foreign = ConfirmRevisedBudget(APPLICATION, SOMEBODY_ELSE, "signatory-2", SOUND)
    with pytest.raises(NotFound):
        confirm_revised_budget(ready, foreign, the_call(), now=DECISION_DAY)
    with pytest.raises(AlreadyDecided):
        answered(SOUND, application=replace(ready, status=Status.REJECTED))


def test_a_revised_budget_meets_the_share_and_is_paid_in_cash() -> None:
    answered(a_revised_budget(1_200_000, 600_000))
    assert faults(a_revised_budget(1_199_999, 600_000)) == [("A5", "/budget")]
    assert faults(a_revised_budget(1_200_000, 599_999)) == [("A5", "/co_funding_ore")]


def test_a_revised_budget_never_rises() -> None:
    answered(a_revised_budget(1_600_000, 1_000_000))
    assert faults(a_revised_budget(1_600_001, 1_000_001)) == [("A18", "/budget")]


def test_a_revised_budget_has_a_computed_flat_rate_and_no_more_training() -> None:
    personnel = (BudgetAmount(category=BudgetCategory.PERSONNEL, amount_ore=1_300_000 * KRONA),)
    assert faults(replace(SOUND, budget=personnel, staff_training_ore=1)) == [
        ("A10", "/staff_training_ore"),
        ("A11", "/budget"),
    ]


def test_a_category_that_the_call_does_not_have_is_refused() -> None:
    fewer = a_call(budget_lines=[one for one in the_call().budget_lines if one.category != "external-services"])
    command = ConfirmRevisedBudget(APPLICATION, OWN, "signatory-1", SOUND)
    with pytest.raises(RevisedBudgetNotSound) as refusal:
        confirm_revised_budget(given(*assessed(), proposed()), command, fewer, now=DECISION_DAY)
    assert [problem.pointer for problem in refusal.value.problems] == ["/budget/0/category"]
