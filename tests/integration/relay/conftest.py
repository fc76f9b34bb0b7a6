"""A service of the test's own: its log, its topic, and relays that the test starts and ends."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiokafka
import pytest_asyncio

from shared.eventlog.documents import COMMITS, CommitDocument
from shared.messaging import Envelope, TopicName, decode, delete_topics, end_offsets, ensure_topics
from shared.mongo import Database, Document, connect
from shared.relay.checkpoints import COLLECTION
from shared.relay.run import RelaySettings, run_relay
from tests.conftest import Parts

SERVICE = "tested"
DEADLINE_S = 30.0


@dataclass
class Running:
    """A relay in this process. `stop` is the planned end."""

    task: asyncio.Task[None]
    stopping: asyncio.Event

    async def stop(self) -> None:
        self.stopping.set()
        await self.task


@dataclass
class World:
    """One service on real parts. Its relays share log, topic and checkpoint."""

    parts: Parts
    database: Database
    topic: TopicName
    publish_timeout_s: float = 20.0
    recorded: list[CommitDocument] = field(default_factory=list)
    relays: list[Running] = field(default_factory=list)

    def start(self, owner: str = "relay-1") -> Running:
        stop = asyncio.Event()
        settings = RelaySettings(
            SERVICE, self.parts.kafka_bootstrap_servers, self.topic, owner, publish_timeout_s=self.publish_timeout_s
        )
        relay = Running(asyncio.create_task(run_relay(self.database, settings, stop)), stop)
        self.relays.append(relay)
        return relay

    async def record(self, commits: Sequence[CommitDocument]) -> None:
        """Append to the log as commands do."""
        await self.database[COMMITS].insert_many([dict(commit) for commit in commits])
        self.recorded += commits

    async def checkpoint(self) -> Document:
        return await self.database[COLLECTION].find_one({"_id": SERVICE}) or {}

    async def published(self) -> list[Envelope]:
        """Return everything on the topic, in the order of each partition."""
        consumer = aiokafka.AIOKafkaConsumer(
            bootstrap_servers=self.parts.kafka_bootstrap_servers, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            ends = await end_offsets(self.parts.kafka_bootstrap_servers, [self.topic])
            partitions = {aiokafka.TopicPartition(*key): end for key, end in ends.items() if end}
            consumer.assign(list(partitions))
            found: list[Envelope] = []
            while partitions and any([await consumer.position(key) < end for key, end in partitions.items()]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += [decode(record.headers, record.key) for record in records]
            return found
        finally:
            await consumer.stop()

    async def count(self) -> int:
        return sum((await end_offsets(self.parts.kafka_bootstrap_servers, [self.topic])).values())

    async def wait_for(self, facts: int, *, within_s: float = DEADLINE_S) -> None:
        """Wait until so many records are on the topic."""
        async with asyncio.timeout(within_s):
            while await self.count() < facts:  # noqa: ASYNC110 - the broker is asked again
                await asyncio.sleep(0.05)

    async def wait_for_all(self, *, within_s: float = DEADLINE_S) -> None:
        """Wait until each recorded fact is on the topic, however often."""
        facts = sum(len(commit["events"]) for commit in self.recorded)
        async with asyncio.timeout(within_s):
            while len({(e.stream, e.sequence) for e in await self.published()}) < facts:  # noqa: ASYNC110 - ask again
                await asyncio.sleep(0.2)

    async def wait_for_checkpoint(self) -> None:
        """Wait until the relay has stored where it is, and everything recorded is behind it."""
        async with asyncio.timeout(DEADLINE_S):
            while not (await self.checkpoint()).get("token"):  # noqa: ASYNC110 - the database is asked again
                await asyncio.sleep(0.05)

    async def check(self, *, duplicates: bool) -> None:
        """Check the promise: all of it is there, and per stream n is first seen before n + 1."""
        seen: dict[str, int] = {}
        repeated = 0
        for envelope in await self.published():
            before = seen.get(envelope.stream, 0)
            assert envelope.sequence <= before + 1, f"{envelope.stream}: {envelope.sequence} after {before}"
            repeated += envelope.sequence <= before
            seen[envelope.stream] = max(before, envelope.sequence)
        expected: dict[str, int] = {}
        for commit in self.recorded:
            expected[commit["stream"]] = max(expected.get(commit["stream"], 0), commit["last"])
        assert seen == expected
        if not duplicates:
            assert repeated == 0


@pytest_asyncio.fixture
async def world(parts: Parts) -> AsyncIterator[World]:
    async with a_world(parts) as world:
        yield world


@asynccontextmanager
async def a_world(parts: Parts) -> AsyncIterator[World]:
    """Provide a service of the test's own on `parts`; its relays, topic and database go afterwards."""
    client = connect(parts.mongodb_uri, app_name="test-relay")
    topic = TopicName(f"{parts.namespace}.{SERVICE}")
    await ensure_topics(parts.kafka_bootstrap_servers, [topic])
    world = World(parts, client[f"{parts.namespace}_{SERVICE}"], topic)
    try:
        yield world
    finally:
        for relay in world.relays:
            relay.task.cancel()
            await asyncio.gather(relay.task, return_exceptions=True)
        await client.drop_database(world.database.name)
        client.close()
        await delete_topics(parts.kafka_bootstrap_servers, [topic])
