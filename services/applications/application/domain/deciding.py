"""Beslut: what must be true before any decision in substance, avslag, avvisning, and acceptance (A1, A14, A16, A19)."""

from dataclasses import dataclass
from datetime import date, datetime

from services.applications.application.domain.completing import order_not_followed
from services.applications.application.domain.conflicts import examined_by, without_conflict
from services.applications.application.domain.refusals import (
    AcceptedTooLate,
    AlreadyAccepted,
    AlreadyDecided,
    ArrivedInTime,
    ArrivedLate,
    CompletionStillOpen,
    ContactNotRecorded,
    LegalBasisNotInForce,
    NotGranted,
    NotReadyForDecision,
    NotRegistered,
    NotSigned,
    SameAssessorAndDecider,
)
from services.applications.application.domain.refusals.completing import OrderNotLapsed
from services.applications.application.domain.refusals.preparing import AssessmentsNotConsolidated
from services.applications.application.domain.state import Application, Status
from services.applications.application.domain.state_parts import Handling
from shared.contracts.applications import (
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationVersion,
    DismissalReason,
    GrantAccepted,
)
from shared.contracts.call import CallDefinition
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class DecisionText:
    """What a written decision says beside the facts (31–32 §§ förvaltningslagen).

    Reasons, presenter (föredragande), others present, and what the decider is called: facts hold the subject only.
    """

    reasons: str
    presenter: str | None = None
    others_present: tuple[str, ...] = ()
    decider_name: str | None = None


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
) -> ApplicationVersion:
    """Return the submission when it may be decided in substance by somebody who did not assess it (A16, A26).

    Raises what `prepared_for_decision` does, and SameAssessorAndDecider.
    """
    submission = prepared_for_decision(application, scope, decided_by, call)
    by_four_eyes(application, decided_by)
    return submission


def by_four_eyes(application: Application, decided_by: str) -> None:
    """Refuse a decider who assessed any version of the application or consolidated its assessments (A16)."""
    if decided_by in application.prepared_by:
        raise SameAssessorAndDecider


def prepared_for_decision(
    application: Application, scope: TenantScope, person: str, call: CallDefinition
) -> ApplicationVersion:
    """Return the submission when all that goes before a decision in substance is done (A14, A16, A20, A26).

    The assessments are consolidated where the call wants more than one.

    Raises NotFound, ConflictNotDeclared, AlreadyDecided, ArrivedLate, NotSigned, NotRegistered, ContactNotRecorded,
    CompletionStillOpen, NotReadyForDecision, AssessmentsNotConsolidated.
    """
    submission = examined_by(application, scope, person)
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    if application.late:
        raise ArrivedLate
    if not application.signed:
        raise NotSigned
    _is_handled(application.handling)
    all_assessed(application, call)
    if call.assessment.assessors_min > 1 and application.consolidated is None:
        raise AssessmentsNotConsolidated
    return submission


def all_assessed(application: Application, call: CallDefinition) -> None:
    """Refuse until as many as the call says have assessed, without a conflict of interest (A16)."""
    needed, counted = call.assessment.assessors_min, without_conflict(application, application.assessed_by)
    if len(counted) < needed:
        raise NotReadyForDecision(assessed=len(counted), needed=needed)


def _is_handled(handling: Handling) -> None:
    """Refuse a decision in substance before the applicant was heard (A26) and while an answer is waited for."""
    if handling.case_number is None:
        raise NotRegistered
    if not handling.contacts:
        raise ContactNotRecorded
    if handling.open_completion is not None:
        raise CompletionStillOpen(due_on=handling.open_completion.due_on.isoformat())


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

    Raises what `ready_for_decision` does, and LegalBasisNotInForce.
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

    What arrived late, or did not follow an order to complete, is dismissed for that reason only (A1, 20 §).

    Raises NotFound, ConflictNotDeclared, AlreadyDecided, NotRegistered, SameAssessorAndDecider, ArrivedInTime,
    OrderNotLapsed.
    """
    submission = examined_by(application, command.scope, command.decided_by)
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    if application.handling.case_number is None:
        raise NotRegistered
    by_four_eyes(application, command.decided_by)
    if command.reason is DismissalReason.LATE and not application.late:
        raise ArrivedInTime
    if command.reason is DismissalReason.ORDER_NOT_FOLLOWED and not order_not_followed(application):
        raise OrderNotLapsed
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
    accept_by = application.grant.accept_by if application.grant is not None else None
    if accept_by is not None and local_date(now) > accept_by:
        raise AcceptedTooLate(accept_by=accept_by.isoformat())
    return [
        GrantAccepted(
            application_id=command.application,
            call=submission.call,
            organisation=submission.organisation,
            accepted_by=command.accepted_by,
        )
    ]
