"""Spoiled twins: processes with one guarantee broken on purpose, which the checker must catch.

`python -m tests.chaos.twins TWIN SERVICE… [--port N]` takes the place of `lotsen serve|relay|project SERVICE…`.
"""

import asyncio
import sys
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import Any, Final

import uvicorn
from aiokafka import AIOKafkaProducer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.errors import KafkaError
from typing_extensions import override

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.eventlog.documents import COMMITS
from shared.eventlog.log import StoredEventLog
from shared.eventlog.mongo_store import MongoCommitStore
from shared.eventlog.settings import LogSettings
from shared.eventlog.store import Outcome
from shared.lease import Lease
from shared.logs import configure_logs
from shared.messaging import BrokerUnavailable, Producer, Span
from shared.mongo import Client, Database, Document, Encoded, connect
from shared.projector.changes import Advance, Changes, Loaded, Partition
from shared.projector.collections import checkpoint_id
from shared.projector.commit import Transaction
from shared.projector.definition import Projection
from shared.projector.feed import KafkaFeed
from shared.projector.members import MongoMembers
from shared.projector.ownership import Ownership
from shared.projector.store import MongoStore
from shared.projector.worker import Worker
from shared.relay.ports import TopicState
from shared.relay.relay import Relay
from shared.relay.topic import KafkaTopic
from shared.settings import ApiSettings, load_settings
from shared.web.application import create_api
from shared.web.runtime import open_runtime, verifier_of
from tests.chaos.composition import RunProjector, RunRelay, Setting, relay, run, work
from tests.spoiled import HastyRelay, UnsequencedWorker

_FOR_EVER: Final = 2**62


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


class GroupStore(BlindStore):
    """Goes by the group's offsets, which are committed before the facts are written, as automatic commits are."""

    feed: KafkaFeed

    @override
    async def claim(self, owned: Mapping[int, Lease], topics: Sequence[str], cluster_id: str) -> Loaded:
        loaded = await super().claim(owned, topics, cluster_id)
        consumer = self.feed._consumer._consumer
        committed = {place: await consumer.committed(KafkaPartition(*place)) for place in loaded.next}
        return Loaded({place: offset or 0 for place, offset in committed.items()}, loaded.exceptions)

    @override
    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        await self.feed.commit_for_lag_tools({place: advance.next for place, advance in advances.items()})
        await super().apply(advances, changes)


class CarelessProducer(Producer):
    """Is content with the leader alone, and may send twice."""

    @override
    async def start(self) -> None:
        if self._client is not None:
            return
        client = AIOKafkaProducer(bootstrap_servers=self._bootstrap_servers, acks=1, enable_idempotence=False)
        try:
            await client.start()
        except KafkaError as error:
            await self._discard(client)
            raise BrokerUnavailable(repr(error)) from error
        self._client = client


class CarelessTopic(KafkaTopic):
    """Never finds that the topic ends before what was acknowledged (the other of the redundant pair)."""

    @override
    async def open(self) -> TopicState:
        state = await super().open()
        return TopicState(state.cluster_id, dict.fromkeys(state.ends, _FOR_EVER))


class CarelessRelay(Relay):
    """Never wonders why an offset is given a second time."""

    @override
    def _acknowledged(self, spans: dict[int, Span]) -> None:
        self._at = replace(self._at, offsets={partition: span.last for partition, span in spans.items()})


class LonelyStore(MongoCommitStore):
    """Takes an insert for durable when the primary alone has it."""

    @override
    async def _insert(self, documents: list[Encoded]) -> dict[int, Outcome | Exception]:
        command = {"insert": COMMITS, "documents": documents, "ordered": False, "writeConcern": {"w": 1}}
        answer: Document = await self._database.command(command)
        return {int(error["index"]): Outcome.POSITION_TAKEN for error in answer.get("writeErrors", ())}


async def project(
    setting: Setting, projection: Projection, store_kind: type[BlindStore | MongoStore], worker_kind: type[Worker]
) -> None:
    """Run a projector with a store and a worker that may be spoiled."""
    database = setting.client[setting.database]
    topics = [topic_of(setting.settings.namespace, name) for name in projection.topics]
    feed = KafkaFeed(setting.settings.kafka_bootstrap_servers, group_id=f"{database.name}.{projection.name}")
    await feed.start()
    members = MongoMembers(database, projection.name, ttl_s=setting.limits.lease_s)
    ownership = Ownership(members, projection.name, setting.owner)
    store = store_kind(setting.client, database, projection)
    if isinstance(store, GroupStore):
        store.feed = feed
    await worker_kind(projection, topics, feed=feed, store=store, ownership=ownership).run(asyncio.Event())


def _careless_producer(setting: Setting) -> Producer:
    return CarelessProducer(
        setting.settings.kafka_bootstrap_servers, setting.topic, source=f"/lotsen/{setting.service}"
    )


async def serve_with_w_1(services: Sequence[str], port: int) -> None:
    """Serve the API on a log whose 2xx means that the primary alone has it."""
    settings = load_settings(ApiSettings)
    configure_logs(settings.log_level)
    client = connect(settings.mongodb_address(), app_name="chaos-twin")
    tokens = verifier_of(settings)
    chosen = [SERVICES[name] for name in services]
    async with AsyncExitStack() as stack:
        runtimes = {}
        for service in chosen:
            runtime = await stack.enter_async_context(open_runtime(service, settings, tokens=tokens))
            store = LonelyStore(client, client[runtime.db.name])
            log = StoredEventLog(store, claims_key=settings.claims_key_bytes(), settings=LogSettings())
            runtimes[service.name] = replace(runtime, log=log)
        config = uvicorn.Config(create_api(chosen, runtimes), port=port, log_config=None, access_log=False)
        await uvicorn.Server(config).serve()


WITHOUT_COMPARISON: Final = "project-without-comparison"
WITHOUT_SEQUENCE: Final = "project-without-sequence"
WITHOUT_EITHER: Final = "project-without-either"
BY_GROUP_OFFSETS: Final = "project-by-group-offsets"
HASTY: Final = "relay-token-before-ack"
CARELESS: Final = "relay-acks-1"
W_1: Final = "serve-with-w-1"

_PROJECTORS: Final[Mapping[str, RunProjector]] = {
    WITHOUT_COMPARISON: partial(project, store_kind=BlindStore, worker_kind=Worker),
    WITHOUT_SEQUENCE: partial(project, store_kind=MongoStore, worker_kind=UnsequencedWorker),
    WITHOUT_EITHER: partial(project, store_kind=BlindStore, worker_kind=UnsequencedWorker),
    BY_GROUP_OFFSETS: partial(project, store_kind=GroupStore, worker_kind=Worker),
}
_RELAYS: Final[Mapping[str, RunRelay]] = {
    HASTY: partial(relay, kind=HastyRelay),
    CARELESS: partial(relay, kind=CarelessRelay, topic_kind=CarelessTopic, make_producer=_careless_producer),
}


def _main(twin: str, arguments: Sequence[str]) -> Coroutine[Any, Any, None]:
    if twin == W_1:
        *services, _, port = arguments
        return serve_with_w_1(services, int(port))
    return work(arguments, _RELAYS.get(twin), _PROJECTORS.get(twin))


if __name__ == "__main__":
    run(_main(sys.argv[1], sys.argv[2:]))
