"""Granted projects and planned activities to send commands about: recorded in the logs, projected by the workers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

from services.applications.application.domain import APPLICATIONS
from services.applications.call.domain import CALLS
from services.events.activity.domain import ACTIVITIES
from shared.contracts.applications import ApplicationSubmitted, CallPublished, FundingGranted, GrantAccepted
from shared.contracts.event import Event
from shared.contracts.events import ActivityPlanned
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import CommandContext, EventLog
from shared.kernel.ids import OrganisationId, new_id
from shared.mongo import Client, Database

E = TypeVar("E", bound=Event)

_SAMPLES: Final = Path(__file__).parents[1] / "contracts" / "samples"
_AT_ONCE: Final = 256
_WAIT_S_MAX: Final = 60.0
_LOOK_S: Final = 0.1


async def grant_projects(client: Client, namespace: str, organisation: OrganisationId, count: int) -> list[str]:
    """Record a call and `count` granted, accepted applications of one organisation; return the projects' ids."""
    submitted, granted, accepted = (_sample(fact) for fact in (ApplicationSubmitted, FundingGranted, GrantAccepted))
    ids = [new_id() for _ in range(count)]

    async def grant(log: EventLog, project: str) -> None:
        facts = [
            fact.model_copy(update={"application_id": project, "organisation": organisation})
            for fact in (submitted, granted, accepted)
        ]
        await log.decide(APPLICATIONS.new(project, key=project), lambda _: facts, _context(organisation))

    async def record(log: EventLog) -> None:
        call = _sample(CallPublished)
        await log.decide(CALLS.new(call.call, key=call.call), lambda _: [call], _context(organisation))
        await at_once(ids, lambda project: grant(log, project))

    await _with_log(client, client[f"{namespace}_applications"], record)
    return ids


async def plan_activities(
    client: Client, namespace: str, organisation: OrganisationId, projects: Sequence[str], count: int
) -> list[str]:
    """Record `count` planned activities in `projects` in turn; return their ids."""
    planned = _sample(ActivityPlanned)
    ids = [new_id() for _ in range(count)]

    async def plan(log: EventLog, number: int) -> None:
        project = projects[number % len(projects)]
        fact = planned.model_copy(update={"activity_id": ids[number], "project": project, "organisation": organisation})
        await log.decide(ACTIVITIES.new(ids[number], key=project), lambda _: [fact], _context(organisation))

    async def record(log: EventLog) -> None:
        await at_once(range(count), lambda number: plan(log, number))

    await _with_log(client, client[f"{namespace}_events"], record)
    return ids


async def until_projected(database: Database, collection: str, condition: dict[str, object], count: int) -> None:
    """Wait until `count` documents meet `condition`. Raises TimeoutError."""
    give_up_s = perf_counter() + _WAIT_S_MAX
    while await database[collection].count_documents(condition) < count:
        if perf_counter() > give_up_s:
            raise TimeoutError(f"{collection} did not fill within {_WAIT_S_MAX:.0f} s")
        await asyncio.sleep(_LOOK_S)


def _sample(fact: type[E]) -> E:
    return fact.model_validate_json((_SAMPLES / f"{fact.ce_type()}.json").read_bytes())


async def _with_log(client: Client, database: Database, record: Callable[[EventLog], Awaitable[None]]) -> None:
    log = MongoEventLog(client, database, claims_key=bytes(32))
    try:
        await record(log)
    finally:
        await log.close()


T = TypeVar("T")


async def at_once(items: Iterable[T], record: Callable[[T], Awaitable[None]]) -> None:
    """Record for every item, some at the same time."""
    remaining = iter(items)

    async def work() -> None:
        for item in remaining:
            await record(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(work())


def _context(organisation: OrganisationId) -> CommandContext:
    return CommandContext(
        actor="bench",
        client="bench",
        tenant=organisation,
        now=datetime.now(UTC),  # noqa: TID251 - seeding is a clock
        request_hash="0" * 64,
    )
