"""Commands on calls: read, decide, append; nothing else."""

from services.applications.call import domain
from services.applications.call.domain import CALL_BUDGETS, CALLS, PublishCall
from shared.eventlog.port import CommandContext, EventLog, Receipt


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
