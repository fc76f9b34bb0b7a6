"""What a rule is, and how it words what it found."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final
from unicodedata import category

from services.applications.application.domain.form import Form
from shared.contracts.call import CallDefinition
from shared.kernel.organisation_numbers import organisation_number
from shared.kernel.refusals import Problem, Severity

Rule = Callable[[Form, CallDefinition, datetime], Iterable[Problem]]
"""A rule of the form: pure, reads the form, the call and the instant of arrival (UTC), yields every problem it sees."""


def error(rule: str, pointer: str, sv: str, en: str) -> Problem:
    """Return a finding that forbids submission."""
    return Problem(rule, pointer, sv, en)


def warning(rule: str, pointer: str, sv: str, en: str) -> Problem:
    """Return a finding the applicant should look at, but may submit with."""
    return Problem(rule, pointer, sv, en, Severity.WARNING)


def note(rule: str, pointer: str, sv: str, en: str) -> Problem:
    """Return a finding that only informs."""
    return Problem(rule, pointer, sv, en, Severity.NOTE)


_INVISIBLE_LETTERS: Final = frozenset("\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}")


def blank(text: str | None) -> bool:
    """Tell whether a text shows nothing: empty, or only spaces, control signs and what is drawn as nothing."""
    return not any(category(sign)[0] not in "CZM" and sign not in _INVISIBLE_LETTERS for sign in text or "")


def legal_person_problem(rule: str, pointer: str, written: str) -> Iterator[Problem]:
    """Yield an error when what is written is not the organisation number of a legal person."""
    number = organisation_number(written)
    if number is None:
        yield error(rule, pointer, "Organisationsnumret är inte giltigt.", "The organisation number is not valid.")
    elif number.is_a_persons:
        yield error(
            rule,
            pointer,
            "Numret är ett personnummer; ange en juridisk persons organisationsnummer.",
            "The number is a personal one; state a legal person's organisation number.",
        )
