"""Commands of applicants on what was submitted: replace, withdraw (A15)."""

from dataclasses import replace
from typing import Final

from pydantic import TypeAdapter

from services.applications.application import domain
from services.applications.application.domain import APPLICATIONS, KeptForm
from services.applications.application.domain import replacing as rules
from services.applications.application.domain.replacing import ReplaceApplication, WithdrawApplication
from services.applications.application.handlers.arriving import keep_form
from services.applications.application.handlers.filing import with_files
from services.applications.application.handlers.keeping import keep, newest, submission
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt

_REASON: Final = TypeAdapter(str)


async def replace_application(
    command: ReplaceApplication, call_id: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Replace a submitted application. Raises CallNotPublished and what `domain.replacing` refuses."""
    await submission(command.application, command.scope, log)
    call = await newest(call_id, log)
    form = await with_files(command.application, command.submission.form, contents)
    command = replace(command, submission=replace(command.submission, form=form))
    may_be_received = domain.check(form, call, now=context.now).submission_allowed
    kept = await keep_form(command.application, form, contents) if may_be_received else KeptForm("")
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: rules.replace_application(application, command, call, kept=kept, now=context.now),
        context,
    )


async def withdraw_application(
    command: WithdrawApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Withdraw an application. Raises what `domain.replacing` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, _REASON, command.reason, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: rules.withdraw_application(application, command, contents=reference),
        context,
    )
