"""Avskrivning: a withdrawn case ends by a decision (A15)."""

from dataclasses import dataclass

from services.applications.application.domain.conflicts import examined_by
from services.applications.application.domain.deciding import DecisionText, by_four_eyes
from services.applications.application.domain.refusals import AlreadyDecided, NotRegistered
from services.applications.application.domain.refusals.desk import NotWithdrawn
from services.applications.application.domain.state import Application, Status
from shared.contracts.applications import ApplicationWrittenOff
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class WriteOffApplication:
    """Skriv av ett ärende."""

    application: ApplicationId
    scope: TenantScope
    decided_by: str
    text: DecisionText


def write_off(application: Application, command: WriteOffApplication, *, contents: str) -> list[ApplicationWrittenOff]:
    """Beslut om avskrivning, after a withdrawal only; not by whoever prepared it, as every decision on the case (A16).

    Raises NotFound, ConflictNotDeclared, NotWithdrawn, AlreadyDecided, NotRegistered, SameAssessorAndDecider.
    """
    version = examined_by(application, command.scope, command.decided_by)
    if application.status is Status.SUBMITTED:
        raise NotWithdrawn
    if application.status is not Status.WITHDRAWN:
        raise AlreadyDecided
    if application.handling.case_number is None:
        raise NotRegistered
    by_four_eyes(application, command.decided_by)
    return [
        ApplicationWrittenOff(
            application_id=command.application,
            call=version.call,
            organisation=version.organisation,
            decided_by=command.decided_by,
            contents=contents,
        )
    ]
