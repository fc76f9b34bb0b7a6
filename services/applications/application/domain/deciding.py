"""Beslut: what must be true before any decision in substance, avslag, avvisning, and acceptance (A1, A14, A16, A19)."""

from dataclasses import dataclass
from datetime import date, datetime

from services.applications.application.domain.refusals import (
    AcceptedTooLate,
    AlreadyAccepted,
    AlreadyDecided,
    ArrivedInTime,
    ArrivedLate,
    LegalBasisNotInForce,
    NotGranted,
    NotReadyForDecision,
    NotSigned,
    SameAssessorAndDecider,
)
from services.applications.application.domain.state import Application, Status
from shared.contracts.applications import (
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationSubmitted,
    DismissalReason,
    GrantAccepted,
)
from shared.contracts.call import CallDefinition
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class DecisionText:
    """What a written decision says beside the facts: reasons, presenter (föredragande), others present (31–32 §§)."""

    reasons: str
    presenter: str | None = None
    others_present: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectApplication:
    """Avslå en ansökan."""

    application: ApplicationId
    scope: TenantScope
    decided_by: str
    legal_basis: str
    text: DecisionText


@dataclass(frozen=True, slots=True)
class DismissApplication:
    """Avvisa en ansökan."""

    application: ApplicationId
    scope: TenantScope
    decided_by: str
    reason: DismissalReason
    text: DecisionText


@dataclass(frozen=True, slots=True)
class AcceptGrant:
    """Acceptera bifallet."""

    application: ApplicationId
    scope: TenantScope
    accepted_by: str


def ready_for_decision(
    application: Application, scope: TenantScope, decided_by: str, call: CallDefinition
) -> ApplicationSubmitted:
    """Return the submission when it may be decided in substance: in time, signed and seen by four eyes (A16)."""
    submission = application.seen_by(scope)
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    if submission.late:
        raise ArrivedLate
    if not application.signed:
        raise NotSigned
    if decided_by in application.assessed_by:
        raise SameAssessorAndDecider
    needed = call.assessment.assessors_min
    if len(application.assessed_by) < needed:
        raise NotReadyForDecision(assessed=len(application.assessed_by), needed=needed)
    return submission


def in_force(legal_basis: str, call: CallDefinition, on: date) -> None:
    """Refuse a provision that the call does not name, or that is not in force on the day of the decision (A18)."""
    for basis in call.legal_bases:
        if basis.code == legal_basis and basis.in_force_from <= on <= (basis.in_force_to or date.max):
            return
    raise LegalBasisNotInForce


def reject(
    application: Application, command: RejectApplication, call: CallDefinition, *, contents: str, now: datetime
) -> list[ApplicationRejected]:
    """Beslut om avslag: in substance, so signed, in time and seen by four eyes.

    Raises NotFound, AlreadyDecided, ArrivedLate, NotSigned, SameAssessorAndDecider, NotReadyForDecision,
    LegalBasisNotInForce.
    """
    submission = ready_for_decision(application, command.scope, command.decided_by, call)
    in_force(command.legal_basis, call, local_date(now))
    return [
        ApplicationRejected(
            application_id=command.application,
            call=submission.call,
            organisation=submission.organisation,
            decided_by=command.decided_by,
            legal_basis=command.legal_basis,
            contents=contents,
        )
    ]


def dismiss(application: Application, command: DismissApplication, *, contents: str) -> list[ApplicationDismissed]:
    """Beslut om avvisning: without examination in substance, so neither signature nor assessments are needed.

    Raises NotFound, AlreadyDecided, SameAssessorAndDecider, ArrivedInTime.
    """
    submission = application.seen_by(command.scope)
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    if command.decided_by in application.assessed_by:
        raise SameAssessorAndDecider
    if command.reason is DismissalReason.LATE and not submission.late:
        raise ArrivedInTime
    return [
        ApplicationDismissed(
            application_id=command.application,
            call=submission.call,
            organisation=submission.organisation,
            decided_by=command.decided_by,
            reason=command.reason,
            contents=contents,
        )
    ]


def accept_grant(application: Application, command: AcceptGrant, *, now: datetime) -> list[GrantAccepted]:
    """Accept the grant within the time set (A19). Raises NotFound, AlreadyAccepted, NotGranted, AcceptedTooLate."""
    submission = application.seen_by(command.scope)
    if application.status is Status.ACCEPTED:
        raise AlreadyAccepted
    if application.status is not Status.GRANTED:
        raise NotGranted
    if application.accept_by is not None and local_date(now) > application.accept_by:
        raise AcceptedTooLate(accept_by=application.accept_by.isoformat())
    return [
        GrantAccepted(
            application_id=command.application,
            call=submission.call,
            organisation=submission.organisation,
            accepted_by=command.accepted_by,
        )
    ]
