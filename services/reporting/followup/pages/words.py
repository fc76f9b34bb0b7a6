"""What the codes of follow-up are called, and hours, for a Swedish reader."""

from types import MappingProxyType
from typing import Final

from shared.web.words import MISSING, number

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


def hours(minutes: int) -> str:
    """Return minutes as hours with one decimal."""
    tenths = (minutes * 10 + MINUTES_PER_HOUR // 2) // MINUTES_PER_HOUR
    return f"{number(tenths // 10)},{tenths % 10}\N{NO-BREAK SPACE}tim"
