"""Diarieföring: a case gets the year's next number, once, and an officer (A20)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, assert_never

from services.applications.application.domain.conflicts import examined_by, known_to
from services.applications.application.domain.refusals import (
    AlreadyRegistered,
    NoMoreCaseNumbers,
    OfficerHasConflict,
    SubstituteIsOfficer,
)
from services.applications.application.domain.refusals.handling import ContactNotMadeYet
from services.applications.application.domain.state import APPLICATIONS, Application
from shared.contracts.applications import (
    CaseNumberTaken,
    CaseRegistered,
    ContactChannel,
    ContactRecorded,
    OfficerAssigned,
)
from shared.eventlog.streams import StreamType
from shared.kernel.decisions import Decision
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date

CASES_A_YEAR_MAX: Final = 9_999


@dataclass(frozen=True, slots=True)
class Register:
    """The numbers that were given in a year: the last one."""

    last: int = 0


def evolve_register(register: Register, event: CaseNumberTaken) -> Register:
    """Fold one number into the year's register."""
    match event:
        case CaseNumberTaken():
            return replace(register, last=event.number)
        case _:
            assert_never(event)


REGISTERS: Final = StreamType("register", Register, Register, evolve_register, (CaseNumberTaken,))


@dataclass(frozen=True, slots=True)
class RegisterCase:
    """Diarieför ett ärende."""

    application: ApplicationId
    scope: TenantScope
    registered_by: str


@dataclass(frozen=True, slots=True)
class AssignOfficer:
    """Utse handläggare, with a substitute until a day where one is needed."""

    application: ApplicationId
    scope: TenantScope
    officer: str
    assigned_by: str
    substitute: str | None = None
    substitute_until: date | None = None


@dataclass(frozen=True, slots=True)
class RecordContact:
    """Anteckna en kontakt med sökanden (A26)."""

    application: ApplicationId
    scope: TenantScope
    recorded_by: str
    contacted_at: datetime
    channel: ContactChannel


def register_case(application: Application, register: Register, command: RegisterCase, *, now: datetime) -> Decision:
    """Give the case the next number of the year, in one transaction with the register: no number is left out.

    Raises NotFound, AlreadyRegistered, NoMoreCaseNumbers.
    """
    submission = known_to(application, command.scope, command.registered_by)
    if application.handling.case_number is not None:
        raise AlreadyRegistered
    year, number = local_date(now).year, register.last + 1
    if number > CASES_A_YEAR_MAX:
        raise NoMoreCaseNumbers(year=year)
    registered = CaseRegistered(
        application_id=command.application,
        call=submission.call,
        organisation=submission.organisation,
        case_number=f"{year}{number:04d}",
        diary_number=f"Ä {year}-{number}",
        registered_by=command.registered_by,
    )
    taken = CaseNumberTaken(year=year, number=number, application_id=command.application)
    return Decision({APPLICATIONS.at(command.application).id: [registered], REGISTERS.at(str(year)).id: [taken]})


def assign_officer(application: Application, command: AssignOfficer) -> list[OfficerAssigned]:
    """Assign the case; whoever has a conflict in it is not assigned.

    Raises NotFound, OfficerHasConflict, SubstituteIsOfficer.
    """
    known_to(application, command.scope, command.assigned_by)
    if command.substitute == command.officer:
        raise SubstituteIsOfficer
    if {command.officer, command.substitute} & set(application.handling.conflicted):
        raise OfficerHasConflict
    return [
        OfficerAssigned(
            application_id=command.application,
            officer=command.officer,
            assigned_by=command.assigned_by,
            substitute=command.substitute,
            substitute_until=command.substitute_until,
        )
    ]


def record_contact(
    application: Application, command: RecordContact, *, contents: str, now: datetime
) -> list[ContactRecorded]:
    """Record a contact with the applicant: when, who, how, what (A26, 27 § förvaltningslagen).

    Raises NotFound, ConflictNotDeclared, ContactNotMadeYet.
    """
    examined_by(application, command.scope, command.recorded_by)
    if command.contacted_at > now:
        raise ContactNotMadeYet
    return [
        ContactRecorded(
            application_id=command.application,
            recorded_by=command.recorded_by,
            contacted_at=command.contacted_at,
            channel=command.channel,
            contents=contents,
        )
    ]
