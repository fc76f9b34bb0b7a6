"""Commands on applications: read, decide, append; and the contents that facts only refer to.

Contents are stored before the fact that names them, and only when the application exists and would be received, so
that nothing is kept of those who were refused; an orphan of a later refusal is unreadable from any fact.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter

from services.applications.application import domain
from services.applications.application.domain import (
    APPLICATIONS,
    AcceptGrant,
    AssessApplication,
    CallNotPublished,
    Checked,
    DecisionText,
    DismissApplication,
    Form,
    GrantFunding,
    RejectApplication,
    ScoredCriterion,
    SignApplication,
    SubmitApplication,
)
from services.applications.application.projections import ApplicationRow
from services.applications.call.domain import CALL_BUDGETS, CALLS
from shared.contents.port import ContentGoneError, ContentStore
from shared.contracts.applications import ApplicationSubmitted
from shared.contracts.call import CallDefinition
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope

_FORM: Final = TypeAdapter(Form)
_SCORES: Final = TypeAdapter(Sequence[ScoredCriterion])
_TEXT: Final = TypeAdapter(DecisionText)
_REFERENCE: Final = TypeAdapter(str)


async def check_application(form: Form, call_id: str, *, log: EventLog, now: datetime) -> Checked:
    """Return everything the rules find, without submitting (A15). Raises CallNotPublished."""
    return domain.check(form, await _newest(call_id, log), now=now)


async def submit_application(
    command: SubmitApplication, call_id: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Receive an application. Raises CallNotPublished and what `domain.submit` refuses.

    A refusal is left to the log, which first looks whether the same request was received before.
    """
    call = await _newest(call_id, log)
    may_be_received = domain.check(command.form, call, now=context.now).submission_allowed
    reference = await _keep(command.application, _FORM, command.form, contents) if may_be_received else ""
    return await log.decide(
        APPLICATIONS.at(command.application, key=command.application),
        lambda application: domain.submit(application, command, call, contents=reference, now=context.now),
        context,
    )


async def sign_application(
    command: SignApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Sign an application. Raises what `domain.sign` refuses."""
    await _submission(command.application, command.scope, log)
    reference = await _keep(command.application, _REFERENCE, command.reference, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.sign(application, command, contents=reference),
        context,
    )


async def assess_application(
    command: AssessApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Record one assessor's scores. Raises what `domain.assess` refuses."""
    call = await _call_of(command.application, command.scope, log)
    reference = await _keep(command.application, _SCORES, command.scores, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.assess(application, command, call, contents=reference),
        context,
    )


async def grant_funding(
    command: GrantFunding, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Grant, and take the amount from the call's ceiling in the same transaction (A17).

    The call is read in it too, so that no correction lowers the ceiling meanwhile. Raises what `domain.grant` refuses.
    """
    call_id = (await _submission(command.application, command.scope, log)).call
    reference = await _keep(command.application, _TEXT, command.text, contents)
    return await log.decide_all(
        (APPLICATIONS.at(command.application), CALL_BUDGETS.at(call_id, key=call_id), CALLS.at(call_id)),
        lambda application, budget, call: domain.grant(
            application, budget, call, command, contents=reference, now=context.now
        ),
        context,
    )


async def reject_application(
    command: RejectApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Reject an application. Raises what `domain.reject` refuses."""
    call = await _call_of(command.application, command.scope, log)
    reference = await _keep(command.application, _TEXT, command.text, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.reject(application, command, call, contents=reference, now=context.now),
        context,
    )


async def dismiss_application(
    command: DismissApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Dismiss an application. Raises what `domain.dismiss` refuses."""
    await _submission(command.application, command.scope, log)
    reference = await _keep(command.application, _TEXT, command.text, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.dismiss(application, command, contents=reference),
        context,
    )


async def accept_grant(command: AcceptGrant, *, log: EventLog, context: CommandContext) -> Receipt:
    """Accept a grant. Raises what `domain.accept_grant` refuses."""
    await _submission(command.application, command.scope, log)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.accept_grant(application, command, now=context.now),
        context,
    )


async def read_contents(row: ApplicationRow, *, contents: ContentStore) -> tuple[Form | None, DecisionText | None]:
    """Return an application's form and its decision's text; None for what is not there yet or was disposed of."""
    form = await _kept(row["_id"], row["contents"], contents)
    text = await _kept(row["_id"], row["decision_contents"], contents)
    return (
        _FORM.validate_json(form) if form is not None else None,
        _TEXT.validate_json(text) if text is not None else None,
    )


async def published_call(call_id: str, *, log: EventLog) -> CallDefinition:
    """Return the newest version of a call. Raises NotFound."""
    newest = (await log.load(CALLS.at(call_id))).state.newest
    if newest is None:
        raise NotFound
    return newest


async def _newest(call_id: str, log: EventLog) -> CallDefinition:
    newest = (await log.load(CALLS.at(call_id))).state.newest
    if newest is None:
        raise CallNotPublished
    return newest


async def _submission(application_id: str, scope: TenantScope, log: EventLog) -> ApplicationSubmitted:
    """Return the submission to those it concerns. Raises NotFound."""
    return (await log.load(APPLICATIONS.at(application_id))).state.seen_by(scope)


async def _call_of(application_id: str, scope: TenantScope, log: EventLog) -> CallDefinition:
    """Return the version of its call that an application is pinned to. Raises NotFound."""
    submission = await _submission(application_id, scope, log)
    call = (await log.load(CALLS.at(submission.call))).state
    return call.pinned(submission.call_version)


def _owner(application_id: str) -> str:
    return f"application/{application_id}"


async def _keep(application_id: str, form: TypeAdapter[Any], content: object, contents: ContentStore) -> str:
    """Store `content` as JSON under the application's own key and return its reference."""
    return await contents.put(_owner(application_id), form.dump_json(content))


async def _kept(application_id: str, reference: str | None, contents: ContentStore) -> bytes | None:
    if reference is None:
        return None
    try:
        return await contents.get(_owner(application_id), reference)
    except ContentGoneError:
        return None
