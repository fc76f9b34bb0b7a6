"""Komplettering: what lacks is asked for, answered as a new version, or left until its time is out (20 §, A20)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.applications.application.domain.check import check
from services.applications.application.domain.conflicts import examined_by
from services.applications.application.domain.differences import Difference, differences, found_at, is_within
from services.applications.application.domain.findings import error
from services.applications.application.domain.form import Form
from services.applications.application.domain.refusals import AlreadyDecided, NotRegistered
from services.applications.application.domain.refusals.completing import (
    CaseWithdrawn,
    CompletionAlreadyAnswered,
    CompletionAlreadyOpen,
    CompletionAnsweredTooLate,
    CompletionChangesNothing,
    CompletionDueTooSoon,
    CompletionFieldUnknown,
    CompletionNotAsAsked,
    CompletionStillRuns,
    FormChangedMeanwhile,
    NoCompletionAsked,
)
from services.applications.application.domain.state import Application, Status
from services.applications.application.domain.state_parts import Completion, CompletionStatus
from services.applications.application.domain.submission import KeptForm, SubmitApplication, submit
from shared.contracts.applications import (
    ApplicationSubmitted,
    ApplicationVersion,
    CompletionAnswered,
    CompletionAsked,
    CompletionKind,
    CompletionLapsed,
)
from shared.contracts.call import CallDefinition, Text
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import NotFound, Problem, Severity
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class AskCompletion:
    """Begär komplettering. `fields` are JSON pointers into the form; without `due_on` the call's days are given."""

    application: ApplicationId
    scope: TenantScope
    request_id: str
    kind: CompletionKind
    fields: tuple[str, ...]
    asked_by: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class AnswerCompletion:
    """Komplettera with a whole new form."""

    application: ApplicationId
    scope: TenantScope
    request_id: str
    answered_by: str
    form: Form


@dataclass(frozen=True, slots=True)
class Versions:
    """The form that is mended and the new one as JSON. `mended` is the reference of the first."""

    mended: str
    before: Any
    after: Any

    def differences(self) -> list[Difference]:
        """Return what the answer changes."""
        return list(differences(self.before, self.after))


@dataclass(frozen=True, slots=True)
class LapseCompletion:
    """Låt kompletteringen förfalla, when its time is out."""

    application: ApplicationId
    request_id: str


def under_handling(application: Application) -> None:
    """Refuse what only concerns a case that is handled. Raises CaseWithdrawn, AlreadyDecided."""
    if application.status is Status.WITHDRAWN:
        raise CaseWithdrawn
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided


def ask_completion(
    application: Application,
    command: AskCompletion,
    form: Any,  # noqa: ANN401 - the newest form as JSON
    call: CallDefinition,
    *,
    contents: str,
    now: datetime,
) -> list[CompletionAsked]:
    """Ask for what lacks; one request at a time. `contents` refers to the words of the request.

    Raises NotFound, ConflictNotDeclared, CaseWithdrawn, AlreadyDecided, NotRegistered, CompletionAlreadyOpen,
    CompletionDueTooSoon, CompletionFieldUnknown.
    """
    examined_by(application, command.scope, command.asked_by)
    under_handling(application)
    if application.handling.case_number is None:
        raise NotRegistered
    waiting, today = application.handling.open_completion, local_date(now)
    if waiting is not None:
        raise CompletionAlreadyOpen(due_on=waiting.due_on.isoformat())
    due_on = command.due_on or today + timedelta(days=call.handling.completion_days)
    if due_on <= today:
        raise CompletionDueTooSoon(first=(today + timedelta(days=1)).isoformat())
    unknown = tuple(_unknown(command.fields, form, call))
    if unknown:
        raise CompletionFieldUnknown(*unknown)
    return [
        CompletionAsked(
            application_id=command.application,
            request_id=command.request_id,
            kind=command.kind,
            asked_by=command.asked_by,
            due_on=due_on,
            fields=list(command.fields),
            contents=contents,
        )
    ]


def answer_completion(
    application: Application,
    command: AnswerCompletion,
    call: CallDefinition,
    versions: Versions,
    *,
    kept: KeptForm,
    now: datetime,
) -> list[CompletionAnswered]:
    """Receive a new version that changes only what was asked, until the last day inclusive, Swedish time.

    It meets the rules of the form as the first version did on its arrival: a period is not too early because the
    answer comes later (A6). The signature still holds: the agency asked for the change.

    Raises what `may_be_answered` does, and FormChangedMeanwhile, CompletionNotAsAsked, CompletionChangesNothing.
    """
    version = may_be_answered(application, command.scope, command.request_id, now=now)
    if versions.mended != version.contents:
        raise FormChangedMeanwhile
    problems = answer_problems(application, command, call, versions)
    if problems:
        raise CompletionNotAsAsked(*problems)
    changed = [found.pointer for found in versions.differences()]
    if not changed:
        raise CompletionChangesNothing
    said = _as_submitted(application, command, call, kept)
    return [
        CompletionAnswered(
            **{name: getattr(said, name) for name in ApplicationVersion.model_fields},
            request_id=command.request_id,
            answered_by=command.answered_by,
            answered_at=now,
            changed=changed,
        )
    ]


