"""Commands of applicants: check, submit, sign, accept a grant."""

from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from services.applications.application import domain
from services.applications.application.domain import (
    APPLICATIONS,
    AcceptGrant,
    Checked,
    Form,
    Heading,
    KeptForm,
    SignApplication,
    SubmitApplication,
)
from services.applications.application.handlers.keeping import keep, newest, submission
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt

FORM: Final = TypeAdapter(Form)
HEADING: Final = TypeAdapter(Heading)
_REFERENCE: Final = TypeAdapter(str)


async def check_application(form: Form, call_id: str, *, log: EventLog, now: datetime) -> Checked:
    """Return everything the rules find, without submitting (A15). Raises CallNotPublished."""
    return domain.check(form, await newest(call_id, log), now=now)


async def submit_application(
    command: SubmitApplication, call_id: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Receive an application. Raises CallNotPublished and what `domain.submit` refuses.

    A refusal is left to the log, which first looks whether the same request was received before.
    """
    call = await newest(call_id, log)
    may_be_received = domain.check(command.form, call, now=context.now).submission_allowed
    kept = await keep_form(command.application, command.form, contents) if may_be_received else KeptForm("")
    return await log.decide(
        APPLICATIONS.at(command.application, key=command.application),
        lambda application: domain.submit(application, command, call, kept=kept, now=context.now),
        context,
    )


async def keep_form(application_id: str, form: Form, contents: ContentStore) -> KeptForm:
    """Store a form, and apart from it its heading, which lists show."""
    heading = form.heading
    return KeptForm(
        contents=await keep(application_id, FORM, form, contents),
        heading=await keep(application_id, HEADING, heading, contents),
        words=tuple(contents.token(word) for word in domain.words_of(f"{heading.title} {heading.applicant}")),
    )


async def sign_application(
    command: SignApplication, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Sign an application. Raises what `domain.sign` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, _REFERENCE, command.reference, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.sign(application, command, contents=reference),
        context,
    )


async def accept_grant(command: AcceptGrant, *, log: EventLog, context: CommandContext) -> Receipt:
    """Accept a grant. Raises what `domain.accept_grant` refuses."""
    await submission(command.application, command.scope, log)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.accept_grant(application, command, now=context.now),
        context,
    )
