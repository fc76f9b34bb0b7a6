"""Figures: what a project's row, or many together, add up to. Pure; a programme is the sum of its projects.

The facts of participants, events and reporting name their project and not its call, so nothing can be added up per
call while folding. The sums are made on read instead, from one small document per project.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from services.reporting.followup.projections.rows import ProjectRow, RequestPart
from shared.contracts.applications import FundingSource
from shared.contracts.call import BudgetCategory

Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One category in öre: what was applied for, granted, claimed and approved (costs, not support)."""

    applied_ore: int = 0
    granted_ore: int = 0
    claimed_ore: int = 0
    approved_ore: int = 0

    def __add__(self, other: "MoneyLine") -> "MoneyLine":
        return MoneyLine(
            self.applied_ore + other.applied_ore,
            self.granted_ore + other.granted_ore,
            self.claimed_ore + other.claimed_ore,
            self.approved_ore + other.approved_ore,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that follow-up counts, of one project or of many. Amounts in öre, time in minutes.

    `companies` are the ids of those who take or took part: a company in two projects is one. `activities` are counted
    by (kind, phase, status), `representatives` by (role, gender). Planned figures are those of granted projects only.
    `support_taken_ore` is what grants have of the call's ceiling: what was paid out stays taken after a revocation too
    (A17).
    """

    statuses: Counter[str] = field(default_factory=Counter)
    support_applied_ore: int = 0
    support_granted_ore: int = 0
    support_taken_ore: int = 0
    paid_ore: int = 0
    payments: int = 0
    co_funding_planned_ore: int = 0
    co_funding_external_planned_ore: int = 0
    co_funding_paid_in_ore: int = 0
    money: Mapping[str, MoneyLine] = field(default_factory=dict)
    disallowed_ore: int = 0
    parked_ore: int = 0
    requests: int = 0
    requests_verified: int = 0
    companies_planned: int = 0
    companies: frozenset[str] = frozenset()
    participations: int = 0
    withdrawn: int = 0
    below_recommended_size: int = 0
    size_classes: Counter[str] = field(default_factory=Counter)
    municipalities: Counter[str] = field(default_factory=Counter)
    counties: Counter[str] = field(default_factory=Counter)
    minutes_planned: int = 0
    minutes: int = 0
    women_planned: int = 0
    men_planned: int = 0
    representatives: Counter[tuple[str, str]] = field(default_factory=Counter)
    activities: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    attended: int = 0
    guests: int = 0
    last_fact_at: datetime | None = None

    @property
    def total(self) -> MoneyLine:
        """All categories together."""
        return sum(self.money.values(), MoneyLine())

    def gender(self, gender: str) -> int:
        """Return the number of representatives of one gender."""
        return sum(number for (_, stated), number in self.representatives.items() if stated == gender)


def figures_of(row: ProjectRow) -> Figures:
    """Return the figures of one project. What was planned counts once the project is granted."""
    enrolments = list(row["enrolments"].values())
    activities = list(row["activities"].values())
    application, grant = row["application"], row["grant"]
    planned = application if grant is not None else None
    return Figures(
        statuses=Counter([row["status"]] if row["status"] else []),
        support_applied_ore=application["amount_applied_ore"] if application else 0,
        support_granted_ore=grant["amount_ore"] if grant else 0,
        support_taken_ore=max(grant["amount_ore"] if grant else 0, row["account"]["paid_ore"]),
        paid_ore=row["account"]["paid_ore"],
        payments=row["account"]["payments"],
        co_funding_planned_ore=grant["co_funding_ore"] if grant else 0,
        co_funding_external_planned_ore=_external(planned["co_funding"]) if planned else 0,
        co_funding_paid_in_ore=row["account"]["co_funding_ore"],
        money=_money(row),
        disallowed_ore=sum(request["disallowed_ore"] for request in row["requests"].values()),
        parked_ore=sum(request["parked_ore"] for request in row["requests"].values()),
        requests=len(row["requests"]),
        requests_verified=sum(request["approved"] is not None for request in row["requests"].values()),
        companies_planned=planned["companies_planned"] if planned else 0,
        companies=frozenset(part["company"] for part in enrolments),
        participations=len(enrolments),
        withdrawn=sum(part["withdrawn"] for part in enrolments),
        below_recommended_size=sum(part["below_recommended_size"] for part in enrolments),
        size_classes=Counter(part["size_class"] for part in enrolments),
        municipalities=Counter(part["municipality"] for part in enrolments),
        counties=Counter(part["county"] for part in enrolments),
        minutes_planned=planned["hours_planned"] * 60 if planned else 0,
        minutes=sum(part["minutes"] for part in activities),
        women_planned=planned["women_planned"] if planned else 0,
        men_planned=planned["men_planned"] if planned else 0,
        representatives=Counter(
            (role, gender) for part in enrolments for role, gender in part["representatives"].values()
        ),
        activities=Counter((part["kind"], part["phase"], part["status"]) for part in activities),
        attended=sum(part["persons"] for part in activities),
        guests=sum(part["guests"] for part in activities),
        last_fact_at=row["last_fact_at"],
    )


def _external(co_funding: Mapping[str, int]) -> int:
    return sum(ore for source, ore in co_funding.items() if source != FundingSource.OWN.value)


def _money(row: ProjectRow) -> dict[str, MoneyLine]:
    applied = row["application"]["budget"] if row["application"] else {}
    granted = row["grant"]["budget"] if row["grant"] else {}
    claimed: Counter[str] = Counter()
    approved: Counter[str] = Counter()
    for request in row["requests"].values():
        _count(request, claimed, approved)
    return {
        category.value: MoneyLine(
            applied.get(category.value, 0),
            granted.get(category.value, 0),
            claimed[category.value],
            approved[category.value],
        )
        for category in BudgetCategory
    }


def _count(request: RequestPart, claimed: Counter[str], approved: Counter[str]) -> None:
    claimed.update(request["claimed"])
    approved.update(request["approved"] or {})


def together(parts: Iterable[Figures]) -> Figures:
    """Add figures up: sums of sums, unions of companies, the latest fact of all. The order does not matter."""
    parts = list(parts)
    return Figures(
        statuses=_sum(part.statuses for part in parts),
        support_applied_ore=sum(part.support_applied_ore for part in parts),
        support_granted_ore=sum(part.support_granted_ore for part in parts),
        support_taken_ore=sum(part.support_taken_ore for part in parts),
        paid_ore=sum(part.paid_ore for part in parts),
        payments=sum(part.payments for part in parts),
        co_funding_planned_ore=sum(part.co_funding_planned_ore for part in parts),
        co_funding_external_planned_ore=sum(part.co_funding_external_planned_ore for part in parts),
        co_funding_paid_in_ore=sum(part.co_funding_paid_in_ore for part in parts),
        money={
            category.value: sum((part.money.get(category.value, MoneyLine()) for part in parts), MoneyLine())
            for category in BudgetCategory
        },
        disallowed_ore=sum(part.disallowed_ore for part in parts),
        parked_ore=sum(part.parked_ore for part in parts),
        requests=sum(part.requests for part in parts),
        requests_verified=sum(part.requests_verified for part in parts),
        companies_planned=sum(part.companies_planned for part in parts),
        companies=frozenset[str]().union(*(part.companies for part in parts)),
        participations=sum(part.participations for part in parts),
        withdrawn=sum(part.withdrawn for part in parts),
        below_recommended_size=sum(part.below_recommended_size for part in parts),
        size_classes=_sum(part.size_classes for part in parts),
        municipalities=_sum(part.municipalities for part in parts),
        counties=_sum(part.counties for part in parts),
        minutes_planned=sum(part.minutes_planned for part in parts),
        minutes=sum(part.minutes for part in parts),
        women_planned=sum(part.women_planned for part in parts),
        men_planned=sum(part.men_planned for part in parts),
        representatives=_sum(part.representatives for part in parts),
        activities=_sum(part.activities for part in parts),
        attended=sum(part.attended for part in parts),
        guests=sum(part.guests for part in parts),
        last_fact_at=max((part.last_fact_at for part in parts if part.last_fact_at), default=None),
    )


def _sum(counters: Iterable[Counter[Counted]]) -> Counter[Counted]:
    total: Counter[Counted] = Counter()
    for counter in counters:
        total.update(counter)
    return total
