"""What readers see: rows built from facts one by one, the same however the facts are split into polls."""

from collections.abc import Sequence
from typing import Any, Final, get_args

import pytest

from services.applications.application.consumers import FOLLOWED
from services.applications.application.domain import grant
from services.applications.application.projections import (
    APPLICATIONS_VIEW,
    CALL_BUDGETS_VIEW,
    CASE_LOGS_VIEW,
    ApplicationRow,
    CallBudgetRow,
)
from services.applications.application.projections.priority import PRIORITIES_VIEW, PriorityRow
from services.applications.call.domain import CALLS, Call, CallBudget, PublishCall, publish
from services.applications.call.projections import CALLS_VIEW, CallRow
from services.applications.call.schemas import call_body, call_summary
from services.applications.main import SERVICE
from shared.contracts.applications import (
    FACTS,
    ApplicationDismissed,
    ApplicationFact,
    ApplicationRejected,
    BudgetReserved,
    CallPublished,
    ConflictDeclared,
    DismissalReason,
    GrantAccepted,
    PriorityOrderSet,
)
from shared.contracts.event import Event
from shared.kernel.ids import ApplicationId
from shared.mongo import encoded
from tests.unit.applications.examples import (
    APPLICATION,
    ASSESSOR_2,
    DECIDER,
    DECISION_DAY,
    KRONA,
    LEGAL_BASIS,
    NOON,
    SCIENCE_PARK,
    a_call,
    a_grant,
    a_revised_budget,
    assessed,
    confirmed,
    given,
    submitted,
    the_call,
)
from tests.unit.applications.rows import CALL, recorded


def folded(facts: Sequence[Event], row: ApplicationRow | None = None, *, after: int = 0) -> ApplicationRow:
    view: Any = APPLICATIONS_VIEW
    for position, fact in enumerate(facts, start=after + 1):
        assert isinstance(fact, view.facts)
        assert list(view.document_ids(fact, recorded(position))) == [APPLICATION]
        row = view.fold(row, fact, recorded(position))
    assert row is not None
    encoded(dict(row))
    return row


def granted() -> list[Event]:
    facts = confirmed(a_revised_budget(1_300_000, 700_000), 600_000)
    decision = grant(
        given(*facts),
        CallBudget(),
        Call((the_call(),)),
        a_grant(600_000),
        contents="decision",
        now=DECISION_DAY,
    )
    return [*facts, *decision.events[f"application/{APPLICATION}"]]


def test_a_submission_is_a_row_with_everything_that_was_applied_for() -> None:
    row = folded(submitted())
    assert (row["status"], row["signed"], row["late"], row["assessments"]) == ("submitted", False, False, 0)
    assert row["amount_applied_ore"] == 800_000 * KRONA
    assert row["organisation"] == SCIENCE_PARK
    assert row["version"] == 1


def test_signature_and_assessments_are_counted_and_scores_left_out() -> None:
    row = folded(assessed())
    assert (row["signed"], row["assessments"], row["version"]) == (True, 2, len(assessed()))
    assert "scores" not in row
    assert (row["consolidated"], row["points"], row["amount_proposed_ore"]) == (True, 400, 800_000 * KRONA)


def test_a_consolidated_assessment_falls_with_the_assessor_who_has_a_conflict() -> None:
    conflict = ConflictDeclared(application_id=APPLICATION, person=ASSESSOR_2, has_conflict=True, contents="ref")
    row = folded([*assessed(), conflict])
    assert (row["consolidated"], row["points"], row["amount_proposed_ore"]) == (False, None, 0)
    assert folded([*assessed(), conflict.model_copy(update={"person": "officer-9"})])["consolidated"]


def test_a_priority_order_replaces_an_earlier_one() -> None:
    row: PriorityRow | None = None
    for position, order in enumerate((["a", "b"], ["b"]), start=1):
        fact = PriorityOrderSet(call=CALL, order=[ApplicationId(one) for one in order], set_by=DECIDER, contents="why")
        assert list(PRIORITIES_VIEW.document_ids(fact, recorded(position))) == [CALL]
        row = PRIORITIES_VIEW.fold(row, fact, recorded(position))
    assert row is not None
    encoded(dict(row))
    assert (row["order"], row["set_by"], row["contents"], row["version"]) == (["b"], DECIDER, "why", 2)


