"""Daterade åtgärder: what becomes due by itself and has to be recorded, each with an id that it keeps."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.kernel.ids import ApplicationId, CallId


class DutyKind(StrEnum):
    """What is done without anybody asking."""

    REGISTER = "register"
    LAPSE_COMPLETION = "lapse-completion"
    LAPSE_GRANT = "lapse-grant"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that is due. `about` is what it is about: the case, or the request for completion."""

    kind: DutyKind
    application: ApplicationId
    call: CallId
    about: str

    @property
    def id(self) -> str:
        """The duty's id, also its Idempotency-Key: doing it again records nothing."""
        return f"{self.kind.value}:{self.about}"


@dataclass(frozen=True, slots=True)
class Dates:
    """What of a case can become due: whether it has a number, its open request, the last day to accept its grant."""

    application: ApplicationId
    call: CallId
    registered: bool
    request_id: str | None = None
    request_due_on: date | None = None
    accept_by: date | None = None


def duties_of(case: Dates, today: date) -> list[Duty]:
    """Return what is due in a case on a Swedish day: what has a last day is due the day after."""
    due: list[Duty] = []
    if not case.registered:
        due.append(Duty(DutyKind.REGISTER, case.application, case.call, case.application))
    if case.request_id is not None and case.request_due_on is not None and case.request_due_on < today:
        due.append(Duty(DutyKind.LAPSE_COMPLETION, case.application, case.call, case.request_id))
    if case.accept_by is not None and case.accept_by < today:
        due.append(Duty(DutyKind.LAPSE_GRANT, case.application, case.call, case.application))
    return due
