"""A call as data: everything that differs between one call and the next, published once and obeyed by all."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts.event import Value
from shared.kernel.ids import SLUG_PATTERN
from shared.kernel.money import AMOUNT_ORE_MAX

AmountOre = Annotated[int, Field(ge=0, le=AMOUNT_ORE_MAX)]
ShareBp = Annotated[int, Field(ge=0, le=10_000)]
Code = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=60)]
RuleId = Annotated[str, Field(pattern=r"^[ACPEG][0-9]{1,2}$")]
CountyCode = Annotated[str, Field(pattern=r"^[0-9]{2}$")]


class BudgetCategory(StrEnum):
    """Kostnadsslag: the only lines a budget and a cost report may have (A11)."""

    PERSONNEL = "personnel"
    FLAT_RATE = "flat-rate"
    EXTERNAL_SERVICES = "external-services"
    INVESTMENTS = "investments"
    TRAVEL = "travel"


class ActivityKind(StrEnum):
    """What a project holds for its companies."""

    LECTURE = "lecture"
    WORKSHOP = "workshop"
    TRAINING = "training"
    NETWORKING = "networking"
    COACHING = "coaching"
    GAP_ANALYSIS = "gap-analysis"
    PENETRATION_TEST = "penetration-test"
    RISK_ANALYSIS = "risk-analysis"


class Phase(StrEnum):
    """A project runs through an introduction and a deep dive (A9)."""

    INTRODUCTION = "introduction"
    DEEP_DIVE = "deep-dive"


class Text(Value):
    """The same text in Swedish and English."""

    sv: Annotated[str, Field(min_length=1, max_length=4000)]
    en: Annotated[str, Field(min_length=1, max_length=4000)]


class Theme(Value):
    """Grundtema: exactly one is chosen by each application (A7)."""

    code: Code
    name: Text
    needs_own_words: bool = False


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


class StaffTraining(Value):
    """Tilläggsinsats: training of own staff and other public promoters (A10)."""

    cost_ore_max: AmountOre
    cost_per_person_ore_max: AmountOre
    caps: CapRule


class FlatRate(Value):
    """Schablon: a share of the base categories, computed and never typed (A11, C6)."""

    share_bp: ShareBp
    base: Annotated[list[BudgetCategory], Field(min_length=1)]


class BudgetLine(Value):
    """One category that a budget may have, with its limits (above: a warning)."""

    category: BudgetCategory
    name: Text
    flat_rate: FlatRate | None = None
    item_ore_warning: AmountOre | None = None
    total_ore_warning: AmountOre | None = None


class CompanyLimits(Value):
    """Who may take part (P2, P3) and how many (A9). Amounts in euro are whole euro."""

    group_size_warning: Annotated[int, Field(ge=1, le=10_000)]
    employees_below: Annotated[int, Field(ge=1)]
    turnover_eur_max: Annotated[int, Field(ge=0)]
    balance_sheet_eur_max: Annotated[int, Field(ge=0)]
    ore_per_eur: Annotated[int, Field(ge=1)]
    ore_per_eur_on: date
    employees_recommended_min: Annotated[int, Field(ge=0)]


class Criterion(Value):
    """What an assessor scores, on the scale `score_min`..`score_max`. `weight` is recorded, shown, not enforced."""

    code: Code
    text: Text
    score_min: int
    score_max: int
    weight: Annotated[int, Field(ge=1, le=100)]


class Assessment(Value):
    """How applications are assessed before anybody decides (A16)."""

    assessors_min: Annotated[int, Field(ge=1, le=10)]
    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=50)]


class LegalBasis(Value):
    """A provision that a decision rests on, in force from–to, and whether the decision may be appealed (A18)."""

    code: Code
    text: Text
    in_force_from: date
    in_force_to: date | None = None
    appealable: bool


class ApprovalRole(StrEnum):
    """Who at the agency may have a part in approving a payout, named as in tokens (C9)."""

    PAYMENT_APPROVER = "agency.payment_approver"
    DECISION_MAKER = "agency.decision_maker"


class ApprovalLevel(Value):
    """Attestnivå: a payout of at most `up_to_ore` is approved by somebody who holds all of `roles` (C9)."""

    up_to_ore: AmountOre
    roles: Annotated[list[ApprovalRole], Field(min_length=1)]


class Reporting(Value):
    """Limits of payment requests (C1, C3) and who must approve which payout (C9).

    Of `approval_levels` the lowest that reaches the amount holds; an amount that none reaches (all of them when there
    are none) needs every approval role in one person. Payment approver is always among those needed.
    """

    request_months_min: Annotated[int, Field(ge=1, le=24)]
    request_months_max: Annotated[int, Field(ge=1, le=24)]
    paid_on_latest: date
    approval_levels: Annotated[list[ApprovalLevel], Field(default_factory=list, max_length=20)]


class Question(Value):
    """A question of the form: where its answer lives in the application and whether it must be answered.

    `only_for_themes` (empty: every theme) and `only_with_staff_training` say of which applications it is asked.
    """

    field: Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=60)]
    rule: RuleId
    text: Text
    help: Text | None = None
    characters_max: Annotated[int, Field(ge=1, le=20_000)] = 5000
    required: bool = True
    only_for_themes: Annotated[list[Code], Field(default_factory=list, max_length=50)]
    only_with_staff_training: bool = False


class Attachment(Value):
    """An attachment that the call names (A24). It is shown; a call that requires one cannot be published yet."""

    code: Code
    text: Text
    required: bool


class Contact(Value):
    """Where applicants turn: a function, not a person."""

    name: Text
    email: Annotated[str, Field(max_length=200)]


class CallDefinition(Value):
    """One call, complete. `closes_at_local` empty means the end of `closes_on`, Swedish time (A1).

    `conditions`, `general_terms_version` and `handbook_version` are recorded, shown, not enforced: people obey them.
    """

    id: Code
    version: Annotated[int, Field(ge=1)]
    title: Text
    purpose: Text
    opens_on: date
    closes_on: date
    closes_at_local: time | None = None
    counties: list[CountyCode]
    sole_traders_may_apply: bool
    themes: Annotated[list[Theme], Field(min_length=1, max_length=50)]
    global_goals: Annotated[list[int], Field(min_length=1, max_length=17)]
    goals: Annotated[list[ProgrammeGoal], Field(min_length=1, max_length=20)]
    amounts: Amounts
    period: Period
    staff_training: StaffTraining | None
    budget_lines: Annotated[list[BudgetLine], Field(min_length=1)]
    companies: CompanyLimits
    questions: Annotated[list[Question], Field(max_length=100)]
    attachments: list[Attachment]
    assessment: Assessment
    legal_bases: Annotated[list[LegalBasis], Field(min_length=1)]
    conditions: list[Text]
    reporting: Reporting
    accept_within_days: Annotated[int, Field(ge=1, le=365)]
    general_terms_version: Annotated[str, Field(max_length=60)]
    handbook_version: Annotated[str, Field(max_length=60)]
    contacts: Annotated[list[Contact], Field(min_length=1)]
    quotations: dict[RuleId, Annotated[str, Field(min_length=1, max_length=2000)]]
