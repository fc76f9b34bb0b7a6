"""Folds of the handling: number, officer, conflicts, contacts, completions, the desk, and what is due next."""

from typing import assert_never

from services.applications.application.projections.arriving import NOT_CONSOLIDATED
from services.applications.application.projections.rows import ApplicationRow, CompletionRow, ReminderRow
from shared.contracts.applications import (
    CaseFact,
    CaseRegistered,
    CompletionAsked,
    CompletionLapsed,
    ConflictDeclared,
    ConflictSettled,
    ContactRecorded,
    DecisionRequested,
    DecisionRequestRefused,
    DelayNotified,
    DeskFact,
    MessageSent,
    NoteFiled,
    OfficerAssigned,
    ReminderDone,
    ReminderSet,
)
from shared.projector.definition import Recorded


def fold_case(row: ApplicationRow, event: CaseFact, recorded: Recorded) -> ApplicationRow:
    """Fold what happens to a case on its way to the decision."""
    match event:
        case CaseRegistered():
            return {**row, "case_number": event.case_number, "diary_number": event.diary_number}
        case OfficerAssigned():
            until = event.substitute_until.isoformat() if event.substitute_until is not None else None
            return {**row, "officer": event.officer, "substitute": event.substitute, "substitute_until": until}
        case ConflictDeclared() | ConflictSettled():
            return _with_conflict(row, event.person, has_conflict=event.has_conflict)
        case ContactRecorded():
            return {**row, "contacts": row["contacts"] + 1}
        case CompletionAsked():
            return {**row, "completions": [*row["completions"], _asked(row, event, recorded)]}
        case CompletionLapsed():
            lapsed: list[CompletionRow] = [
                {**each, "status": "lapsed"} if each["request_id"] == event.request_id else each
                for each in row["completions"]
            ]
            return {**row, "completions": lapsed}
        case _:
            assert_never(event)


def fold_desk(row: ApplicationRow, event: DeskFact) -> ApplicationRow:
    """Fold what lies on the case's desk."""
    match event:
        case ReminderSet():
            reminder = ReminderRow(
                reminder_id=event.reminder_id,
                person=event.person,
                due_on=event.due_on.isoformat(),
                contents=event.contents,
            )
            return {**row, "reminders": [*row["reminders"], reminder]}
        case ReminderDone():
            left = [each for each in row["reminders"] if each["reminder_id"] != event.reminder_id]
            return {**row, "reminders": left}
        case DecisionRequested():
            answer_by = event.answer_by.isoformat()
            return {**row, "decision_answer_by": answer_by}
        case DecisionRequestRefused():
            return {**row, "decision_answer_by": None}
        case NoteFiled() | MessageSent() | DelayNotified():
            return row
        case _:
            assert_never(event)


def next_due_on(row: ApplicationRow) -> str | None:
    """Return the earliest date that somebody waits for, None where nobody does."""
    dates = [each["due_on"] for each in row["completions"] if each["status"] == "open"]
    dates += [each["due_on"] for each in row["reminders"]]
    if row["proposal"] is not None and not row["proposal"]["confirmed"] and row["status"] == "submitted":
        dates.append(row["proposal"]["due_on"])
    if row["decision_answer_by"] is not None and row["status"] == "submitted":
        dates.append(row["decision_answer_by"])
    if row["accept_by"] is not None and row["status"] == "granted":
        dates.append(row["accept_by"])
    return min(dates, default=None)


def _with_conflict(row: ApplicationRow, person: str, *, has_conflict: bool) -> ApplicationRow:
    conflicted = [each for each in row["conflicted"] if each != person]
    cleared = [each for each in row["cleared"] if each != person]
    (conflicted if has_conflict else cleared).append(person)
    changed: ApplicationRow = {**row, "conflicted": conflicted, "cleared": cleared}
    if has_conflict:  # and sees to the case no more
        changed["officer"] = None if row["officer"] == person else row["officer"]
        changed["substitute"] = None if row["substitute"] == person else row["substitute"]
    if person in {*row["assessed_by"], row["consolidated_by"]}:  # who counts has changed, and with it what they found
        changed = {**changed, **NOT_CONSOLIDATED}
    return changed


def _asked(row: ApplicationRow, event: CompletionAsked, recorded: Recorded) -> CompletionRow:
    return CompletionRow(
        request_id=event.request_id,
        kind=event.kind.value,
        due_on=event.due_on.isoformat(),
        fields=event.fields,
        status="open",
        asked_at=recorded.at,
        answered_at=None,
        changed=[],
        contents=event.contents,
        version=row["contents"],
        answer=None,
    )
