"""Försening och begäran om avgörande: what a party is told, and may ask, when it takes long (11–12 §§, A20)."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.applications.application.domain.completing import under_handling
from services.applications.application.domain.conflicts import examined_by
from services.applications.application.domain.refusals.desk import (
    DecisionAlreadyRequested,
    DecisionRequestedTooEarly,
    NoDecisionRequested,
    PublicPartyCannotRequest,
)
from services.applications.application.domain.state import Application
from shared.contracts.applications import DecisionRequested, DecisionRequestRefused, DelayNotified
from shared.contracts.call import CallDefinition
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class NotifyDelay:
    """Underrätta om en väsentlig försening (11 §)."""

    application: ApplicationId
    scope: TenantScope
    notified_by: str


@dataclass(frozen=True, slots=True)
class RequestDecision:
    """Begär att ärendet avgörs (12 §). `public_party`: the applicant is no private party."""

    application: ApplicationId
    scope: TenantScope
    requested_by: str
    public_party: bool = False


@dataclass(frozen=True, slots=True)
class RefuseDecisionRequest:
    """Avslå en begäran om avgörande i ett särskilt beslut (12 §)."""

    application: ApplicationId
    scope: TenantScope
    decided_by: str


def notify_delay(application: Application, command: NotifyDelay, *, contents: str) -> list[DelayNotified]:
    """Tell the applicant that the decision will be materially delayed, and why; again when it takes longer still.

    Raises NotFound, ConflictNotDeclared, CaseWithdrawn, AlreadyDecided.
    """
    examined_by(application, command.scope, command.notified_by)
    under_handling(application)
    return [
        DelayNotified(application_id=command.application, notified_by=command.notified_by, contents=contents),
    ]


def request_decision(
    application: Application, command: RequestDecision, call: CallDefinition, *, contents: str, now: datetime
) -> list[DecisionRequested]:
    """Ask in writing, once, that the case is decided; the agency then decides or refuses within the call's weeks.

    The case was to be decided within so many months of its first arrival, the last day included; so the request may
    be made from the day after, Swedish time.

    Raises NotFound, CaseWithdrawn, AlreadyDecided, PublicPartyCannotRequest, DecisionAlreadyRequested,
    DecisionRequestedTooEarly.
    """
    application.seen_by(command.scope)
    under_handling(application)
    if command.public_party:
        raise PublicPartyCannotRequest
    if application.handling.decision_requested:
        raise DecisionAlreadyRequested
    assert application.arrived_at is not None  # it was submitted
    arrived_on, today = local_date(application.arrived_at), local_date(now)
    first = months_after(arrived_on, call.handling.decision_request_after_months) + timedelta(days=1)
    if today < first:
        raise DecisionRequestedTooEarly(first=first.isoformat())
    return [
        DecisionRequested(
            application_id=command.application,
            requested_by=command.requested_by,
            answer_by=today + timedelta(weeks=call.handling.decision_request_answer_weeks),
            contents=contents,
        )
    ]


def refuse_decision_request(
    application: Application, command: RefuseDecisionRequest, *, contents: str
) -> list[DecisionRequestRefused]:
    """Refuse a request for a decision, with reasons, in a decision of its own.

    It says nothing of the case itself, so whoever assessed may take it: four eyes are for what is decided (A16).

    Raises NotFound, ConflictNotDeclared, CaseWithdrawn, AlreadyDecided, NoDecisionRequested.
    """
    version = examined_by(application, command.scope, command.decided_by)
    under_handling(application)
    if application.handling.decision_answer_by is None:
        raise NoDecisionRequested
    return [
        DecisionRequestRefused(
            application_id=command.application,
            organisation=version.organisation,
            decided_by=command.decided_by,
            contents=contents,
        )
    ]


def months_after(day: date, months: int) -> date:
    """Return the same day so many calendar months later, or the last day of a month that is too short for it."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
