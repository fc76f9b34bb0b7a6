"""A topic and a database of the test's own, with workers that can be started, stopped and killed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest_asyncio

from shared.eventlog.documents import PublishedEvent
from shared.kernel.ids import new_id
from shared.messaging import Producer, TopicName, delete_topics, ensure_topics
from shared.mongo import Client, Database, Document, connect
from shared.projector.changes import Partition
from shared.projector.collections import CHECKPOINTS, prepare
from shared.projector.definition import Projection
from shared.projector.replay import BOUNDS, Bounds
from shared.projector.run import run_projector
from tests.conftest import Parts

PATIENCE_S = 20.0


async def until(condition: Callable[[], Awaitable[bool]], *, within_s: float = PATIENCE_S) -> None:
    """Wait until the condition holds. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not await condition():  # noqa: ASYNC110 - what we wait for happens in a server
            await asyncio.sleep(0.02)


@dataclass
class House:
    """The things of one test: a topic `<namespace>.things` and a database, both its own."""

    parts: Parts
    client: Client
    database: Database
    topic: TopicName
    producer: Producer
    projections: list[Projection] = field(default_factory=list)
    sent: int = 0

    async def publish(self, *events: PublishedEvent) -> None:
        """Publish facts, in order."""
        await self.producer.publish(events)
        self.sent += len(events)

    @asynccontextmanager
    async def worker(
        self,
        projection: Projection,
        *,
        owner: str | None = None,
        lease_ttl_s: float = 6.0,
        replay_bounds: Bounds = BOUNDS,
        until: Mapping[Partition, int] | None = None,
    ) -> AsyncIterator[asyncio.Task[None]]:
        """Run a worker beside the test, and stop it as planned (unless the test cancelled it before: a crash)."""
        await prepare(self.database, projection)
        stop = asyncio.Event()
        task = asyncio.create_task(
            run_projector(
                client=self.client,
                database=self.database,
                projection=projection,
                topics={"things": self.topic},
                bootstrap_servers=self.parts.kafka_bootstrap_servers,
                owner=owner or new_id(),
                stop=stop,
                lease_ttl_s=lease_ttl_s,
                replay_bounds=replay_bounds,
                until=until,
            )
        )
        try:
            yield task
        finally:
            stop.set()
            await asyncio.gather(task, return_exceptions=task.cancelled() or task.cancelling() > 0)

    async def positions(self, projection: Projection) -> dict[int, int]:
        """Return the checkpoints by partition number."""
        found = self.database[CHECKPOINTS].find({"projection": projection.name})
        return {document["partition"]: document["next"] async for document in found}

    async def folded(self, projection: Projection, count: int | None = None) -> None:
        """Wait until the checkpoints are past everything that was sent."""
        wanted = self.sent if count is None else count

        async def done() -> bool:
            return sum((await self.positions(projection)).values()) >= wanted

        await until(done)

    async def rows(self, collection: str) -> dict[str, Document]:
        """Return all documents of a collection by id."""
        return {document["_id"]: document async for document in self.database[collection].find({})}

    async def fold(self, projection: Projection, events: Sequence[PublishedEvent]) -> None:
        """Publish facts and run a worker until they are folded."""
        await self.publish(*events)
        async with self.worker(projection):
            await self.folded(projection)


@pytest_asyncio.fixture
async def house(parts: Parts) -> AsyncIterator[House]:
    """Return a house of the test's own; everything in it is removed afterwards."""
    topic = TopicName(f"{parts.namespace}.things")
    await ensure_topics(parts.kafka_bootstrap_servers, [topic])
    client = connect(parts.mongodb_uri, app_name="projector-test")
    producer = Producer(parts.kafka_bootstrap_servers, topic, source="/lotsen/things")
    name = f"{parts.namespace}_things"
    try:
        yield House(parts, client, client[name], topic, producer)
    finally:
        await producer.close()
        await client.drop_database(name)
        client.close()
        await delete_topics(parts.kafka_bootstrap_servers, [topic])
