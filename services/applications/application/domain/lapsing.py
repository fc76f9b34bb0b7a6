"""Förfallet bifall: a grant that nobody accepts in time lapses, and the ceiling has its money back (A17, A19)."""

from dataclasses import dataclass
from datetime import datetime

from services.applications.application.domain.refusals import AlreadyAccepted, NotGranted
from services.applications.application.domain.refusals.desk import AcceptanceStillOpen
from services.applications.application.domain.state import APPLICATIONS, Application, Status
from services.applications.call.domain import CALL_BUDGETS
from shared.contracts.applications import BudgetFreed, FreedCause, GrantLapsed
from shared.kernel.decisions import Decision
from shared.kernel.ids import ApplicationId
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class LapseGrant:
    """Låt ett bifall förfalla."""

    application: ApplicationId


def lapse_grant(application: Application, command: LapseGrant, *, now: datetime) -> Decision:
    """Let a grant lapse after its last day, and free in the same transaction what it still holds of the ceiling.

    Raises AlreadyAccepted, NotGranted, AcceptanceStillOpen.
    """
    version, granted = application.submission, application.grant
    if application.status is Status.ACCEPTED:
        raise AlreadyAccepted
    if version is None or granted is None or granted.accept_by is None or application.status is not Status.GRANTED:
        raise NotGranted
    if local_date(now) <= granted.accept_by:
        raise AcceptanceStillOpen(accept_by=granted.accept_by.isoformat())
    lapsed = GrantLapsed(application_id=command.application, call=version.call, organisation=version.organisation)
    freed = BudgetFreed(
        call=version.call,
        application_id=command.application,
        amount_ore=granted.amount_ore,
        cause=FreedCause.NOT_ACCEPTED,
    )
    return Decision(
        {APPLICATIONS.at(command.application).id: [lapsed], CALL_BUDGETS.at(version.call).id: [freed]},
    )
