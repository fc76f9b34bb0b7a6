"""Rejection, dismissal and acceptance, each on both sides of its rules (A1, A14, A16, A18, A19)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.applications.application.domain import (
    AcceptGrant,
    Application,
    DismissApplication,
    RejectApplication,
    accept_grant,
    dismiss,
    reject,
)
from services.applications.application.domain.refusals import (
    AcceptedTooLate,
    AlreadyAccepted,
    AlreadyDecided,
    ArrivedInTime,
    ArrivedLate,
    LegalBasisNotInForce,
    NotGranted,
    NotReadyForDecision,
    NotSigned,
    SameAssessorAndDecider,
)
from services.applications.application.domain.state import Status
from shared.contracts.applications import DismissalReason
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    DECIDER,
    DECISION_DAY,
    LEGAL_BASIS,
    NOON,
    OWN,
    SOMEBODY_ELSE,
    TEXT,
    TOO_LATE,
    a_call,
    assessed,
    given,
    granted_in_full,
    handled,
    the_call,
)

REJECTION = RejectApplication(APPLICATION, AGENCY, DECIDER, LEGAL_BASIS, TEXT)
DISMISSAL = DismissApplication(APPLICATION, AGENCY, DECIDER, DismissalReason.LATE, TEXT)
ACCEPTANCE = AcceptGrant(APPLICATION, OWN, "signatory-1")


def granted(**changes: object) -> Application:
    state = given(*granted_in_full())
    return replace(state, **changes)  # type: ignore[arg-type]  # the changes of a test


def test_an_application_is_rejected_after_two_assessments_by_a_third_person() -> None:
    (fact,) = reject(given(*assessed()), REJECTION, the_call(), contents="ref", now=DECISION_DAY)
    assert given(*assessed(), fact).status is Status.REJECTED
    assert "Projektet stärker" not in fact.model_dump_json()


def test_whoever_assessed_may_not_decide() -> None:
    own = replace(REJECTION, decided_by=ASSESSOR_1)
    with pytest.raises(SameAssessorAndDecider):
        reject(given(*assessed()), own, the_call(), contents="ref", now=DECISION_DAY)
    with pytest.raises(SameAssessorAndDecider):
        dismiss(given(*assessed()), replace(DISMISSAL, decided_by=ASSESSOR_1), contents="ref")


def test_the_call_says_how_many_assess_before_a_decision() -> None:
    application = given(*assessed())
    three = a_call(assessment=the_call().assessment.model_copy(update={"assessors_min": 3}))
    with pytest.raises(NotReadyForDecision) as refusal:
        reject(application, REJECTION, three, contents="ref", now=DECISION_DAY)
    assert "av 2 men ska bedömas av 3" in refusal.value.detail_sv
    assert reject(application, REJECTION, the_call(), contents="ref", now=DECISION_DAY)


def test_nothing_is_decided_in_substance_before_the_signature() -> None:
    unsigned = replace(given(*assessed()), signed=False)
    with pytest.raises(NotSigned):
        reject(unsigned, REJECTION, the_call(), contents="ref", now=DECISION_DAY)


def test_what_arrived_late_is_dismissed_and_not_rejected() -> None:
    late = given(*handled(now=TOO_LATE))
    with pytest.raises(ArrivedLate):
        reject(late, REJECTION, the_call(), contents="ref", now=DECISION_DAY)
    (fact,) = dismiss(late, DISMISSAL, contents="ref")
    assert (fact.reason, fact.decided_by) == (DismissalReason.LATE, DECIDER)


def test_a_late_application_is_dismissed_unsigned_and_unassessed() -> None:
    unsigned = replace(given(*handled(now=TOO_LATE)), signed=False)
    assert not unsigned.assessed_by
    assert dismiss(unsigned, DISMISSAL, contents="ref")


def test_what_arrived_in_time_is_not_dismissed_as_late_but_may_be_for_another_reason() -> None:
    in_time = given(*handled())
    with pytest.raises(ArrivedInTime):
        dismiss(in_time, DISMISSAL, contents="ref")
    assert dismiss(in_time, replace(DISMISSAL, reason=DismissalReason.NOT_ENTITLED), contents="ref")


@pytest.mark.parametrize("status", [Status.GRANTED, Status.REJECTED, Status.DISMISSED, Status.ACCEPTED])
def test_an_application_is_decided_once(status: Status) -> None:
    decided = replace(given(*assessed()), status=status)
    with pytest.raises(AlreadyDecided):
        reject(decided, REJECTION, the_call(), contents="ref", now=DECISION_DAY)
    with pytest.raises(AlreadyDecided):
        dismiss(decided, DISMISSAL, contents="ref")


@pytest.mark.parametrize("legal_basis", ["2015-210-13", "2030-1-1"])
def test_a_decision_rests_on_a_provision_that_the_call_names_and_that_is_in_force(legal_basis: str) -> None:
    command = replace(REJECTION, legal_basis=legal_basis)
    with pytest.raises(LegalBasisNotInForce):
        reject(given(*assessed()), command, the_call(), contents="ref", now=DECISION_DAY)


def test_a_provision_is_in_force_on_its_last_day_and_not_on_the_next() -> None:
    command = replace(REJECTION, legal_basis="2015-210-13")
    last_day = NOON.replace(year=2022, month=12, day=31)
    assert reject(given(*assessed()), command, the_call(), contents="ref", now=last_day)
    with pytest.raises(LegalBasisNotInForce):
        reject(given(*assessed()), command, the_call(), contents="ref", now=last_day + timedelta(days=1))


def test_a_grant_is_accepted_on_its_last_day_and_not_on_the_next() -> None:
    last_day = NOON.replace(month=3, day=31)
    (fact,) = accept_grant(granted(), ACCEPTANCE, now=last_day)
    assert fact.accepted_by == "signatory-1"
    with pytest.raises(AcceptedTooLate):
        accept_grant(granted(), ACCEPTANCE, now=last_day + timedelta(days=1))


def test_a_grant_is_accepted_once_and_only_when_there_is_one() -> None:
    with pytest.raises(AlreadyAccepted):
        accept_grant(granted(status=Status.ACCEPTED), ACCEPTANCE, now=DECISION_DAY)
    with pytest.raises(NotGranted):
        accept_grant(granted(status=Status.SUBMITTED), ACCEPTANCE, now=DECISION_DAY)


def test_nobody_accepts_somebody_elses_grant() -> None:
    with pytest.raises(NotFound):
        accept_grant(granted(), replace(ACCEPTANCE, scope=SOMEBODY_ELSE), now=DECISION_DAY)
