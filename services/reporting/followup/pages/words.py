"""How codes, amounts and days are said to a Swedish reader."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from shared.kernel.money import kronor_text
from shared.kernel.time import SWEDISH_TIME

MISSING: Final = "uppgift saknas"
MINUTES_PER_HOUR: Final = 60

WORDS: Final = MappingProxyType(
    {
        "submitted": "inkommen",
        "late": "inkommen för sent",
        "signed": "underskriven",
        "assessed": "bedömd",
        "granted": "beviljad",
        "accepted": "beviljad och accepterad",
        "rejected": "avslag",
        "dismissed": "avvisad",
        "withdrawn": "återkallad",
        "written-off": "avskriven",
        "lapsed": "bifall förfallet",
        "revoked": "upphävd",
        "introduction": "introduktion",
        "deep-dive": "fördjupning",
        "lecture": "föreläsning",
        "workshop": "workshop",
        "training": "utbildning",
        "networking": "nätverk och utbyte",
        "coaching": "individuell coachning",
        "gap-analysis": "gap-analys",
        "penetration-test": "penetrationstest",
        "risk-analysis": "riskanalys",
        "micro": "mikroföretag",
        "small": "små företag",
        "medium": "medelstora företag",
        "management": "ledning",
        "board": "styrelse",
        "other": "annat",
        "woman": "kvinna",
        "man": "man",
        "not-stated": MISSING,
        "approved-costs": "godkända kostnader",
        "co-funding": "inbetald medfinansiering",
        "maximum": "beviljat stöd",
    }
)


def word(code: str | None) -> str:
    """Return what a code is called; a code without a word is shown as it is."""
    return MISSING if code is None else WORDS.get(code, code)


def kr(amount_ore: int | None) -> str:
    """Return an amount: `1 234 567 kr`."""
    return MISSING if amount_ore is None else kronor_text(amount_ore)


def number(value: int) -> str:
    """Return a count with its thousands apart."""
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")


def hours(minutes: int) -> str:
    """Return minutes as hours with one decimal."""
    tenths = (minutes * 10 + MINUTES_PER_HOUR // 2) // MINUTES_PER_HOUR
    return f"{number(tenths // 10)},{tenths % 10}\N{NO-BREAK SPACE}tim"


def share(part: int, whole: int) -> str:
    """Return part of whole in per cent with one decimal, or that there is nothing to compare with."""
    if whole == 0:
        return MISSING
    tenths = (part * 1000 + whole // 2) // whole
    return f"{tenths // 10},{tenths % 10}\N{NO-BREAK SPACE}%"


def instant(at: datetime | None) -> str:
    """Return a point in time by Swedish clocks: `2023-03-01 14:05`."""
    return MISSING if at is None else f"{at.astimezone(SWEDISH_TIME):%Y-%m-%d %H:%M}"
