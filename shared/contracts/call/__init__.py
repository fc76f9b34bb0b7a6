"""A call as data: everything that differs between one call and the next, published once and obeyed by all."""

from datetime import date, time
from typing import Annotated

from pydantic import Field

from shared.contracts.call.applying import (
    Amounts,
    BudgetLine,
    CapRule,
    CompanyLimits,
    FlatRate,
    FloorBase,
    Period,
    ProgrammeGoal,
    StaffTraining,
    Theme,
    TrainingBase,
)
from shared.contracts.call.basics import (
    CATEGORY_NAMES,
    ActivityKind,
    AmountOre,
    BudgetCategory,
    Code,
    CountyCode,
    Phase,
    RuleId,
    ShareBp,
    Text,
)
from shared.contracts.call.handling import (
    AidBeneficiary,
    ApprovalLevel,
    ApprovalRole,
    Assessment,
    Attachment,
    AttachmentRules,
    ChangeDecider,
    ChangeKind,
    ChangeRule,
    Contact,
    Criterion,
    Declaration,
    Handling,
    LegalBasis,
    Overrun,
    Question,
    Reporting,
)
from shared.contracts.event import Value

__all__ = [
    "CATEGORY_NAMES",
    "ActivityKind",
    "AidBeneficiary",
    "AmountOre",
    "Amounts",
    "ApprovalLevel",
    "ApprovalRole",
    "Assessment",
    "Attachment",
    "AttachmentRules",
    "BudgetCategory",
    "BudgetLine",
    "CallDefinition",
    "CapRule",
    "ChangeDecider",
    "ChangeKind",
    "ChangeRule",
    "Code",
    "CompanyLimits",
    "Contact",
    "CountyCode",
    "Criterion",
    "Declaration",
    "FlatRate",
    "FloorBase",
    "Handling",
    "LegalBasis",
    "Overrun",
    "Period",
    "Phase",
    "ProgrammeGoal",
    "Question",
    "Reporting",
    "RuleId",
    "ShareBp",
    "StaffTraining",
    "Text",
    "Theme",
    "TrainingBase",
]


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
    required_phases: Annotated[list[Phase], Field(default_factory=list, max_length=2)]
    networking_per_phase_min: Annotated[int, Field(ge=0, le=100)] = 0
    declarations: Annotated[list[Declaration], Field(default_factory=list, max_length=20)]
    aid_beneficiary: AidBeneficiary | None = None
    attachment_rules: AttachmentRules = Field(default_factory=AttachmentRules)
    agreements_note: Text | None = None
    handling: Handling = Field(default_factory=Handling)
    agency: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Who decides, as the letters say it; without it the first contact's name."""
    appropriation: Annotated[str, Field(max_length=200)] | None = None
    report_dates: Annotated[list[date], Field(default_factory=list, max_length=24)]
    changes: Annotated[list[ChangeRule], Field(default_factory=list, max_length=6)]
    overrun: Overrun = Field(default_factory=Overrun)
    repaid_returns_to_ceiling: bool = False
    general_terms_version: Annotated[str, Field(max_length=60)]
    handbook_version: Annotated[str, Field(max_length=60)]
    contacts: Annotated[list[Contact], Field(min_length=1)]
    quotations: dict[RuleId, Annotated[str, Field(min_length=1, max_length=2000)]]
