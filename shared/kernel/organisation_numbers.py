"""Organisation numbers: the only place that reads one as people write it."""

import re
from dataclasses import dataclass
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.se import orgnr

_WRITTEN: Final = re.compile(r"[0-9 -]*")
"""Other dashes and spaces are refused, not cleaned away: what stands where in the number must never be in doubt."""
_DIGITS_WITH_PREFIX: Final = 12
_LEGAL_PERSON_PREFIX: Final = "16"
_CENTURIES: Final = ("18", "19", "20")
_LEGAL_PERSON_THIRD_DIGIT_MIN: Final = "2"
_UNUSUAL_FORMS: Final = "136"
"""First digit of dödsbon, foreign companies and enkla bolag."""


@dataclass(frozen=True, slots=True)
class OrganisationNumber:
    """A valid number as ten digits."""

    digits: str

    @property
    def is_a_persons(self) -> bool:
        """Tell whether it is a personnummer, a sole trader's: its third digit begins a month and is 0 or 1."""
        return self.digits[2] < _LEGAL_PERSON_THIRD_DIGIT_MIN

    @property
    def is_of_an_unusual_form(self) -> bool:
        """Tell whether a legal person's number is of a form that a person should look at."""
        return not self.is_a_persons and self.digits[0] in _UNUSUAL_FORMS


def organisation_number(written: str) -> OrganisationNumber | None:
    """Return the number that is written with digits, hyphens and spaces, or None when it cannot be one.

    It has ten digits and the right check digit; twelve with the prefix 16 for a legal person, or with a century for
    a sole trader.
    """
    if _WRITTEN.fullmatch(written) is None:
        return None
    digits = written.replace(" ", "").replace("-", "")
    prefix = ""
    if len(digits) == _DIGITS_WITH_PREFIX:
        prefix, digits = digits[:2], digits[2:]
    try:
        number = OrganisationNumber(str(orgnr.validate(digits)))
    except ValidationError:
        return None
    if prefix and not (prefix in _CENTURIES if number.is_a_persons else prefix == _LEGAL_PERSON_PREFIX):
        return None
    return number
