"""A new version is assessed anew, and with other parties a conflict of interest is ruled out anew (A16, A20)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.applications.application.domain import assess
from services.applications.application.domain.refusals.completing import FormChangedMeanwhile
from services.applications.application.domain.state import evolve
from shared.contracts.applications import (
    ApplicationFact,
    ApplicationReplaced,
    ApplicationSubmitted,
    AssessmentConsolidated,
    CompletionAnswered,
    ConflictDeclared,
    OfficerAssigned,
    PartialGrantProposed,
)
from tests.unit.applications.examples import (
    APPLICATION,
    ASSESSOR_1,
    ASSESSOR_2,
    DECIDER,
    DECISION_DAY,
    NOON,
    an_assessment,
    assessed,
    declared,
    given,
    the_call,
)
from tests.unit.applications.rows import CALL, OF, row_of

OFFICER = "officer-9"


def version() -> dict[str, Any]:
    submission = assessed()[0]
    assert isinstance(submission, ApplicationSubmitted)
    return {**submission.model_dump(exclude={"arrived_at", "late"}), "contents": "a-later-form"}


def replaced() -> ApplicationReplaced:
    return ApplicationReplaced(**version(), arrived_at=DECISION_DAY, replaced_by="editor-1")


def answered(*changed: str) -> CompletionAnswered:
    return CompletionAnswered(
        **version(), request_id="request-1", answered_by="editor-1", answered_at=NOON, changed=list(changed)
    )


def consolidated(by: str = ASSESSOR_1) -> AssessmentConsolidated:
    return AssessmentConsolidated(
        **OF,
        call=CALL,
        consolidated_by=by,
        conditions_met=True,
        scores=[],
        points=400,
        amount_proposed_ore=100,
        contents="together",
    )


def proposed() -> PartialGrantProposed:
    return PartialGrantProposed(**OF, proposed_by=DECIDER, amount_ore=100, due_on=date(2023, 3, 24), contents="why")


def prepared() -> list[ApplicationFact]:
    return [*assessed(), consolidated(), proposed()]


@pytest.mark.parametrize("fact", [replaced(), answered("/title")], ids=["replaced", "answered"])
def test_what_was_found_about_an_earlier_version_does_not_count_for_a_later_one(fact: ApplicationFact) -> None:
    before, after = given(*prepared()), given(*prepared(), fact)
    assert before.assessed_by == (ASSESSOR_1, ASSESSOR_2)
    assert before.consolidated is not None
    assert before.proposal is not None
    assert (after.assessed_by, after.assessments) == ((), ())
    assert (after.consolidated, after.proposal, after.revised) == (None, None, None)
    row = row_of(*prepared(), fact)
    assert (row["assessed_by"], row["assessments"], row["consolidated"], row["proposal"]) == ([], 0, False, None)
    assert (row["points"], row["consolidated_by"], row["amount_proposed_ore"]) == (None, None, 0)


def test_a_replacement_may_name_others_so_everybody_declares_anew() -> None:
    assert given(*assessed()).handling.cleared
    assert given(*assessed(), replaced()).handling.cleared == ()
    assert row_of(*assessed(), replaced())["cleared"] == []


@pytest.mark.parametrize(
    "changed",
    ["/applicant", "/applicant/organisation_number", "/co_funding/0/financier", "/training/promoters/1/name"],
)
def test_an_answer_that_touches_the_parties_has_everybody_declare_anew(changed: str) -> None:
    facts = (*assessed(), answered("/title", changed))
    assert given(*facts).handling.cleared == ()
    assert row_of(*facts)["cleared"] == []


@pytest.mark.parametrize("changed", ["/title", "/co_funding_note", "/training/type", "/budget/0/amount_ore"])
def test_an_answer_that_leaves_the_parties_alone_leaves_the_declarations(changed: str) -> None:
    facts = (*assessed(), answered(changed))
    assert given(*facts).handling.cleared == (ASSESSOR_1, ASSESSOR_2, DECIDER)
    assert row_of(*facts)["cleared"] == [ASSESSOR_1, ASSESSOR_2, DECIDER]


def test_a_conflict_in_earlier_parties_stays() -> None:
    conflict = ConflictDeclared(**OF, person=ASSESSOR_1, has_conflict=True, contents="why")
    assert given(*assessed(), conflict, replaced()).handling.conflicted == (ASSESSOR_1,)


def test_time_is_counted_from_the_first_arrival() -> None:
    arrived = given(*assessed()).arrived_at
    assert given(*assessed(), replaced()).arrived_at == arrived
    assert row_of(*assessed(), replaced())["arrived_at"] == arrived != DECISION_DAY


def test_a_consolidation_falls_with_a_conflict_of_whoever_made_it() -> None:
    conflict = ConflictDeclared(**OF, person=OFFICER, has_conflict=True, contents="why")
    facts = (*assessed(), consolidated(by=OFFICER))
    assert given(*facts).consolidated is not None
    assert given(*facts, conflict).consolidated is None
    assert row_of(*facts)["consolidated_by"] == OFFICER
    assert row_of(*facts, conflict)["consolidated"] is False


def test_whoever_has_a_conflict_sees_to_the_case_no_more() -> None:
    assigned = OfficerAssigned(application_id=APPLICATION, officer=OFFICER, substitute=ASSESSOR_1, assigned_by=DECIDER)
    of_officer, of_substitute = (
        ConflictDeclared(**OF, person=person, has_conflict=True, contents="why") for person in (OFFICER, ASSESSOR_1)
    )
    left = given(*assessed(), assigned, of_officer)
    assert (left.handling.officer, left.handling.substitute) == (None, ASSESSOR_1)
    row = row_of(*assessed(), assigned, of_substitute)
    assert (row["officer"], row["substitute"]) == (OFFICER, None)
    assert given(*assessed(), assigned, of_substitute).handling.officer == OFFICER
    assert row_of(*assessed(), assigned, of_officer)["officer"] is None


def test_who_assesses_sends_points_for_what_was_read() -> None:
    state = given(*assessed()[:1], *declared(ASSESSOR_1))
    assert state.submission is not None
    command = an_assessment(ASSESSOR_1, 4)
    with pytest.raises(FormChangedMeanwhile):
        assess(state, replace(command, read="an-earlier-form"), the_call(), contents="ref")
    assert assess(state, replace(command, read=state.submission.contents), the_call(), contents="ref")


def test_a_consolidation_from_before_the_rule_can_be_mended_by_assessing_anew() -> None:
    """Facts may say that the assessments of an earlier version were consolidated: nothing of it stands in the way."""
    facts = [*assessed(), answered("/title"), consolidated()]
    state = given(*facts)
    assert (state.assessed_by, state.consolidated is not None) == ((), True)
    for person in (ASSESSOR_1, ASSESSOR_2):
        (fact,) = assess(state, an_assessment(person, 4), the_call(), contents="ref")
        facts, state = [*facts, fact], evolve(state, fact)
        assert state.consolidated is None
    assert state.assessed_by == (ASSESSOR_1, ASSESSOR_2)
    row = row_of(*facts)
    assert (row["consolidated"], row["points"], row["assessments"]) == (False, None, 2)
