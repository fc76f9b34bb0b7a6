"""Commands on calls: read, decide, append; nothing else."""

from datetime import datetime

from services.applications.call import domain
from services.applications.call.domain import CALL_BUDGETS, CALLS, AnswerQuestion, PublishCall
from shared.contracts.call import CallDefinition
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.refusals import Problem


async def findings_on_publishing(definition: CallDefinition, *, now: datetime, log: EventLog) -> list[Problem]:
    """Return what publishing a sound definition would be refused for now; nothing is recorded."""
    call = (await log.load(CALLS.at(definition.id))).state
    budget = (await log.load(CALL_BUDGETS.at(definition.id))).state
    return domain.findings_against(call, budget, definition, now=now)


async def publish_call(command: PublishCall, *, log: EventLog, context: CommandContext) -> Receipt:
    """Publish a call or its next version, beside no grant: both are decided on the call and its budget (A17).

    Raises what `domain.publish` refuses.
    """
    call_id = command.definition.id
    return await log.decide_all(
        (CALLS.at(call_id, key=call_id), CALL_BUDGETS.at(call_id, key=call_id)),
        lambda call, budget: domain.publish(call, budget, command, now=context.now),
        context,
    )


async def answer_question(command: AnswerQuestion, *, log: EventLog, context: CommandContext) -> Receipt:
    """Answer a question about a call for everybody to read (A28). Raises what `domain.answer_question` refuses."""
    return await log.decide(
        CALLS.at(command.call, key=command.call),
        lambda call: domain.answer_question(call, command, now=context.now),
        context,
    )
