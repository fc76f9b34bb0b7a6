"""When cost above a category's budget needs the officer, and when a decision; what is said and refused then (A19)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from services.reporting.costs.domain import Account, GrantTerms, JudgedLine, PaymentRequest, Reason, VerifyCosts
from services.reporting.costs.domain import report as decide_report
from services.reporting.costs.domain import verify as decide_verification
from services.reporting.costs.domain.overrun import overrun_needs
from services.reporting.costs.domain.verification import OverrunNotDecided
from services.reporting.costs.projections import CallRow, project_call
from services.reporting.costs.projections.folds import project_payment_request
from services.reporting.costs.schemas.answers import payment_request_body
from services.reporting.costs.schemas.flags import over_budget
from services.reporting.followup.projections import Matter, ProjectRow, pending
from services.reporting.followup.projections.folds import ProjectFact, fold_project
from shared.contracts.applications import ChangeDecided, ChangeKind
from shared.contracts.call import BudgetCategory, Overrun
from shared.contracts.event import Event
from shared.contracts.reporting import CategoryOverrun, CostsReported, OverrunNeeds
from shared.kernel.ids import ApplicationId, OrganisationId
from shared.kernel.money import kronor
from tests.unit.reporting.examples import NOON, REQUEST, TERMS, a_line, a_report, a_row, reported
from tests.unit.reporting.facts import identifier, payment_request, recorded
from tests.unit.reporting.granted import BUDGET, CALL, application, published

NOTHING, OFFICER, DECISION = OverrunNeeds
PERSONNEL, FLAT_RATE, TRAVEL = BudgetCategory.PERSONNEL, BudgetCategory.FLAT_RATE, BudgetCategory.TRAVEL
PROJECT, OWNER = ApplicationId(identifier(9, 1)), OrganisationId(identifier(8, 1))


@pytest.mark.parametrize(
    ("budget_kr", "claimed_kr", "needs"),
    [
        (100_000, 0, NOTHING),
        (100_000, 100_000, NOTHING),
        (100_000, 120_000, NOTHING),
        (100_000, 120_001, OFFICER),
        (100_000, 149_999, OFFICER),
        (100_000, 150_000, DECISION),
        (250_000, 300_000, NOTHING),
        (250_000, 300_001, DECISION),
        (1_000_000, 1_200_000, NOTHING),
        (1_000_000, 1_200_001, DECISION),
        (0, 0, NOTHING),
        (0, 1, OFFICER),
        (0, 49_999, OFFICER),
        (0, 50_000, DECISION),
    ],
)
def test_above_a_fifth_the_officer_and_from_fifty_thousand_a_decision(
    budget_kr: int, claimed_kr: int, needs: OverrunNeeds
) -> None:
    limits = published().definition.overrun
    assert overrun_needs(kronor(claimed_kr), kronor(budget_kr), limits) is needs


def test_the_limits_are_the_calls() -> None:
    limits = Overrun(share_bp=1_000, decision_ore_min=kronor(100))
    assert overrun_needs(kronor(1_100), kronor(1_000), limits) is NOTHING
    assert overrun_needs(kronor(1_100) + 1, kronor(1_000), limits) is DECISION
    assert overrun_needs(kronor(99), 0, limits) is OFFICER
    assert overrun_needs(kronor(100), 0, limits) is DECISION


def test_each_version_of_a_call_keeps_its_limits() -> None:
    definition = published().definition
    stricter = definition.model_copy(
        update={"version": 2, "overrun": Overrun(share_bp=1_000, decision_ore_min=kronor(9))}
    )
    row: CallRow | None = None
    for version in (definition, stricter):
        fact = published().model_copy(update={"definition": version})
        row = project_call(row, fact, recorded(f"call/{CALL}", version.version, CALL))
    assert row is not None
    assert {number: tuple(terms["overrun"].values()) for number, terms in row["versions"].items()} == {
        "1": (2_000, kronor(50_000)),
        "2": (1_000, kronor(9)),
    }


def _over(earlier_ore: int, budget_ore: int = kronor(100_000)) -> list[CategoryOverrun]:
    """Report 10 000 kr of travel after `earlier_ore` of it, and return what is over the budget."""
    terms = replace(TERMS, budget={**TERMS.budget, TRAVEL: budget_ore})
    account = Account(claimed={TRAVEL: earlier_ore})
    command = a_report(a_line(a_row(account="5810")), terms=terms)
    (fact,) = decide_report(PaymentRequest(), account, command, now=NOON).events[f"payment-request/{REQUEST}"]
    assert isinstance(fact, CostsReported)
    return fact.over_budget


@pytest.mark.parametrize(
    ("accumulated_ore", "over_ore", "needs"),
    [
        (kronor(100_000), 0, None),
        (kronor(100_000) + 1, 1, NOTHING),
        (kronor(120_000), kronor(20_000), NOTHING),
        (kronor(120_000) + 1, kronor(20_000) + 1, OFFICER),
        (kronor(150_000) - 1, kronor(50_000) - 1, OFFICER),
        (kronor(150_000), kronor(50_000), DECISION),
    ],
)
def test_costs_as_reported_say_what_each_overrun_needs(
    accumulated_ore: int, over_ore: int, needs: OverrunNeeds | None
) -> None:
    expected = [] if needs is None else [CategoryOverrun(category=TRAVEL, amount_ore=over_ore, needs=needs)]
    assert _over(accumulated_ore - kronor(10_000)) == expected


def test_any_cost_in_a_category_without_a_budget_is_above_the_share() -> None:
    assert [over.needs for over in _over(0, budget_ore=0)] == [OFFICER]
    assert [over.needs for over in _over(kronor(40_000) - 1, budget_ore=0)] == [OFFICER]
    assert [over.needs for over in _over(kronor(40_000), budget_ore=0)] == [DECISION]


@pytest.mark.parametrize(
    ("needs", "rule", "sv", "en"),
    [
        (NOTHING, "C7", "inget mer behövs", "nothing more is needed"),
        (OFFICER, "A19", "handläggaren tar ställning", "the officer considers"),
        (DECISION, "A19", "begär en ändring av budgeten", "request a change of the budget"),
    ],
)
def test_the_warning_says_in_words_what_is_needed(needs: OverrunNeeds, rule: str, sv: str, en: str) -> None:
    flag = over_budget(CategoryOverrun(category=TRAVEL, amount_ore=kronor(7), needs=needs))
    assert flag.rule == rule
    assert "7\N{NO-BREAK SPACE}kr över beslutad budget" in flag.sv
    assert sv in flag.sv
    assert en in flag.en


def _costs_reported(*over: CategoryOverrun) -> CostsReported:
    """Return 170 000 kr claimed: 150 000 of personnel, 20 000 of travel."""
    fact = payment_request(PROJECT, OWNER, 1)[0]
    assert isinstance(fact, CostsReported)
    return fact.model_copy(update={"over_budget": list(over)})


def _travel(needs: OverrunNeeds) -> CategoryOverrun:
    return CategoryOverrun(category=TRAVEL, amount_ore=kronor(60_000), needs=needs)


def test_a_payment_request_shows_what_its_overruns_need() -> None:
    row = project_payment_request(None, _costs_reported(_travel(DECISION)), recorded("payment-request/1", 1, PROJECT))
    body = payment_request_body(row, {})
    assert body.over_budget == {"travel": kronor(60_000)}
    assert body.overrun_needs == {"travel": DECISION}


def test_an_overrun_from_before_it_was_told_went_to_the_officer() -> None:
    assert CategoryOverrun.model_validate_json('{"category": "travel", "amount_ore": 1}').needs is OFFICER


def _budget_changed(**kr: int) -> ChangeDecided:
    budget = [
        line.model_copy(update={"amount_ore": kronor(kr.get(line.category.value, line.amount_ore // 100))})
        for line in BUDGET
    ]
    said: Any = {"application_id": PROJECT, "call": CALL, "organisation": OWNER, "change_id": "c", "contents": "ref"}
    return ChangeDecided(kind=ChangeKind.BUDGET, approved=True, decided_by="d", budget=budget, **said)


def _waiting(*facts: Event) -> set[Matter]:
    row: ProjectRow | None = None
    for position, fact in enumerate((*application(PROJECT, OWNER), *facts), start=1):
        row = fold_project(row, cast("ProjectFact", fact), recorded("stream", position, PROJECT))
    assert row is not None
    return {one.matter for one in pending(row, date(2023, 12, 1), assessors_min=1)}


def _claimed_of_travel(kr: int, needs: OverrunNeeds) -> CostsReported:
    personnel, travel = (fact := _costs_reported(_travel(needs))).lines
    return fact.model_copy(update={"lines": [personnel, travel.model_copy(update={"claimed_ore": kronor(kr)})]})


def test_an_overrun_waits_for_somebody_only_where_something_is_needed() -> None:
    for needs, waits in ((NOTHING, False), (OFFICER, True), (DECISION, True)):
        assert (Matter.EXAMINE_OVERRUN in _waiting(_claimed_of_travel(110_000, needs))) is waits
    assert _waiting(_costs_reported()) == {Matter.VERIFY}


@pytest.mark.parametrize(("budget_kr", "waits"), [(109_999, True), (110_000, False)])
def test_an_overrun_waits_until_the_budget_is_changed(budget_kr: int, waits: bool) -> None:  # noqa: FBT001 - a table's column
    facts = (_claimed_of_travel(110_000, DECISION), _budget_changed(travel=budget_kr))
    assert (Matter.EXAMINE_OVERRUN in _waiting(*facts)) is waits


def test_an_overrun_that_has_been_verified_waits_for_nobody() -> None:
    _, verified = payment_request(PROJECT, OWNER, 1)
    assert Matter.EXAMINE_OVERRUN not in _waiting(_claimed_of_travel(110_000, OFFICER), verified)


def _verify(approved_ore: int, earlier: Mapping[BudgetCategory, int], terms: GrantTerms = TERMS, **row: Any) -> None:  # noqa: ANN401 - any field
    """Approve so much of one line of 100 000 kr, after `earlier` approved costs."""
    request, account = reported(a_line(a_row(amount_ore=kronor(100_000), **row)))
    rest_ore = kronor(100_000) - approved_ore
    judged = JudgedLine(1, approved_ore, rest_ore, 0, Reason.UNREASONABLE if rest_ore else None)
    command = VerifyCosts(REQUEST, terms, "controller-1", (judged,), "reference")
    assert decide_verification(request, replace(account, approved=dict(earlier)), command).events


def test_nothing_is_approved_in_a_category_beyond_what_needs_a_decision() -> None:
    earlier = {PERSONNEL: kronor(1_100_000), FLAT_RATE: kronor(220_000)}
    _verify(kronor(100_000), earlier)
    with pytest.raises(OverrunNotDecided) as refused:
        _verify(kronor(100_000), {**earlier, PERSONNEL: kronor(1_100_000) + 1})
    assert (refused.value.rule, refused.value.status) == ("A19", 409)
    (problem,) = refused.value.problems
    assert problem.sv.startswith("Personal: 200\N{NO-BREAK SPACE}000,01\N{NO-BREAK SPACE}kr skulle")
    assert problem.en.startswith("Personnel: ")


def test_below_the_limit_of_a_decision_an_overrun_stays_a_flag() -> None:
    _verify(kronor(50_000) - 1, {}, account="5810")
    with pytest.raises(OverrunNotDecided):
        _verify(kronor(50_000), {}, account="5810")


def test_the_flat_rate_that_follows_counts_as_well_and_every_category_is_named_at_once() -> None:
    terms = replace(TERMS, budget={PERSONNEL: kronor(50_000), FLAT_RATE: kronor(1)})
    _verify(kronor(100_000), {}, replace(terms, budget={PERSONNEL: kronor(50_001)}))
    with pytest.raises(OverrunNotDecided) as refused:
        _verify(kronor(100_000), {FLAT_RATE: kronor(30_001)}, terms)
    assert [problem.sv.split(":")[0] for problem in refused.value.problems] == ["Personal", "Schablon"]


def test_an_approved_change_of_the_budget_lets_the_cost_be_approved() -> None:
    def changed(kr: int) -> GrantTerms:
        return replace(TERMS, budget={**TERMS.budget, TRAVEL: kronor(kr)})

    _verify(kronor(100_000), {}, changed(50_001), account="5810")
    with pytest.raises(OverrunNotDecided):
        _verify(kronor(100_000), {}, changed(50_000), account="5810")


def test_what_was_above_before_does_not_stop_another_category() -> None:
    _verify(kronor(100_000), {TRAVEL: kronor(400_000)})
    _verify(0, {PERSONNEL: kronor(4_000_000), FLAT_RATE: kronor(800_000)})
