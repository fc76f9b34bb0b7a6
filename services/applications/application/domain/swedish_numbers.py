"""Amounts in words, as a decision writes them beside the figures: an amount that was misread shows."""

from typing import Final

from shared.kernel.money import ORE_PER_KRONA

_SMALL: Final = (
    "noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio",
    "tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton",
)  # fmt: skip
_TENS: Final = ("", "", "tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
_LARGE: Final = ((10**12, "biljon", "biljoner"), (10**9, "miljard", "miljarder"), (10**6, "miljon", "miljoner"))
_HUNDRED: Final = 100
_THOUSAND: Final = 1_000
_TWENTY: Final = 20


def kronor_in_words(amount_ore: int) -> str:
    """Return whole kronor in words: 80 000 000 öre is "åttahundra tusen kronor". Öre are left out (A18)."""
    whole = amount_ore // ORE_PER_KRONA
    return f"{_of_common_gender(in_words(whole))} {'krona' if whole == 1 else 'kronor'}"


def in_words(number: int) -> str:
    """Return a whole number from 0 to 999 999 999 999 999 in Swedish words, in groups of three digits."""
    parts: list[str] = []
    rest = number
    for size, one, many in _LARGE:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{_of_common_gender(_below_thousand(count))} {one if count == 1 else many}")
    thousands, rest = divmod(rest, _THOUSAND)
    if thousands:
        parts.append(f"{_below_thousand(thousands)} tusen")
    if rest or not parts:
        parts.append(_below_thousand(rest))
    return " ".join(parts)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, _HUNDRED)
    if not hundreds:
        return _below_hundred(rest)
    return f"{_SMALL[hundreds]}hundra{_below_hundred(rest) if rest else ''}"


def _below_hundred(number: int) -> str:
    if number < _TWENTY:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}{_SMALL[ones] if ones else ''}"


def _of_common_gender(words: str) -> str:
    """Return the words as they stand before miljon: tjugoen, not tjugoett."""
    return f"{words.removesuffix('ett')}en" if words.endswith("ett") else words
