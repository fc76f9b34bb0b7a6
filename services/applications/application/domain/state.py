"""The stream of an application, from arrival to what becomes of its grant: its states, and how facts fold into them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never, get_args

from services.applications.application.domain.state_parts import Completion, CompletionStatus, Granted, Handling
from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationFact,
    ApplicationRejected,
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationSubmitted,
    ApplicationVersion,
    ApplicationWithdrawn,
    ApplicationWrittenOff,
    ArrivalFact,
    AssessmentConsolidated,
    AssessmentFact,
    CaseFact,
    CaseRegistered,
    ChangeDecided,
    ChangeRequested,
    CompletionAnswered,
    CompletionAsked,
    CompletionLapsed,
    ConflictDeclared,
    ConflictSettled,
    ConsultationRecorded,
    ContactRecorded,
    DecisionFact,
    DecisionRequested,
    DecisionRequestRefused,
    DelayNotified,
    DeskFact,
    FundingGranted,
    GrantAccepted,
    GrantFact,
    GrantLapsed,
    GrantRevoked,
    MessageSent,
    NoteFiled,
    OfficerAssigned,
    PartialGrantProposed,
    ReminderDone,
    ReminderSet,
    RevisedBudgetConfirmed,
)
from shared.eventlog.streams import StreamType
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope


class Status(StrEnum):
    """How far an application has come. Its handling is told beside it."""

    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    GRANTED = "granted"
    REJECTED = "rejected"
    DISMISSED = "dismissed"
    WRITTEN_OFF = "written-off"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"
    REVOKED = "revoked"


_VERSION_FIELDS: Final = tuple(ApplicationVersion.model_fields)


@dataclass(frozen=True, slots=True)
class Application:
    """What the rules need to remember of an application. `submission` is its newest version, the one that counts."""

    submission: ApplicationVersion | None = None
    status: Status = Status.UNKNOWN
    arrived_at: datetime | None = None
    """When the first version arrived; the time that the handling takes is counted from here."""
    late: bool = False
    signed: bool = False
    handling: Handling = field(default_factory=Handling)
    assessed_by: tuple[str, ...] = ()
    prepared_by: tuple[str, ...] = ()
    """Who ever assessed any version, or consolidated what others found: none of them decides (A16)."""
    assessments: tuple[ApplicationAssessed, ...] = ()
    consolidated: AssessmentConsolidated | None = None
    proposal: PartialGrantProposed | None = None
    revised: RevisedBudgetConfirmed | None = None
    grant: Granted | None = None
    changes: tuple[ChangeRequested, ...] = ()
    """Asked for and not decided yet."""

    def seen_by(self, scope: TenantScope) -> ApplicationVersion:
        """Return the newest version to those it concerns. Raises NotFound when it is missing or somebody else's."""
        if self.submission is None or not scope.allows(self.submission.organisation):
            raise NotFound
        return self.submission


def evolve(application: Application, event: ApplicationFact) -> Application:
    """Fold one fact into the application."""
    if isinstance(event, ArrivalFact):
        return _arrived(application, event)
    if isinstance(event, CaseFact):
        return _on_the_case(application, event)
    if isinstance(event, DeskFact):
        return replace(application, handling=_on_the_desk(application.handling, event))
    if isinstance(event, AssessmentFact):
        return _prepared(application, event)
    if isinstance(event, DecisionFact):
        return _decided(application, event)
    return _after(application, event)


def _arrived(application: Application, event: ArrivalFact) -> Application:
    match event:
        case ApplicationSubmitted():
            changed = replace(
                application,
                submission=_version(event),
                status=Status.SUBMITTED,
                arrived_at=event.arrived_at,
                late=event.late,
            )
        case ApplicationReplaced():
            handling = application.handling.with_other_parties()
            changed = replace(_not_prepared(application), submission=_version(event), signed=False, handling=handling)
        case CompletionAnswered():
            handling = application.handling.with_completion(event.request_id, CompletionStatus.ANSWERED)
            if event.touches_parties:
                handling = handling.with_other_parties()
            changed = replace(_not_prepared(application), submission=_version(event), handling=handling)
        case ApplicationSigned():
            changed = replace(application, signed=True)
        case ApplicationWithdrawn():
            changed = replace(application, status=Status.WITHDRAWN)
        case ConsultationRecorded():
            changed = application
        case _:
            assert_never(event)
    return changed


def _not_prepared(application: Application) -> Application:
    """Return the application without what was found about an earlier version: what is decided was assessed (A16)."""
    return replace(
        application,
        assessed_by=(),
        assessments=(),
        consolidated=None,
        proposal=None,
        revised=None,
    )


def _version(event: ApplicationVersion) -> ApplicationVersion:
    """Return what every version says, without what its own fact adds: that is what a saved state comes back as."""
    return ApplicationVersion.model_construct(**{field: getattr(event, field) for field in _VERSION_FIELDS})


