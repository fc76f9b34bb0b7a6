"""The stream of an application, from arrival to acceptance."""

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
    conditions_met_by: tuple[str, ...] = ()
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
            changed = _assessed(application, event)
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


def _assessed(application: Application, event: ApplicationAssessed) -> Application:
    agreed = (event.assessed_by,) if event.conditions_met else ()
    return replace(
        application,
        assessed_by=(*application.assessed_by, event.assessed_by),
        conditions_met_by=(*application.conditions_met_by, *agreed),
    )


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
    fold_version=2,
)
