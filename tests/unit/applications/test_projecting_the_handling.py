"""What readers see of a case's handling: its number, persons, completions, dates, and what it is prepared with."""

from datetime import date
from typing import Any

from shared.contracts.applications import (
    ApplicationReplaced,
    ApplicationSubmitted,
    AssessmentConsolidated,
    CompletionAnswered,
    CompletionAsked,
    CompletionKind,
    CompletionLapsed,
    ConflictDeclared,
    ConflictSettled,
    ConsultationRecorded,
    DecisionRequested,
    DecisionRequestRefused,
    DelayNotified,
    MessageSent,
    NoteFiled,
    NoteKind,
    OfficerAssigned,
    PartialGrantProposed,
    ReminderDone,
    ReminderSet,
    RevisedBudgetConfirmed,
)
from tests.unit.applications.examples import (
    ASSESSOR_1,
    ASSESSOR_2,
    DECIDER,
    NOON,
    SCIENCE_PARK,
    assessed,
    granted_in_full,
    handled,
    scored,
    signed,
    submitted,
)
from tests.unit.applications.rows import CALL, OF, row_of


def a_version(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    submission = submitted()[0]
    assert isinstance(submission, ApplicationSubmitted)
    return {**submission.model_dump(exclude={"arrived_at", "late"}), **changes}


def asked(request_id: str = "r-1", kind: CompletionKind = CompletionKind.QUESTION) -> CompletionAsked:
    return CompletionAsked(
        **OF,
        request_id=request_id,
        kind=kind,
        asked_by=ASSESSOR_1,
        due_on=date(2023, 3, 24),
        fields=["/title"],
        contents="question",
    )


def test_a_handled_case_shows_its_number_who_is_cleared_and_its_contacts() -> None:
    row = row_of(*handled())
    assert (row["case_number"], row["diary_number"], row["contacts"]) == ("20230001", "Ä 2023-1", 1)
    assert (row["cleared"], row["conflicted"]) == ([ASSESSOR_1, ASSESSOR_2, DECIDER], [])


def test_a_conflict_moves_a_person_and_so_does_its_settlement() -> None:
    conflict = ConflictDeclared(**OF, person=ASSESSOR_1, has_conflict=True, contents="why")
    settled = ConflictSettled(**OF, person=ASSESSOR_1, has_conflict=False, settled_by=DECIDER, contents="why not")
    row = row_of(*handled(), conflict)
    assert (row["cleared"], row["conflicted"]) == ([ASSESSOR_2, DECIDER], [ASSESSOR_1])
    row = row_of(*handled(), conflict, settled)
    assert (row["cleared"], row["conflicted"]) == ([ASSESSOR_2, DECIDER, ASSESSOR_1], [])


def test_an_assignment_replaces_the_earlier_one() -> None:
    first = OfficerAssigned(
        **OF, officer=ASSESSOR_1, assigned_by="r", substitute=ASSESSOR_2, substitute_until=date(2023, 7, 31)
    )
    row = row_of(*handled(), first)
    assert (row["officer"], row["substitute"], row["substitute_until"]) == (ASSESSOR_1, ASSESSOR_2, "2023-07-31")
    row = row_of(*handled(), first, OfficerAssigned(**OF, officer=ASSESSOR_2, assigned_by="r"))
    assert (row["officer"], row["substitute"], row["substitute_until"]) == (ASSESSOR_2, None, None)


def test_a_replacement_is_the_newest_version_and_has_to_be_signed_anew() -> None:
    replaced = ApplicationReplaced(**a_version(theme="climate", contents="new"), arrived_at=NOON, replaced_by="e")
    row = row_of(*signed(), replaced)
    assert (row["theme"], row["contents"], row["signed"]) == ("climate", "new", False)


def test_a_completion_is_open_until_it_is_answered_with_a_new_version() -> None:
    row = row_of(*handled(), asked())
    assert row["next_due_on"] == "2023-03-24"
    (completion,) = row["completions"]
    assert (completion["status"], completion["fields"], completion["version"]) == ("open", ["/title"], "ref")
    answer = CompletionAnswered(
        **a_version(contents="answered"), request_id="r-1", answered_by="e", answered_at=NOON, changed=["/title"]
    )
    row = row_of(*handled(), asked(), answer)
    (completion,) = row["completions"]
    assert (completion["status"], completion["changed"], completion["version"]) == ("answered", ["/title"], "ref")
    assert (row["contents"], row["signed"], row["next_due_on"]) == ("answered", True, None)


def test_a_completion_that_nobody_answers_lapses_and_no_other() -> None:
    lapsed = CompletionLapsed(**OF, request_id="r-2", kind=CompletionKind.ORDER)
    row = row_of(*handled(), asked(), asked("r-2", CompletionKind.ORDER), lapsed)
    assert [(each["request_id"], each["status"]) for each in row["completions"]] == [("r-1", "open"), ("r-2", "lapsed")]
    assert row["next_due_on"] == "2023-03-24"


def test_the_earliest_date_that_somebody_waits_for_is_due_next() -> None:
    reminder = ReminderSet(**OF, reminder_id="m", person=ASSESSOR_1, due_on=date(2023, 3, 20), contents="why")
    row = row_of(*handled(), asked(), reminder)
    assert (row["next_due_on"], [each["reminder_id"] for each in row["reminders"]]) == ("2023-03-20", ["m"])
    row = row_of(*handled(), asked(), reminder, ReminderDone(**OF, reminder_id="m", done_by=ASSESSOR_1))
    assert (row["next_due_on"], row["reminders"]) == ("2023-03-24", [])
    assert row_of(*granted_in_full())["next_due_on"] == "2023-03-31", "the last day to accept"


def test_a_requested_decision_is_due_until_it_is_refused() -> None:
    requested = DecisionRequested(**OF, requested_by="e", answer_by=date(2023, 9, 12), contents="please")
    row = row_of(*handled(), DelayNotified(**OF, notified_by=ASSESSOR_1, contents="sorry"), requested)
    assert (row["decision_answer_by"], row["next_due_on"]) == ("2023-09-12", "2023-09-12")
    refused = DecisionRequestRefused(**OF, organisation=SCIENCE_PARK, decided_by=DECIDER, contents="no")
    row = row_of(*handled(), requested, refused)
    assert (row["decision_answer_by"], row["next_due_on"]) == (None, None)


def test_a_proposal_is_due_until_it_is_confirmed() -> None:
    proposed = PartialGrantProposed(
        **OF, amount_ore=1, proposed_by=ASSESSOR_1, due_on=date(2023, 3, 28), contents="less"
    )
    row = row_of(*assessed(), proposed)
    assert row["proposal"] == {"amount_ore": 1, "due_on": "2023-03-28", "confirmed": False, "contents": "less"}
    assert row["next_due_on"] == "2023-03-28"
    confirmed = RevisedBudgetConfirmed(
        **OF, amount_ore=1, budget=[], co_funding_ore=1, staff_training_ore=0, confirmed_by="e"
    )
    row = row_of(*assessed(), proposed, confirmed)
    assert row["proposal"] is not None
    assert (row["proposal"]["confirmed"], row["next_due_on"]) == (True, None)


def test_consolidated_assessments_show_their_points() -> None:
    consolidated = AssessmentConsolidated(
        **OF,
        call=CALL,
        consolidated_by=ASSESSOR_1,
        conditions_met=True,
        scores=[],
        points=412,
        amount_proposed_ore=5,
        contents="why",
    )
    row = row_of(*scored(), consolidated)
    assert (row["consolidated"], row["points"], row["conditions_met"], row["amount_proposed_ore"]) == (
        True,
        412,
        True,
        5,
    )
    assert (row_of(*scored())["consolidated"], row_of(*scored())["points"]) == (False, None)


def test_what_lies_on_the_desk_does_not_change_the_case() -> None:
    note = NoteFiled(**OF, note_id="n", filed_by=ASSESSOR_1, kind=NoteKind.CALL, contents="note")
    message = MessageSent(**OF, message_id="m", sent_by="e", from_agency=False, contents="hello")
    consulted = ConsultationRecorded(
        **OF, organisation=SCIENCE_PARK, recorded_by="e", held_on=date(2023, 2, 2), companies=6, contents="said"
    )
    before = row_of(*handled())
    assert {**row_of(*handled(), note, message, consulted), "version": before["version"]} == before