def _on_the_case(application: Application, event: CaseFact) -> Application:
    """Fold a step of the handling; the consolidated assessment falls when what holds for somebody behind it changes."""
    consolidated = application.consolidated
    if (
        consolidated is not None
        and isinstance(event, ConflictDeclared | ConflictSettled)
        and event.person in (*application.assessed_by, consolidated.consolidated_by)
    ):
        consolidated = None
    return replace(application, handling=_handled(application.handling, event), consolidated=consolidated)


def _handled(handling: Handling, event: CaseFact) -> Handling:
    match event:
        case CaseRegistered():
            changed = replace(handling, case_number=event.case_number)
        case OfficerAssigned():
            changed = replace(
                handling,
                officer=event.officer,
                substitute=event.substitute,
                substitute_until=event.substitute_until,
            )
        case ConflictDeclared() | ConflictSettled():
            changed = handling.with_conflict(event.person, has_conflict=event.has_conflict)
        case ContactRecorded():
            changed = replace(handling, contacts=handling.contacts + 1)
        case CompletionAsked():
            asked = Completion(event.request_id, event.kind, event.due_on, tuple(event.fields))
            changed = replace(handling, completions=(*handling.completions, asked))
        case CompletionLapsed():
            changed = handling.with_completion(event.request_id, CompletionStatus.LAPSED)
        case _:
            assert_never(event)
    return changed


def _on_the_desk(handling: Handling, event: DeskFact) -> Handling:
    match event:
        case ReminderSet():
            changed = replace(handling, reminders={**handling.reminders, event.reminder_id: event.person})
        case ReminderDone():
            left = {reminder: whose for reminder, whose in handling.reminders.items() if reminder != event.reminder_id}
            changed = replace(handling, reminders=left)
        case DecisionRequested():
            changed = replace(handling, decision_requested=True, decision_answer_by=event.answer_by)
        case DecisionRequestRefused():
            changed = replace(handling, decision_answer_by=None)
        case NoteFiled() | MessageSent() | DelayNotified():
            changed = handling
        case _:
            assert_never(event)
    return changed


def _prepared(application: Application, event: AssessmentFact) -> Application:
    match event:
        case ApplicationAssessed():
            changed = _assessed(application, event)
        case AssessmentConsolidated():
            changed = replace(_prepared_by(application, event.consolidated_by), consolidated=event)
        case PartialGrantProposed():
            changed = replace(application, proposal=event, revised=None)
        case RevisedBudgetConfirmed():
            changed = replace(application, revised=event)
        case _:
            assert_never(event)
    return changed


def _decided(application: Application, event: DecisionFact) -> Application:
    match event:
        case FundingGranted():
            changed = replace(application, status=Status.GRANTED, grant=Granted.of(event))
        case ApplicationRejected():
            changed = replace(application, status=Status.REJECTED)
        case ApplicationDismissed():
            changed = replace(application, status=Status.DISMISSED)
        case ApplicationWrittenOff():
            changed = replace(application, status=Status.WRITTEN_OFF)
        case _:
            assert_never(event)
    return changed


def _after(application: Application, event: GrantFact) -> Application:
    match event:
        case GrantAccepted():
            changed = replace(application, status=Status.ACCEPTED)
        case GrantLapsed():
            changed = replace(application, status=Status.LAPSED)
        case ChangeRequested():
            changed = replace(application, changes=(*application.changes, event))
        case ChangeDecided():
            changed = _changed(application, event)
        case GrantRevoked():
            changed = _revoked(application, event)
        case _:
            assert_never(event)
    return changed


def _assessed(application: Application, event: ApplicationAssessed) -> Application:
    return replace(
        _prepared_by(application, event.assessed_by),
        assessed_by=(*application.assessed_by, event.assessed_by),
        consolidated=None,  # what was consolidated without it holds no longer
        assessments=(*application.assessments, event),
    )


def _prepared_by(application: Application, person: str) -> Application:
    return replace(application, prepared_by=tuple(dict.fromkeys((*application.prepared_by, person))))


def _changed(application: Application, event: ChangeDecided) -> Application:
    left = tuple(change for change in application.changes if change.change_id != event.change_id)
    grant = application.grant
    if event.approved and grant is not None:
        grant = grant.changed(event)
    return replace(application, changes=left, grant=grant)


def _revoked(application: Application, event: GrantRevoked) -> Application:
    grant = application.grant
    if grant is not None:
        grant = replace(grant, amount_ore=event.amount_granted_ore)
    return replace(application, status=Status.REVOKED if event.wholly else application.status, grant=grant)


APPLICATIONS: Final = StreamType(
    "application", Application, Application, evolve, get_args(ApplicationFact), fold_version=5
)
