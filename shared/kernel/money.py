"""Money in integer öre, and the only roundings that the programme knows."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NewType

Ore = NewType("Ore", int)
"""An amount in öre. Never a float."""

ORE_PER_KRONA: Final = 100
BASIS_POINTS: Final = 10_000
AMOUNT_ORE_MAX: Final = 10**15
"""Ten thousand milliard kronor: above any public budget, and far inside 64 bits."""


def kronor(amount: int) -> Ore:
    """Return `amount` whole kronor as öre."""
    return Ore(amount * ORE_PER_KRONA)


def whole_kronor_down(amount_ore: int) -> Ore:
    """Cut `amount_ore` to whole kronor, towards zero for positive amounts (support is never rounded up)."""
    return Ore(amount_ore // ORE_PER_KRONA * ORE_PER_KRONA)


def share_of(amount_ore: int, share_bp: int) -> Decimal:
    """Return `share_bp` basis points of `amount_ore`, exact and unrounded, in öre."""
    return Decimal(amount_ore) * share_bp / BASIS_POINTS


def half_up(amount_ore: Decimal) -> Ore:
    """Round an exact amount to whole öre, halves upwards."""
    return Ore(int(amount_ore.quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def kronor_text(amount_ore: int) -> str:
    """Return the amount for people: `1 234 567 kr`, with öre only when there are any."""
    sign = "−" if amount_ore < 0 else ""
    whole, rest = divmod(abs(amount_ore), ORE_PER_KRONA)
    grouped = f"{whole:,}".replace(",", "\N{NO-BREAK SPACE}")
    decimals = f",{rest:02d}" if rest else ""
    return f"{sign}{grouped}{decimals}\N{NO-BREAK SPACE}kr"
