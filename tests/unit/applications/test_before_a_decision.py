"""What comes before a decision: registered, heard, no answer waited for, no conflict; on both sides (A20, A26)."""

from collections.abc import Callable
from datetime import date

import pytest

from services.applications.application.domain import (
    Application,
    DismissApplication,
    RejectApplication,
    dismiss,
    grant,
    reject,
)
from services.applications.application.domain.refusals import (
    CompletionStillOpen,
    ConflictNotDeclared,
    ContactNotRecorded,
    NotRegistered,
)
from services.applications.call.domain import Call, CallBudget
from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationFact,
    ApplicationSubmitted,
    AssessmentConsolidated,
    CaseRegistered,
    CompletionAnswered,
    CompletionAsked,
    CompletionKind,
    CompletionLapsed,
    ConflictDeclared,
    ContactRecorded,
    DismissalReason,
)
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    DECIDER,
    DECISION_DAY,
    LEGAL_BASIS,
    NOON,
    TEXT,
    a_grant,
    assessed,
    given,
    the_call,
)

ASKED = CompletionAsked(
    application_id=APPLICATION,
    request_id="request-1",
    kind=CompletionKind.QUESTION,
    asked_by=ASSESSOR_1,
    due_on=date(2023, 3, 24),
    fields=["/title"],
    contents="ref",
)


def granted(application: Application) -> object:
    return grant(application, CallBudget(), Call((the_call(),)), a_grant(), contents="ref", now=DECISION_DAY)


def rejected(application: Application) -> object:
    command = RejectApplication(APPLICATION, AGENCY, DECIDER, LEGAL_BASIS, TEXT)
    return reject(application, command, the_call(), contents="ref", now=DECISION_DAY)


def dismissed(application: Application) -> object:
    command = DismissApplication(APPLICATION, AGENCY, DECIDER, DismissalReason.NOT_ENTITLED, TEXT)
    return dismiss(application, command, contents="ref")


def answered() -> CompletionAnswered:
    submission = assessed()[0]
    assert isinstance(submission, ApplicationSubmitted)
    said = submission.model_dump(exclude={"arrived_at", "late"})
    return CompletionAnswered(
        **said, request_id="request-1", answered_by="editor-1", answered_at=NOON, changed=["/title"]
    )


def without(fact: type[ApplicationFact]) -> Application:
    return given(*(each for each in assessed() if not isinstance(each, fact)))


Decided = Callable[[Application], object]
IN_SUBSTANCE = pytest.mark.parametrize("decided", [granted, rejected])
ANY = pytest.mark.parametrize("decided", [granted, rejected, dismissed])


@ANY
def test_a_case_that_is_handled_is_decided(decided: Decided) -> None:
    assert decided(given(*assessed()))


@ANY
def test_a_case_is_registered_before_any_decision(decided: Decided) -> None:
    with pytest.raises(NotRegistered):
        decided(without(CaseRegistered))


@ANY
def test_whoever_decides_has_declared_no_conflict(decided: Decided) -> None:
    undeclared = (fact for fact in assessed() if not (isinstance(fact, ConflictDeclared) and fact.person == DECIDER))
    with pytest.raises(ConflictNotDeclared):
        decided(given(*undeclared))
    conflict = ConflictDeclared(application_id=APPLICATION, person=DECIDER, has_conflict=True, contents="why")
    with pytest.raises(NotFound):
        decided(given(*assessed(), conflict))


@IN_SUBSTANCE
def test_a_contact_is_recorded_before_a_decision_in_substance(decided: Decided) -> None:
    with pytest.raises(ContactNotRecorded):
        decided(without(ContactRecorded))


def test_a_dismissal_is_not_in_substance_and_needs_no_contact() -> None:
    assert dismissed(without(ContactRecorded))


@IN_SUBSTANCE
def test_nothing_is_decided_in_substance_while_an_answer_is_waited_for(decided: Decided) -> None:
    with pytest.raises(CompletionStillOpen) as refusal:
        decided(given(*assessed(), ASKED))
    assert "2023-03-24" in refusal.value.detail_sv
    lapsed = CompletionLapsed(application_id=APPLICATION, request_id="request-1", kind=CompletionKind.QUESTION)
    assert decided(given(*assessed(), ASKED, lapsed))
    anew = (each for each in assessed() if isinstance(each, ApplicationAssessed | AssessmentConsolidated))
    assert decided(given(*assessed(), ASKED, answered(), *anew))
