"""The rules of a call: what a sound definition is, when it may be published, and when it may be corrected."""

from services.applications.call.domain.budget import CALL_BUDGETS, CallBudget
from services.applications.call.domain.dates import closes_at, opens_at
from services.applications.call.domain.publishing import (
    CALLS,
    Call,
    CallCeilingBelowGrants,
    CallClosedForCorrection,
    CallNotSound,
    CallVersionNotNext,
    PublishCall,
    publish,
)
from services.applications.call.domain.soundness import read_definition, unsound

__all__ = [
    "CALLS",
    "CALL_BUDGETS",
    "Call",
    "CallBudget",
    "CallCeilingBelowGrants",
    "CallClosedForCorrection",
    "CallNotSound",
    "CallVersionNotNext",
    "PublishCall",
    "closes_at",
    "opens_at",
    "publish",
    "read_definition",
    "unsound",
]
