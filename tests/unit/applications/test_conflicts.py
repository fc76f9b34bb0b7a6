"""Jäv: nobody at the agency examines a case before declaring no conflict, and whoever has one finds nothing (A16)."""

from dataclasses import replace
from typing import Any

import pytest

from services.applications.application.domain import (
    Application,
    DeclareConflict,
    SettleConflict,
    assess,
    declare_conflict,
    grant,
    settle_conflict,
)
from services.applications.application.domain.conflicts import examined_by, without_conflict
from services.applications.application.domain.consolidating import consolidate
from services.applications.application.domain.refusals import (
    ConflictAlreadyDeclared,
    ConflictNotDeclared,
    ConflictNotDisputed,
    ConflictReasonMissing,
    EngagementWithApplicant,
    NotReadyForDecision,
)
from services.applications.application.domain.refusals.completing import FormChangedMeanwhile
from services.applications.call.domain import Call, CallBudget
from shared.contracts.applications import ApplicationFact, ConflictDeclared
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    ASSESSOR_2,
    DECIDER,
    DECISION_DAY,
    SCIENCE_PARK,
    SOMEBODY_ELSE,
    a_consolidation,
    a_grant,
    an_assessment,
    assessed,
    declared,
    given,
    submitted,
    the_call,
)

NEW = given(*submitted())
READ = NEW.seen_by(AGENCY).contents


def declaring(*, has_conflict: bool, **changes: Any) -> DeclareConflict:  # noqa: ANN401 - any field
    command = DeclareConflict(APPLICATION, AGENCY, ASSESSOR_1, has_conflict, "Nära vän.", read=READ)
    return replace(command, **changes)


def settling(*, has_conflict: bool, **changes: Any) -> SettleConflict:  # noqa: ANN401 - any field
    return replace(SettleConflict(APPLICATION, AGENCY, ASSESSOR_1, DECIDER, has_conflict, "Enligt 17 §."), **changes)


def conflicted(person: str = ASSESSOR_1) -> ApplicationFact:
    return ConflictDeclared(application_id=APPLICATION, person=person, has_conflict=True, contents="why")


def test_a_case_is_examined_after_declaring_no_conflict_and_not_before() -> None:
    with pytest.raises(ConflictNotDeclared):
        examined_by(NEW, AGENCY, ASSESSOR_1)
    cleared = given(*submitted(), *declared(ASSESSOR_1))
    assert examined_by(cleared, AGENCY, ASSESSOR_1).organisation == SCIENCE_PARK
    with pytest.raises(ConflictNotDeclared):
        examined_by(cleared, AGENCY, ASSESSOR_2)


def test_ties_are_looked_for_in_the_version_that_counts() -> None:
    with pytest.raises(FormChangedMeanwhile):
        declare_conflict(NEW, declaring(has_conflict=False, read="an-earlier-form"), contents=None)
    assert declare_conflict(NEW, declaring(has_conflict=False), contents=None)
    assert declare_conflict(NEW, declaring(has_conflict=True, read="an-earlier-form"), contents="why")


def test_whoever_has_a_conflict_is_told_that_there_is_no_such_case() -> None:
    application = given(*submitted(), conflicted())
    with pytest.raises(NotFound):
        examined_by(application, AGENCY, ASSESSOR_1)
    with pytest.raises(NotFound):
        declare_conflict(application, declaring(has_conflict=False), contents=None)
    with pytest.raises(NotFound):
        declare_conflict(application, declaring(has_conflict=True), contents="ref")


def test_what_does_not_exist_or_is_somebody_elses_is_not_found() -> None:
    with pytest.raises(NotFound):
        examined_by(Application(), AGENCY, ASSESSOR_1)
    with pytest.raises(NotFound):
        examined_by(given(*submitted(), *declared(ASSESSOR_1)), SOMEBODY_ELSE, ASSESSOR_1)
    with pytest.raises(NotFound):
        declare_conflict(Application(), declaring(has_conflict=False), contents=None)
    with pytest.raises(NotFound):
        settle_conflict(Application(), settling(has_conflict=False), contents="ref")


def test_no_conflict_is_declared_once_and_a_conflict_that_is_found_later_at_any_time() -> None:
    (first,) = declare_conflict(NEW, declaring(has_conflict=False, reason=""), contents=None)
    application = given(*submitted(), first)
    with pytest.raises(ConflictAlreadyDeclared):
        declare_conflict(application, declaring(has_conflict=False), contents=None)
    (later,) = declare_conflict(application, declaring(has_conflict=True), contents="ref")
    handling = given(*submitted(), first, later).handling
    assert (handling.cleared, handling.conflicted) == ((), (ASSESSOR_1,))


def test_a_conflict_is_declared_with_its_reason_which_stays_out_of_the_fact() -> None:
    with pytest.raises(ConflictReasonMissing):
        declare_conflict(NEW, declaring(has_conflict=True, reason=" "), contents=None)
    (fact,) = declare_conflict(NEW, declaring(has_conflict=True), contents="ref")
    assert "Nära vän" not in fact.model_dump_json()
    assert fact.contents == "ref"


def test_a_registered_tie_is_declared_as_a_conflict_and_never_as_none() -> None:
    with pytest.raises(EngagementWithApplicant) as refusal:
        declare_conflict(NEW, declaring(has_conflict=False, engaged_with=("5599990016",)), contents=None)
    assert "5599990016" in refusal.value.detail_sv
    assert declare_conflict(NEW, declaring(has_conflict=True, engaged_with=("5599990016",)), contents="ref")


@pytest.mark.parametrize("has_conflict", [False, True])
def test_the_authority_settles_what_is_disputed_and_that_holds(has_conflict: bool) -> None:  # noqa: FBT001 - a parameter
    (fact,) = settle_conflict(given(*submitted(), conflicted()), settling(has_conflict=has_conflict), contents="ref")
    handling = given(*submitted(), conflicted(), fact).handling
    assert (ASSESSOR_1 in handling.conflicted, ASSESSOR_1 in handling.cleared) == (has_conflict, not has_conflict)


def test_nothing_is_settled_that_nobody_declared() -> None:
    with pytest.raises(ConflictNotDisputed):
        settle_conflict(NEW, settling(has_conflict=False), contents="ref")


def test_nobody_settles_their_own_conflict_nor_with_one_of_their_own() -> None:
    application = given(*submitted(), conflicted(), conflicted(DECIDER))
    with pytest.raises(NotFound):
        settle_conflict(application, settling(has_conflict=False, settled_by=ASSESSOR_1), contents="ref")
    with pytest.raises(NotFound):
        settle_conflict(application, settling(has_conflict=False), contents="ref")


def test_whoever_has_a_conflict_does_not_count_as_assessor() -> None:
    facts = [*assessed(), conflicted()]
    application = given(*facts)
    assert without_conflict(application, application.assessed_by) == (ASSESSOR_2,)
    with pytest.raises(NotReadyForDecision):
        grant(application, CallBudget(), Call((the_call(),)), a_grant(), contents="ref", now=DECISION_DAY)
    third = [*facts, *declared("officer-3")]
    third += assess(given(*third), an_assessment("officer-3"), the_call(), contents="ref")
    together = a_consolidation(consolidated_by=ASSESSOR_2)
    third += consolidate(given(*third), together, the_call(), contents="ref", now=DECISION_DAY)
    decision = grant(given(*third), CallBudget(), Call((the_call(),)), a_grant(), contents="ref", now=DECISION_DAY)
    assert len(decision.events) == 2
