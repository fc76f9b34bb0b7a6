"""Grants: four eyes, within the application, within the call; whatever the order and the amounts (A16–A18)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.applications.application.domain import APPLICATIONS, GrantFunding, assess, grant
from services.applications.application.domain.consolidating import consolidate
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    ArrivedLate,
    CallBudgetExceeded,
    ConditionsNotMet,
    GrantExceedsApplication,
    GrantNotWholeKronor,
    LegalBasisNotInForce,
    NotReadyForDecision,
    NotSigned,
    RevisedBudgetMissing,
    RevisedBudgetNotSound,
    SameAssessorAndDecider,
)
from services.applications.application.domain.refusals.preparing import AssessmentsNotConsolidated
from services.applications.application.domain.state import Application, Status
from services.applications.call.domain import CALL_BUDGETS, Call, CallBudget
from shared.contracts.applications import BudgetAmount, BudgetReserved, FundingGranted
from shared.contracts.call import BudgetCategory, CallDefinition
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    APPLICATION,
    ASSESSOR_1,
    ASSESSOR_2,
    DECIDER,
    DECISION_DAY,
    KRONA,
    OWN,
    SOMEBODY_ELSE,
    TOO_LATE,
    a_call,
    a_consolidation,
    a_form,
    a_grant,
    a_revised_budget,
    an_assessment,
    assessed,
    budget,
    cash,
    confirmed,
    given,
    handled,
    scored,
    the_call,
)

READY = given(*assessed())
CEILING_KR = 10_000_000


def decided(
    command: GrantFunding,
    application: Application = READY,
    *,
    reserved_kr: int = 0,
    newest: CallDefinition | None = None,
) -> tuple[FundingGranted, BudgetReserved]:
    decision = grant(
        application,
        CallBudget(reserved_kr * KRONA),
        Call((the_call(), newest) if newest else (the_call(),)),
        command,
        contents="ref",
        now=DECISION_DAY,
    )
    assert list(decision.events) == [APPLICATIONS.at(APPLICATION).id, CALL_BUDGETS.at(the_call().id).id]
    (granted,), (reserved,) = decision.events.values()
    assert isinstance(granted, FundingGranted)
    assert isinstance(reserved, BudgetReserved)
    return granted, reserved


def conditions_met_by(*agreed: str, together: bool = True) -> Application:
    """Return an application that two have assessed, and these found to meet the conditions of the support."""
    facts = handled()
    for officer in (ASSESSOR_1, ASSESSOR_2):
        assessment = an_assessment(officer, conditions_met=officer in agreed)
        facts += assess(given(*facts), assessment, the_call(), contents="ref")
    amount_kr = 800_000 if together else 0
    consolidation = a_consolidation(amount_kr=amount_kr, conditions_met=together)
    return given(*facts, *consolidate(given(*facts), consolidation, the_call(), contents="ref", now=DECISION_DAY))


def test_a_grant_takes_from_the_call_what_it_gives_to_the_project() -> None:
    granted, reserved = decided(a_grant())
    assert granted.amount_granted_ore == reserved.amount_ore == 800_000 * KRONA
    assert granted.support_share_bp == 5_000
    assert not granted.partial
    assert granted.co_funding_ore == 800_000 * KRONA
    assert sum(part.amount_ore for part in granted.budget) == 1_600_000 * KRONA


def test_the_decision_says_until_when_it_can_be_accepted() -> None:
    assert decided(a_grant())[0].accept_by == date(2023, 3, 31)


def test_whoever_assessed_may_not_grant() -> None:
    with pytest.raises(SameAssessorAndDecider):
        decided(a_grant(decided_by=ASSESSOR_2))


def test_one_assessment_is_not_enough() -> None:
    with pytest.raises(NotReadyForDecision):
        decided(a_grant(), replace(READY, assessed_by=READY.assessed_by[:1]))


@pytest.mark.parametrize("met_by", [ASSESSOR_1, ASSESSOR_2])
def test_one_assessor_who_finds_the_conditions_met_is_enough(met_by: str) -> None:
    assert decided(a_grant(), conditions_met_by(met_by))


def test_what_no_assessor_finds_to_meet_the_conditions_is_not_granted() -> None:
    with pytest.raises(ConditionsNotMet):
        decided(a_grant(), conditions_met_by(together=False))


def test_what_the_assessors_together_find_not_to_meet_the_conditions_is_not_granted() -> None:
    assert decided(a_grant(), conditions_met_by(ASSESSOR_1))
    with pytest.raises(ConditionsNotMet):
        decided(a_grant(), conditions_met_by(ASSESSOR_1, together=False))


def test_assessments_are_consolidated_before_a_grant_where_the_call_wants_more_than_one() -> None:
    apart = given(*scored())
    with pytest.raises(AssessmentsNotConsolidated):
        decided(a_grant(), apart)
    alone = a_call(assessment=the_call().assessment.model_copy(update={"assessors_min": 1}))
    decision = grant(apart, CallBudget(), Call((alone,)), a_grant(), contents="ref", now=DECISION_DAY)
    assert len(decision.events) == 2


def test_whoever_consolidated_the_assessments_may_not_grant() -> None:
    facts = scored()
    seen_to = replace(given(*facts), handling=replace(given(*facts).handling, officer=DECIDER))
    (together,) = consolidate(
        seen_to, a_consolidation(consolidated_by=DECIDER), the_call(), contents="ref", now=DECISION_DAY
    )
    with pytest.raises(SameAssessorAndDecider):
        decided(a_grant(), given(*facts, together))


def test_the_grant_says_its_appropriation_and_when_to_report_as_the_pinned_call_says() -> None:
    call = a_call(appropriation="uo 24 1:5 ap. 3", report_dates=[date(2023, 6, 30), date(2023, 11, 30)])
    decision = grant(READY, CallBudget(), Call((call,)), a_grant(), contents="ref", now=DECISION_DAY)
    (granted,) = decision.events[APPLICATIONS.at(APPLICATION).id]
    assert isinstance(granted, FundingGranted)
    assert granted.appropriation == "uo 24 1:5 ap. 3"
    assert granted.report_dates == [date(2023, 6, 30), date(2023, 11, 30)]


def test_unsigned_late_decided_or_missing_is_not_granted() -> None:
    with pytest.raises(NotSigned):
        decided(a_grant(), replace(READY, signed=False))
    with pytest.raises(ArrivedLate):
        decided(a_grant(), given(*handled(now=TOO_LATE)))
    with pytest.raises(AlreadyDecided):
        decided(a_grant(), replace(READY, status=Status.GRANTED))
    with pytest.raises(NotFound):
        decided(a_grant(), Application())
    with pytest.raises(NotFound):
        decided(a_grant(scope=SOMEBODY_ELSE))
    assert decided(a_grant(scope=OWN))


def test_a_grant_rests_on_a_provision_in_force() -> None:
    with pytest.raises(LegalBasisNotInForce):
        decided(a_grant(legal_basis="2015-210-13"))


def test_nobody_is_granted_more_than_was_applied_for() -> None:
    with pytest.raises(GrantExceedsApplication):
        decided(a_grant(800_001))


@pytest.mark.parametrize("amount_ore", [0, 79_999_999, 50])
def test_a_grant_is_whole_kronor_above_zero(amount_ore: int) -> None:
    with pytest.raises(GrantNotWholeKronor):
        decided(a_grant(amount_ore=amount_ore))


def test_a_partial_grant_needs_the_revised_budget() -> None:
    with pytest.raises(RevisedBudgetMissing):
        decided(a_grant(799_999))


def test_a_partial_grant_is_granted_on_the_confirmed_budget_and_for_exactly_its_support() -> None:
    ready = given(*confirmed(a_revised_budget(1_300_000, 700_000), 600_000))
    granted, reserved = decided(a_grant(600_000), ready)
    assert granted.partial
    assert granted.budget == [BudgetAmount(category=BudgetCategory.EXTERNAL_SERVICES, amount_ore=1_300_000 * KRONA)]
    assert granted.co_funding_ore == 700_000 * KRONA
    assert reserved.amount_ore == 600_000 * KRONA
    for other_kr in (599_999, 600_001):
        with pytest.raises(RevisedBudgetMissing):
            decided(a_grant(other_kr), ready)
    assert not decided(a_grant(800_000), ready)[0].partial


def test_the_share_is_cut_and_never_rounded_up() -> None:
    granted, _ = decided(a_grant(600_000), given(*confirmed(a_revised_budget(1_300_000, 700_000), 600_000)))
    assert granted.support_share_bp == 4_615  # 46.153… %
    granted, _ = decided(a_grant(599_999), given(*confirmed(a_revised_budget(1_200_001, 600_002), 599_999)))
    assert granted.support_share_bp == 4_999  # 49.9998… %


def test_a_confirmed_budget_that_the_application_has_fallen_below_is_not_granted() -> None:
    ready = given(*confirmed(a_revised_budget(1_300_000, 700_000), 600_000))
    assert ready.submission is not None
    lower = ready.submission.model_copy(update={"budget": list(a_revised_budget(1_299_999, 0).budget)})
    with pytest.raises(RevisedBudgetNotSound):
        decided(a_grant(600_000), replace(ready, submission=lower))


def test_the_last_krona_of_the_call_is_granted_and_not_one_more() -> None:
    assert decided(a_grant(), reserved_kr=CEILING_KR - 800_000)
    with pytest.raises(CallBudgetExceeded) as refusal:
        decided(a_grant(), reserved_kr=CEILING_KR - 799_999)
    assert "799999 kr återstår" in refusal.value.detail_sv


def test_the_ceiling_is_the_newest_versions_for_all_applications() -> None:
    lower = a_call(version=2, amounts=the_call().amounts.model_copy(update={"budget_ore": 799_999 * KRONA}))
    with pytest.raises(CallBudgetExceeded):
        decided(a_grant(), newest=lower)


@settings(max_examples=25, deadline=None)
@for_all(st.lists(st.integers(min_value=500_000, max_value=5_000_000), max_size=15))
def test_whatever_is_granted_in_whatever_order_stays_within_the_ceiling(amounts_kr: list[int]) -> None:
    call_budget, kept = CallBudget(), 0
    for amount_kr in amounts_kr:
        form = a_form(
            budget=(replace(budget()[2], amount_ore=2 * amount_kr * KRONA),),
            amount_applied_ore=amount_kr * KRONA,
            co_funding=(cash(amount_kr),),
        )
        application = given(*assessed(form))
        try:
            _, reserved = decided(a_grant(amount_kr), application, reserved_kr=call_budget.reserved_ore // KRONA)
        except CallBudgetExceeded:
            assert kept + amount_kr > CEILING_KR
            continue
        call_budget = CALL_BUDGETS.evolve(call_budget, reserved)
        kept += amount_kr
        assert call_budget.reserved_ore == kept * KRONA <= CEILING_KR * KRONA
