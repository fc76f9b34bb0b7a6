"""How amounts, days, counts and shares are said to a Swedish reader, the same on every page."""

from datetime import date, datetime
from typing import Final

from shared.kernel.counties import COUNTIES
from shared.kernel.money import kronor_text
from shared.kernel.time import SWEDISH_TIME

MISSING: Final = "uppgift saknas"
_MONTHS: Final = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


def county(code: str) -> str:
    """Return a county's name; a code that there is no longer stays as it is."""
    return COUNTIES.get(code, code)


def kr(amount_ore: int | None) -> str:
    """Return an amount: `1 234 567 kr`."""
    return MISSING if amount_ore is None else kronor_text(amount_ore)


def number(value: int | None) -> str:
    """Return a count with its thousands apart."""
    return MISSING if value is None else f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")


def share(part: int, whole: int) -> str:
    """Return part of whole in per cent with one decimal, or that there is nothing to compare with."""
    if whole == 0:
        return MISSING
    tenths = (part * 1000 + whole // 2) // whole
    return f"{tenths // 10},{tenths % 10}\N{NO-BREAK SPACE}%"


def share_bp(basis_points: int) -> str:
    """Return a share given in hundredths of a per cent: `50 %`, `33,33 %`."""
    whole, rest = divmod(basis_points, 100)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}\N{NO-BREAK SPACE}%"


def day(value: date | str | None) -> str:
    """Return a day: `1 mars 2023`. A text is an ISO date."""
    if value is None:
        return MISSING
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{found.day}\N{NO-BREAK SPACE}{_MONTHS[found.month - 1]}\N{NO-BREAK SPACE}{found.year}"


def instant(at: datetime | None) -> str:
    """Return a point in time by Swedish clocks: `2023-03-01 14:05`."""
    return MISSING if at is None else f"{at.astimezone(SWEDISH_TIME):%Y-%m-%d %H:%M}"
