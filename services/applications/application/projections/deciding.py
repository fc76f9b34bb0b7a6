"""Folds of assessment, decision, and what becomes of a grant."""

from datetime import date
from typing import assert_never

from services.applications.application.projections.arriving import NOT_CONSOLIDATED, categories
from services.applications.application.projections.rows import ApplicationRow, CaseStatus, ChangeRow, ProposalRow
from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationWrittenOff,
    AssessmentConsolidated,
    AssessmentFact,
    ChangeDecided,
    ChangeRequested,
    DecisionFact,
    FundingGranted,
    GrantAccepted,
    GrantFact,
    GrantLapsed,
    GrantRevoked,
    PartialGrantProposed,
    RevisedBudgetConfirmed,
)
from shared.projector.definition import Recorded


def fold_assessment(row: ApplicationRow, event: AssessmentFact) -> ApplicationRow:
    """Fold what a decision is prepared with."""
    match event:
        case ApplicationAssessed():
            return {
                **row,
                "assessments": row["assessments"] + 1,
                "assessed_by": [*row["assessed_by"], event.assessed_by],
                **NOT_CONSOLIDATED,  # what was consolidated without it holds no longer
            }
        case AssessmentConsolidated():
            return {
                **row,
                "consolidated": True,
                "consolidated_by": event.consolidated_by,
                "points": event.points,
                "conditions_met": event.conditions_met,
                "amount_proposed_ore": event.amount_proposed_ore,
            }
        case PartialGrantProposed():
            proposal = ProposalRow(
                amount_ore=event.amount_ore, due_on=event.due_on.isoformat(), confirmed=False, contents=event.contents
            )
            return {**row, "proposal": proposal}
        case RevisedBudgetConfirmed():
            confirmed = row["proposal"]
            return row if confirmed is None else {**row, "proposal": {**confirmed, "confirmed": True}}
        case _:
            assert_never(event)


def fold_decision(row: ApplicationRow, event: DecisionFact, recorded: Recorded) -> ApplicationRow:
    """Fold the decision."""
    match event:
        case FundingGranted():
            return _granted(row, event, recorded)
        case ApplicationRejected():
            return {**_decided(row, "rejected", event, recorded), "legal_basis": event.legal_basis}
        case ApplicationDismissed():
            return {**_decided(row, "dismissed", event, recorded), "dismissal_reason": event.reason.value}
        case ApplicationWrittenOff():
            return _decided(row, "written-off", event, recorded)
        case _:
            assert_never(event)


def fold_grant(row: ApplicationRow, event: GrantFact, recorded: Recorded) -> ApplicationRow:
    """Fold what becomes of a grant."""
    match event:
        case GrantAccepted():
            return {**row, "status": "accepted"}
        case GrantLapsed():
            return {**row, "status": "lapsed"}
        case ChangeRequested():
            return {**row, "changes": [*row["changes"], _asked(event, recorded)]}
        case ChangeDecided():
            return _changed(row, event)
        case GrantRevoked():
            return {
                **row,
                "status": "revoked" if event.wholly else row["status"],
                "amount_granted_ore": event.amount_granted_ore,
            }
        case _:
            assert_never(event)


def _granted(row: ApplicationRow, event: FundingGranted, recorded: Recorded) -> ApplicationRow:
    """Fold a grant: what was decided replaces what was applied for."""
    return {
        **_decided(row, "granted", event, recorded),
        "amount_granted_ore": event.amount_granted_ore,
        "support_share_bp": event.support_share_bp,
        "partial": event.partial,
        "budget": categories(event.budget),
        "budget_total_ore": sum(part.amount_ore for part in event.budget),
        "co_funding_ore": event.co_funding_ore,
        "staff_training_ore": event.staff_training_ore,
        "legal_basis": event.legal_basis,
        "appropriation": event.appropriation,
        "report_dates": [day.isoformat() for day in event.report_dates],
        "accept_by": _iso(event.accept_by),
    }


def _decided(row: ApplicationRow, status: CaseStatus, event: DecisionFact, recorded: Recorded) -> ApplicationRow:
    return {
        **row,
        "status": status,
        "decided_by": event.decided_by,
        "decided_at": recorded.at,
        "decision_contents": event.contents,
    }


def _asked(event: ChangeRequested, recorded: Recorded) -> ChangeRow:
    return ChangeRow(
        change_id=event.change_id,
        kind=event.kind.value,
        asked_at=recorded.at,
        approved=None,
        starts_on=_iso(event.starts_on),
        ends_on=_iso(event.ends_on),
        budget=categories(event.budget) if event.budget is not None else None,
        co_funding_ore=event.co_funding_ore,
        contents=event.contents,
        decision_contents=None,
    )


def _changed(row: ApplicationRow, event: ChangeDecided) -> ApplicationRow:
    changes: list[ChangeRow] = [
        {**each, "approved": event.approved, "decision_contents": event.contents}
        if each["change_id"] == event.change_id
        else each
        for each in row["changes"]
    ]
    changed: ApplicationRow = {**row, "changes": changes}
    if not event.approved:
        return changed
    if event.starts_on is not None:
        changed["starts_on"] = event.starts_on.isoformat()
    if event.ends_on is not None:
        changed["ends_on"] = event.ends_on.isoformat()
    if event.budget is not None:
        changed["budget"] = categories(event.budget)
        changed["budget_total_ore"] = sum(part.amount_ore for part in event.budget)
    if event.co_funding_ore is not None:
        changed["co_funding_ore"] = event.co_funding_ore
    return changed


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
