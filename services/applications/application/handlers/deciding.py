"""Commands of those who assess and decide."""

from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from services.applications.application import domain
from services.applications.application.domain import (
    APPLICATIONS,
    AssessApplication,
    DecisionText,
    DismissApplication,
    GrantFunding,
    RejectApplication,
    ScoredCriterion,
)
from services.applications.application.handlers.keeping import call_of, keep, submission
from services.applications.call.domain import CALL_BUDGETS, CALLS
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt

TEXT: Final = TypeAdapter(DecisionText)
SCORES: Final = TypeAdapter(Sequence[ScoredCriterion])


async def assess_application(
    command: AssessApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Record one assessor's scores. Raises what `domain.assess` refuses."""
    call = await call_of(command.application, command.scope, log)
    reference = await keep(command.application, SCORES, command.scores, contents)
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
    call_id = (await submission(command.application, command.scope, log)).call
    reference = await keep(command.application, TEXT, command.text, contents)
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
    call = await call_of(command.application, command.scope, log)
    reference = await keep(command.application, TEXT, command.text, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.reject(application, command, call, contents=reference, now=context.now),
        context,
    )


async def dismiss_application(
    command: DismissApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Dismiss an application. Raises what `domain.dismiss` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, TEXT, command.text, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.dismiss(application, command, contents=reference),
        context,
    )
