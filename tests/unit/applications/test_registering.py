"""Registration, assignment and contacts: a number for life, an officer without conflict, what was said (A20, A26)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.applications.application.domain import (
    Application,
    AssignOfficer,
    RecordContact,
    RegisterCase,
    assign_officer,
    record_contact,
    register_case,
)
from services.applications.application.domain.refusals import (
    AlreadyRegistered,
    ConflictNotDeclared,
    NoMoreCaseNumbers,
    OfficerHasConflict,
    SubstituteIsOfficer,
)
from services.applications.application.domain.refusals.handling import ContactNotMadeYet
from services.applications.application.domain.registering import CASES_A_YEAR_MAX, REGISTERS, Register
from shared.contracts.applications import CaseNumberTaken, CaseRegistered, ConflictDeclared, ContactChannel
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    ASSESSOR_2,
    NOON,
    SOMEBODY_ELSE,
    TOO_LATE,
    declared,
    given,
    submitted,
)

NEW = given(*submitted())
REGISTRATION = RegisterCase(APPLICATION, AGENCY, registered_by="registrar-1")
CONTACT = RecordContact(APPLICATION, AGENCY, ASSESSOR_1, NOON, ContactChannel.PHONE)


def registered(register: Register, now: datetime = NOON) -> tuple[CaseRegistered, CaseNumberTaken]:
    decision = register_case(NEW, register, REGISTRATION, now=now)
    assert next(iter(decision.events)) == f"application/{APPLICATION}"
    (case,), (taken,) = decision.events.values()
    assert isinstance(case, CaseRegistered)
    assert isinstance(taken, CaseNumberTaken)
    return case, taken


def assigning(**changes: Any) -> AssignOfficer:  # noqa: ANN401 - any field
    return replace(AssignOfficer(APPLICATION, AGENCY, ASSESSOR_1, "registrar-1"), **changes)


@pytest.mark.rule("A20")
def test_a_case_gets_the_years_next_number_and_the_register_moves_on() -> None:
    case, taken = registered(Register(last=41))
    assert (case.case_number, case.diary_number) == ("20230042", "Ä 2023-42")
    assert (taken.year, taken.number, taken.application_id) == (2023, 42, APPLICATION)
    assert REGISTERS.evolve(Register(last=41), taken) == Register(last=42)
    assert given(*submitted(), case).handling.case_number == "20230042"


def test_the_year_is_the_one_in_sweden() -> None:
    before, after = datetime(2023, 12, 31, 22, 59, tzinfo=UTC), datetime(2023, 12, 31, 23, 0, tzinfo=UTC)
    assert registered(Register(), before)[0].case_number == "20230001"
    assert registered(Register(), after)[0].case_number == "20240001"


def test_a_case_has_one_number_for_life() -> None:
    case, _ = registered(Register())
    with pytest.raises(AlreadyRegistered):
        register_case(given(*submitted(), case), Register(last=1), REGISTRATION, now=NOON)


@pytest.mark.rule("A20")
def test_a_late_application_is_registered_too() -> None:
    decision = register_case(given(*submitted(now=TOO_LATE)), Register(), REGISTRATION, now=TOO_LATE)
    assert len(decision.events) == 2


def test_the_last_number_of_a_year_is_given_and_not_one_more() -> None:
    assert registered(Register(last=CASES_A_YEAR_MAX - 1))[0].case_number == "20239999"
    with pytest.raises(NoMoreCaseNumbers):
        registered(Register(last=CASES_A_YEAR_MAX))


def test_what_does_not_exist_is_neither_registered_nor_assigned() -> None:
    with pytest.raises(NotFound):
        register_case(Application(), Register(), REGISTRATION, now=NOON)
    with pytest.raises(NotFound):
        register_case(NEW, Register(), replace(REGISTRATION, scope=SOMEBODY_ELSE), now=NOON)
    with pytest.raises(NotFound):
        assign_officer(Application(), assigning())


@pytest.mark.rule("A27")
def test_a_case_has_an_officer_and_a_substitute_until_a_day() -> None:
    command = assigning(substitute=ASSESSOR_2, substitute_until=date(2023, 7, 31))
    handling = given(*submitted(), *assign_officer(NEW, command)).handling
    assert (handling.officer, handling.substitute, handling.substitute_until) == (
        ASSESSOR_1,
        ASSESSOR_2,
        date(2023, 7, 31),
    )


@pytest.mark.rule("A27")
def test_a_later_assignment_replaces_all_of_the_earlier_one() -> None:
    first = assign_officer(NEW, assigning(substitute=ASSESSOR_2, substitute_until=date(2023, 7, 31)))
    second = assign_officer(given(*submitted(), *first), assigning(officer="officer-3"))
    handling = given(*submitted(), *first, *second).handling
    assert (handling.officer, handling.substitute, handling.substitute_until) == ("officer-3", None, None)


def test_a_substitute_is_somebody_else() -> None:
    with pytest.raises(SubstituteIsOfficer):
        assign_officer(NEW, assigning(substitute=ASSESSOR_1))
    assert assign_officer(NEW, assigning(substitute=ASSESSOR_2))


@pytest.mark.parametrize("changes", [{"officer": ASSESSOR_2}, {"substitute": ASSESSOR_2}])
def test_nobody_with_a_conflict_sees_to_a_case(changes: dict[str, str]) -> None:
    conflict = ConflictDeclared(application_id=APPLICATION, person=ASSESSOR_2, has_conflict=True, contents="why")
    with pytest.raises(OfficerHasConflict):
        assign_officer(given(*submitted(), conflict), assigning(**changes))
    assert assign_officer(NEW, assigning(**changes))


@pytest.mark.rule("A26")
def test_a_contact_says_when_who_and_how_and_what_was_said_is_kept_apart() -> None:
    application = given(*submitted(), *declared(ASSESSOR_1))
    (fact,) = record_contact(application, CONTACT, contents="ref", now=NOON)
    assert (fact.recorded_by, fact.contacted_at, fact.channel, fact.contents) == (
        ASSESSOR_1,
        NOON,
        ContactChannel.PHONE,
        "ref",
    )
    assert given(*submitted(), fact, fact).handling.contacts == 2


def test_a_contact_has_taken_place_when_it_is_recorded() -> None:
    application = given(*submitted(), *declared(ASSESSOR_1))
    assert record_contact(application, CONTACT, contents="ref", now=CONTACT.contacted_at)
    with pytest.raises(ContactNotMadeYet):
        record_contact(application, CONTACT, contents="ref", now=CONTACT.contacted_at - timedelta(seconds=1))


def test_a_contact_is_recorded_by_somebody_without_conflict() -> None:
    with pytest.raises(ConflictNotDeclared):
        record_contact(NEW, CONTACT, contents="ref", now=NOON)
    with pytest.raises(NotFound):
        record_contact(Application(), CONTACT, contents="ref", now=NOON)


def test_whoever_has_a_conflict_neither_registers_nor_assigns_the_case() -> None:
    conflict = ConflictDeclared(application_id=APPLICATION, person="registrar-1", has_conflict=True, contents="ref")
    case = given(*submitted(), conflict)
    with pytest.raises(NotFound):
        register_case(case, Register(), REGISTRATION, now=NOON)
    with pytest.raises(NotFound):
        assign_officer(case, assigning())
    assert assign_officer(case, assigning(assigned_by="registrar-2"))
