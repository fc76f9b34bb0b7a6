"""What an applicant fills in. Everything may be missing until it is submitted: the rules say what is."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shared.contracts.applications import BudgetAmount, CashCoFunding, FundingSource
from shared.contracts.call import BudgetCategory


class CoFundingKind(StrEnum):
    """Only cash counts (A5)."""

    CASH = "cash"
    IN_KIND = "in-kind"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies: name and organisation number as the applicant writes them."""

    name: str
    organisation_number: str


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


@dataclass(frozen=True, slots=True)
class Form:
    """Ansökan as it is filled in. `answers` are keyed by the field of the call's question."""

    applicant: Applicant
    title: str = ""
    counties: tuple[str, ...] = ()
    theme: str | None = None
    theme_own_words: str | None = None
    global_goals: tuple[int, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    companies_planned: int | None = None
    hours_per_company_planned: int | None = None
    hours_planned: int | None = None
    women_planned: int | None = None
    men_planned: int | None = None
    budget: tuple[BudgetItem, ...] = ()
    amount_applied_ore: int = 0
    co_funding: tuple[CoFunder, ...] = ()
    staff_training_persons: int = 0
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def budget_total_ore(self) -> int:
        """The project's total budget."""
        return sum(item.amount_ore for item in self.budget)

    @property
    def staff_training_ore(self) -> int:
        """What the lines tagged as staff training add up to (A10)."""
        return sum(item.amount_ore for item in self.budget if item.staff_training)

    @property
    def cash_ore(self) -> int:
        """Cash co-funding; in-kind counts 0 (A5)."""
        return sum(part.amount_ore for part in self.cash)

    @property
    def cash(self) -> list[CashCoFunding]:
        """The cash parts of the co-funding, without names."""
        return [
            CashCoFunding(source=part.source, amount_ore=part.amount_ore)
            for part in self.co_funding
            if part.kind is CoFundingKind.CASH
        ]

    @property
    def budget_by_category(self) -> list[BudgetAmount]:
        """The budget as facts carry it: one amount per category that has any."""
        sums = {
            category: sum(item.amount_ore for item in self.budget if item.category is category)
            for category in BudgetCategory
        }
        return [BudgetAmount(category=category, amount_ore=ore) for category, ore in sums.items() if ore]
