"""Folds of what an applicant does: versions, signature, withdrawal."""

from typing import Final, assert_never

from services.applications.application.projections.rows import (
    ApplicationRow,
    CategoryRow,
    CompletionRow,
    ConsolidationRow,
    DecisionRow,
    FileRow,
    HandlingRow,
    PreparationRow,
    VersionRow,
)
from shared.contracts.applications import (
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationSubmitted,
    ApplicationVersion,
    ApplicationWithdrawn,
    ArrivalFact,
    AttachedFile,
    BudgetAmount,
    CompletionAnswered,
    ConsultationRecorded,
)
from shared.projector.definition import Recorded

_NOT_HANDLED: Final = HandlingRow(
    case_number=None,
    diary_number=None,
    officer=None,
    substitute=None,
    substitute_until=None,
    conflicted=[],
    cleared=[],
    contacts=0,
    completions=[],
    reminders=[],
    decision_answer_by=None,
    next_due_on=None,
)
NOT_CONSOLIDATED: Final = ConsolidationRow(
    consolidated=False,
    consolidated_by=None,
    points=None,
    conditions_met=None,
    amount_proposed_ore=0,
)
_NOT_PREPARED: Final = PreparationRow(**NOT_CONSOLIDATED, assessed_by=[], assessments=0, proposal=None)
"""A new version begins here too: what is decided was assessed (A16)."""
_NOT_DECIDED: Final = DecisionRow(
    **_NOT_PREPARED,
    amount_granted_ore=0,
    support_share_bp=0,
    partial=False,
    legal_basis=None,
    appropriation=None,
    report_dates=[],
    dismissal_reason=None,
    decided_by=None,
    decided_at=None,
    accept_by=None,
    decision_contents=None,
    changes=[],
)


def categories(budget: list[BudgetAmount]) -> list[CategoryRow]:
    """Return a budget as rows hold it."""
    return [CategoryRow(category=part.category.value, amount_ore=part.amount_ore) for part in budget]


def fold_arrival(row: ApplicationRow, event: ArrivalFact) -> ApplicationRow:
    """Fold what an applicant does after the first submission."""
    match event:
        case ApplicationReplaced():
            return {**row, **_version(event), **_NOT_PREPARED, "signed": False, "cleared": []}
        case CompletionAnswered():
            cleared = [] if event.touches_parties else row["cleared"]
            completions = _answered(row, event)
            return {**row, **_version(event), **_NOT_PREPARED, "completions": completions, "cleared": cleared}
        case ApplicationSigned():
            return {**row, "signed": True}
        case ApplicationWithdrawn():
            return {**row, "status": "withdrawn"}
        case ApplicationSubmitted() | ConsultationRecorded():
            return row
        case _:
            assert_never(event)


def arrived(event: ApplicationSubmitted, recorded: Recorded) -> ApplicationRow:
    """Return the row that a first submission begins."""
    return ApplicationRow(
        _id=event.application_id,
        organisation=event.organisation,
        call=event.call,
        status="submitted",
        late=event.late,
        signed=False,
        arrived_at=event.arrived_at,
        version=recorded.sequence,
        **_version(event),
        **_NOT_HANDLED,
        **_NOT_DECIDED,
    )


def _version(event: ApplicationVersion) -> VersionRow:
    """Return the fields of a row that the newest version says."""
    return {
        "call_version": event.call_version,
        "theme": event.theme,
        "global_goals": event.global_goals,
        "counties": event.counties,
        "starts_on": event.starts_on.isoformat(),
        "ends_on": event.ends_on.isoformat(),
        "companies_planned": event.companies_planned,
        "hours_planned": event.hours_planned,
        "women_planned": event.women_planned,
        "men_planned": event.men_planned,
        "budget": categories(event.budget),
        "budget_total_ore": event.budget_total_ore,
        "amount_applied_ore": event.amount_applied_ore,
        "co_funding_ore": sum(part.amount_ore for part in event.co_funding),
        "staff_training_ore": event.staff_training_ore,
        "files": [file_row(file) for file in event.files],
        "secrets": event.secrets,
        "heading": event.heading,
        "words": event.words,
        "contents": event.contents,
    }


def file_row(file: AttachedFile) -> FileRow:
    """Return a stored file as rows hold it."""
    return FileRow(
        file=file.file,
        code=file.code,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        secret=file.secret,
    )


def _answered(row: ApplicationRow, event: CompletionAnswered) -> list[CompletionRow]:
    return [
        {
            **each,
            "status": "answered",
            "answered_at": event.answered_at,
            "changed": event.changed,
            "version": row["contents"],
            "answer": event.contents,
        }
        if each["request_id"] == event.request_id
        else each
        for each in row["completions"]
    ]
