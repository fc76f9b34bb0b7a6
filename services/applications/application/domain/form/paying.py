"""The parts of the form about money: budget lines, co-funders, and other aid (A5, A10, A11, A23)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.contracts.applications import FundingSource
from shared.contracts.call import BudgetCategory


class CoFundingKind(StrEnum):
    """Only cash counts (A5)."""

    CASH = "cash"
    IN_KIND = "in-kind"


@dataclass(frozen=True, slots=True)
class BudgetItem:
    """A line of the budget. `staff_training` tags what belongs to the add-on (A10)."""

    category: BudgetCategory
    text: str
    amount_ore: int
    staff_training: bool = False


@dataclass(frozen=True, slots=True)
class CoFunder:
    """Who else pays, how much, and from which appropriation when the financier is public (A5)."""

    source: FundingSource
    kind: CoFundingKind
    financier: str
    amount_ore: int
    appropriation: str | None = None
    organisation_number: str | None = None


class SupportStatus(StrEnum):
    """How far other support for the same costs has come (A23)."""

    SOUGHT = "sought"
    GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class OtherSupport:
    """Other support, sought or granted, for the same costs (A23)."""

    source: str
    amount_ore: int
    status: SupportStatus


@dataclass(frozen=True, slots=True)
class DeMinimisAid:
    """De minimis aid to the applicant's single undertaking: when, by which regulation, from whom, how much (A23)."""

    source: str
    amount_ore: int
    regulation: str = ""
    granted_on: date | None = None


@dataclass(frozen=True, slots=True)
class StateAid:
    """What the applicant states of other aid. That there is none is stated too, not left to an empty list (A23)."""

    other_support: tuple[OtherSupport, ...] = ()
    no_other_support: bool = False
    de_minimis: tuple[DeMinimisAid, ...] = ()
    no_de_minimis: bool = False
