"""What readers see of calls: each in its newest version, every version, and the questions answered about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TypedDict

from shared.contracts.applications import CallPublished, QuestionAnswered
from shared.projector.definition import Recorded, View


class CallRow(TypedDict):
    """A call's newest definition as plain JSON. `stream_version` is its ETag."""

    _id: str
    version: int
    closes_on: str
    definition: dict[str, Any]
    definition_hash: str
    published_at: datetime
    stream_version: int


def call_of(event: CallPublished, _recorded: Recorded) -> Iterable[str]:
    """Name the document that a published version touches."""
    return (event.call,)


def project_call(_row: CallRow | None, event: CallPublished, recorded: Recorded) -> CallRow:
    """Fold: the newest version replaces the one before."""
    return CallRow(
        _id=event.call,
        version=event.definition.version,
        closes_on=event.definition.closes_on.isoformat(),
        definition=event.definition.model_dump(mode="json"),
        definition_hash=event.definition_hash,
        published_at=recorded.at,
        stream_version=recorded.sequence,
    )


class CallVersionRow(TypedDict):
    """A published version, for whoever answered it: `_id` is `<call>/<version>`."""

    _id: str
    call: str
    version: int
    definition: dict[str, Any]
    definition_hash: str
    published_at: datetime


class AnsweredQuestionRow(TypedDict):
    """A question about a call with its newest answer (A28). `position` is where it was first answered in the stream."""

    _id: str
    call: str
    question_id: str
    question: dict[str, str]
    answer: dict[str, str]
    answered_at: datetime
    position: int
    times_answered: int


def version_of(event: CallPublished, _recorded: Recorded) -> Iterable[str]:
    """Name the document of a published version."""
    return (f"{event.call}/{event.definition.version}",)


def project_version(_row: CallVersionRow | None, event: CallPublished, recorded: Recorded) -> CallVersionRow:
    """Fold: a version is published once and stays."""
    return CallVersionRow(
        _id=f"{event.call}/{event.definition.version}",
        call=event.call,
        version=event.definition.version,
        definition=event.definition.model_dump(mode="json"),
        definition_hash=event.definition_hash,
        published_at=recorded.at,
    )


def question_of(event: QuestionAnswered, _recorded: Recorded) -> Iterable[str]:
    """Name the document of a question."""
    return (f"{event.call}/{event.question_id}",)


def project_question(
    row: AnsweredQuestionRow | None, event: QuestionAnswered, recorded: Recorded
) -> AnsweredQuestionRow:
    """Fold: a later answer replaces the one before and keeps its place in the list."""
    return AnsweredQuestionRow(
        _id=f"{event.call}/{event.question_id}",
        call=event.call,
        question_id=event.question_id,
        question=event.question.model_dump(),
        answer=event.answer.model_dump(),
        answered_at=recorded.at,
        position=recorded.sequence if row is None else row["position"],
        times_answered=1 if row is None else row["times_answered"] + 1,
    )


CALLS_VIEW: Final[View[CallRow, CallPublished]] = View(
    "calls", (CallPublished,), call_of, project_call, one_stream=True
)
CALL_VERSIONS_VIEW: Final[View[CallVersionRow, CallPublished]] = View(
    "call_versions", (CallPublished,), version_of, project_version, indexes=("call",)
)
CALL_QUESTIONS_VIEW: Final[View[AnsweredQuestionRow, QuestionAnswered]] = View(
    "call_questions", (QuestionAnswered,), question_of, project_question, indexes=("call",)
)
