"""What readers see of applications and of what is left of a call's ceiling: pure folds, one document per stream."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, TypedDict, assert_never

from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationFact,
    ApplicationRejected,
    ApplicationSigned,
    ApplicationSubmitted,
    BudgetReserved,
    FundingGranted,
    GrantAccepted,
)
from shared.projector.definition import Recorded, View

CaseStatus = Literal["submitted", "granted", "rejected", "dismissed", "accepted"]
"""How far a case has come, as readers see it."""


class CategoryRow(TypedDict):
    """An amount in one budget category."""

    category: str
    amount_ore: int


class ApplicationRow(TypedDict):
    """An application and its decision. `contents` and `decision_contents` refer to the content store.

    Scores are left out: assessors do not see each other's before all are done. `version` is the ETag.
    """

    _id: str
    organisation: str
    call: str
    call_version: int
    status: CaseStatus
    late: bool
    signed: bool
    arrived_at: datetime
    theme: str
    global_goals: list[int]
    counties: list[str]
    starts_on: str
    ends_on: str
    companies_planned: int
    hours_planned: int
    women_planned: int
    men_planned: int
    budget: list[CategoryRow]
    budget_total_ore: int
    amount_applied_ore: int
    co_funding_ore: int
    staff_training_ore: int
    assessments: int
    amount_granted_ore: int
    support_share_bp: int
    partial: bool
    legal_basis: str | None
    dismissal_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    accept_by: str | None
    contents: str
    decision_contents: str | None
    version: int


class CallBudgetRow(TypedDict):
    """What grants have taken from a call's ceiling. `version` is the stream's."""

    _id: str
    reserved_ore: int
    grants: int
    version: int


def application_of(event: ApplicationFact, _recorded: Recorded) -> Iterable[str]:
    """Name the document that a fact of an application touches."""
    return (event.application_id,)


def project_application(row: ApplicationRow | None, event: ApplicationFact, recorded: Recorded) -> ApplicationRow:
    """Fold one fact into an application's row; the submission is always the first."""
    if isinstance(event, ApplicationSubmitted):
        return _arrived(event, recorded)
    assert row is not None, "an application begins with its submission"
    folded: ApplicationRow = {**row, "version": recorded.sequence}
    match event:
        case ApplicationSigned():
            folded["signed"] = True
        case ApplicationAssessed():
            folded["assessments"] += 1
        case FundingGranted():
            folded = _granted(folded, event, recorded)
        case ApplicationRejected():
            folded = _decided(folded, "rejected", event, recorded)
            folded["legal_basis"] = event.legal_basis
        case ApplicationDismissed():
            folded = _decided(folded, "dismissed", event, recorded)
            folded["dismissal_reason"] = event.reason.value
        case GrantAccepted():
            folded["status"] = "accepted"
        case _:
            assert_never(event)
    return folded


def call_budget_of(event: BudgetReserved, _recorded: Recorded) -> Iterable[str]:
    """Name the document that a reservation touches."""
    return (event.call,)


def project_call_budget(row: CallBudgetRow | None, event: BudgetReserved, recorded: Recorded) -> CallBudgetRow:
    """Fold one reservation into the call's sum (A17)."""
    reserved_ore, grants = (row["reserved_ore"], row["grants"]) if row is not None else (0, 0)
    return CallBudgetRow(
        _id=event.call, reserved_ore=reserved_ore + event.amount_ore, grants=grants + 1, version=recorded.sequence
    )


def _arrived(event: ApplicationSubmitted, recorded: Recorded) -> ApplicationRow:
    return ApplicationRow(
        _id=event.application_id,
        organisation=event.organisation,
        call=event.call,
        call_version=event.call_version,
        status="submitted",
        late=event.late,
        signed=False,
        arrived_at=event.arrived_at,
        theme=event.theme,
        global_goals=event.global_goals,
        counties=event.counties,
        starts_on=event.starts_on.isoformat(),
        ends_on=event.ends_on.isoformat(),
        companies_planned=event.companies_planned,
        hours_planned=event.hours_planned,
        women_planned=event.women_planned,
        men_planned=event.men_planned,
        budget=[CategoryRow(category=part.category.value, amount_ore=part.amount_ore) for part in event.budget],
        budget_total_ore=event.budget_total_ore,
        amount_applied_ore=event.amount_applied_ore,
        co_funding_ore=sum(part.amount_ore for part in event.co_funding),
        staff_training_ore=event.staff_training_ore,
        assessments=0,
        amount_granted_ore=0,
        support_share_bp=0,
        partial=False,
        legal_basis=None,
        dismissal_reason=None,
        decided_by=None,
        decided_at=None,
        accept_by=None,
        contents=event.contents,
        decision_contents=None,
        version=recorded.sequence,
    )


def _granted(row: ApplicationRow, event: FundingGranted, recorded: Recorded) -> ApplicationRow:
    """Fold a grant: what was decided replaces what was applied for."""
    decided = _decided(row, "granted", event, recorded)
    return {
        **decided,
        "amount_granted_ore": event.amount_granted_ore,
        "support_share_bp": event.support_share_bp,
        "partial": event.partial,
        "budget": [CategoryRow(category=part.category.value, amount_ore=part.amount_ore) for part in event.budget],
        "budget_total_ore": sum(part.amount_ore for part in event.budget),
        "co_funding_ore": event.co_funding_ore,
        "staff_training_ore": event.staff_training_ore,
        "legal_basis": event.legal_basis,
        "accept_by": event.accept_by.isoformat() if event.accept_by is not None else None,
    }


def _decided(
    row: ApplicationRow,
    status: CaseStatus,
    event: FundingGranted | ApplicationRejected | ApplicationDismissed,
    recorded: Recorded,
) -> ApplicationRow:
    return {
        **row,
        "status": status,
        "decided_by": event.decided_by,
        "decided_at": recorded.at,
        "decision_contents": event.contents,
    }


APPLICATIONS_VIEW: Final[View[ApplicationRow, ApplicationFact]] = View(
    "applications",
    (
        ApplicationSubmitted,
        ApplicationSigned,
        ApplicationAssessed,
        FundingGranted,
        ApplicationRejected,
        ApplicationDismissed,
        GrantAccepted,
    ),
    application_of,
    project_application,
    one_stream=True,
    indexes=("organisation", "call"),
)
CALL_BUDGETS_VIEW: Final[View[CallBudgetRow, BudgetReserved]] = View(
    "call_budgets", (BudgetReserved,), call_budget_of, project_call_budget, one_stream=True
)
