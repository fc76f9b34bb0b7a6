"""The facts of whole programmes as all four services publish them: calls, and their projects from first to last."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationSigned,
    ApplicationSubmitted,
    BudgetReserved,
    CallPublished,
    CaseRegistered,
    ConflictDeclared,
    ContactRecorded,
    FundingGranted,
    GrantAccepted,
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
from shared.eventlog.documents import PublishedEvent, event_id
from shared.kernel.ids import new_id

E = TypeVar("E", bound=Event)

PROJECTS_PER_CALL: Final = 40
COMPANIES: Final = 25
ACTIVITIES: Final = 30
REQUESTS: Final = 6
_WITHDRAWN_EVERY: Final = 12
_CANCELLED_EVERY: Final = 15
_ATTENDED: Final = 8
_CO_FUNDING_EVERY: Final = 2
_SAMPLES: Final = Path(__file__).parents[1] / "contracts" / "samples"
_TRACE: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_BEGAN_AT: Final = datetime(2023, 3, 15, 8, 0, tzinfo=UTC)
_SEED: Final = 11


class Step(NamedTuple):
    """One fact before it has a place in time: its publisher, stream, record key, and itself."""

    publisher: str
    stream: str
    key: str
    fact: Event


class Tally:
    """What the facts that were handed out add up to, kept to be compared with the read model."""

    def __init__(self) -> None:
        self.facts: Counter[str] = Counter()
        """How many of each type, by class name."""
        self.co_funding_ore = 0
        self.paid_ore = 0
        self.projects: set[str] = set()

    def add(self, fact: Event) -> None:
        """Count one fact."""
        self.facts[type(fact).__name__] += 1
        match fact:
            case CoFundingPaidIn():
                self.co_funding_ore += fact.amount_ore
            case PayoutApproved():
                self.paid_ore += fact.amount_ore
            case ApplicationSubmitted():
                self.projects.add(fact.application_id)
            case _:
                pass


def facts(tally: Tally) -> Iterator[tuple[str, PublishedEvent]]:
    """Yield facts with their publishers for ever: call after call, the projects of one call at the same time."""
    chance = random.Random(_SEED)  # noqa: S311 - spreads test data, guards no secret
    at = _BEGAN_AT
    while True:
        positions: Counter[str] = Counter()  # a stream never outlives its call
        for step in _call(chance):
            at += timedelta(seconds=1)
            positions[step.stream] += 1
            tally.add(step.fact)
            yield step.publisher, _published(step, positions[step.stream], at)


def _published(step: Step, sequence: int, at: datetime) -> PublishedEvent:
    identifier = event_id(new_id(), sequence)
    data = step.fact.model_dump_json().encode()
    return PublishedEvent(identifier, step.fact.ce_type(), step.stream, step.key, sequence, at, _TRACE, data)


def _call(chance: random.Random) -> Iterator[Step]:
    """Yield a call and then its projects' facts, each project's in order, the projects mixed at random."""
    call = f"call-{new_id()}"
    yield Step("applications", f"call/{call}", call, _sample(CallPublished, call=call))
    scripts = [_project(call, new_id()) for _ in range(PROJECTS_PER_CALL)]
    waiting = list(scripts)
    while waiting:
        script = chance.choice(waiting)
        step = next(script, None)
        if step is None:
            waiting.remove(script)
        else:
            yield step


def _project(call: str, project: str) -> Iterator[Step]:
    yield from _application(call, project)
    enrolments = [(new_id(), new_id()) for _ in range(COMPANIES)]
    for number, (enrolment, company) in enumerate(enrolments):
        yield from _participation(project, enrolment, company, withdrawn=number % _WITHDRAWN_EVERY == 1)
    for number in range(ACTIVITIES):
        yield from _activity(project, new_id(), cancelled=number % _CANCELLED_EVERY == 1)
        if number % (ACTIVITIES // REQUESTS) == 1:
            yield from _request(project, new_id(), number // (ACTIVITIES // REQUESTS))


def _application(call: str, project: str) -> Iterator[Step]:
    stream, own = f"application/{project}", {"application_id": project}
    both = {**own, "call": call}
    yield Step("applications", stream, project, _sample(ApplicationSubmitted, **both))
    yield Step("applications", stream, project, _sample(ApplicationSigned, **own))
    yield Step("applications", stream, project, _sample(CaseRegistered, **both))
    for person in ("officer-1", "officer-2", "decider-1"):
        yield Step("applications", stream, project, _sample(ConflictDeclared, person=person, **own))
    yield Step("applications", stream, project, _sample(ContactRecorded, **own))
    for _ in range(2):
        yield Step("applications", stream, project, _sample(ApplicationAssessed, **own))
    yield Step("applications", stream, project, _sample(FundingGranted, **both))
    yield Step("applications", f"call-budget/{call}", call, _sample(BudgetReserved, **both))
    yield Step("applications", stream, project, _sample(GrantAccepted, **both))


def _participation(project: str, enrolment: str, company: str, *, withdrawn: bool) -> Iterator[Step]:
    registered = _sample(CompanyRegistered, company_id=company)
    yield Step("participants", f"company/{company}", company, registered)
    stream, own = f"enrolment/{enrolment}", {"project": project, "enrolment_id": enrolment, "company_id": company}
    yield Step("participants", stream, project, _sample(CompanyEnrolled, **own))
    for _ in range(2):
        yield Step("participants", stream, project, _sample(RepresentativeNamed, person_id=new_id(), **own))
    if withdrawn:
        yield Step("participants", stream, project, _sample(EnrolmentWithdrawn, **own))


def _activity(project: str, activity: str, *, cancelled: bool) -> Iterator[Step]:
    stream, own = f"activity/{activity}", {"project": project, "activity_id": activity}
    yield Step("events", stream, project, _sample(ActivityPlanned, **own))
    if cancelled:
        yield Step("events", stream, project, _sample(ActivityCancelled, **own))
        return
    yield Step("events", stream, project, _sample(ActivityHeld, **own))
    people = _ATTENDANCE.attendance[:_ATTENDED]
    yield Step("events", stream, project, _sample(AttendanceRecorded, attendance=people, **own))


def _request(project: str, request: str, number: int) -> Iterator[Step]:
    """Yield a payment request from report to payout, with what it leaves in the project's account."""
    stream, account = f"payment-request/{request}", f"account/{project}"
    own = {"project": project, "payment_request_id": request}
    yield Step("reporting", stream, project, _sample(CostsReported, **own))
    yield Step("reporting", account, project, _sample(PeriodClaimed, **own))
    if number % _CO_FUNDING_EVERY == 0:
        yield Step("reporting", account, project, _sample(CoFundingPaidIn, project=project))
    yield Step("reporting", stream, project, _sample(CostsVerified, **own))
    yield Step("reporting", account, project, _sample(CostsApproved, **own))
    yield Step("reporting", account, project, _sample(PayoutApproved, payment_number=number + 1, **own))


_READ: Final[dict[type[Event], Event]] = {}


def _sample(fact: type[E], **fields: object) -> E:
    """Return a fact like the contract's sample, with other ids."""
    if fact not in _READ:
        _READ[fact] = fact.model_validate_json((_SAMPLES / f"{fact.ce_type()}.json").read_bytes())
    found = _READ[fact]
    assert isinstance(found, fact)
    return found.model_copy(update=fields)


_ATTENDANCE: Final = _sample(AttendanceRecorded)
