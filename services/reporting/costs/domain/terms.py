"""What the rules of costs know of a granted project and its call: learnt from facts, never asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.reporting.costs.domain.overrun import overrun_needs
from shared.contracts.applications import BudgetAmount
from shared.contracts.call import ApprovalLevel, ApprovalRole, BudgetCategory, Overrun
from shared.contracts.reporting import OverrunNeeds
from shared.kernel.ids import ApplicationId, OrganisationId
from shared.kernel.money import half_up, share_of
from shared.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class FlatRateTerms:
    """Schablon of the call: `share_bp` of what is claimed or approved in the categories of `base` (C6)."""

    share_bp: int
    base: tuple[BudgetCategory, ...]


class GrantEnd(StrEnum):
    """How a grant ended before its project did (A19)."""

    LAPSED = "lapsed"
    REVOKED = "revoked"


class GrantNotAccepted(Refusal):
    """A grant that the project owner has not accepted is not paid out."""

    rule = "A19"
    sv = "Projektägaren har inte accepterat beslutet om stöd."
    en = "The project owner has not accepted the grant."


class GrantEnded(Refusal):
    """Nothing is paid out of a grant that was revoked wholly, or has lapsed."""

    rule = "A19"
    sv = "Beslutet om stöd är upphävt eller har förfallit. Inget mer betalas ut."
    en = "The grant was revoked or has lapsed. Nothing more is paid."


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """A granted project as far as costs are concerned, with the parameters of the call version it is pinned to.

    `share_bp` is C9's p, `maximum_ore` what is granted still, `own_cash_ore` own cash in the financing plan.
    `budget` is öre per category in the latest decision, `overrun` how far above it costs may go by themselves.
    """

    project: ApplicationId
    organisation: OrganisationId
    starts_on: date
    ends_on: date
    share_bp: int
    maximum_ore: int
    own_cash_ore: int
    accepted: bool
    months_min: int
    months_max: int
    paid_on_latest: date
    overrun: Overrun
    flat_rates: tuple[FlatRateTerms, ...] = ()
    budget: Mapping[BudgetCategory, int] = field(default_factory=dict)
    final_report_on_latest: date | None = None
    approval_levels: tuple[ApprovalLevel, ...] = ()
    ended: GrantEnd | None = None

    def require_payable(self) -> None:
        """Raise GrantEnded or GrantNotAccepted unless something may be paid out of the grant (A19)."""
        if self.ended is not None:
            raise GrantEnded
        if not self.accepted:
            raise GrantNotAccepted

    def is_late(self, today: date) -> bool:
        """Tell whether the final report is late when it comes `today` (C1)."""
        return self.final_report_on_latest is not None and today > self.final_report_on_latest

    def approval_needs(self, amount_ore: int) -> frozenset[ApprovalRole]:
        """Return what whoever approves `amount_ore` must hold: the lowest level that reaches it, or all (C9)."""
        reaching = [level for level in self.approval_levels if amount_ore <= level.up_to_ore]
        if not reaching:
            return frozenset(ApprovalRole)
        return frozenset({ApprovalRole.PAYMENT_APPROVER, *min(reaching, key=lambda level: level.up_to_ore).roles})

    def over_budget_ore(self, category: BudgetCategory, accumulated_ore: int) -> int:
        """Return by how much `accumulated_ore` is above the category's budget, which is 0 where there is none."""
        return accumulated_ore - self.budget.get(category, 0)

    def overrun_needs(self, category: BudgetCategory, accumulated_ore: int) -> OverrunNeeds:
        """Tell what `accumulated_ore` in a category needs by the limits of the call (A19)."""
        return overrun_needs(accumulated_ore, self.budget.get(category, 0), self.overrun)

    def flat_rate_ore(self, amounts: Iterable[tuple[BudgetCategory, int]]) -> int:
        """Return the flat rate on direct costs given as (category, öre): computed, never typed (C6)."""
        direct = list(amounts)
        return sum(
            half_up(share_of(sum(ore for category, ore in direct if category in flat_rate.base), flat_rate.share_bp))
            for flat_rate in self.flat_rates
        )


def per_category(amounts: Iterable[tuple[BudgetCategory, int]]) -> dict[BudgetCategory, int]:
    """Add up (category, öre) pairs per category, in the order of the categories, without those that are nothing."""
    sums = dict.fromkeys(BudgetCategory, 0)
    for category, ore in amounts:
        sums[category] += ore
    return {category: ore for category, ore in sums.items() if ore}


def as_amounts(sums: Mapping[BudgetCategory, int]) -> list[BudgetAmount]:
    """Return sums per category as facts carry them."""
    return [BudgetAmount(category=category, amount_ore=ore) for category, ore in sums.items()]
