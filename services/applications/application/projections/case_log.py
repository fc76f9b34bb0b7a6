"""Ärendets logg: one entry for every fact of a case, without what may have to be secret or erased (A20)."""

from collections.abc import Iterable
from typing import Any, Final

from services.applications.application.projections.arriving import file_row
from services.applications.application.projections.rows import CaseLogRow, LogEntry
from shared.contracts.applications import ApplicationAssessed, ApplicationFact, NoteFiled
from shared.projector.definition import Recorded

_LEFT_OUT: Final = frozenset({"application_id", "organisation", "call", "contents", "heading", "words"})
_ASSESSMENT: Final = {"conditions_met", "scores", "contents"}
"""Of an assessment only who made it: assessors do not see each other's before all are done."""
_LAST_DAYS: Final = frozenset({"accept_by", "answer_by"})
"""Fields that end like those of persons."""
_TOLD_MAX: Final = 12


def fold_log(row: CaseLogRow | None, event: ApplicationFact, recorded: Recorded) -> CaseLogRow:
    """Add a step to the log of its case."""
    said = event.model_dump(mode="json", exclude=_ASSESSMENT if isinstance(event, ApplicationAssessed) else None)
    entry = LogEntry(
        position=recorded.sequence,
        at=recorded.at,
        fact=event.name(),
        person=next((said[field] for field in _persons(said)), None),
        told=dict([(field, value) for field, value in said.items() if _is_told(field, value)][:_TOLD_MAX]),
    )
    if isinstance(said.get("contents"), str):
        entry["contents"] = said["contents"]
    if isinstance(event, NoteFiled) and event.file is not None:
        entry["file"] = file_row(event.file)
    return CaseLogRow(_id=event.application_id, entries=[*(row["entries"] if row is not None else ()), entry])


def _persons(said: dict[str, Any]) -> Iterable[str]:
    return (field for field in said if _is_person(field) and isinstance(said[field], str))


def _is_person(field: str) -> bool:
    return field.endswith("_by") and field not in _LAST_DAYS


def _is_told(field: str, value: object) -> bool:
    """Tell whether a field is told: codes, amounts and dates that are not found elsewhere in the entry."""
    return field not in _LEFT_OUT and not _is_person(field) and isinstance(value, str | int | bool)