def may_be_answered(
    application: Application, scope: TenantScope, request_id: str, *, now: datetime
) -> ApplicationVersion:
    """Return the version that an answer to this request mends.

    Raises NotFound, CaseWithdrawn, AlreadyDecided, NoCompletionAsked, CompletionAlreadyAnswered,
    CompletionAnsweredTooLate.
    """
    version = application.seen_by(scope)
    under_handling(application)
    if not application.handling.completions:
        raise NoCompletionAsked
    asked = _request(application, request_id)
    if asked.status is CompletionStatus.ANSWERED:
        raise CompletionAlreadyAnswered
    if asked.status is CompletionStatus.LAPSED or local_date(now) > asked.due_on:
        raise CompletionAnsweredTooLate(due_on=asked.due_on.isoformat())
    return version


def answer_problems(
    application: Application, command: AnswerCompletion, call: CallDefinition, versions: Versions
) -> tuple[Problem, ...]:
    """Return every fault of an answer: what was changed and not asked for, and what the rules of the form refuse."""
    asked = _request(application, command.request_id).fields
    unasked = [
        error("A20", found.pointer, "Det här har inte begärts och får inte ändras.", "This was not asked for.")
        for found in versions.differences()
        if not is_within(found.pointer, asked)
    ]
    assert application.arrived_at is not None  # it was submitted
    checked = check(command.form, call, now=application.arrived_at)
    return (*unasked, *(problem for problem in checked.problems if problem.severity is Severity.ERROR))


def lapse_completion(application: Application, command: LapseCompletion, *, now: datetime) -> list[CompletionLapsed]:
    """Let a request lapse when its last day has passed: then the case is decided as it stands, or dismissed.

    Raises NotFound, CaseWithdrawn, AlreadyDecided, CompletionAlreadyAnswered, CompletionStillRuns.
    """
    under_handling(application)
    asked = _request(application, command.request_id)
    if asked.status is not CompletionStatus.OPEN:
        raise CompletionAlreadyAnswered
    if local_date(now) <= asked.due_on:
        raise CompletionStillRuns(due_on=asked.due_on.isoformat())
    return [
        CompletionLapsed(application_id=command.application, request_id=command.request_id, kind=asked.kind),
    ]


def order_not_followed(application: Application) -> bool:
    """Tell whether the newest order to complete lapsed: then what lacks prevents examination (20 §)."""
    orders = [each for each in application.handling.completions if each.kind is CompletionKind.ORDER]
    return bool(orders) and orders[-1].status is CompletionStatus.LAPSED


def consequence(kind: CompletionKind, due_on: date) -> Text:
    """Return what follows when nobody answers, in the words that the request ends with (20 §)."""
    match kind:
        case CompletionKind.QUESTION:
            return Text(
                sv=f"Svarar ni inte senast {due_on} kan ansökan komma att avgöras i befintligt skick.",
                en=f"Without an answer by {due_on} the application may be decided as it stands.",
            )
        case CompletionKind.ORDER:
            return Text(
                sv=f"Följer ni inte föreläggandet senast {due_on} kan ansökan komma att avvisas.",
                en=f"If the order is not followed by {due_on} the application may be dismissed.",
            )


def _request(application: Application, request_id: str) -> Completion:
    for each in application.handling.completions:
        if each.request_id == request_id:
            return each
    raise NotFound


def _unknown(fields: tuple[str, ...], form: Any, call: CallDefinition) -> Iterator[Problem]:  # noqa: ANN401 - JSON
    """Yield the fields that are not in the form; a question of the call is, also before it is answered."""
    questions = {f"/answers/{question.field}" for question in call.questions}
    for position, field in enumerate(fields):
        if field not in questions and not found_at(form, field):
            yield error("A20", f"/fields/{position}", f"Finns inte: {field}", f"Is not there: {field}")


def _as_submitted(
    application: Application, command: AnswerCompletion, call: CallDefinition, kept: KeptForm
) -> ApplicationSubmitted:
    """Return what the new form says, as a submission at the instant of the first arrival would have said it."""
    assert application.submission is not None
    assert application.arrived_at is not None
    submission = SubmitApplication(
        application=command.application,
        organisation=application.submission.organisation,
        submitted_by=command.answered_by,
        form=command.form,
        by_editor=True,
    )
    said = submit(Application(), submission, call, kept=kept, now=application.arrived_at)[0]
    assert isinstance(said, ApplicationSubmitted)
    return said
