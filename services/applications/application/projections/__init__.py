"""What readers see of applications and of what is left of a call's ceiling: pure folds."""

from collections.abc import Iterable
from typing import Final, get_args

from services.applications.application.projections.arriving import arrived, fold_arrival
from services.applications.application.projections.case_log import fold_log
from services.applications.application.projections.deciding import fold_assessment, fold_decision, fold_grant
from services.applications.application.projections.handling import fold_case, fold_desk, next_due_on
from services.applications.application.projections.rows import (
    ApplicationRow,
    CallBudgetRow,
    CaseLogRow,
    CaseStatus,
    CategoryRow,
    ChangeRow,
    CompletionRow,
    FileRow,
    LogEntry,
    ProposalRow,
    ReminderRow,
)
from shared.contracts.applications import (
    ApplicationFact,
    ApplicationSubmitted,
    ArrivalFact,
    AssessmentFact,
    BudgetFact,
    BudgetReserved,
    CaseFact,
    DecisionFact,
    DeskFact,
)
from shared.projector.definition import Recorded, View

__all__ = [
    "APPLICATIONS_VIEW",
    "CALL_BUDGETS_VIEW",
    "CASE_LOGS_VIEW",
    "ApplicationRow",
    "CallBudgetRow",
    "CaseLogRow",
    "CaseStatus",
    "CategoryRow",
    "ChangeRow",
    "CompletionRow",
    "FileRow",
    "LogEntry",
    "ProposalRow",
    "ReminderRow",
]


def application_of(event: ApplicationFact, _recorded: Recorded) -> Iterable[str]:
    """Name the document that a fact of an application touches."""
    return (event.application_id,)


def project_application(row: ApplicationRow | None, event: ApplicationFact, recorded: Recorded) -> ApplicationRow:
    """Fold one fact into an application's row; the submission is always the first."""
    if isinstance(event, ApplicationSubmitted):
        return arrived(event, recorded)
    assert row is not None, "an application begins with its submission"
    folded = _folded(row, event, recorded)
    return {**folded, "next_due_on": next_due_on(folded), "version": recorded.sequence}


def _folded(row: ApplicationRow, event: ApplicationFact, recorded: Recorded) -> ApplicationRow:
    if isinstance(event, ArrivalFact):
        return fold_arrival(row, event)
    if isinstance(event, CaseFact):
        return fold_case(row, event, recorded)
    if isinstance(event, DeskFact):
        return fold_desk(row, event)
    if isinstance(event, AssessmentFact):
        return fold_assessment(row, event)
    if isinstance(event, DecisionFact):
        return fold_decision(row, event, recorded)
    return fold_grant(row, event, recorded)


def call_budget_of(event: BudgetFact, _recorded: Recorded) -> Iterable[str]:
    """Name the document that a reservation touches."""
    return (event.call,)


def project_call_budget(row: CallBudgetRow | None, event: BudgetFact, recorded: Recorded) -> CallBudgetRow:
    """Fold what a grant takes or gives back into the call's sum (A17)."""
    reserved_ore, grants = (row["reserved_ore"], row["grants"]) if row is not None else (0, 0)
    is_reserved = isinstance(event, BudgetReserved)
    return CallBudgetRow(
        _id=event.call,
        reserved_ore=reserved_ore + (event.amount_ore if is_reserved else -event.amount_ore),
        grants=grants + is_reserved,
        version=recorded.sequence,
    )


APPLICATIONS_VIEW: Final[View[ApplicationRow, ApplicationFact]] = View(
    "applications",
    get_args(ApplicationFact),
    application_of,
    project_application,
    one_stream=True,
    indexes=("organisation", "call", "officer", "words"),
)
CASE_LOGS_VIEW: Final[View[CaseLogRow, ApplicationFact]] = View(
    "case_logs", get_args(ApplicationFact), application_of, fold_log
)
CALL_BUDGETS_VIEW: Final[View[CallBudgetRow, BudgetFact]] = View(
    "call_budgets", get_args(BudgetFact), call_budget_of, project_call_budget, one_stream=True
)
