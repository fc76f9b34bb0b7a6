"""Calls as they are answered: in short, complete, by version, and the questions about them."""

import json
from datetime import date, datetime
from typing import Any

from pydantic import Field

from services.applications.call.domain import Change
from services.applications.call.projections import AnsweredQuestionRow, CallRow, CallVersionRow
from shared.contracts.call import CallDefinition, Text
from shared.web.schemas import Answer


class CallSummaryBody(Answer):
    """A published call in short, in its newest version."""

    id: str = Field(examples=["pilot-fortsattning-saker-digitalisering-2023"])
    version: int = Field(examples=[1])
    title: Text
    opens_on: date
    closes_on: date
    budget_ore: int = Field(description="Utlysningens ram i öre / The ceiling of the call in öre (A17)")
    published_at: datetime


class CallBody(CallSummaryBody):
    """A published call, complete: the newest version of its definition."""

    definition: CallDefinition
    definition_hash: str = Field(description="SHA-256 för definitionens JSON / of the definition's JSON")


def call_summary(row: CallRow) -> CallSummaryBody:
    """Return a row of the read model in short."""
    return CallSummaryBody(**_summary_of(row))


def call_body(row: CallRow) -> CallBody:
    """Return a row of the read model complete."""
    return CallBody(**_summary_of(row), definition=definition_of(row), definition_hash=row["definition_hash"])


def _summary_of(row: CallRow) -> dict[str, Any]:
    definition = row["definition"]
    return {
        "id": row["_id"],
        "version": row["version"],
        "title": definition["title"],
        "opens_on": definition["opens_on"],
        "closes_on": definition["closes_on"],
        "budget_ore": definition["amounts"]["budget_ore"],
        "published_at": row["published_at"],
    }


class CallVersionBody(Answer):
    """A published version of a call."""

    version: int = Field(examples=[2])
    published_at: datetime
    definition_hash: str = Field(description="SHA-256 för definitionens JSON / of the definition's JSON")


class ChangeBody(Answer):
    """One thing that differs between two versions. What is null on one side was not there."""

    pointer: str = Field(description="JSON Pointer i definitionen / into the definition", examples=["/closes_on"])
    before: Any = Field(description="Värdet i den tidigare versionen / in the earlier version")
    after: Any = Field(description="Värdet i den senare versionen / in the later version")


class DifferenceBody(Answer):
    """What changed in a call from one version to a later one."""

    call: str
    from_version: int
    to_version: int
    changes: list[ChangeBody]


class AnsweredQuestionBody(Answer):
    """A question about a call with its answer, in its newest wording (A28)."""

    id: str
    question: Text
    answer: Text
    answered_at: datetime = Field(description="När svaret senast gavs / when it was last answered (UTC)")
    is_replaced: bool = Field(description="Svaret har ersatt ett tidigare / the answer replaced an earlier one")


def definition_of(row: CallRow | CallVersionRow) -> CallDefinition:
    """Return the definition that a row holds."""
    return CallDefinition.model_validate_json(json.dumps(row["definition"]))


def call_version(row: CallVersionRow) -> CallVersionBody:
    """Return a version of the read model."""
    return CallVersionBody(
        version=row["version"], published_at=row["published_at"], definition_hash=row["definition_hash"]
    )


def difference(call_id: str, versions: tuple[int, int], changes: list[Change]) -> DifferenceBody:
    """Return what changed between two versions."""
    return DifferenceBody(
        call=call_id,
        from_version=versions[0],
        to_version=versions[1],
        changes=[ChangeBody(pointer=one.pointer, before=one.before, after=one.after) for one in changes],
    )


def answered_question(row: AnsweredQuestionRow) -> AnsweredQuestionBody:
    """Return a question of the read model."""
    return AnsweredQuestionBody(
        id=row["question_id"],
        question=Text.model_validate(row["question"]),
        answer=Text.model_validate(row["answer"]),
        answered_at=row["answered_at"],
        is_replaced=row["times_answered"] > 1,
    )
