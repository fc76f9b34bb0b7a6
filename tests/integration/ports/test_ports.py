"""The real adapters of log, relay and projector keep what the engine relies on; `tests/sim` runs the same suites."""

from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
import pytest_asyncio
from typing_extensions import override

from shared.eventlog.mongo_log import prepare as prepare_log
from shared.eventlog.mongo_store import MongoCommitStore
from shared.lease import COLLECTION, Lease
from shared.messaging import PARTITIONS, BrokerUnavailable, Producer, TopicName, delete_topics, ensure_topics
from shared.mongo import Client, Database, connect
from shared.projector.collections import prepare as prepare_projection
from shared.projector.feed import KafkaFeed
from shared.projector.members import MongoMembers
from shared.projector.ports import Members
from shared.projector.replay_requests import ask_for_replay, parked_streams
from shared.projector.replay_store import MongoShelf
from shared.projector.store import MongoStore
from shared.relay.checkpoints import MongoCheckpoints
from shared.relay.commits import MongoCommits
from shared.relay.ports import Checkpoints
from shared.relay.requests import MongoRequests, ask
from shared.relay.topic import KafkaTopic
from tests.conftest import Parts
from tests.sim.behaviour.leases import LeaseBehaviour, NewLease
from tests.sim.behaviour.logs import LogBench, LogPortsBehaviour
from tests.sim.behaviour.members import MembersBehaviour
from tests.sim.behaviour.stores import PROJECTION, StoreBehaviour, StoreBench
from tests.sim.behaviour.topics import TopicBehaviour, TopicBench
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def client(parts: Parts) -> AsyncIterator[Client]:
    client = connect(parts.mongodb_uri, app_name="test-ports")
    yield client
    client.close()


@pytest_asyncio.fixture
async def database(parts: Parts, client: Client) -> AsyncIterator[Database]:
    """Return a database of the test's own."""
    name = f"{parts.namespace}_ports"
    yield client[name]
    await client.drop_database(name)


async def lose(database: Database, lease: Lease) -> None:
    """Let a lease be lost without its holder noticing, as one who was not heard of for longer than it lasts."""
    await database[COLLECTION].update_one({"_id": lease.name}, [{"$set": {"expires_at": "$$NOW"}}])


class TestLeasesInMongo(LeaseBehaviour):
    """Leases by the server's clock."""

    @pytest.fixture
    def new_lease(self, database: Database) -> NewLease:
        def new(name: str, *, owner: str, ttl_s: float = 6.0) -> Lease:
            return Lease(database, name, owner=owner, ttl_s=ttl_s)

        return new


class TestMembersInMongo(MembersBehaviour):
    """Signs of life by the server's clock."""

    @pytest.fixture
    def members(self, database: Database) -> Members:
        return MongoMembers(database, PROJECTION.name)

    @pytest.fixture
    def short_lived(self, database: Database) -> Members:
        return MongoMembers(database, PROJECTION.name, ttl_s=0.2)


async def test_of_several_leases_one_that_was_anothers_in_between_is_not_renewed(database: Database) -> None:
    """An own request that was long on its way may win it back meanwhile, under an epoch that nobody works with."""
    first, kept, successor = (
        Lease(database, name, owner=owner) for name, owner in (("1", "a"), ("2", "a"), ("1", "b"))
    )
    assert await first.acquire()
    assert await kept.acquire()
    await lose(database, first)
    assert await successor.acquire()
    await successor.release()
    assert await Lease(database, "1", owner="a").acquire()
    assert await Lease.renew_all([first, kept]) == [first]
    assert (first.held, kept.held) == (False, True)


class MongoLogBench(LogBench):
    """A log in MongoDB."""

    def __init__(self, client: Client, database: Database) -> None:
        self._database = database
        self.store = MongoCommitStore(client, database)
        self.commits = MongoCommits(database, batch_commits_max=2)
        self.requests = MongoRequests(database, "a")

    @override
    async def ask(self, stream: str, first: int) -> None:
        await ask(self._database, stream, first, by="test")

    @override
    def new_lease(self, owner: str) -> Lease:
        return Lease(self._database, "relay", owner=owner)

    @override
    def checkpoints(self, lease: Lease) -> Checkpoints:
        return MongoCheckpoints(self._database, "tested", lease)

    @override
    async def lose_lease(self, lease: Lease) -> None:
        await lose(self._database, lease)


class TestLogPortsInMongo(LogPortsBehaviour):
    """Log, change stream and checkpoint on a replica set."""

    @pytest_asyncio.fixture
    async def bench(self, client: Client, database: Database) -> LogBench:
        await prepare_log(database)
        return MongoLogBench(client, database)


class KafkaTopicBench(TopicBench):
    """A topic on Kafka."""

    partitions = PARTITIONS

    def __init__(self, bootstrap_servers: str, name: TopicName) -> None:
        self._bootstrap_servers = bootstrap_servers
        self.name = self._topic_name = name
        self.producer = Producer(bootstrap_servers, name, source="/lotsen/things")
        self.topic = KafkaTopic(bootstrap_servers, name, self.producer)
        self.kafka_feed = KafkaFeed(bootstrap_servers, group_id=None)
        self.feed = self.kafka_feed

    @override
    async def make_again(self) -> None:
        await self.producer.close()
        await delete_topics(self._bootstrap_servers, [self._topic_name])

        async def there() -> bool:
            try:
                return not any((await self.topic.open()).ends.values())
            except BrokerUnavailable:
                return False

        await eventually_async(there)


class TestTopicInKafka(TopicBehaviour):
    """Topic and feed on a real broker."""

    @pytest_asyncio.fixture
    async def bench(self, parts: Parts) -> AsyncIterator[TopicBench]:
        name = TopicName(f"{parts.namespace}.things")
        await ensure_topics(parts.kafka_bootstrap_servers, [name])
        bench = KafkaTopicBench(parts.kafka_bootstrap_servers, name)
        await bench.kafka_feed.start()
        yield bench
        await bench.kafka_feed.stop()
        await bench.topic.close()
        await delete_topics(parts.kafka_bootstrap_servers, [name])


class _OvertakenStore(MongoStore):
    """An earlier claim of its own comes late, once."""

    _late = "late"

    @override
    async def _fence(self, owned: Mapping[int, Lease], topics: Sequence[str]) -> None:
        await super()._fence(owned, topics)
        if self._late:
            ours, self._claim, self._late = self._claim, self._late, ""
            await super()._fence(owned, topics)
            self._claim = ours


class MongoStoreBench(StoreBench):
    """A read database in MongoDB."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client, self._database = client, database

    @override
    def new_store(self) -> MongoStore:
        return MongoStore(self._client, self._database, PROJECTION)

    @property
    @override
    def shelf(self) -> MongoShelf:
        return MongoShelf(self._database, PROJECTION.name)

    @override
    async def ask_for_replay(self, stream: str) -> None:
        await ask_for_replay(self._database, await parked_streams(self._database, stream), by="test")

    @override
    def overtaken_store(self) -> MongoStore:
        return _OvertakenStore(self._client, self._database, PROJECTION)

    @override
    def new_lease(self, number: int, owner: str) -> Lease:
        return Lease(self._database, f"projection/{number}", owner=owner)

    @override
    async def lose_lease(self, lease: Lease) -> None:
        await lose(self._database, lease)


class TestStoreInMongo(StoreBehaviour):
    """Transactions on a replica set."""

    @pytest_asyncio.fixture
    async def bench(self, client: Client, database: Database) -> StoreBench:
        await prepare_projection(database, PROJECTION)
        return MongoStoreBench(client, database)
