"""The rules of a call: what a sound definition is, when it may be published, and when it may be corrected."""

from services.applications.call.domain.dates import closes_at, opens_at
from services.applications.call.domain.publishing import (
    CALLS,
    Call,
    CallClosedForCorrection,
    CallNotSound,
    CallVersionNotNext,
    PublishCall,
    publish,
)
from services.applications.call.domain.soundness import read_definition, unsound

__all__ = [
    "CALLS",
    "Call",
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
