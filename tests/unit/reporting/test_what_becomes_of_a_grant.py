"""What becomes of a grant binds costs and shows in follow-up: changed, revoked wholly or in part, lapsed (A17, A19)."""

from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from services.reporting.costs.domain.terms import GrantEnd, GrantEnded, GrantNotAccepted
from services.reporting.costs.projections import ProjectFact as CostsFact
from services.reporting.costs.projections import ProjectRow as CostsRow
from services.reporting.costs.projections import project_project
from services.reporting.followup.projections import CallRow, ProjectRow, figures_of, pending
from services.reporting.followup.projections.folds import ProjectFact, fold_call, fold_project
from services.reporting.followup.projections.pending import Matter
from services.reporting.followup.schemas.building import programme_body
from shared.contracts.applications import (
    ApplicationReplaced,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ApplicationWrittenOff,
    BudgetAmount,
    CashCoFunding,
    ChangeDecided,
    ChangeKind,
    CompletionAnswered,
    ConflictDeclared,
    ConflictSettled,
    FundingSource,
    GrantLapsed,
    GrantRevoked,
)
from shared.contracts.call import BudgetCategory
from shared.contracts.event import Event
from shared.contracts.reporting import PayoutApproved, PayoutLimit
from shared.kernel.ids import ApplicationId, OrganisationId, PaymentRequestId
from shared.kernel.money import kronor
from shared.projector.status import Freshness
from tests.unit.reporting.examples import TERMS
from tests.unit.reporting.facts import identifier, recorded
from tests.unit.reporting.granted import BUDGET, CALL, FIRST, application, published

PROJECT = ApplicationId(identifier(9, 1))
OWNER = OrganisationId(identifier(8, 1))
FRESH = Freshness("followup", FIRST, lag_facts=0, lag_s=0.0, workers=1, parked=0, held=0, partitions=())
ACCEPTED = application(PROJECT, OWNER)
GRANTED = ACCEPTED[:-1]
WHOLE: Any = {"application_id": PROJECT, "call": CALL, "organisation": OWNER}


def costs(*facts: Event) -> CostsRow:
    row: CostsRow | None = None
    for position, fact in enumerate(facts, start=1):
        if isinstance(fact, CostsFact):
            row = project_project(row, fact, recorded(f"application/{PROJECT}", position, PROJECT))
    assert row is not None
    return row


def followed(*facts: Event) -> ProjectRow:
    row: ProjectRow | None = None
    for position, fact in enumerate(facts, start=1):
        place = recorded(f"application/{PROJECT}", position, PROJECT)
        row = fold_project(row, cast("ProjectFact", fact), place)
    assert row is not None
    return row


def changed(*, approved: bool = True, **what: Any) -> ChangeDecided:  # noqa: ANN401 - any field
    kind = ChangeKind.BUDGET
    said: Any = {**WHOLE, "change_id": "c", "kind": kind, "approved": approved, "decided_by": "d", "contents": "ref"}
    return ChangeDecided(**said, **what)


def revoked(left_kr: int) -> GrantRevoked:
    return GrantRevoked(
        **WHOLE,
        decided_by="d",
        wholly=not left_kr,
        amount_revoked_ore=kronor(525_000 - left_kr),
        amount_granted_ore=kronor(left_kr),
        legal_basis="2015-210-13",
        contents="ref",
    )