def test_a_grant_shows_what_was_decided() -> None:
    row = folded(granted())
    assert (row["status"], row["amount_granted_ore"], row["partial"]) == ("granted", 600_000 * KRONA, True)
    assert row["budget_total_ore"] == 1_300_000 * KRONA
    assert (row["decided_by"], row["decided_at"], row["accept_by"]) == (DECIDER, DECISION_DAY, "2023-03-31")
    assert row["decision_contents"] == "decision"


def test_the_other_ends_of_a_case() -> None:
    rejected = ApplicationRejected(
        application_id=APPLICATION,
        call=CALL,
        organisation=SCIENCE_PARK,
        decided_by=DECIDER,
        legal_basis=LEGAL_BASIS,
        contents="no",
    )
    dismissed = ApplicationDismissed(
        application_id=APPLICATION,
        call=CALL,
        organisation=SCIENCE_PARK,
        decided_by=DECIDER,
        reason=DismissalReason.LATE,
        contents="late",
    )
    accepted = GrantAccepted(
        application_id=APPLICATION, call=CALL, organisation=SCIENCE_PARK, accepted_by="signatory-1"
    )
    assert folded([*assessed(), rejected])["status"] == "rejected"
    assert folded([*assessed(), rejected])["legal_basis"] == LEGAL_BASIS
    assert folded([*submitted(), dismissed])["dismissal_reason"] == "late"
    assert folded([*granted(), accepted])["status"] == "accepted"


@pytest.mark.parametrize("cut", range(1, 5))
def test_splitting_the_facts_into_polls_does_not_matter(cut: int) -> None:
    facts = granted()
    assert folded(facts[cut:], folded(facts[:cut]), after=cut) == folded(facts)


def test_a_fold_leaves_the_earlier_row_alone() -> None:
    facts = granted()
    before = folded(facts[:1])
    kept = dict(before)
    folded(facts[1:], before, after=1)
    assert dict(before) == kept


def test_a_calls_budget_adds_up() -> None:
    row: CallBudgetRow | None = None
    for position, amount_ore in enumerate((100, 250), start=1):
        fact = BudgetReserved(call=CALL, application_id=APPLICATION, amount_ore=amount_ore)
        assert list(CALL_BUDGETS_VIEW.document_ids(fact, recorded(position))) == [CALL]
        row = CALL_BUDGETS_VIEW.fold(row, fact, recorded(position))
    assert row == {"_id": CALL, "reserved_ore": 350, "grants": 2, "version": 2}


def test_a_calls_newest_version_is_shown_as_it_was_published() -> None:
    row: CallRow | None = None
    for position, definition in enumerate((the_call(), a_call(version=2, handbook_version="2024")), start=1):
        decision = publish(Call(), CallBudget(), PublishCall(definition), now=NOON)
        (fact,) = decision.events[CALLS.at(CALL).id]
        assert isinstance(fact, CallPublished)
        assert list(CALLS_VIEW.document_ids(fact, recorded(position))) == [CALL]
        row = CALLS_VIEW.fold(row, fact, recorded(position))
    assert row is not None
    encoded(dict(row))
    assert call_body(row).definition == a_call(version=2, handbook_version="2024")
    assert call_summary(row).budget_ore == 10_000_000 * KRONA
    assert row["stream_version"] == 2


NOT_SHOWN: Final = {"case-number-taken", "engagements-registered"}
"""A register's numbers are shown by their cases; ties are compared by the rules, and shown to nobody."""


def test_every_fact_of_the_service_is_held_by_one_stream_and_shown_and_in_the_case_log() -> None:
    held = [fact.name() for stream in SERVICE.streams for fact in stream.facts]
    own = [view for view in SERVICE.projections[0].views if view is not CASE_LOGS_VIEW and view not in FOLLOWED]
    shown = {fact.name() for view in own for fact in view.facts}
    assert sorted(held) == sorted(fact.name() for fact in FACTS)
    assert set(held) - shown == NOT_SHOWN
    assert shown <= set(held)
    assert set(CASE_LOGS_VIEW.facts) == set(get_args(ApplicationFact))
