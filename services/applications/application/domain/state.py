"""The two streams of this feature: an application from arrival to acceptance, and what is left of a call's ceiling."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, assert_never

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
from shared.eventlog.streams import StreamType
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope


class Status(StrEnum):
    """How far an application has come. Assessments are counted beside it."""

    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    GRANTED = "granted"
    REJECTED = "rejected"
    DISMISSED = "dismissed"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Application:
    """What the rules need to remember of an application."""

    submission: ApplicationSubmitted | None = None
    status: Status = Status.UNKNOWN
    signed: bool = False
    assessed_by: tuple[str, ...] = ()
    amount_granted_ore: int = 0
    accept_by: date | None = None

    def seen_by(self, scope: TenantScope) -> ApplicationSubmitted:
        """Return the submission to those it concerns. Raises NotFound when it is missing or somebody else's."""
        if self.submission is None or not scope.allows(self.submission.organisation):
            raise NotFound
        return self.submission


def evolve(application: Application, event: ApplicationFact) -> Application:
    """Fold one fact into the application."""
    match event:
        case ApplicationSubmitted():
            changed = replace(application, submission=event, status=Status.SUBMITTED)
        case ApplicationSigned():
            changed = replace(application, signed=True)
        case ApplicationAssessed():
            changed = replace(application, assessed_by=(*application.assessed_by, event.assessed_by))
        case FundingGranted():
            granted_ore = event.amount_granted_ore
            changed = replace(
                application, status=Status.GRANTED, amount_granted_ore=granted_ore, accept_by=event.accept_by
            )
        case ApplicationRejected():
            changed = replace(application, status=Status.REJECTED)
        case ApplicationDismissed():
            changed = replace(application, status=Status.DISMISSED)
        case GrantAccepted():
            changed = replace(application, status=Status.ACCEPTED)
        case _:
            assert_never(event)
    return changed


APPLICATIONS: Final = StreamType(
    "application",
    Application,
    Application,
    evolve,
    (
        ApplicationSubmitted,
        ApplicationSigned,
        ApplicationAssessed,
        FundingGranted,
        ApplicationRejected,
        ApplicationDismissed,
        GrantAccepted,
    ),
)


@dataclass(frozen=True, slots=True)
class CallBudget:
    """What grants have taken from a call's ceiling. The ceiling itself is the call's (A17)."""

    reserved_ore: int = 0


def evolve_budget(budget: CallBudget, event: BudgetReserved) -> CallBudget:
    """Fold one fact into the call's budget."""
    match event:
        case BudgetReserved():
            return CallBudget(budget.reserved_ore + event.amount_ore)
        case _:
            assert_never(event)


CALL_BUDGETS: Final = StreamType("call-budget", CallBudget, CallBudget, evolve_budget, (BudgetReserved,))
