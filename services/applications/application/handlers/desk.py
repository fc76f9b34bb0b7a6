"""Commands of the case desk: notes, reminders and messages, and reading them back (A27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.applications.application.domain import APPLICATIONS
from services.applications.application.domain.desk import (
    FileNote,
    SendMessage,
    SetReminder,
    TickOffReminder,
    file_note,
    send_message,
    set_reminder,
    tick_off_reminder,
)
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.keeping import keep, owner, submission
from services.applications.application.projections import CaseLogRow, FileRow, LogEntry
from shared.contents.port import ContentStore
from shared.contracts.applications import MessageSent, NoteFiled, ReminderDone, ReminderSet
from shared.contracts.event import Event
from shared.eventlog.port import CommandContext, EventLog, Receipt

MESSAGES: Final = (MessageSent.name(),)
DESK: Final = (NoteFiled.name(), ReminderSet.name(), *MESSAGES)
_ID_OF: Final = {NoteFiled.name(): "note_id", ReminderSet.name(): "reminder_id", MessageSent.name(): "message_id"}


@dataclass(frozen=True, slots=True)
class OnDesk:
    """One thing on a desk, in words. `done` is told of reminders only; `words` are None when disposed of."""

    id: str
    fact: str
    at: datetime
    person: str | None
    told: dict[str, object]
    words: str | None
    file: FileRow | None
    done: bool | None


async def add_note(
    command: FileNote, words: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """File a note. Raises what `domain.desk.file_note` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, words, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: file_note(application, command, contents=reference),
        context,
    )


async def add_reminder(
    command: SetReminder, words: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Set a reminder. Raises what `domain.desk.set_reminder` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, words, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: set_reminder(application, command, contents=reference, now=context.now),
        context,
    )


async def finish_reminder(command: TickOffReminder, *, log: EventLog, context: CommandContext) -> Receipt:
    """Tick off a reminder. Raises what `domain.desk.tick_off_reminder` refuses."""
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: tick_off_reminder(application, command, now=context.now),
        context,
    )


async def write_message(
    command: SendMessage, words: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Write in the thread. Raises what `domain.desk.send_message` refuses."""
    await submission(command.application, command.scope, log)
    reference = await keep(command.application, WORDS, words, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: send_message(application, command, contents=reference),
        context,
    )


async def read_desk(row: CaseLogRow | None, facts: Sequence[str], *, contents: ContentStore) -> list[OnDesk]:
    """Return what lies on a desk of these kinds of fact, in the order of time, in words."""
    steps = row["entries"] if row is not None else []
    done = {step["told"]["reminder_id"] for step in steps if step["fact"] == ReminderDone.name()}
    lying = [step for step in steps if step["fact"] in facts]
    places = (
        {(owner(row["_id"]), step["contents"]) for step in lying if "contents" in step} if row is not None else set()
    )
    words = {
        place[1]: WORDS.validate_json(content) for place, content in (await contents.get_many(list(places))).items()
    }
    return [_on_desk(step, words.get(step.get("contents", "")), done) for step in lying]


def id_of(event: Event) -> str:
    """Return the id of a note, a reminder or a message, from its fact: so that a repeat answers the same."""
    return str(getattr(event, _ID_OF[event.name()]))


def _on_desk(step: LogEntry, words: str | None, done: set[str]) -> OnDesk:
    id_ = step["told"][_ID_OF[step["fact"]]]
    is_reminder = step["fact"] == ReminderSet.name()
    return OnDesk(
        id_,
        step["fact"],
        step["at"],
        step["told"].get("person") or step["person"],
        step["told"],
        words,
        step.get("file"),
        id_ in done if is_reminder else None,
    )
