"""Commands of the handling: register, assign, declare and settle conflicts, record contacts."""

from dataclasses import replace
from typing import Final

from pydantic import TypeAdapter

from services.applications.application import domain
from services.applications.application.domain import (
    APPLICATIONS,
    REGISTERS,
    AssignOfficer,
    DeclareConflict,
    RecordContact,
    RegisterCase,
    SettleConflict,
)
from services.applications.application.handlers.engagements import ties_to
from services.applications.application.handlers.keeping import keep, submission
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.time import local_date

WORDS: Final = TypeAdapter(str)


async def register_case(command: RegisterCase, *, log: EventLog, context: CommandContext) -> Receipt:
    """Register a case with the year's next number. Raises what `domain.register_case` refuses."""
    year = str(local_date(context.now).year)
    return await log.decide_all(
        (APPLICATIONS.at(command.application), REGISTERS.at(year, key=year)),
        lambda application, register: domain.register_case(application, register, command, now=context.now),
        context,
    )


async def assign_officer(command: AssignOfficer, *, log: EventLog, context: CommandContext) -> Receipt:
    """Assign a case. Raises what `domain.assign_officer` refuses."""
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.assign_officer(application, command),
        context,
    )


async def declare_conflict(
    command: DeclareConflict, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Record whether somebody has a conflict of interest, judged by registered ties to those whom the form names.

    Raises what `domain.declare_conflict` refuses.
    """
    version = await submission(command.application, command.scope, log)
    ties = await ties_to(version, command.person, contents=contents, log=log)
    told = replace(command, engaged_with=ties, read=command.read or version.contents)
    reference = await keep(command.application, WORDS, command.reason, contents) if command.reason else None
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.declare_conflict(application, told, contents=reference),
        context,
    )


async def settle_conflict(
    command: SettleConflict, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Settle a disputed conflict. Raises what `domain.settle_conflict` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, command.reason, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.settle_conflict(application, command, contents=reference),
        context,
    )


async def record_contact(
    command: RecordContact, words: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Record a contact with the applicant, and what was said. Raises what `domain.record_contact` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, words, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: domain.record_contact(application, command, contents=reference, now=context.now),
        context,
    )
