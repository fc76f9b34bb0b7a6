"""Commands on a grant: revoke it, ask for a change, decide on one; and what is read of changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.applications.application.domain import APPLICATIONS
from services.applications.application.domain.changing import (
    DecideChange,
    RequestChange,
    decide_change,
    request_change,
    rule_of,
    why_not_now,
)
from services.applications.application.domain.revoking import RevokeGrant, revoke
from services.applications.application.handlers.deciding import TEXT
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.keeping import call_of, keep, owner, submission
from services.applications.application.projections import ApplicationRow
from services.applications.call.domain import CALL_BUDGETS
from shared.contents.port import ContentStore
from shared.contracts.applications import ChangeRequested
from shared.contracts.call import ChangeKind, ChangeRule
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class Possible:
    """A kind of change: who decides on it (None: not in this call), and why it cannot be asked for now, if so."""

    kind: ChangeKind
    rule: ChangeRule | None
    why_not: Refusal | None


async def revoke_grant(
    command: RevokeGrant, *, paid_ore: int, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Revoke a grant and free in the same transaction what was not paid out (A17). Raises what `revoke` refuses."""
    call_id = (await submission(command.application, command.scope, log)).call
    call = await call_of(command.application, command.scope, log)
    reference = await keep(command.application, TEXT, command.text, contents)
    return await log.decide_all(
        (APPLICATIONS.at(command.application), CALL_BUDGETS.at(call_id, key=call_id)),
        lambda application, _budget: revoke(
            application, command, call, paid_ore=paid_ore, contents=reference, now=context.now
        ),
        context,
    )


async def ask_for_change(
    command: RequestChange, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Ask for a change of a grant. Raises what `request_change` refuses."""
    call = await call_of(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, command.reasons, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: request_change(application, command, call, contents=reference, now=context.now),
        context,
    )


async def decide_on_change(
    command: DecideChange, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Decide on a change. Raises what `decide_change` refuses."""
    call = await call_of(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, command.reasons, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: decide_change(application, command, call, contents=reference),
        context,
    )


async def possible_changes(
    application_id: ApplicationId, scope: TenantScope, *, log: EventLog, now: datetime
) -> list[Possible]:
    """Return every kind of change, with who decides and why it cannot be asked for now. Raises NotFound."""
    call = await call_of(application_id, scope, log)
    application = (await log.load(APPLICATIONS.at(application_id))).state
    return [Possible(kind, rule_of(kind, call), why_not_now(application, kind, call, now=now)) for kind in ChangeKind]


async def read_words(
    row: ApplicationRow, references: Sequence[str | None], *, contents: ContentStore
) -> dict[str, str]:
    """Return texts that an application's facts refer to, by reference; what was disposed of is left out."""
    places = [(owner(row["_id"]), reference) for reference in references if reference is not None]
    found = await contents.get_many(places)
    return {reference: WORDS.validate_json(content) for (_, reference), content in found.items()}


def change_of(receipt: Receipt) -> str:
    """Return the id of the change that a receipt is about, the same for a repeat."""
    (asked,) = receipt.events
    assert isinstance(asked, ChangeRequested)
    return asked.change_id
