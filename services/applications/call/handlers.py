"""Commands on calls: read, decide, append; nothing else."""

from services.applications.call import domain
from services.applications.call.domain import CALLS, PublishCall
from shared.eventlog.port import CommandContext, EventLog, Receipt


async def publish_call(command: PublishCall, *, log: EventLog, context: CommandContext) -> Receipt:
    """Publish a call or its next version. Raises what `domain.publish` refuses."""
    call_id = command.definition.id
    return await log.decide(
        CALLS.at(call_id, key=call_id), lambda call: domain.publish(call, command, now=context.now), context
    )
