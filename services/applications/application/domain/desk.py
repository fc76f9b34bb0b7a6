"""Ärendets skrivbord: notes, reminders, and the one thread between the agency and the project (A27)."""

from dataclasses import dataclass
from datetime import date, datetime

from services.applications.application.domain.conflicts import examined_by
from services.applications.application.domain.refusals.desk import (
    FileNotStored,
    NoOfficerToRemind,
    ReminderDayHasPassed,
    ReminderIsAnothers,
)
from services.applications.application.domain.state import Application
from shared.contracts.applications import MessageSent, NoteFiled, NoteKind, ReminderDone, ReminderSet
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class FileNote:
    """Lägg en anteckning, or mail in or out, till ärendet. `file` is the id of a file that came with the case."""

    application: ApplicationId
    scope: TenantScope
    note_id: str
    filed_by: str
    kind: NoteKind
    file: str | None = None


@dataclass(frozen=True, slots=True)
class SetReminder:
    """Bevaka ärendet till en dag, for oneself or for whoever is its officer then."""

    application: ApplicationId
    scope: TenantScope
    reminder_id: str
    set_by: str
    due_on: date
    for_officer: bool = False


@dataclass(frozen=True, slots=True)
class TickOffReminder:
    """Bocka av en bevakning."""

    application: ApplicationId
    scope: TenantScope
    reminder_id: str
    done_by: str


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Skriv i ärendets tråd, from the agency or from the project."""

    application: ApplicationId
    scope: TenantScope
    message_id: str
    sent_by: str

    @property
    def from_agency(self) -> bool:
        """Whether the agency writes."""
        return self.scope.organisation is None


def file_note(application: Application, command: FileNote, *, contents: str) -> list[NoteFiled]:
    """File a note, a call, or mail, whatever the state of the case.

    Raises NotFound, ConflictNotDeclared, FileNotStored.
    """
    version = examined_by(application, command.scope, command.filed_by)
    file = next((each for each in version.files if each.file == command.file), None)
    if command.file is not None and file is None:
        raise FileNotStored
    return [
        NoteFiled(
            application_id=command.application,
            note_id=command.note_id,
            filed_by=command.filed_by,
            kind=command.kind,
            contents=contents,
            file=file,
        )
    ]


def set_reminder(application: Application, command: SetReminder, *, contents: str, now: datetime) -> list[ReminderSet]:
    """Set a reminder for today or later.

    Raises NotFound, ConflictNotDeclared, ReminderDayHasPassed, NoOfficerToRemind.
    """
    examined_by(application, command.scope, command.set_by)
    if command.due_on < local_date(now):
        raise ReminderDayHasPassed
    person = application.handling.officer if command.for_officer else command.set_by
    if person is None:
        raise NoOfficerToRemind
    return [
        ReminderSet(
            application_id=command.application,
            reminder_id=command.reminder_id,
            person=person,
            due_on=command.due_on,
            contents=contents,
        )
    ]


def tick_off_reminder(application: Application, command: TickOffReminder, *, now: datetime) -> list[ReminderDone]:
    """Tick off one's own reminder, or any as officer or substitute.

    Raises NotFound (also when it is done already), ConflictNotDeclared, ReminderIsAnothers.
    """
    examined_by(application, command.scope, command.done_by)
    whose = application.handling.reminders.get(command.reminder_id)
    if whose is None:
        raise NotFound
    if whose != command.done_by and not application.handling.sees_to(command.done_by, local_date(now)):
        raise ReminderIsAnothers
    return [
        ReminderDone(application_id=command.application, reminder_id=command.reminder_id, done_by=command.done_by),
    ]


def send_message(application: Application, command: SendMessage, *, contents: str) -> list[MessageSent]:
    """Write in the case's one thread, before and after the decision. Raises NotFound, ConflictNotDeclared."""
    if command.from_agency:
        examined_by(application, command.scope, command.sent_by)
    else:
        application.seen_by(command.scope)
    return [
        MessageSent(
            application_id=command.application,
            message_id=command.message_id,
            sent_by=command.sent_by,
            from_agency=command.from_agency,
            contents=contents,
        )
    ]
