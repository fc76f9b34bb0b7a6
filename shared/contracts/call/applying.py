"""The parts of a call that applicants meet first: themes, goals, money, budget lines and companies."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts.call.basics import AmountOre, BudgetCategory, Code, ShareBp, Text
from shared.contracts.event import Value


class Theme(Value):
    """Grundtema: exactly one is chosen by each application (A7). `note` is shown to whoever chooses it."""

    code: Code
    name: Text
    needs_own_words: bool = False
    note: Text | None = None


class ProgrammeGoal(Value):
    """One of the call's goals G0–G5, which activities serve."""

    code: Annotated[str, Field(pattern=r"^G[0-9]$")]
    text: Text


class FloorBase(StrEnum):
    """What the lowest amount is measured on (A4)."""

    SUPPORT = "support"
    BUDGET = "budget"


class Amounts(Value):
    """Money of the call: its ceiling (A17), the lowest application (A4), the highest share (A5)."""

    budget_ore: AmountOre
    application_ore_min: AmountOre
    application_floor_on: FloorBase
    support_share_bp_max: ShareBp


class Period(Value):
    """When projects may run and must be reported (A6)."""

    ends_on_latest: date
    final_report_on_latest: date


class CapRule(StrEnum):
    """How the two caps on staff training combine (A10): both hold, or the more generous one."""

    MIN = "min"
    EITHER = "either"


class TrainingBase(StrEnum):
    """What the caps on staff training are measured on (A10): its cost, or the support for it."""

    COST = "cost"
    SUPPORT = "support"


class StaffTraining(Value):
    """Tilläggsinsats: training of own staff and other public promoters (A10)."""

    cost_ore_max: AmountOre
    cost_per_person_ore_max: AmountOre
    caps: CapRule
    measured_on: TrainingBase = TrainingBase.COST


class FlatRate(Value):
    """Schablon: a share of the base categories, computed and never typed (A11, C6)."""

    share_bp: ShareBp
    base: Annotated[list[BudgetCategory], Field(min_length=1)]


class BudgetLine(Value):
    """One category that a budget may have, with its limits (above: a warning).

    `payroll_overhead_bp` (lönebikostnad, on pay) is recorded, shown, not enforced: a budget line holds the whole cost.
    """

    category: BudgetCategory
    name: Text
    flat_rate: FlatRate | None = None
    item_ore_warning: AmountOre | None = None
    total_ore_warning: AmountOre | None = None
    payroll_overhead_bp: ShareBp | None = None


class CompanyLimits(Value):
    """Who may take part (P2, P3) and how many (A9). Amounts in euro are whole euro."""

    group_size_warning: Annotated[int, Field(ge=1, le=10_000)]
    employees_below: Annotated[int, Field(ge=1)]
    turnover_eur_max: Annotated[int, Field(ge=0)]
    balance_sheet_eur_max: Annotated[int, Field(ge=0)]
    ore_per_eur: Annotated[int, Field(ge=1)]
    ore_per_eur_on: date
    employees_recommended_min: Annotated[int, Field(ge=0)]
