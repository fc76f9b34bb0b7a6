"""The case desk, delay, and the end of a withdrawn case: who may do what, until when (A20, A27)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.applications.application.domain import DecisionText
from services.applications.application.domain.delaying import (
    NotifyDelay,
    RefuseDecisionRequest,
    RequestDecision,
    months_after,
    notify_delay,
    refuse_decision_request,
    request_decision,
)
from services.applications.application.domain.desk import (
    FileNote,
    SendMessage,
    SetReminder,
    TickOffReminder,
    file_note,
    send_message,
    set_reminder,
    tick_off_reminder,
)
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    ConflictNotDeclared,
    NotRegistered,
    SameAssessorAndDecider,
)
from services.applications.application.domain.refusals.completing import CaseWithdrawn
from services.applications.application.domain.refusals.desk import (
    DecisionAlreadyRequested,
    DecisionRequestedTooEarly,
    FileNotStored,
    NoDecisionRequested,
    NoOfficerToRemind,
    NotWithdrawn,
    PublicPartyCannotRequest,
    ReminderDayHasPassed,
    ReminderIsAnothers,
)
from services.applications.application.domain.state_parts import Handling
from services.applications.application.domain.writing_off import WriteOffApplication, write_off
from shared.contracts.applications import (
    ApplicationFact,
    ApplicationSubmitted,
    AttachedFile,
    DecisionRequested,
    NoteKind,
    OfficerAssigned,
)
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    ASSESSOR_2,
    DECIDER,
    NOON,
    OWN,
    SOMEBODY_ELSE,
    assessed,
    declared,
    given,
    granted_in_full,
    handled,
    signed,
    the_call,
)
from tests.unit.applications.test_completing import withdrawn

TODAY = date(2023, 2, 20)
FIRST_DAY = datetime(2023, 8, 20, 22, 0, tzinfo=UTC)
"""Midnight in Sweden between 20 and 21 August: six months after 20 February have passed."""
STILL_INSIDE = datetime(2023, 8, 20, 21, 59, 59, tzinfo=UTC)


def assigned(substitute: str | None = None, until: date | None = None) -> list[ApplicationFact]:
    fact = OfficerAssigned(
        application_id=APPLICATION,
        officer=ASSESSOR_1,
        assigned_by="registrar-1",
        substitute=substitute,
        substitute_until=until,
    )
    return [*handled(), fact]


def note(**changes: Any) -> FileNote:  # noqa: ANN401 - any field
    return replace(FileNote(APPLICATION, AGENCY, "note-1", ASSESSOR_1, NoteKind.MAIL_IN), **changes)


def reminder(**changes: Any) -> SetReminder:  # noqa: ANN401 - any field
    return replace(SetReminder(APPLICATION, AGENCY, "reminder-1", ASSESSOR_2, TODAY), **changes)


def tick(by: str, **changes: Any) -> TickOffReminder:  # noqa: ANN401 - any field
    return replace(TickOffReminder(APPLICATION, AGENCY, "reminder-1", by), **changes)


def test_a27_notes_are_filed_by_those_who_may_examine() -> None:
    (filed,) = file_note(given(*handled()), note(), contents="ref")
    assert (filed.kind, filed.filed_by, filed.file) == (NoteKind.MAIL_IN, ASSESSOR_1, None)
    with pytest.raises(ConflictNotDeclared):
        file_note(given(*handled()), note(filed_by="officer-9"), contents="ref")


def test_a_note_refers_to_a_file_of_the_case_only() -> None:
    file = AttachedFile(file="file-1", code=None, media_type="application/pdf", size_bytes=3, sha256="0" * 64)
    first, *rest = handled()
    assert isinstance(first, ApplicationSubmitted)
    state = given(first.model_copy(update={"files": [file]}), *rest)
    assert file_note(state, note(file="file-1"), contents="ref")[0].file == file
    with pytest.raises(FileNotStored):
        file_note(state, note(file="file-2"), contents="ref")


def test_a_reminder_is_ones_own_or_the_officers() -> None:
    state = given(*assigned())
    assert set_reminder(state, reminder(), contents="ref", now=NOON)[0].person == ASSESSOR_2
    assert set_reminder(state, reminder(for_officer=True), contents="ref", now=NOON)[0].person == ASSESSOR_1
    with pytest.raises(NoOfficerToRemind):
        set_reminder(given(*handled()), reminder(for_officer=True), contents="ref", now=NOON)


def test_a_reminder_is_for_today_or_later() -> None:
    assert set_reminder(given(*handled()), reminder(), contents="ref", now=NOON)
    with pytest.raises(ReminderDayHasPassed):
        set_reminder(given(*handled()), reminder(due_on=date(2023, 2, 19)), contents="ref", now=NOON)


def test_a_reminder_is_ticked_off_once_by_whom_it_reminds_the_officer_or_the_substitute() -> None:
    facts = assigned(substitute=DECIDER, until=TODAY)
    facts += set_reminder(given(*facts), reminder(), contents="ref", now=NOON)
    for person in (ASSESSOR_1, ASSESSOR_2, DECIDER):
        done = tick_off_reminder(given(*facts), tick(person), now=NOON)
        with pytest.raises(NotFound):
            tick_off_reminder(given(*facts, *done), tick(person), now=NOON)
    others = [*facts, *declared("officer-9")]
    with pytest.raises(ReminderIsAnothers):
        tick_off_reminder(given(*others), tick("officer-9"), now=NOON)


def test_a_substitute_sees_to_the_case_to_the_last_day() -> None:
    handling = Handling(officer=ASSESSOR_1, substitute=ASSESSOR_2, substitute_until=TODAY)
    assert handling.sees_to(ASSESSOR_2, TODAY)
    assert not handling.sees_to(ASSESSOR_2, date(2023, 2, 21))
    assert handling.sees_to(ASSESSOR_1, date(2023, 2, 21))
    assert replace(handling, substitute_until=None).sees_to(ASSESSOR_2, date(2023, 2, 21))


def test_a27_both_sides_write_in_one_thread_also_after_the_decision() -> None:
    state = given(*granted_in_full())
    ours = send_message(state, SendMessage(APPLICATION, AGENCY, "m-1", ASSESSOR_1), contents="ref")
    theirs = send_message(state, SendMessage(APPLICATION, OWN, "m-2", "editor-1"), contents="ref")
    assert [each.from_agency for each in (*ours, *theirs)] == [True, False]
    with pytest.raises(NotFound):
        send_message(state, SendMessage(APPLICATION, SOMEBODY_ELSE, "m-3", "editor-2"), contents="ref")
    with pytest.raises(ConflictNotDeclared):
        send_message(state, SendMessage(APPLICATION, AGENCY, "m-4", "officer-9"), contents="ref")


def test_a_delay_is_told_while_the_case_is_handled() -> None:
    command = NotifyDelay(APPLICATION, AGENCY, ASSESSOR_1)
    (told,) = notify_delay(given(*handled()), command, contents="ref")
    assert (told.notified_by, told.contents) == (ASSESSOR_1, "ref")
    assert notify_delay(given(*handled(), told), command, contents="again"), "and again when it takes longer still"
    with pytest.raises(AlreadyDecided):
        notify_delay(given(*granted_in_full()), command, contents="ref")
    with pytest.raises(CaseWithdrawn):
        notify_delay(given(*withdrawn(handled())), command, contents="ref")


def ask_for_decision(
    facts: list[ApplicationFact],
    *,
    now: datetime = FIRST_DAY,
    **changes: Any,  # noqa: ANN401 - any field
) -> DecisionRequested:
    command = replace(RequestDecision(APPLICATION, OWN, "editor-1"), **changes)
    (requested,) = request_decision(given(*facts), command, the_call(), contents="ref", now=now)
    return requested


def test_12_section_a_decision_may_be_asked_for_when_six_months_have_passed() -> None:
    assert ask_for_decision(handled()).answer_by == date(2023, 9, 18)
    with pytest.raises(DecisionRequestedTooEarly) as refusal:
        ask_for_decision(handled(), now=STILL_INSIDE)
    assert "2023-08-21" in refusal.value.detail_sv


def test_a_decision_is_asked_for_once_by_a_private_party_in_an_open_case() -> None:
    facts = handled()
    with pytest.raises(PublicPartyCannotRequest):
        ask_for_decision(facts, public_party=True)
    with pytest.raises(NotFound):
        ask_for_decision(facts, scope=SOMEBODY_ELSE)
    with pytest.raises(AlreadyDecided):
        ask_for_decision(granted_in_full())
    requested = [*facts, ask_for_decision(facts)]
    with pytest.raises(DecisionAlreadyRequested):
        ask_for_decision(requested)


def test_a_request_for_a_decision_is_refused_once_and_may_not_be_repeated() -> None:
    facts: list[ApplicationFact] = [*handled(), ask_for_decision(handled())]
    command = RefuseDecisionRequest(APPLICATION, AGENCY, DECIDER)
    refused = refuse_decision_request(given(*facts), command, contents="ref")
    for state in (given(*handled()), given(*facts, *refused)):
        with pytest.raises(NoDecisionRequested):
            refuse_decision_request(state, command, contents="ref")
    with pytest.raises(DecisionAlreadyRequested):
        ask_for_decision([*facts, *refused])


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2023, 2, 20), 6, date(2023, 8, 20)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
        (date(2023, 1, 31), 12, date(2024, 1, 31)),
        (date(2023, 6, 1), 6, date(2023, 12, 1)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


def write_off_by(person: str) -> WriteOffApplication:
    return WriteOffApplication(APPLICATION, AGENCY, person, DecisionText("Återkallad."))


def test_only_a_withdrawn_case_is_written_off_and_once() -> None:
    facts = withdrawn(handled())
    written_off = write_off(given(*facts), write_off_by(DECIDER), contents="ref")
    assert written_off[0].decided_by == DECIDER
    with pytest.raises(AlreadyDecided):
        write_off(given(*facts, *written_off), write_off_by(DECIDER), contents="ref")
    with pytest.raises(NotWithdrawn):
        write_off(given(*handled()), write_off_by(DECIDER), contents="ref")
    with pytest.raises(AlreadyDecided):
        write_off(given(*granted_in_full()), write_off_by(DECIDER), contents="ref")


def test_a16_a_write_off_is_a_decision_registered_and_by_other_eyes() -> None:
    with pytest.raises(SameAssessorAndDecider):
        write_off(given(*withdrawn(assessed())), write_off_by(ASSESSOR_1), contents="ref")
    with pytest.raises(ConflictNotDeclared):
        write_off(given(*withdrawn(handled())), write_off_by("decider-9"), contents="ref")
    with pytest.raises(NotRegistered):
        write_off(given(*withdrawn([*signed(), *declared(DECIDER)])), write_off_by(DECIDER), contents="ref")
