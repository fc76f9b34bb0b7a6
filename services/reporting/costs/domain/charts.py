"""Charts of accounts: which category an account belongs to, as a table keyed by chart (C4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.contracts.call import BudgetCategory


class Chart(StrEnum):
    """Kontoplan. A new one is a row in `RANGES`."""

    BAS = "bas"


class Treatment(StrEnum):
    """What may be done with an account: claim it, or why not."""

    CLAIMABLE = "claimable"
    BY_HAND = "by-hand"
    FLAT_RATE = "covered-by-flat-rate"
    FINANCING = "financing"
    INCOME = "income"


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an account belongs: its treatment, the category suggested, and whether it is training (A10)."""

    treatment: Treatment
    category: BudgetCategory | None = None
    staff_training: bool = False


@dataclass(frozen=True, slots=True)
class AccountRange:
    """Accounts `first`..`last` inclusive; of several that match, the narrowest wins."""

    first: int
    last: int
    placing: Placing


def _claimable(category: BudgetCategory, *, staff_training: bool = False) -> Placing:
    return Placing(Treatment.CLAIMABLE, category, staff_training)


_PERSONNEL: Final = _claimable(BudgetCategory.PERSONNEL)
_EXTERNAL: Final = _claimable(BudgetCategory.EXTERNAL_SERVICES)
_INVESTMENTS: Final = _claimable(BudgetCategory.INVESTMENTS)
_TRAVEL: Final = _claimable(BudgetCategory.TRAVEL)
_TRAINING: Final = _claimable(BudgetCategory.EXTERNAL_SERVICES, staff_training=True)
_COVERED: Final = Placing(Treatment.FLAT_RATE)
_BY_HAND: Final = Placing(Treatment.BY_HAND)

RANGES: Final[Mapping[Chart, tuple[AccountRange, ...]]] = MappingProxyType(
    {
        Chart.BAS: (
            AccountRange(1250, 1250, _INVESTMENTS),
            AccountRange(3000, 3999, Placing(Treatment.INCOME)),
            AccountRange(3980, 3989, Placing(Treatment.FINANCING)),
            AccountRange(5000, 5099, _COVERED),
            AccountRange(5410, 5410, _INVESTMENTS),
            AccountRange(5420, 5420, _INVESTMENTS),
            AccountRange(5800, 5899, _TRAVEL),
            AccountRange(6100, 6299, _COVERED),
            AccountRange(6530, 6530, _COVERED),
            AccountRange(6540, 6540, _EXTERNAL),
            AccountRange(6550, 6550, _EXTERNAL),
            AccountRange(6560, 6560, _COVERED),
            AccountRange(6570, 6570, _COVERED),
            AccountRange(6580, 6580, _EXTERNAL),
            AccountRange(6590, 6590, _EXTERNAL),
            AccountRange(6800, 6899, _EXTERNAL),
            AccountRange(7010, 7299, _PERSONNEL),
            AccountRange(7300, 7399, _BY_HAND),
            AccountRange(7320, 7339, _TRAVEL),
            AccountRange(7410, 7599, _PERSONNEL),
            AccountRange(7610, 7610, _TRAINING),
        )
    }
)


def placing(chart: Chart, account: str) -> Placing:
    """Return where `account` belongs in `chart`; what the table does not name is placed by hand."""
    if not account.isdecimal() or not account.isascii():
        return _BY_HAND
    number = int(account[:4])
    matching = [row for row in RANGES[chart] if row.first <= number <= row.last]
    return min(matching, key=lambda row: row.last - row.first).placing if matching else _BY_HAND
