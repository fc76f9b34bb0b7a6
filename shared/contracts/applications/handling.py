"""Facts of the handling: registered, assigned, conflicts of interest, contacts, completion, the case desk, delay."""

from datetime import date, datetime

from shared.contracts.applications.values import AttachedFile, CompletionKind, ContactChannel, NoteKind
from shared.contracts.event import Event
from shared.kernel.ids import ApplicationId, CallId, OrganisationId


class CaseRegistered(Event):
    """Ärendet diariefört: `case_number` (8 digits) and `diary_number` are given once, without gaps in a year."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    case_number: str
    diary_number: str
    registered_by: str


class CaseNumberTaken(Event):
    """Diarienummer taget: the year's next number, recorded with the case that has it."""

    year: int
    number: int
    application_id: ApplicationId


class OfficerAssigned(Event):
    """Handläggare utsedd. `substitute` sees to the case to `substitute_until`; a later assignment replaces all."""

    application_id: ApplicationId
    officer: str
    assigned_by: str
    substitute: str | None = None
    substitute_until: date | None = None


class ConflictDeclared(Event):
    """Jävsprövning: whether a person at the agency has a conflict of interest in the case. Why is in the contents."""

    application_id: ApplicationId
    person: str
    has_conflict: bool
    contents: str | None = None


class ConflictSettled(Event):
    """Jävsfråga avgjord by the authority, where it was disputed (18 § förvaltningslagen)."""

    application_id: ApplicationId
    person: str
    has_conflict: bool
    settled_by: str
    contents: str


class EngagementsRegistered(Event):
    """Bisysslor och engagemang anmälda by a person at the agency: organisation numbers are in the contents."""

    person: str
    contents: str
    count: int


class ContactRecorded(Event):
    """Kontakt med sökanden: when, by whom and how; what was said is in the contents (A26)."""

    application_id: ApplicationId
    recorded_by: str
    contacted_at: datetime
    channel: ContactChannel
    contents: str


class CompletionAsked(Event):
    """Komplettering begärd: `fields` are JSON pointers into the form, and nothing else may be changed."""

    application_id: ApplicationId
    request_id: str
    kind: CompletionKind
    asked_by: str
    due_on: date
    fields: list[str]
    contents: str


class CompletionLapsed(Event):
    """Tiden för komplettering gick ut without an answer."""

    application_id: ApplicationId
    request_id: str
    kind: CompletionKind


class NoteFiled(Event):
    """Anteckning i ärendet, or mail in and out, filed on the case (A27)."""

    application_id: ApplicationId
    note_id: str
    filed_by: str
    kind: NoteKind
    contents: str
    file: AttachedFile | None = None


class ReminderSet(Event):
    """Bevakning: a person at the agency wants to be reminded (A27)."""

    application_id: ApplicationId
    reminder_id: str
    person: str
    due_on: date
    contents: str


class ReminderDone(Event):
    """Bevakning klar."""

    application_id: ApplicationId
    reminder_id: str
    done_by: str


class MessageSent(Event):
    """Meddelande in the one thread between officer and project (A27)."""

    application_id: ApplicationId
    message_id: str
    sent_by: str
    from_agency: bool
    contents: str


class DelayNotified(Event):
    """Underrättelse om försening, with reasons (11 § förvaltningslagen)."""

    application_id: ApplicationId
    notified_by: str
    contents: str


class DecisionRequested(Event):
    """Begäran om avgörande, in writing, once, after six months, with four weeks to answer (12 § förvaltningslagen)."""

    application_id: ApplicationId
    requested_by: str
    answer_by: date
    contents: str


class DecisionRequestRefused(Event):
    """Begäran om avgörande avslagen in a separate decision (12 § förvaltningslagen)."""

    application_id: ApplicationId
    organisation: OrganisationId
    decided_by: str
    contents: str
