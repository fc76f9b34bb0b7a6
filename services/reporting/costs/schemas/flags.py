"""Warnings in words: what is to be looked at and forbids nothing."""

from typing import Final

from shared.contracts.reporting import CategoryOverrun, OverrunNeeds
from shared.kernel.money import kronor_text
from shared.web.schemas import Answer


class Flag(Answer):
    """Something to look at that forbids nothing."""

    rule: str
    pointer: str
    sv: str
    en: str


FINAL_REPORT_LATE: Final = Flag(
    rule="C1",
    pointer="/final",
    sv="Slutredovisningen kom efter utlysningens sista dag för den.",
    en="The final report came after the call's last day for it.",
)

_NEEDS: Final = {
    OverrunNeeds.NOTHING: (
        "C7",
        "Det är inom vad som får överskridas, och inget mer behövs.",
        "That is within what may be exceeded, and nothing more is needed.",
    ),
    OverrunNeeds.OFFICER: (
        "A19",
        "Det är mer än vad som får överskridas: handläggaren tar ställning till om det kan godtas.",
        "That is more than may be exceeded: the officer considers whether to accept it.",
    ),
    OverrunNeeds.DECISION: (
        "A19",
        "Godkänns allt som är redovisat krävs först ett beslut om ändrad budget: begär en ändring av budgeten.",
        "Approving all that is claimed needs a decision on a changed budget first: request a change of the budget.",
    ),
}
"""What an overrun needs: the rule that says so, and its words in Swedish and English."""


def wrong_encoding(encoding: str) -> Flag:
    """Return the flag of a ledger that is not written as SIE demands (C4)."""
    return Flag(
        rule="C4",
        pointer="",
        sv=f"Filen är skriven i {encoding} och inte i CP437 som SIE kräver. Kontrollera å, ä och ö.",
        en=f"The file is written in {encoding} and not in CP437 as SIE demands. Check the letters å, ä and ö.",
    )


def over_budget(over: CategoryOverrun) -> Flag:
    """Return the flag of a category above its budget (C7), with what that needs (A19)."""
    rule, sv, en = _NEEDS[over.needs]
    amount = kronor_text(over.amount_ore)
    return Flag(
        rule=rule,
        pointer="/lines",
        sv=f"Kostnadsslaget {over.category} ligger {amount} över beslutad budget. {sv}",
        en=f"Category {over.category} is {amount} above the granted budget. {en}",
    )
