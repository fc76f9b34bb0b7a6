"""Engagemang: the ties that people at the agency register, and where the organisations of a case meet them (jäv)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, assert_never

from services.applications.application.domain.findings import error
from services.applications.application.domain.refusals.desk import EngagementsNotSound
from shared.contracts.applications import EngagementsRegistered
from shared.eventlog.streams import StreamType
from shared.kernel.organisation_numbers import organisation_number
from shared.kernel.refusals import Problem

_NUMBER_FIELD: Final = "organisation_number"
_PUBLIC_FIRST_DIGIT: Final = "2"
_ID_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Engagement:
    """A tie to an organisation, and what it consists in."""

    organisation_number: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Officer:
    """What a person at the agency has registered: the reference of the newest list, None before the first."""

    contents: str | None = None


def evolve_officer(_officer: Officer, event: EngagementsRegistered) -> Officer:
    """Fold one list; a later one replaces it."""
    match event:
        case EngagementsRegistered():
            return Officer(event.contents)
        case _:
            assert_never(event)


OFFICERS: Final = StreamType("officer", Officer, Officer, evolve_officer, (EngagementsRegistered,))


@dataclass(frozen=True, slots=True)
class RegisterEngagements:
    """Anmäl engagemang: the whole list, which replaces the earlier one."""

    person: str
    engagements: tuple[Engagement, ...]


def person_key(subject: str) -> str:
    """Return a person's id in names of streams and owners of contents: half of SHA-256 of the subject, as hex."""
    return hashlib.sha256(subject.encode()).hexdigest()[:_ID_DIGITS]


def engagement_problems(command: RegisterEngagements) -> tuple[Problem, ...]:
    """Return every number that is not an organisation's."""
    return tuple(
        error(
            "A16",
            f"/engagements/{position}/organisation_number",
            "Organisationsnumret är inte giltigt.",
            "The organisation number is not valid.",
        )
        for position, each in enumerate(command.engagements)
        if organisation_number(each.organisation_number) is None
    )


def register_engagements(
    _officer: Officer, command: RegisterEngagements, *, contents: str
) -> list[EngagementsRegistered]:
    """Record a person's ties. Raises EngagementsNotSound with every number that is not one."""
    problems = engagement_problems(command)
    if problems:
        raise EngagementsNotSound(*problems)
    return [EngagementsRegistered(person=command.person, contents=contents, count=len(command.engagements))]


def engaged_with(engagements: Iterable[Engagement], form: Any) -> tuple[str, ...]:  # noqa: ANN401 - the form as JSON
    """Return the numbers of a person's ties that the form names, as ten digits, in the order of the form.

    Applicant, financiers and represented promoters: whoever the form names by organisation number, wherever it does.
    """
    ties = {number.digits for each in engagements if (number := organisation_number(each.organisation_number))}
    named = (number.digits for written in _numbers(form) if (number := organisation_number(written)))
    return tuple(dict.fromkeys(digits for digits in named if digits in ties))


def is_public_party(written: str) -> bool:
    """Tell whether a number is of the state, a region, a municipality or their like: those begin with 2."""
    number = organisation_number(written)
    return number is not None and not number.is_a_persons and number.digits.startswith(_PUBLIC_FIRST_DIGIT)


def _numbers(form: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(form, dict):
        for name, value in form.items():
            if name == _NUMBER_FIELD and isinstance(value, str):
                yield value
            else:
                yield from _numbers(value)
    elif isinstance(form, list):
        for item in form:
            yield from _numbers(item)
