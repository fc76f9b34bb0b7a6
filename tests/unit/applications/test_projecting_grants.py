"""What readers see of how a case ends, and of what becomes of its grant."""

from datetime import date
from typing import Any

from services.applications.application.consumers import PAYOUTS_VIEW
from services.applications.application.projections import CALL_BUDGETS_VIEW
from services.applications.application.projections.payouts import PayoutsRow
from shared.contracts.applications import (
    ApplicationFact,
    ApplicationWithdrawn,
    ApplicationWrittenOff,
    BudgetAmount,
    BudgetFreed,
    BudgetReserved,
    ChangeDecided,
    ChangeKind,
    ChangeRequested,
    FreedCause,
    GrantLapsed,
    GrantRevoked,
)
from shared.contracts.call import BudgetCategory
from shared.contracts.reporting import PayoutApproved, PayoutLimit
from shared.kernel.ids import PaymentRequestId
from tests.unit.applications.examples import APPLICATION, DECIDER, KRONA, LEGAL_BASIS, granted_in_full, submitted
from tests.unit.applications.rows import CALL, OF, WHOLE, recorded, row_of


def test_a_withdrawn_application_is_written_off() -> None:
    withdrawn = ApplicationWithdrawn(**WHOLE, withdrawn_by="e", contents="why")
    assert row_of(*submitted(), withdrawn)["status"] == "withdrawn"
    written_off = ApplicationWrittenOff(**WHOLE, decided_by=DECIDER, contents="decision")
    row = row_of(*submitted(), withdrawn, written_off)
    assert (row["status"], row["decided_by"], row["decision_contents"]) == ("written-off", DECIDER, "decision")


def test_a_grant_that_lapses_is_due_no_more() -> None:
    row = row_of(*granted_in_full(), GrantLapsed(**WHOLE))
    assert (row["status"], row["next_due_on"]) == ("lapsed", None)


def _change(kind: ChangeKind, *, approved: bool, **what: Any) -> list[ApplicationFact]:  # noqa: ANN401 - any field
    return [
        ChangeRequested(**OF, change_id="c", kind=kind, requested_by="e", contents="why", **what),
        ChangeDecided(
            **WHOLE, change_id="c", kind=kind, approved=approved, decided_by=DECIDER, contents="decided", **what
        ),
    ]


def test_an_approved_change_replaces_what_the_grant_said_and_nothing_else() -> None:
    before = row_of(*granted_in_full())
    budget = [BudgetAmount(category=BudgetCategory.TRAVEL, amount_ore=7)]
    row = row_of(*granted_in_full(), *_change(ChangeKind.BUDGET, approved=True, budget=budget))
    assert (row["budget_total_ore"], row["ends_on"]) == (7, before["ends_on"])
    row = row_of(*granted_in_full(), *_change(ChangeKind.PERIOD, approved=True, ends_on=date(2023, 9, 30)))
    assert (row["ends_on"], row["starts_on"], row["budget"]) == ("2023-09-30", before["starts_on"], before["budget"])
    row = row_of(*granted_in_full(), *_change(ChangeKind.FINANCING, approved=True, co_funding_ore=0))
    assert row["co_funding_ore"] == 0
    (change,) = row["changes"]
    assert (change["approved"], change["decision_contents"]) == (True, "decided")


def test_a_refused_change_replaces_nothing() -> None:
    before = row_of(*granted_in_full())
    row = row_of(*granted_in_full(), *_change(ChangeKind.PERIOD, approved=False, ends_on=date(2023, 9, 30)))
    assert row["ends_on"] == before["ends_on"]
    assert row["changes"][0]["approved"] is False


def test_a_revoked_grant_shows_what_is_left_of_it() -> None:
    def revoked(left_kr: int, taken_kr: int) -> GrantRevoked:
        return GrantRevoked(
            **WHOLE,
            decided_by=DECIDER,
            wholly=not left_kr,
            amount_revoked_ore=taken_kr * KRONA,
            amount_granted_ore=left_kr * KRONA,
            legal_basis=LEGAL_BASIS,
            contents="why",
        )

    row = row_of(*granted_in_full(), revoked(600_000, 200_000))
    assert (row["status"], row["amount_granted_ore"]) == ("granted", 600_000 * KRONA)
    row = row_of(*granted_in_full(), revoked(600_000, 200_000), revoked(0, 600_000))
    assert (row["status"], row["amount_granted_ore"]) == ("revoked", 0)


def test_what_is_paid_out_of_a_project_adds_up() -> None:
    row: PayoutsRow | None = None
    for number, amount_ore in enumerate((700, 300), start=1):
        payout = PayoutApproved(
            project=APPLICATION,
            payment_request_id=PaymentRequestId(f"request-{number}"),
            payment_number=number,
            approved_by="approver-1",
            costs_approved_ore=2_000,
            co_funding_ore=1_000,
            amount_ore=amount_ore,
            limited_by=PayoutLimit.APPROVED_COSTS,
        )
        assert list(PAYOUTS_VIEW.document_ids(payout, recorded(number))) == [APPLICATION]
        row = PAYOUTS_VIEW.fold(row, payout, recorded(number))
    assert row == {"_id": APPLICATION, "paid_ore": 1_000}


def test_what_is_freed_goes_back_to_the_ceiling() -> None:
    reserved = BudgetReserved(call=CALL, application_id=APPLICATION, amount_ore=100)
    freed = BudgetFreed(call=CALL, application_id=APPLICATION, amount_ore=30, cause=FreedCause.LOWERED)
    row = CALL_BUDGETS_VIEW.fold(CALL_BUDGETS_VIEW.fold(None, reserved, recorded(1)), freed, recorded(2))
    assert row == {"_id": CALL, "reserved_ore": 70, "grants": 1, "version": 2}