def a_version(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    submitted = ACCEPTED[0]
    assert isinstance(submitted, ApplicationSubmitted)
    return {**submitted.model_dump(exclude={"arrived_at", "late"}), **changes}


def paid(amount_kr: int) -> PayoutApproved:
    return PayoutApproved(
        project=PROJECT,
        payment_request_id=PaymentRequestId(identifier(5, 1)),
        payment_number=1,
        approved_by="p",
        costs_approved_ore=kronor(2 * amount_kr),
        co_funding_ore=kronor(amount_kr),
        amount_ore=kronor(amount_kr),
        limited_by=PayoutLimit.APPROVED_COSTS,
    )


NEW_BUDGET = [BudgetAmount(category=BudgetCategory.TRAVEL, amount_ore=kronor(1_050_000))]
CHANGE: Any = {
    "starts_on": date(2023, 4, 1),
    "ends_on": date(2023, 9, 30),
    "budget": NEW_BUDGET,
    "co_funding_ore": kronor(500_000),
}


def test_an_approved_change_binds_costs_and_leaves_share_and_maximum() -> None:
    before, after = costs(*ACCEPTED)["grant"], costs(*ACCEPTED, changed(**CHANGE))["grant"]
    assert before is not None
    assert after == {
        **before,
        "starts_on": "2023-04-01",
        "ends_on": "2023-09-30",
        "budget": {"travel": kronor(1_050_000)},
        "co_funding_ore": kronor(500_000),
    }


def test_a_change_binds_only_what_it_names_and_only_when_approved() -> None:
    assert costs(*ACCEPTED, changed(approved=False, **CHANGE)) == costs(*ACCEPTED)
    assert costs(*ACCEPTED, changed()) == costs(*ACCEPTED)
    assert followed(*ACCEPTED, changed(approved=False, **CHANGE)) == followed(*ACCEPTED, changed())


def test_a_revocation_in_part_lowers_the_maximum_and_nothing_else() -> None:
    before, after = costs(*ACCEPTED)["grant"], costs(*ACCEPTED, revoked(400_000))["grant"]
    assert before is not None
    assert after == {**before, "maximum_ore": kronor(400_000)}


def test_a_grant_that_was_revoked_or_has_lapsed_says_so() -> None:
    for facts, end in (((*ACCEPTED, revoked(0)), "revoked"), ((*GRANTED, GrantLapsed(**WHOLE)), "lapsed")):
        grant = costs(*facts)["grant"]
        assert grant is not None
        assert grant["ended"] == end


@pytest.mark.parametrize("end", list(GrantEnd))
def test_nothing_is_paid_out_of_a_grant_that_has_ended(end: GrantEnd) -> None:
    TERMS.require_payable()
    with pytest.raises(GrantEnded) as refusal:
        replace(TERMS, ended=end).require_payable()
    assert refusal.value.rule == "A19"
    with pytest.raises(GrantNotAccepted):
        replace(TERMS, accepted=False).require_payable()


def test_own_cash_is_that_of_the_newest_version() -> None:
    plan = [CashCoFunding(source=FundingSource.OWN, amount_ore=kronor(7))]
    replaced = ApplicationReplaced(**a_version(co_funding=plan), arrived_at=FIRST, replaced_by="e")
    assert costs(ACCEPTED[0])["own_cash_applied_ore"] == kronor(425_000)
    assert costs(ACCEPTED[0], replaced)["own_cash_applied_ore"] == kronor(7)
    answered = CompletionAnswered(
        **a_version(co_funding=plan), request_id="r", answered_by="e", answered_at=FIRST, changed=["/co_funding"]
    )
    row = costs(*ACCEPTED, answered)
    assert (row["own_cash_applied_ore"], row["accepted"], row["grant"] is not None) == (kronor(7), True, True)


def test_follow_up_shows_the_period_and_the_budget_of_an_approved_change() -> None:
    row = followed(*ACCEPTED, changed(**CHANGE))
    assert row["grant"] is not None
    assert (row["grant"]["starts_on"], row["grant"]["ends_on"]) == ("2023-04-01", "2023-09-30")
    figures = figures_of(row)
    assert (figures.total.granted_ore, figures.co_funding_planned_ore) == (kronor(1_050_000), kronor(500_000))
    assert figures.support_granted_ore == kronor(525_000)


def test_follow_up_shows_the_newest_version_which_has_to_be_signed_anew() -> None:
    version = a_version(companies_planned=5, budget=BUDGET)
    replaced = ApplicationReplaced(**version, arrived_at=FIRST, replaced_by="e")
    row = followed(*ACCEPTED[:2], replaced)
    assert row["application"] is not None
    assert (row["application"]["companies_planned"], row["status"], row["signed"]) == (5, "submitted", False)
    answered = CompletionAnswered(**version, request_id="r", answered_by="e", answered_at=FIRST, changed=[])
    row = followed(*ACCEPTED[:2], answered)
    assert row["application"] is not None
    assert (row["application"]["companies_planned"], row["status"], row["signed"]) == (5, "signed", True)


@pytest.mark.parametrize(
    ("facts", "status", "waits_for"),
    [
        ([ApplicationWithdrawn(**WHOLE, withdrawn_by="e", contents="ref")], "withdrawn", {Matter.DECIDE}),
        ([ApplicationWrittenOff(**WHOLE, decided_by="d", contents="ref")], "written-off", set()),
    ],
)
def test_a_withdrawn_application_waits_for_being_written_off(
    facts: list[Event], status: str, waits_for: set[Matter]
) -> None:
    row = followed(*ACCEPTED[:3], *facts)
    assert row["status"] == status
    assert {one.matter for one in pending(row, date(2023, 3, 1), assessors_min=2)} == waits_for


def test_a_revocation_in_part_leaves_an_accepted_project() -> None:
    row = followed(*ACCEPTED, revoked(400_000))
    assert (row["status"], figures_of(row).support_granted_ore) == ("accepted", kronor(400_000))


def _free_kr(*facts: Event) -> int:
    call: CallRow = fold_call(None, published(), recorded(f"call/{CALL}", 1, CALL))
    row = followed(*facts)
    programme = programme_body(call, [row], FRESH, {}, named=frozenset({PROJECT}), today=date(2023, 12, 1))
    return (programme.budget_ore - programme.free_ore) // 100


def test_a_lapsed_grant_frees_all_and_a_revoked_one_what_was_not_paid_out() -> None:
    assert _free_kr(*ACCEPTED) == 525_000
    assert _free_kr(*GRANTED, GrantLapsed(**WHOLE)) == 0
    assert _free_kr(*ACCEPTED, revoked(400_000)) == 400_000
    assert _free_kr(*ACCEPTED, revoked(0)) == 0
    assert _free_kr(*ACCEPTED, paid(94_500), revoked(0)) == 94_500, "what was paid out stays taken (A17)"


def test_a_lapsed_grant_is_no_project() -> None:
    row = followed(*GRANTED, GrantLapsed(**WHOLE))
    assert (row["status"], row["grant"]) == ("lapsed", None)
    assert not list(pending(row, date(2023, 12, 1), assessors_min=2))


def test_whoever_has_a_conflict_is_remembered_until_it_is_settled_otherwise() -> None:
    of: Any = {"application_id": PROJECT, "contents": "ref"}
    none = ConflictDeclared(**of, person="officer-1", has_conflict=False)
    conflict = ConflictDeclared(**of, person="officer-1", has_conflict=True)
    settled = ConflictSettled(**of, person="officer-1", has_conflict=False, settled_by="d")
    assert followed(*ACCEPTED, none)["conflicted"] == []
    assert followed(*ACCEPTED, none, conflict)["conflicted"] == ["officer-1"]
    assert followed(*ACCEPTED, conflict, conflict)["conflicted"] == ["officer-1"]
    assert followed(*ACCEPTED, conflict, settled)["conflicted"] == []
    assert followed(*ACCEPTED, conflict)["status"] == "accepted"
