"""Facts published by the applications service: calls, applications, their handling, assessments and decisions."""

from typing import Final, get_args

from shared.contracts.applications.arriving import (
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationSubmitted,
    ApplicationVersion,
    ApplicationWithdrawn,
    CompletionAnswered,
    ConsultationRecorded,
)
from shared.contracts.applications.calls import CallPublished, QuestionAnswered
from shared.contracts.applications.deciding import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationWrittenOff,
    AssessmentConsolidated,
    BudgetFreed,
    BudgetReserved,
    ChangeDecided,
    ChangeRequested,
    FundingGranted,
    GrantAccepted,
    GrantLapsed,
    GrantRevoked,
    PartialGrantProposed,
    PriorityOrderSet,
    RevisedBudgetConfirmed,
)
from shared.contracts.applications.handling import (
    CaseNumberTaken,
    CaseRegistered,
    CompletionAsked,
    CompletionLapsed,
    ConflictDeclared,
    ConflictSettled,
    ContactRecorded,
    DecisionRequested,
    DecisionRequestRefused,
    DelayNotified,
    EngagementsRegistered,
    MessageSent,
    NoteFiled,
    OfficerAssigned,
    ReminderDone,
    ReminderSet,
)
from shared.contracts.applications.values import (
    AttachedFile,
    BudgetAmount,
    CashCoFunding,
    CompletionKind,
    ContactChannel,
    DismissalReason,
    FreedCause,
    FundingSource,
    NoteKind,
    Score,
    SigningMethod,
)
from shared.contracts.call import ChangeKind
from shared.contracts.event import Event

__all__ = [
    "FACTS",
    "ApplicationAssessed",
    "ApplicationDismissed",
    "ApplicationFact",
    "ApplicationRejected",
    "ApplicationReplaced",
    "ApplicationSigned",
    "ApplicationSubmitted",
    "ApplicationVersion",
    "ApplicationWithdrawn",
    "ApplicationWrittenOff",
    "ApplicationsFact",
    "ArrivalFact",
    "AssessmentConsolidated",
    "AssessmentFact",
    "AttachedFile",
    "BudgetAmount",
    "BudgetFact",
    "BudgetFreed",
    "BudgetReserved",
    "CallFact",
    "CallPublished",
    "CaseFact",
    "CaseNumberTaken",
    "CaseRegistered",
    "CashCoFunding",
    "ChangeDecided",
    "ChangeKind",
    "ChangeRequested",
    "CompletionAnswered",
    "CompletionAsked",
    "CompletionKind",
    "CompletionLapsed",
    "ConflictDeclared",
    "ConflictSettled",
    "ConsultationRecorded",
    "ContactChannel",
    "ContactRecorded",
    "DecisionFact",
    "DecisionRequestRefused",
    "DecisionRequested",
    "DelayNotified",
    "DeskFact",
    "DismissalReason",
    "EngagementsRegistered",
    "FreedCause",
    "FundingGranted",
    "FundingSource",
    "GrantAccepted",
    "GrantFact",
    "GrantLapsed",
    "GrantRevoked",
    "MessageSent",
    "NoteFiled",
    "NoteKind",
    "OfficerAssigned",
    "PartialGrantProposed",
    "PriorityOrderSet",
    "QuestionAnswered",
    "ReminderDone",
    "ReminderSet",
    "RevisedBudgetConfirmed",
    "Score",
    "SigningMethod",
]

CallFact = CallPublished | QuestionAnswered
"""What a call's own stream holds."""
BudgetFact = BudgetReserved | BudgetFreed
"""What a call's budget holds."""
ArrivalFact = (
    ApplicationSubmitted
    | ApplicationReplaced
    | CompletionAnswered
    | ApplicationSigned
    | ApplicationWithdrawn
    | ConsultationRecorded
)
"""What an applicant does."""
CaseFact = (
    CaseRegistered
    | OfficerAssigned
    | ConflictDeclared
    | ConflictSettled
    | ContactRecorded
    | CompletionAsked
    | CompletionLapsed
)
"""What happens to a case on its way to the decision."""
DeskFact = (
    NoteFiled | ReminderSet | ReminderDone | MessageSent | DelayNotified | DecisionRequested | DecisionRequestRefused
)
"""What lies on the case's desk: notes, reminders, messages, and how long it takes."""
AssessmentFact = ApplicationAssessed | AssessmentConsolidated | PartialGrantProposed | RevisedBudgetConfirmed
"""What a decision is prepared with."""
DecisionFact = FundingGranted | ApplicationRejected | ApplicationDismissed | ApplicationWrittenOff
"""The decision."""
GrantFact = GrantAccepted | GrantLapsed | ChangeRequested | ChangeDecided | GrantRevoked
"""What becomes of a grant."""
ApplicationFact = ArrivalFact | CaseFact | DeskFact | AssessmentFact | DecisionFact | GrantFact
"""What one application's own stream holds."""
ApplicationsFact = CallFact | BudgetFact | ApplicationFact | CaseNumberTaken | EngagementsRegistered | PriorityOrderSet
FACTS: Final[tuple[type[Event], ...]] = get_args(ApplicationsFact)
