"""Calls at the border: the file that comes in, what is asked and answered about it, and what readers get."""

from services.applications.call.schemas.answers import (
    AnsweredQuestionBody,
    CallBody,
    CallSummaryBody,
    CallVersionBody,
    DifferenceBody,
    answered_question,
    call_body,
    call_summary,
    call_version,
    definition_of,
    difference,
)
from services.applications.call.schemas.bodies import QuestionBody
from services.applications.call.schemas.file import (
    FILE_BYTES_MAX,
    CallCheckBody,
    CallFileUnreadable,
    Checked,
    call_check,
    check_call_file,
    read_call_file,
)
from services.applications.call.schemas.json_schema import call_json_schema

__all__ = [
    "FILE_BYTES_MAX",
    "AnsweredQuestionBody",
    "CallBody",
    "CallCheckBody",
    "CallFileUnreadable",
    "CallSummaryBody",
    "CallVersionBody",
    "Checked",
    "DifferenceBody",
    "QuestionBody",
    "answered_question",
    "call_body",
    "call_check",
    "call_json_schema",
    "call_summary",
    "call_version",
    "check_call_file",
    "definition_of",
    "difference",
    "read_call_file",
]
