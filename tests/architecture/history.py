"""What two projects, their companies and a call say over a year, told with the samples of the contracts."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ApplicationWrittenOff,
    AssessmentConsolidated,
    BudgetFreed,
    BudgetReserved,
    CallPublished,
    CaseNumberTaken,
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
    DecisionRequested,
    DecisionRequestRefused,
    DelayNotified,
    EngagementsRegistered,
    FundingGranted,
    GrantAccepted,
    GrantLapsed,
    GrantRevoked,
    MessageSent,
    NoteFiled,
    OfficerAssigned,
    PartialGrantProposed,
    PriorityOrderSet,
    QuestionAnswered,
    ReminderDone,
    ReminderSet,
    RevisedBudgetConfirmed,
)
from shared.contracts.event import Event
from shared.contracts.events import ActivityCancelled, ActivityHeld, ActivityPlanned, AttendanceRecorded
from shared.contracts.participants import CompanyEnrolled, CompanyRegistered, EnrolmentWithdrawn, RepresentativeNamed
from shared.contracts.reporting import (
    CoFundingPaidIn,
    CostsApproved,
    CostsReported,
    CostsVerified,
    PayoutApproved,
    PeriodClaimed,
)
from shared.eventlog.documents import PublishedEvent
from tests.unit.projector.things import NEW_YEAR

SAMPLES: Final = Path(__file__).parents[1] / "contracts" / "samples"
CALL: Final = "pilot-fortsattning-saker-digitalisering-2023"

_PLANNED: Final = (ActivityPlanned, ActivityHeld, AttendanceRecorded)
_HANDLED: Final = (ApplicationSubmitted, ApplicationSigned, CaseRegistered, ConflictDeclared, ContactRecorded)
_GRANTED: Final = (*_HANDLED, ApplicationAssessed, FundingGranted, GrantAccepted)
_EVENTFUL: Final = (
    ApplicationSubmitted,
    ApplicationReplaced,
    ApplicationSigned,
    ConsultationRecorded,
    CaseRegistered,
    OfficerAssigned,
    ConflictDeclared,
    ConflictSettled,
    ContactRecorded,
    CompletionAsked,
    CompletionAnswered,
    NoteFiled,
    ReminderSet,
    ReminderDone,
    MessageSent,
    ApplicationAssessed,
    AssessmentConsolidated,
    PartialGrantProposed,
    RevisedBudgetConfirmed,
    FundingGranted,
    GrantAccepted,
    ChangeRequested,
    ChangeDecided,
    GrantRevoked,
)
_SLOW: Final = (CompletionAsked, CompletionLapsed, DelayNotified, DecisionRequested, DecisionRequestRefused)
_NOT_PROJECTS: Final = (
    (8, (*_HANDLED, *_SLOW, ApplicationAssessed, ApplicationRejected)),
    (9, (ApplicationSubmitted, CaseRegistered, ApplicationDismissed)),
    (10, (*_HANDLED, ApplicationAssessed, FundingGranted, GrantLapsed)),
    (11, (ApplicationSubmitted, ApplicationWithdrawn, ApplicationWrittenOff)),
)


def _id(project: int, thing: int) -> str:
    return f"0190a000-0000-7000-8000-{project:06d}{thing:06d}"


def _sample(fact: type[Event], ids: Mapping[str, str]) -> bytes:
    said: dict[str, Any] = json.loads((SAMPLES / f"{fact.ce_type()}.json").read_text())
    for part in (said, *said.get("attendance", ())):
        part.update({field: ids[field] for field in ids.keys() & part.keys()})
    return json.dumps(said).encode()


def _stream(
    category: str, identifier: str, key: str, facts: Sequence[type[Event]], ids: Mapping[str, str]
) -> list[PublishedEvent]:
    stream = f"{category}/{identifier}"
    return [
        PublishedEvent(
            f"c-{identifier}.{category}.{position}",
            fact.ce_type(),
            stream,
            key,
            position,
            NEW_YEAR + timedelta(seconds=position, milliseconds=sum(stream.encode()) % 1000),
            None,
            _sample(fact, ids),
        )
        for position, fact in enumerate(facts, 1)
    ]


def _project(number: int, decision: tuple[type[Event], ...]) -> list[list[PublishedEvent]]:
    """Return the streams that belong to one project; all of them have the project as their record key."""
    project = _id(number, 0)
    own = {"call": CALL, "application_id": project, "project": project, "organisation": _id(number, 1)}
    own |= {"company_id": _id(number, 2), "enrolment_id": _id(number, 3), "payment_request_id": _id(number, 5)}
    own |= {"request_id": _id(number, 7), "change_id": _id(number, 8)}
    streams = [
        ("application", project, decision, {}),
        ("enrolment", _id(number, 3), (CompanyEnrolled, RepresentativeNamed, EnrolmentWithdrawn), {}),
        ("activity", _id(number, 4), _PLANNED, {"activity_id": _id(number, 4)}),
        ("activity", _id(number, 6), (ActivityPlanned, ActivityCancelled), {"activity_id": _id(number, 6)}),
        ("payment-request", _id(number, 5), (CostsReported, CostsVerified), {}),
        ("account", project, (PeriodClaimed, CostsApproved, CoFundingPaidIn, PayoutApproved), {}),
    ]
    made = [_stream(category, id_, project, facts, own | more) for category, id_, facts, more in streams]
    company = _stream("company", _id(number, 2), _id(number, 2), (CompanyRegistered,), own)
    return [*made, company]


def _numbered(
    category: str, identifier: str, facts: Sequence[type[Event]], numbers: Sequence[int]
) -> list[PublishedEvent]:
    """Return one stream that tells each of `facts` of each of these cases."""
    told = [
        fact
        for number in numbers
        for fact in _stream(category, identifier, identifier, facts, {"application_id": _id(number, 0)})
    ]
    return [fact._replace(ce_id=f"{category}.{at}", sequence=at) for at, fact in enumerate(told, 1)]


def streams() -> list[list[PublishedEvent]]:
    """Return all facts, stream by stream: two projects, and cases that were refused, lapsed and withdrawn."""
    return [
        _stream("call", CALL, CALL, (CallPublished, QuestionAnswered), {}),
        _numbered("call-budget", CALL, (BudgetReserved, BudgetFreed), (1, 2, 10)),
        _numbered("register", "2023", (CaseNumberTaken,), (1, 2, 8, 9, 10)),
        _stream("officer", "officer-1", "officer-1", (EngagementsRegistered,), {"person": "officer-1"}),
        _stream("priority", CALL, CALL, (PriorityOrderSet,), {}),
        *_project(1, _EVENTFUL),
        *_project(2, _GRANTED),
        *(_project(number, decision)[0] for number, decision in _NOT_PROJECTS),
    ]
