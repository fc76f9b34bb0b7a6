"""The rules of a call: what a sound definition is, when it may be published, and when it may be corrected."""

from services.applications.call.domain.answering import AnswerQuestion, CallClosedForAnswers, answer_question
from services.applications.call.domain.budget import CALL_BUDGETS, CallBudget
from services.applications.call.domain.dates import Phase, closes_at, opens_at, phase_of
from services.applications.call.domain.differences import Change, differences
from services.applications.call.domain.publishing import (
    CALLS,
    Call,
    CallCeilingBelowGrants,
    CallClosedForCorrection,
    CallNotSound,
    CallVersionNotNext,
    PublishCall,
    findings_against,
    publish,
)
from services.applications.call.domain.soundness import pointer_to, read_definition, unsound

__all__ = [
    "CALLS",
    "CALL_BUDGETS",
    "AnswerQuestion",
    "Call",
    "CallBudget",
    "CallCeilingBelowGrants",
    "CallClosedForAnswers",
    "CallClosedForCorrection",
    "CallNotSound",
    "CallVersionNotNext",
    "Change",
    "Phase",
    "PublishCall",
    "answer_question",
    "closes_at",
    "differences",
    "findings_against",
    "opens_at",
    "phase_of",
    "pointer_to",
    "publish",
    "read_definition",
    "unsound",
]
