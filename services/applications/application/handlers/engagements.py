"""Engagements of people at the agency: register them, read one's own, and find those that a case meets."""

from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from services.applications.application.domain.engagements import (
    OFFICERS,
    Engagement,
    RegisterEngagements,
    engaged_with,
    engagement_problems,
    person_key,
    register_engagements,
)
from services.applications.application.handlers.arriving import FORM
from services.applications.application.handlers.keeping import kept
from shared.contents.port import ContentGoneError, ContentStore
from shared.contracts.applications import ApplicationVersion
from shared.eventlog.port import CommandContext, EventLog, Receipt

_ENGAGEMENTS: Final = TypeAdapter(tuple[Engagement, ...])


async def file_engagements(
    command: RegisterEngagements, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Record a person's ties. Raises what `domain.engagements.register_engagements` refuses."""
    person = person_key(command.person)
    is_sound = not engagement_problems(command)
    said = _ENGAGEMENTS.dump_json(command.engagements)
    reference = await contents.put(_owner(command.person), said) if is_sound else ""
    return await log.decide(
        OFFICERS.at(person, key=person),
        lambda officer: register_engagements(officer, command, contents=reference),
        context,
    )


async def read_engagements(subject: str, *, log: EventLog, contents: ContentStore) -> Sequence[Engagement]:
    """Return a person's ties, none when none were registered or they were disposed of."""
    reference = (await log.load(OFFICERS.at(person_key(subject)))).state.contents
    if reference is None:
        return ()
    try:
        return _ENGAGEMENTS.validate_json(await contents.get(_owner(subject), reference))
    except ContentGoneError:
        return ()


async def ties_to(
    version: ApplicationVersion, subject: str, *, log: EventLog, contents: ContentStore
) -> tuple[str, ...]:
    """Return the numbers of the organisations that a version names and a person has ties to."""
    engagements = await read_engagements(subject, log=log, contents=contents)
    form = await kept(version.application_id, version.contents, contents) if engagements else None
    if form is None:
        return ()
    return engaged_with(engagements, FORM.dump_python(FORM.validate_json(form), mode="json"))


def _owner(subject: str) -> str:
    return f"person/{person_key(subject)}"
