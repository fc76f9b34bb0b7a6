"""How people write amounts, choices and yes or no in a table, and what of it can be meant in one way only (A21)."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

from services.applications.application.schemas.budget_layout import Cell
from shared.kernel.money import AMOUNT_ORE_MAX, ORE_PER_KRONA, kronor_text

T = TypeVar("T")

_SPACES: Final = re.compile(r"\s+")
_SUFFIX: Final = re.compile(r"(kr|sek|:-|,-)\.?$", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[0-9]+([.,][0-9]{1,2})?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}( [0-9]{3})+([.,][0-9]{1,2})?")
_DECIMALS_MAX: Final = 2


class Fault(NamedTuple):
    """What is wrong with a cell, and what to do about it, in both languages."""

    sv: str
    en: str
    fix_sv: str
    fix_en: str


_WRITE_KRONOR: Final = ("Skriv kronor med siffror, till exempel 125000 eller 125 000,50.", "Write kronor: 125000.")


def amount_ore(cell: Cell) -> int | Fault:
    """Return an amount in öre, written in kronor as a number or as text with spaces between thousands.

    A full stop or a comma is a decimal sign before one or two digits. Before three digits it may be either sign, and
    nobody knows which: that is a fault.
    """
    if isinstance(cell, bool) or cell is None:
        return Fault("Beloppet saknas.", "The amount is missing.", *_WRITE_KRONOR)
    kronor = _kronor_of_text(cell) if isinstance(cell, str) else Decimal(str(cell))
    if kronor is None:
        return Fault("Det här kan inte läsas som ett belopp.", "This cannot be read as an amount.", *_WRITE_KRONOR)
    if -_exponent(kronor) > _DECIMALS_MAX:
        return Fault(
            "Beloppet har fler än två decimaler.",
            "The amount has more than two decimals.",
            "Avrunda till hela kronor eller ören.",
            "Round it to whole kronor or öre.",
        )
    ore = int(kronor * ORE_PER_KRONA)
    if not 0 < ore <= AMOUNT_ORE_MAX:
        return Fault(
            f"Beloppet ska vara över 0 och högst {kronor_text(AMOUNT_ORE_MAX)}.",
            f"The amount must be above 0 and at most {kronor_text(AMOUNT_ORE_MAX)}.",
            *_WRITE_KRONOR,
        )
    return ore


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # a number that was read is finite
    return exponent


def _kronor_of_text(text: str) -> Decimal | None:
    plain = _SPACES.sub(" ", text).strip()
    plain = _SUFFIX.sub("", plain).strip()
    if _PLAIN.fullmatch(plain) is None and _GROUPED.fullmatch(plain) is None:
        return None
    return Decimal(plain.replace(" ", "").replace(",", "."))


def choice(cell: Cell, choices: Mapping[str, T]) -> T | Fault:
    """Return what is chosen by its name, whatever the case and the spaces around it."""
    written = text(cell).casefold()
    for name, meant in choices.items():
        if name.casefold() == written:
            return meant
    names = ", ".join(choices)
    return Fault(
        "Värdet är okänt." if written else "Värdet saknas.",
        "The value is unknown." if written else "The value is missing.",
        f"Välj något av: {names}.",
        f"Choose one of: {names}.",
    )


def text(cell: Cell) -> str:
    """Return a cell as text: a number without decimals as its digits, with single spaces and none at the ends."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return _SPACES.sub(" ", str(cell)).strip()
