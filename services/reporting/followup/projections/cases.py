"""Folds of what applications say of a case: its newest version, its decision, its grant, and who may not see it."""

from typing import assert_never

from services.reporting.followup.projections.amounts import per_category
from services.reporting.followup.projections.rows import ApplicationPart, GrantPart, ProjectRow
from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationSubmitted,
    ApplicationVersion,
    ApplicationWithdrawn,
    ApplicationWrittenOff,
    ChangeDecided,
    CompletionAnswered,
    ConflictDeclared,
    ConflictSettled,
    FundingGranted,
    GrantAccepted,
    GrantLapsed,
    GrantRevoked,
)

VersionFact = ApplicationSubmitted | ApplicationReplaced | CompletionAnswered
HandlingFact = ApplicationSigned | ApplicationAssessed | ConflictDeclared | ConflictSettled
DecisionFact = (
    FundingGranted | ApplicationRejected | ApplicationDismissed | ApplicationWithdrawn | ApplicationWrittenOff
)
GrantFact = GrantAccepted | GrantLapsed | ChangeDecided | GrantRevoked
ApplicationFact = VersionFact | HandlingFact | DecisionFact | GrantFact


def fold_case(project: ProjectRow, event: ApplicationFact) -> ProjectRow:
    """Fold what applications say of a project into its row."""
    if isinstance(event, VersionFact):
        return _standing(_version(project, event))
    if isinstance(event, HandlingFact):
        return _standing(_handled(project, event))
    if isinstance(event, DecisionFact):
        return _standing(_decided(project, event))
    return _standing(_became(project, event))


def _version(project: ProjectRow, event: VersionFact) -> ProjectRow:
    """Fold a version: the newest counts, and one that replaces another has to be signed anew (A15)."""
    match event:
        case ApplicationSubmitted():
            applied = _applied(event, late=event.late)
            return {**project, "organisation": event.organisation, "call": event.call, "application": applied}
        case ApplicationReplaced():
            return {**_renewed(project, event), "signed": False}
        case CompletionAnswered():
            return _renewed(project, event)
        case _:
            assert_never(event)


def _renewed(project: ProjectRow, event: ApplicationVersion) -> ProjectRow:
    """Fold a later version: what was assessed was another, and nothing of it counts any more (A16)."""
    earlier = project["application"]
    applied = _applied(event, late=earlier["late"] if earlier is not None else False)
    return {**project, "application": applied, "assessments": 0}


def _handled(project: ProjectRow, event: HandlingFact) -> ProjectRow:
    match event:
        case ApplicationSigned():
            return {**project, "signed": True}
        case ApplicationAssessed():
            return {**project, "assessments": project["assessments"] + 1}
        case ConflictDeclared() | ConflictSettled():
            others = [person for person in project["conflicted"] if person != event.person]
            return {**project, "conflicted": [*others, event.person] if event.has_conflict else others}
        case _:
            assert_never(event)


def _decided(project: ProjectRow, event: DecisionFact) -> ProjectRow:
    match event:
        case FundingGranted():
            return {**project, "decided": "granted", "grant": _granted(event)}
        case ApplicationRejected():
            return {**project, "decided": "rejected"}
        case ApplicationDismissed():
            return {**project, "decided": "dismissed"}
        case ApplicationWithdrawn():
            return {**project, "decided": "withdrawn"}
        case ApplicationWrittenOff():
            return {**project, "decided": "written-off"}
        case _:
            assert_never(event)


def _became(project: ProjectRow, event: GrantFact) -> ProjectRow:
    """Fold what becomes of a grant. One that lapses was never a project: what it had taken is free again (A17)."""
    grant = project["grant"]
    assert grant is not None, "what becomes of a grant comes after the grant"
    match event:
        case GrantAccepted():
            return {**project, "decided": "accepted", "grant": {**grant, "accepted": True}}
        case GrantLapsed():
            return {**project, "decided": "lapsed", "grant": None}
        case ChangeDecided():
            return {**project, "grant": _changed(grant, event)} if event.approved else project
        case GrantRevoked():
            decided = "revoked" if event.wholly else project["decided"]
            return {**project, "decided": decided, "grant": {**grant, "amount_ore": event.amount_granted_ore}}
        case _:
            assert_never(event)


def _standing(project: ProjectRow) -> ProjectRow:
    """Say where an application stands: a signature that comes after an assessment undoes nothing."""
    application = project["application"]
    if project["decided"] is not None:
        status = project["decided"]
    elif application is not None and application["late"]:
        status = "late"
    elif project["assessments"]:
        status = "assessed"
    else:
        status = "signed" if project["signed"] else "submitted"
    return {**project, "status": status}


def _applied(event: ApplicationVersion, *, late: bool) -> ApplicationPart:
    co_funding: dict[str, int] = {}
    for part in event.co_funding:
        co_funding[part.source.value] = co_funding.get(part.source.value, 0) + part.amount_ore
    return ApplicationPart(
        theme=event.theme,
        counties=list(event.counties),
        starts_on=event.starts_on.isoformat(),
        ends_on=event.ends_on.isoformat(),
        companies_planned=event.companies_planned,
        hours_planned=event.hours_planned,
        women_planned=event.women_planned,
        men_planned=event.men_planned,
        budget=per_category(event.budget),
        budget_total_ore=event.budget_total_ore,
        amount_applied_ore=event.amount_applied_ore,
        co_funding=co_funding,
        late=late,
    )


def _granted(event: FundingGranted) -> GrantPart:
    return GrantPart(
        starts_on=event.starts_on.isoformat(),
        ends_on=event.ends_on.isoformat(),
        amount_ore=event.amount_granted_ore,
        share_bp=event.support_share_bp,
        partial=event.partial,
        budget=per_category(event.budget),
        co_funding_ore=event.co_funding_ore,
        accepted=False,
    )


def _changed(grant: GrantPart, event: ChangeDecided) -> GrantPart:
    """Return the grant with what an approved change replaces (A19)."""
    return {
        **grant,
        "starts_on": event.starts_on.isoformat() if event.starts_on is not None else grant["starts_on"],
        "ends_on": event.ends_on.isoformat() if event.ends_on is not None else grant["ends_on"],
        "budget": per_category(event.budget) if event.budget is not None else grant["budget"],
        "co_funding_ore": event.co_funding_ore if event.co_funding_ore is not None else grant["co_funding_ore"],
    }
