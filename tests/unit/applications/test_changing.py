"""Changes of an accepted grant: what each kind fills in, why not now, and who decides (A19)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.applications.application.domain import Application
from services.applications.application.domain.changing import (
    DecideChange,
    RequestChange,
    Wanted,
    decide_change,
    request_change,
    why_not_now,
)
from services.applications.application.domain.refusals import ConflictNotDeclared, SameAssessorAndDecider
from services.applications.application.domain.refusals.granted import (
    ChangeAlreadyOpen,
    ChangeBeforeAcceptance,
    ChangeDecidedByOther,
    ChangeNotAvailable,
    ChangeNotOpen,
    ChangeNotSound,
    ChangeOfRevokedGrant,
    ProjectOver,
)
from services.applications.application.domain.state import Status, evolve
from shared.contracts.applications import BudgetAmount, ChangeDecided, ChangeRequested
from shared.contracts.call import BudgetCategory, CallDefinition, ChangeDecider, ChangeKind, ChangeRule
from shared.kernel.refusals import NotFound, Refusal
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    DECIDER,
    DECISION_DAY,
    KRONA,
    OWN,
    SOMEBODY_ELSE,
    a_call,
    a_revised_budget,
    accepted,
    assessed,
    given,
    granted_in_full,
)

BY_DECISION = (ChangeKind.BUDGET, ChangeKind.DIRECTION)
CALL = a_call(
    changes=[
        ChangeRule(
            kind=kind,
            decided_by=ChangeDecider.DECISION_MAKER if kind in BY_DECISION else ChangeDecider.CASE_OFFICER,
        )
        for kind in ChangeKind
    ]
)
NONE_AT_ALL = a_call(changes=[])
ACCEPTED = given(*accepted())
LAST_DAY = datetime(2023, 10, 31, 22, 59, tzinfo=UTC)
DAY_AFTER = datetime(2023, 10, 31, 23, 0, tzinfo=UTC)
"""The project ends on 31 October, Swedish time."""
SOUND = {
    ChangeKind.PERIOD: Wanted(starts_on=date(2023, 4, 1), ends_on=date(2023, 9, 30)),
    ChangeKind.BUDGET: Wanted(budget=a_revised_budget(1_600_000, 0).budget),
    ChangeKind.FINANCING: Wanted(co_funding_ore=900_000 * KRONA),
    ChangeKind.ACTIVITIES: Wanted(),
    ChangeKind.DIRECTION: Wanted(),
    ChangeKind.PROJECT_MANAGER: Wanted(),
}


def asked(
    kind: ChangeKind,
    application: Application = ACCEPTED,
    *,
    now: datetime = DECISION_DAY,
    **wanted: Any,  # noqa: ANN401 - any field
) -> ChangeRequested:
    filled = Wanted(**wanted) if wanted else SOUND[kind]
    command = RequestChange(APPLICATION, OWN, "change-1", kind, "editor-1", "Läget har ändrats.", filled)
    (fact,) = request_change(application, command, CALL, contents="ref", now=now)
    return fact


def faults(kind: ChangeKind, **wanted: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any field
    with pytest.raises(ChangeNotSound) as refusal:
        asked(kind, **wanted)
    return [(problem.rule, problem.pointer) for problem in refusal.value.problems]


def decided(
    kind: ChangeKind,
    *,
    by: str = DECIDER,
    role: ChangeDecider | None = None,
    approved: bool = True,
    **state: Any,  # noqa: ANN401 - any field
) -> tuple[ChangeDecided, Application]:
    waiting = replace(evolve(ACCEPTED, asked(kind)), **state)
    roles = frozenset({role} if role else ChangeDecider)
    command = DecideChange(APPLICATION, AGENCY, "change-1", approved, by, roles, "Ryms i beslutet.")
    (fact,) = decide_change(waiting, command, CALL, contents="ref")
    return fact, evolve(waiting, fact)


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_each_kind_is_asked_for_with_what_belongs_to_it(kind: ChangeKind) -> None:
    fact = asked(kind)
    assert (fact.kind, fact.change_id) == (kind, "change-1")
    assert "Läget" not in fact.model_dump_json()


@pytest.mark.parametrize("kind", [ChangeKind.ACTIVITIES, ChangeKind.DIRECTION, ChangeKind.PROJECT_MANAGER])
def test_what_belongs_to_another_kind_is_refused(kind: ChangeKind) -> None:
    everything = {
        "starts_on": date(2023, 4, 1),
        "ends_on": date(2023, 9, 30),
        "budget": a_revised_budget(1_600_000, 0).budget,
        "co_funding_ore": 1,
    }
    assert faults(kind, **everything) == [("A19", f"/{field}") for field in everything]
    assert ("A19", "/budget") in faults(ChangeKind.PERIOD, ends_on=date(2023, 9, 30), budget=everything["budget"])
    assert faults(ChangeKind.BUDGET, ends_on=date(2023, 9, 30)) == [("A19", "/ends_on"), ("A19", "/budget")]


def test_a_period_is_stated_and_within_the_calls_latest_day() -> None:
    assert faults(ChangeKind.PERIOD, co_funding_ore=1) == [("A19", "/co_funding_ore"), ("A19", "/ends_on")]
    asked(ChangeKind.PERIOD, ends_on=date(2023, 10, 31))
    assert faults(ChangeKind.PERIOD, ends_on=date(2023, 11, 1)) == [("A6", "/ends_on")]


def test_a_period_starts_when_the_application_arrived_at_the_earliest_and_ends_after_it_starts() -> None:
    asked(ChangeKind.PERIOD, starts_on=date(2023, 2, 20))
    assert faults(ChangeKind.PERIOD, starts_on=date(2023, 2, 19)) == [("A6", "/starts_on")]
    asked(ChangeKind.PERIOD, ends_on=date(2023, 3, 15))
    assert faults(ChangeKind.PERIOD, ends_on=date(2023, 3, 14)) == [("A6", "/ends_on")]


def test_a_budget_stays_within_the_total_and_the_rules_of_the_call() -> None:
    lower = a_revised_budget(1_600_000, 0).budget
    asked(ChangeKind.BUDGET, budget=lower)
    assert faults(ChangeKind.BUDGET, budget=a_revised_budget(1_600_001, 0).budget, co_funding_ore=80_000_100) == [
        ("A18", "/budget")
    ]
    assert faults(ChangeKind.BUDGET, budget=a_revised_budget(1_599_999, 0).budget) == [("A5", "/budget")]
    assert faults(ChangeKind.BUDGET, budget=lower, co_funding_ore=799_999 * KRONA) == [("A5", "/co_funding_ore")]
    personnel = (BudgetAmount(category=BudgetCategory.PERSONNEL, amount_ore=1_600_000 * KRONA),)
    assert faults(ChangeKind.BUDGET, budget=personnel) == [("A11", "/budget")]
    assert faults(ChangeKind.BUDGET, co_funding_ore=80_000_000) == [("A19", "/budget")]


def test_cash_covers_what_the_support_does_not_pay() -> None:
    asked(ChangeKind.FINANCING, co_funding_ore=800_000 * KRONA)
    assert faults(ChangeKind.FINANCING, co_funding_ore=800_000 * KRONA - 1) == [("A5", "/co_funding_ore")]
    assert faults(ChangeKind.FINANCING, ends_on=date(2023, 9, 30)) == [("A19", "/ends_on"), ("A19", "/co_funding_ore")]


@pytest.mark.parametrize(
    ("application", "call", "now", "refusal"),
    [
        (ACCEPTED, NONE_AT_ALL, DECISION_DAY, ChangeNotAvailable),
        (given(*assessed()), CALL, DECISION_DAY, ChangeBeforeAcceptance),
        (given(*granted_in_full()), CALL, DECISION_DAY, ChangeBeforeAcceptance),
        (replace(ACCEPTED, status=Status.LAPSED), CALL, DECISION_DAY, ChangeBeforeAcceptance),
        (replace(ACCEPTED, status=Status.REVOKED), CALL, DECISION_DAY, ChangeOfRevokedGrant),
        (ACCEPTED, CALL, DAY_AFTER, ProjectOver),
        (evolve(ACCEPTED, asked(ChangeKind.PERIOD)), CALL, DECISION_DAY, ChangeAlreadyOpen),
    ],
)
def test_a_change_that_is_not_available_says_why(
    application: Application, call: CallDefinition, now: datetime, refusal: type[Refusal]
) -> None:
    why = why_not_now(application, ChangeKind.PERIOD, call, now=now)
    assert isinstance(why, refusal)
    assert why.rule == "A19"
    assert why.detail_sv
    assert why.detail_en


def test_what_is_available_has_no_reason_against_it() -> None:
    assert why_not_now(ACCEPTED, ChangeKind.PERIOD, CALL, now=LAST_DAY) is None
    assert why_not_now(ACCEPTED, ChangeKind.BUDGET, CALL, now=DAY_AFTER) is None, "costs are verified afterwards"
    waiting = evolve(ACCEPTED, asked(ChangeKind.PERIOD))
    assert why_not_now(waiting, ChangeKind.BUDGET, CALL, now=DECISION_DAY) is None


def test_what_is_not_available_cannot_be_asked_for() -> None:
    with pytest.raises(ProjectOver):
        asked(ChangeKind.PERIOD, now=DAY_AFTER)
    with pytest.raises(ChangeBeforeAcceptance):
        asked(ChangeKind.PERIOD, given(*granted_in_full()))
    foreign = RequestChange(APPLICATION, SOMEBODY_ELSE, "x", ChangeKind.PERIOD, "editor-2", "x", Wanted())
    with pytest.raises(NotFound):
        request_change(ACCEPTED, foreign, CALL, contents="ref", now=DECISION_DAY)


def test_an_approved_change_replaces_what_the_grant_said() -> None:
    fact, after = decided(ChangeKind.PERIOD)
    assert fact.approved
    assert after.grant is not None
    assert (after.grant.starts_on, after.grant.ends_on) == (date(2023, 4, 1), date(2023, 9, 30))
    assert after.changes == ()


def test_a_change_that_is_not_approved_leaves_the_grant_as_it_is() -> None:
    fact, after = decided(ChangeKind.PERIOD, approved=False)
    assert (fact.starts_on, fact.ends_on) == (None, None)
    assert after.grant == ACCEPTED.grant
    assert after.changes == ()


def test_the_role_that_the_call_names_decides() -> None:
    assert decided(ChangeKind.PERIOD, by=ASSESSOR_1, role=ChangeDecider.CASE_OFFICER)
    assert decided(ChangeKind.BUDGET, by=DECIDER, role=ChangeDecider.DECISION_MAKER)
    with pytest.raises(ChangeDecidedByOther):
        decided(ChangeKind.PERIOD, role=ChangeDecider.DECISION_MAKER)
    with pytest.raises(ChangeDecidedByOther) as refusal:
        decided(ChangeKind.BUDGET, role=ChangeDecider.CASE_OFFICER)
    assert "agency.decision_maker" in refusal.value.detail_sv


def test_a_decision_makers_change_is_decided_by_four_eyes() -> None:
    with pytest.raises(SameAssessorAndDecider):
        decided(ChangeKind.BUDGET, by=ASSESSOR_1)
    with pytest.raises(ConflictNotDeclared):
        decided(ChangeKind.PERIOD, by="officer-3")


def test_a_change_is_decided_once() -> None:
    _, after = decided(ChangeKind.PERIOD)
    command = DecideChange(APPLICATION, AGENCY, "change-1", True, DECIDER, frozenset(ChangeDecider), "x")  # noqa: FBT003 - approved
    with pytest.raises(ChangeNotOpen):
        decide_change(after, command, CALL, contents="ref")


def test_nothing_is_approved_in_a_revoked_grant_but_it_may_be_declined() -> None:
    with pytest.raises(ChangeOfRevokedGrant):
        decided(ChangeKind.PERIOD, status=Status.REVOKED)
    assert decided(ChangeKind.PERIOD, approved=False, status=Status.REVOKED)


def test_an_approved_change_still_keeps_the_rules_on_the_day_of_the_decision() -> None:
    assert ACCEPTED.grant is not None
    later = replace(ACCEPTED.grant, co_funding_ore=700_000 * KRONA)
    with pytest.raises(ChangeNotSound):
        decided(ChangeKind.BUDGET, grant=later)
