"""Submission and signature: what the facts say, and who may sign (A1, A14, A15)."""

from datetime import datetime

import pytest

from services.applications.application.domain import Application, KeptForm, check, sign, submit
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    AlreadySigned,
    ApplicationNotComplete,
    OnlyEditorSubmits,
    OnlySignatorySigns,
)
from shared.contracts.applications import (
    ApplicationDismissed,
    ApplicationSigned,
    ApplicationSubmitted,
    CashCoFunding,
    DismissalReason,
    FundingSource,
    SigningMethod,
)
from shared.contracts.call import BudgetCategory
from shared.kernel.ids import CallId
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    APPLICATION,
    DECIDER,
    KRONA,
    LAST_MOMENT,
    NOON,
    OWN,
    SCIENCE_PARK,
    SOMEBODY_ELSE,
    TOO_LATE,
    a_call,
    a_form,
    a_signature,
    a_submission,
    given,
    signed,
    submitted,
    the_call,
)


def test_a_submission_is_pinned_to_the_version_of_the_call() -> None:
    (fact,) = submit(Application(), a_submission(), a_call(version=7), kept=KeptForm("ref"), now=NOON)
    assert isinstance(fact, ApplicationSubmitted)
    assert (fact.call, fact.call_version) == (the_call().id, 7)


def test_the_fact_carries_codes_and_amounts_and_neither_names_nor_answers() -> None:
    (fact,) = submitted()
    assert isinstance(fact, ApplicationSubmitted)
    assert fact.global_goals == [8, 9]
    assert {part.category: part.amount_ore for part in fact.budget} == {
        BudgetCategory.PERSONNEL: 1_000_000 * KRONA,
        BudgetCategory.FLAT_RATE: 150_000 * KRONA,
        BudgetCategory.EXTERNAL_SERVICES: 450_000 * KRONA,
    }
    assert fact.budget_total_ore == 1_600_000 * KRONA
    assert fact.co_funding == [CashCoFunding(source=FundingSource.OWN, amount_ore=800_000 * KRONA)]
    text = fact.model_dump_json()
    for secret in ("Exempel Science Park", "559999", "Säker data", "Ja, så här", "Projektledning", "Egna medel"):
        assert secret not in text


@pytest.mark.parametrize("now", [LAST_MOMENT, TOO_LATE])
def test_the_fact_says_when_the_application_arrived_and_whether_it_is_late(now: datetime) -> None:
    (fact,) = submitted(now=now)
    assert isinstance(fact, ApplicationSubmitted)
    assert fact.late is (now == TOO_LATE)
    assert fact.arrived_at == now


@pytest.mark.rule("A15")
def test_an_application_with_faults_is_refused_with_everything_that_was_found() -> None:
    form = a_form(global_goals=(), theme=None, companies_planned=21)
    with pytest.raises(ApplicationNotComplete) as refusal:
        submit(Application(), a_submission(form), the_call(), kept=KeptForm(""), now=NOON)
    assert refusal.value.problems == check(form, the_call(), now=NOON).problems
    assert [problem.rule for problem in refusal.value.problems] == ["A7", "A8", "A9"]


def test_a_warning_does_not_stop_a_submission() -> None:
    assert submitted(a_form(companies_planned=21))


@pytest.mark.rule("A14")
def test_a_signatory_signs_with_e_id_at_submission() -> None:
    command = a_submission(signed_with_e_id=True, by_signatory=True, submitted_by="signatory-1")
    fact, signature = submit(Application(), command, the_call(), kept=KeptForm("ref"), now=NOON)
    assert isinstance(signature, ApplicationSigned)
    assert (signature.signed_by, signature.method) == ("signatory-1", SigningMethod.E_ID)
    assert given(fact, signature).signed


def test_nobody_else_signs_at_submission() -> None:
    with pytest.raises(OnlySignatorySigns):
        submit(Application(), a_submission(signed_with_e_id=True), the_call(), kept=KeptForm("ref"), now=NOON)


def test_a_signatory_who_is_no_editor_does_not_submit() -> None:
    command = a_submission(by_editor=False, by_signatory=True, signed_with_e_id=True)
    with pytest.raises(OnlyEditorSubmits):
        submit(Application(), command, the_call(), kept=KeptForm("ref"), now=NOON)


@pytest.mark.rule("A14")
def test_submitted_is_not_signed_until_a_signatory_signs() -> None:
    assert not given(*submitted()).signed
    assert given(*signed()).signed


def test_an_application_is_signed_once() -> None:
    with pytest.raises(AlreadySigned):
        sign(given(*signed()), a_signature(), contents="ref")


def test_what_is_decided_is_not_signed_any_more() -> None:
    dismissed = ApplicationDismissed(
        application_id=APPLICATION,
        call=CallId(the_call().id),
        organisation=SCIENCE_PARK,
        decided_by=DECIDER,
        reason=DismissalReason.NOT_ENTITLED,
        contents="ref",
    )
    with pytest.raises(AlreadyDecided):
        sign(given(*submitted(), dismissed), a_signature(), contents="ref")


def test_somebody_elses_application_is_as_missing_as_one_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        sign(given(*submitted()), a_signature(scope=SOMEBODY_ELSE), contents="ref")
    with pytest.raises(NotFound):
        sign(Application(), a_signature(scope=OWN), contents="ref")
