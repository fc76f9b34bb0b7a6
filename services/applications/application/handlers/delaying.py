"""Commands of delay and of the end after a withdrawal: notify, request, refuse, write off."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.applications.application.domain import APPLICATIONS, DecisionText
from services.applications.application.domain.delaying import (
    NotifyDelay,
    RefuseDecisionRequest,
    RequestDecision,
    notify_delay,
    refuse_decision_request,
    request_decision,
)
from services.applications.application.domain.engagements import is_public_party
from services.applications.application.domain.writing_off import WriteOffApplication, write_off
from services.applications.application.handlers.arriving import FORM
from services.applications.application.handlers.deciding import TEXT
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.keeping import call_of, keep, kept, owner, submission
from services.applications.application.projections import CaseLogRow
from shared.contents.port import ContentStore
from shared.contracts.applications import DecisionRequested, DecisionRequestRefused, DelayNotified
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.tenancy import TenantScope

_NOTICES: Final = frozenset(fact.name() for fact in (DelayNotified, DecisionRequested, DecisionRequestRefused))


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of delay, a request for a decision, or its refusal. `words` are None when disposed of."""

    fact: str
    at: datetime
    person: str | None
    answer_by: str | None
    words: str | None


async def read_notices(row: CaseLogRow | None, *, contents: ContentStore) -> list[Notice]:
    """Return what was said of how long a case takes, in the order of time, for both sides to read."""
    steps = [step for step in row["entries"] if step["fact"] in _NOTICES] if row is not None else []
    places = {(owner(row["_id"]), step["contents"]) for step in steps} if row is not None else set()
    found = {place[1]: content for place, content in (await contents.get_many(list(places))).items()}
    return [
        Notice(
            step["fact"],
            step["at"],
            step["person"],
            step["told"].get("answer_by"),
            _words(step["fact"], found.get(step["contents"])),
        )
        for step in steps
    ]


def _words(fact: str, content: bytes | None) -> str | None:
    if content is None:
        return None
    if fact == DecisionRequestRefused.name():
        return TEXT.validate_json(content).reasons
    return WORDS.validate_json(content)


async def tell_of_delay(
    command: NotifyDelay, reasons: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Notify of a delay. Raises what `domain.delaying.notify_delay` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, reasons, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: notify_delay(application, command, contents=reference),
        context,
    )


async def ask_for_decision(
    command: RequestDecision, words: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Ask that a case is decided. Raises what `domain.delaying.request_decision` refuses.

    Whether the applicant is a private party is told by the organisation number in the form.
    """
    call = await call_of(command.application, command.scope, log)
    is_public = await is_public_applicant(command.application, command.scope, log=log, contents=contents)
    told = replace(command, public_party=is_public)
    reference = await keep(command.application, WORDS, words, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: request_decision(application, told, call, contents=reference, now=context.now),
        context,
    )


async def is_public_applicant(
    application_id: str, scope: TenantScope, *, log: EventLog, contents: ContentStore
) -> bool:
    """Tell whether a case's applicant is no private party, as its form says. Raises NotFound."""
    version = await submission(application_id, scope, log)
    form = await kept(application_id, version.contents, contents)
    return form is not None and is_public_party(FORM.validate_json(form).applicant.organisation_number)


async def refuse_to_decide_now(
    command: RefuseDecisionRequest,
    text: DecisionText,
    *,
    log: EventLog,
    contents: ContentStore,
    context: CommandContext,
) -> Receipt:
    """Refuse a request for a decision. Raises what `domain.delaying.refuse_decision_request` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, TEXT, text, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: refuse_decision_request(application, command, contents=reference),
        context,
    )


async def write_off_application(
    command: WriteOffApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Write off a withdrawn case. Raises what `domain.writing_off.write_off` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, TEXT, command.text, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: write_off(application, command, contents=reference),
        context,
    )
