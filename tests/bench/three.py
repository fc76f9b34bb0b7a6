"""Three brokers and three members, and the processes that share or guard the work on them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from deploy.initialise import topic_of
from deploy.local.child import Child
from deploy.local.part import Part
from deploy.local.parts import real_parts
from deploy.local.settings import PartsSettings
from shared.eventlog.mongo_log import prepare as prepare_log
from shared.lease import COLLECTION as LEASES
from shared.messaging import PARTITIONS, ensure_topics
from shared.mongo import Database, connect
from shared.projector.collections import prepare
from tests.bench.facts import PROJECTION, SERVICE
from tests.bench.stage import Stage

NAMESPACE: Final = "three"
_PROCESSES: Final = "tests.bench.processes"
_PROJECTION: Final = f"projection/{PROJECTION.name}/"
_RELAY: Final = f"relay/{SERVICE}"
_WAIT_S_MAX: Final = 90.0
_LOOK_S: Final = 0.05


@asynccontextmanager
async def three_of_each(stage: Stage) -> AsyncIterator[Stage]:
    """Provide three brokers and three members with a prepared topic and database, instead of the stage's own."""
    settings = PartsSettings().model_copy(
        update={"kafka_bootstrap_servers": None, "mongodb_uri": None, "lotsen_parts": "local"}
    )
    folder = stage.state_dir / "three"
    async with real_parts(folder, brokers=3, members=3, settings=settings, on_step=stage.on_step) as parts:
        client = connect(parts.mongodb_uri, app_name="bench")
        try:
            three = replace(stage, parts=parts, client=client)
            await prepared(three)
            yield three
        finally:
            client.close()


async def prepared(stage: Stage) -> None:
    """Create the topic, the log and the read model."""
    await ensure_topics(stage.parts.kafka_bootstrap_servers, [topic_of(NAMESPACE, SERVICE)])
    await prepare_log(stage.database(NAMESPACE, SERVICE))
    await prepare(stage.database(NAMESPACE, SERVICE), PROJECTION)


async def primary(stage: Stage) -> Part:
    """Return the member that is primary now."""
    port = int(str((await stage.client.admin.command("hello"))["primary"]).rpartition(":")[2])
    return next(member for member in stage.parts.members if member.port == port)


async def _holders(database: Database, prefix: str) -> dict[str, str]:
    """Return who holds which lease now, by its name without the prefix."""
    now = {"_id": {"$regex": f"^{prefix}"}, "owner": {"$ne": None}, "$expr": {"$gt": ["$expires_at", "$$NOW"]}}
    return {found["_id"].removeprefix(prefix): found["owner"] async for found in database[LEASES].find(now)}


async def relay_leader(stage: Stage) -> str | None:
    """Return the owner of the relay that leads; None when nobody does."""
    return next(iter((await _holders(stage.database(NAMESPACE, SERVICE), f"relay/{SERVICE}")).values()), None)


async def start_relay(stage: Stage, name: str) -> Child:
    """Start a relay; it waits while another one leads."""
    return await stage.start(name, _PROCESSES, "relay", env=stage.environment(NAMESPACE))


@dataclass
class Projectors:
    """Projectors that share the partitions; `by_owner` are those that run, by the name under which they hold leases."""

    stage: Stage
    by_owner: dict[str, Child] = field(default_factory=dict)

    async def owned(self) -> dict[int, str]:
        """Return the owner of each partition number that has one."""
        holders = await _holders(self.stage.database(NAMESPACE, SERVICE), f"projection/{PROJECTION.name}/")
        return {int(number): owner for number, owner in holders.items()}

    async def join(self, name: str) -> None:
        """Start a projector and wait until it owns something."""
        before = set((await self.owned()).values())
        child = await self.stage.start(name, _PROCESSES, "project", env=self.stage.environment(NAMESPACE))

        async def came() -> bool:
            return bool(set((await self.owned()).values()) - before)

        await until(came, f"{name} to own a partition")
        (owner,) = set((await self.owned()).values()) - before
        self.by_owner[owner] = child

    async def until_shared(self) -> None:
        """Wait until those that run share all partitions fairly."""

        async def is_shared() -> bool:
            found = list((await self.owned()).values())
            shares = [found.count(owner) for owner in self.by_owner]
            return sum(shares) == PARTITIONS and max(shares) - min(shares) <= 1

        await until(is_shared, "the partitions to be shared")


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until something holds that other processes bring about. Raises TimeoutError, which says what for."""
    try:
        async with asyncio.timeout(_WAIT_S_MAX):
            while not await condition():  # noqa: ASYNC110 - it is asked again
                await asyncio.sleep(_LOOK_S)
    except TimeoutError:
        raise TimeoutError(f"waited {_WAIT_S_MAX:.0f} s for {what}") from None
