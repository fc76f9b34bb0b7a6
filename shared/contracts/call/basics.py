"""What every part of a call is made of: amounts, shares, codes, and texts in two languages."""

from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

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


CATEGORY_NAMES: Final = MappingProxyType(
    {
        BudgetCategory.PERSONNEL: Text(sv="Personal", en="Personnel"),
        BudgetCategory.FLAT_RATE: Text(sv="Schablon", en="Flat rate"),
        BudgetCategory.EXTERNAL_SERVICES: Text(sv="Externa tjänster", en="External services"),
        BudgetCategory.INVESTMENTS: Text(sv="Investeringar", en="Investments"),
        BudgetCategory.TRAVEL: Text(sv="Resor och logi", en="Travel and accommodation"),
    }
)
"""What categories are called where the call's own names are not at hand."""
