"""Ersättning and återkallelse: the applicant's own changes of what was submitted (A15)."""

from dataclasses import dataclass
from datetime import datetime

from services.applications.application.domain.refusals import AlreadyDecided
from services.applications.application.domain.refusals.completing import FormChangedMeanwhile
from services.applications.application.domain.refusals.replacing import (
    AlreadyWithdrawn,
    AnotherCall,
    NothingReplaced,
    ReplacedTooLate,
)
from services.applications.application.domain.state import Application, Status
from services.applications.application.domain.submission import KeptForm, SubmitApplication, submit
from services.applications.call.domain import closes_at
from shared.contracts.applications import (
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationSubmitted,
    ApplicationVersion,
    ApplicationWithdrawn,
)
from shared.contracts.call import CallDefinition
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class ReplaceApplication:
    """Ersätt ansökan with what `submission` holds, signed at once when that says so.

    `read` refers to the contents that were read and changed; empty when the caller does not care.
    """

    scope: TenantScope
    submission: SubmitApplication
    read: str = ""

    @property
    def application(self) -> ApplicationId:
        """Which one."""
        return self.submission.application


@dataclass(frozen=True, slots=True)
class WithdrawApplication:
    """Återkalla ansökan. A reason may be given, and need not."""

    application: ApplicationId
    scope: TenantScope
    withdrawn_by: str
    reason: str = ""


def replace_application(
    application: Application, command: ReplaceApplication, call: CallDefinition, *, kept: KeptForm, now: datetime
) -> list[ApplicationReplaced | ApplicationSigned]:
    """Replace what was submitted until closing; it has to be signed anew, and is pinned to the call's newest version.

    Raises NotFound, AlreadyWithdrawn, AlreadyDecided, AnotherCall, FormChangedMeanwhile, ReplacedTooLate,
    NothingReplaced, and what `submit` refuses.
    """
    before = _undecided(application, command.scope)
    if before.call != call.id:
        raise AnotherCall
    if command.read and command.read != before.contents:
        raise FormChangedMeanwhile
    if now >= closes_at(call):
        raise ReplacedTooLate
    submitted, *signed = submit(Application(), command.submission, call, kept=kept, now=now)
    assert isinstance(submitted, ApplicationSubmitted)
    version = {name: getattr(submitted, name) for name in ApplicationVersion.model_fields}
    if version == {name: getattr(before, name) for name in ApplicationVersion.model_fields}:
        raise NothingReplaced
    replaced = ApplicationReplaced(**version, arrived_at=now, replaced_by=command.submission.submitted_by)
    return [replaced, *(each for each in signed if isinstance(each, ApplicationSigned))]


def withdraw_application(
    application: Application, command: WithdrawApplication, *, contents: str
) -> list[ApplicationWithdrawn]:
    """Withdraw an application that is not decided. Raises NotFound, AlreadyWithdrawn, AlreadyDecided."""
    version = _undecided(application, command.scope)
    return [
        ApplicationWithdrawn(
            application_id=command.application,
            call=version.call,
            organisation=version.organisation,
            withdrawn_by=command.withdrawn_by,
            contents=contents,
        )
    ]


def _undecided(application: Application, scope: TenantScope) -> ApplicationVersion:
    version = application.seen_by(scope)
    if application.status is Status.WITHDRAWN:
        raise AlreadyWithdrawn
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    return version
