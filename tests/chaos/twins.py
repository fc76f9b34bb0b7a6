"""Spoiled twins: processes with one guarantee broken on purpose, which the checker must catch.

`python -m tests.chaos.twins project|relay SERVICE…` takes the place of `lotsen project|relay SERVICE…`:
the projector without compare-and-set and without sequence check, the relay that keeps the token before the ack.
"""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final

from typing_extensions import override

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.kernel.ids import new_id
from shared.lease import Lease
from shared.logs import configure_logs
from shared.messaging import Producer
from shared.mongo import Client, Database, Document, connect
from shared.projector.changes import Advance, Changes, Partition
from shared.projector.collections import checkpoint_id
from shared.projector.commit import Transaction
from shared.projector.decoding import Incoming
from shared.projector.definition import Projection
from shared.projector.feed import KafkaFeed
from shared.projector.folding import Fold
from shared.projector.needs import Needs
from shared.projector.ownership import Ownership
from shared.projector.store import MongoStore
from shared.projector.worker import Facts, Worker
from shared.relay.checkpoints import MongoCheckpoints
from shared.relay.commits import MongoCommits
from shared.relay.ports import Batch
from shared.relay.relay import Clocks, Relay
from shared.relay.run import lead_in_turns
from shared.relay.topic import KafkaTopic
from shared.settings import Settings, load_settings

_OWNER: Final = new_id()


class BlindTransaction(Transaction):
    """Sets checkpoints without comparing them, so that a zombie's late write is taken."""

    @override
    def _move(self, claim: str, partition: Partition, advance: Advance) -> Document:
        move = super()._move(claim, partition, advance)
        return {**move, "q": {"_id": checkpoint_id(self._projection.name, partition)}}


class BlindStore(MongoStore):
    """Writes through a `BlindTransaction`."""

    def __init__(self, client: Client, database: Database, projection: Projection) -> None:
        super().__init__(client, database, projection)
        self._transaction = BlindTransaction(client, database, projection)


class BlindFold(Fold):
    """Folds every record as if it were the next of its stream."""

    @override
    def _take(self, fact: Incoming) -> None:
        head = self._heads.get(fact.recorded.stream) or self._find_head(fact)
        self._advance(fact, head)


class BlindWorker(Worker):
    """Folds with `BlindFold`."""

    @override
    async def _fold(
        self, facts: Facts, needs: Needs, refused: Incoming | None = None
    ) -> tuple[dict[Partition, Advance], Changes]:
        return self._advances(facts), BlindFold(self._projection, needs, self._exceptions).run()


class HastyRelay(Relay):
    """Remembers a batch as published when it has been handed over, before the broker has acknowledged it."""

    _handed_over: asyncio.Task[None] | None = None

    @override
    async def _publish(self, batch: Batch) -> None:
        await super()._publish(Batch((), batch.token))
        await self._save()
        self._handed_over = asyncio.create_task(self._send(batch, after=self._handed_over))

    async def _send(self, batch: Batch, *, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await after
        await super()._publish(Batch(batch.events, None))


async def project(settings: Settings, service: str, projection: Projection, client: Client) -> None:
    """Run a projector that trusts its leases and the order of arrival."""
    database = client[f"{settings.namespace}_{service}"]
    topics = [topic_of(settings.namespace, name) for name in projection.topics]
    feed = KafkaFeed(settings.kafka_bootstrap_servers, group_id=None)
    await feed.start()
    ownership = Ownership(database, projection.name, f"{_OWNER}-{service}")
    store = BlindStore(client, database, projection)
    await BlindWorker(projection, topics, feed=feed, store=store, ownership=ownership).run(asyncio.Event())


async def relay(settings: Settings, service: str, client: Client) -> None:
    """Run a relay that keeps its token before the ack."""
    database = client[f"{settings.namespace}_{service}"]
    name, stop = topic_of(settings.namespace, service), asyncio.Event()
    lease = Lease(database, f"relay/{service}", owner=_OWNER)
    producer = Producer(settings.kafka_bootstrap_servers, name, source=f"/lotsen/{service}")
    hasty = HastyRelay(
        service,
        commits=MongoCommits(database),
        topic=KafkaTopic(settings.kafka_bootstrap_servers, name, producer),
        checkpoints=MongoCheckpoints(database, service, lease),
        stop=stop,
        clocks=Clocks(time.monotonic, time.time),
    )
    await lead_in_turns(hasty.run, lease, service, stop)


async def main(command: str, services: Sequence[str]) -> None:
    """Run a twin of each service's worker until the process is ended."""
    settings = load_settings()
    configure_logs(settings.log_level)
    client = connect(settings.mongodb_uri.get_secret_value(), app_name="chaos-twin")
    chosen: Mapping[str, tuple[Projection, ...]] = {name: SERVICES[name].projections for name in services}
    async with asyncio.TaskGroup() as group:
        for service, projections in chosen.items():
            if command == "relay":
                group.create_task(relay(settings, service, client))
            else:
                for projection in projections:
                    group.create_task(project(settings, service, projection, client))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
