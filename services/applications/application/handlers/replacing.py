"""Commands of applicants on what was submitted: replace, withdraw (A15)."""

from dataclasses import replace
from typing import Final

from pydantic import TypeAdapter

from services.applications.application import domain
from services.applications.application.domain import APPLICATIONS, KeptForm
from services.applications.application.domain import replacing as rules
from services.applications.application.domain.replacing import ReplaceApplication, WithdrawApplication
from services.applications.application.domain.signing_paper import SigningPaper, signing_paper
from services.applications.application.handlers.arriving import FORM, keep_form
from services.applications.application.handlers.filing import with_files
from services.applications.application.handlers.keeping import keep, kept, newest, submission
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope

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


async def read_signing_paper(
    application_id: str, scope: TenantScope, *, log: EventLog, contents: ContentStore
) -> SigningPaper:
    """Return the data of the signing document of the newest version (A14). Raises NotFound, also once disposed of."""
    application = (await log.load(APPLICATIONS.at(application_id))).state
    version = application.seen_by(scope)
    form = await kept(application_id, version.contents, contents)
    if form is None:
        raise NotFound
    return signing_paper(application, version, FORM.validate_json(form))
