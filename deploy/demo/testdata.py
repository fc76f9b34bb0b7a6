"""Invented organisations and companies, marked as test data, with numbers that pass the check digit."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from typing import Final


def organisation_number(serial: int, first: str = "5") -> str:
    """Return an invented organisation number, ten digits with a valid check digit; `first` is the group digit.

    The third digit is 9 (2 or more marks a legal person).
    """
    nine = f"{first}59{serial:06d}"
    digits = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(nine)]
    total = sum(digit - 9 if digit > 9 else digit for digit in digits)  # noqa: PLR2004 - Luhn adds the two digits
    return f"{nine}{-total % 10}"


@dataclass(frozen=True, slots=True)
class Owner:
    """A project owner: tenant id, display name, organisation number, county and municipality codes."""

    organisation: str
    name: str
    orgnr: str
    county: str
    municipality: str


def _owner(serial: int, name: str, municipality: str) -> Owner:
    tenant = f"0190a000-0000-7000-8000-{serial:012d}"
    return Owner(tenant, f"{name} (testdata)", organisation_number(serial), municipality[:2], municipality)


AGENCY: Final = "0190a000-0000-7000-8000-000000000000"
AGENCY_NAME: Final = "Tillväxtverket (sandlåda)"

OWNERS: Final = {
    "norr": _owner(1, "Testparken Norr", "2480"),
    "kust": _owner(2, "Testklustret Kust", "2281"),
    "slatt": _owner(3, "Testinkubatorn Slätt", "0580"),
    "skog": _owner(4, "Testcentrum Skog", "1780"),
    "hamn": _owner(5, "Testparken Hamn", "1480"),
    "sjo": _owner(6, "Testklustret Sjö", "1880"),
    "liten": _owner(7, "Testfrämjaren Liten", "0780"),
    "natura": _owner(8, "Testfrämjaren Natura", "0880"),
    "mal": _owner(9, "Testfrämjaren Mål", "1080"),
    "sen": _owner(10, "Testfrämjaren Sen", "1380"),
}
SOLE_TRADER_NUMBER: Final = "1212121212"
"""A personal number that belongs to nobody: the one that is used as an example everywhere."""


@dataclass(frozen=True, slots=True)
class Company:
    """A small company: name and number, SNI code, municipality, employees, and yearly amounts in öre."""

    name: str
    orgnr: str
    sni_code: str
    municipality: str
    employees: int
    turnover_ore: int
    balance_sheet_ore: int


_SNI: Final = ("25620", "62010", "28990", "71124", "10710", "46690")
_EMPLOYEES: Final = (12, 18, 24, 35, 48, 60, 95, 11, 140, 30)
_MILLION: Final = 100_000_000


def companies(number: int, municipalities: tuple[str, ...]) -> Iterator[Company]:
    """Yield invented companies of different size and place; none is too large or below ten employees."""
    places = zip(count(1), cycle(_SNI), cycle(_EMPLOYEES), cycle(municipalities), strict=False)
    for serial, sni, employees, municipality in islice(places, number):
        turnover = employees * _MILLION * 3 // 2
        yield Company(
            name=f"Testföretag {serial:02d} AB (testdata)",
            orgnr=organisation_number(1000 + serial),
            sni_code=sni,
            municipality=municipality,
            employees=employees,
            turnover_ore=turnover,
            balance_sheet_ore=turnover // 2,
        )


def too_large() -> Company:
    """Return a company that is no SME (P2): 250 employees."""
    return Company(
        name="Testföretag Stort AB (testdata)",
        orgnr=organisation_number(2001),
        sni_code="25620",
        municipality="2480",
        employees=250,
        turnover_ore=700 * _MILLION,
        balance_sheet_ore=600 * _MILLION,
    )


def very_small() -> Company:
    """Return a company below ten employees, which may take part with a motive (P3)."""
    return Company(
        name="Testföretag Litet AB (testdata)",
        orgnr=organisation_number(2002),
        sni_code="62010",
        municipality="2281",
        employees=4,
        turnover_ore=6 * _MILLION,
        balance_sheet_ore=2 * _MILLION,
    )
