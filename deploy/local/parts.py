"""The road to a real Kafka and a real MongoDB: addresses that are given, else containers, else processes here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import kafka, mongod
from deploy.local.containers import Containers, daemon_answers
from deploy.local.java import is_cached
from deploy.local.layout import held
from deploy.local.part import Found, Part, Road, Starter
from deploy.local.settings import KAFKA_VERSION, PartsSettings
from deploy.local.supervisor import Supervisor

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """Addresses of both parts, and a handle on each process started here (none where given or in containers)."""

    kafka_bootstrap_servers: str
    mongodb_uri: str
    kafka_road: Road
    mongodb_road: Road
    brokers: tuple[Part, ...] = ()
    members: tuple[Part, ...] = ()

    def environment(self) -> dict[str, str]:
        """Return the addresses as the environment variables that every process of the system reads."""
        return {"KAFKA_BOOTSTRAP_SERVERS": self.kafka_bootstrap_servers, "MONGODB_URI": self.mongodb_uri}


@dataclass(frozen=True, slots=True)
class Processes:
    """Starts brokers and members as processes of this machine, kept running by `supervisor`."""

    supervisor: Supervisor
    state_dir: Path
    cache_dir: Path
    broker_count: int
    member_count: int
    on_step: OnStep

    async def kafka(self) -> Found:
        """Start the brokers, after downloading Kafka at the first time."""
        if not is_cached(self.cache_dir):
            self.on_step(f"Downloading Kafka {KAFKA_VERSION} (once)")
        part_dir = self.state_dir / "kafka"
        brokers = await kafka.start_brokers(
            part_dir,
            self.broker_count,
            supervisor=self.supervisor,
            cache_dir=self.cache_dir,
        )
        return Found(kafka.bootstrap_servers(brokers), "local", brokers)

    async def mongodb(self) -> Found:
        """Start the members of the replica set."""
        part_dir = self.state_dir / "mongod"
        members = await mongod.start_members(part_dir, self.member_count, supervisor=self.supervisor)
        return Found(mongod.members_uri(members), "local", members)


@asynccontextmanager
async def real_parts(
    state_dir: Path,
    *,
    brokers: int = 1,
    members: int = 1,
    allow_containers: bool = False,
    on_step: OnStep = lambda _: None,
    settings: PartsSettings | None = None,
) -> AsyncIterator[Parts]:
    """Provide both parts for the length of the block; afterwards nothing that was started here is left.

    `state_dir` holds data, ports and logs: a second start with it is quick and finds the data again. `brokers`
    and `members` (1 or 3) count for processes only, a container is always one. `on_step` is told, in a sentence,
    what is being done. `settings` default to the environment.

    Raises:
        LocalPartsError: a part could not be had; the message says why and what to do.
    """
    settings = settings or PartsSettings()
    async with AsyncExitStack() as stack:

        async def starter() -> Starter:
            if settings.lotsen_parts != "local" and allow_containers and await daemon_answers():
                return Containers(stack, settings.kafka_image, settings.mongo_image)
            stack.enter_context(held(state_dir))
            supervisor = await stack.enter_async_context(Supervisor(state_dir / "logs"))
            return Processes(supervisor, state_dir, settings.cache_dir, brokers, members, on_step)

        yield await _both(settings, starter, on_step)


async def _both(settings: PartsSettings, starter: Callable[[], Awaitable[Starter]], on_step: OnStep) -> Parts:
    given_kafka, given_mongodb = settings.kafka_bootstrap_servers, settings.mongodb_uri
    if given_kafka and given_mongodb:
        return Parts(given_kafka, given_mongodb, "given", "given")
    start = await starter()
    try:
        async with asyncio.TaskGroup() as group:
            brokers = group.create_task(_found("Kafka", given_kafka, start.kafka, on_step))
            members = group.create_task(_found("MongoDB", given_mongodb, start.mongodb, on_step))
    except ExceptionGroup as failed:  # callers expect the one reason, not a group
        raise failed.exceptions[0] from None
    found_kafka, found_mongodb = brokers.result(), members.result()
    return Parts(
        kafka_bootstrap_servers=found_kafka.address,
        mongodb_uri=found_mongodb.address,
        kafka_road=found_kafka.road,
        mongodb_road=found_mongodb.road,
        brokers=found_kafka.processes,
        members=found_mongodb.processes,
    )


async def _found(what: str, given: str | None, start: Callable[[], Awaitable[Found]], on_step: OnStep) -> Found:
    if given:
        return Found(given, "given")
    on_step(f"Starting {what}")
    found = await start()
    on_step(f"{what} is ready ({found.road})")
    return found
