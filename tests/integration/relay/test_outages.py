"""Parts that die and freeze under a relay: it waits them out without a restart, and skips nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest
import pytest_asyncio

from deploy.local import parts as local
from deploy.local.settings import PartsSettings
from shared.eventlog.documents import PublishedEvent, published_events
from shared.kernel.ids import new_id
from shared.messaging import BrokerUnavailable, Consumer, Producer, Record, Span, TopicPartition, partition_of
from shared.relay.metrics import PRODUCER_REBUILDS
from tests.conftest import Parts
from tests.integration.relay.conftest import DEADLINE_S, SERVICE, World, a_world
from tests.unit.relay.fakes import commit

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

PUBLISH_TIMEOUT_S = 2.0
RECOVERY_S_MAX = 60.0


@pytest_asyncio.fixture(scope="module")
async def own_parts(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[local.Parts]:
    """Start a broker and a database that nobody else uses."""
    settings = PartsSettings().model_copy(update={"kafka_bootstrap_servers": None, "mongodb_uri": None})
    async with local.real_parts(tmp_path_factory.mktemp("outages"), settings=settings) as parts:
        yield parts


@pytest_asyncio.fixture
async def world(own_parts: local.Parts) -> AsyncIterator[World]:
    parts = Parts(own_parts.kafka_bootstrap_servers, own_parts.mongodb_uri, f"t{new_id()[-12:]}")
    async with a_world(parts) as world:
        world.publish_timeout_s = PUBLISH_TIMEOUT_S
        yield world


async def record_rounds(world: World, first: int, last: int) -> None:
    for position in range(first, last + 1):
        await world.record([commit(f"a/{number}", position) for number in range(20)])


def rebuilds() -> float:
    for sample in next(iter(PRODUCER_REBUILDS.collect())).samples:
        if sample.name.endswith("_total") and sample.labels == {"service": SERVICE}:
            return sample.value
    return 0.0


async def wait_for_rebuild(since: float) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while rebuilds() <= since:  # noqa: ASYNC110 - the counter is looked at again
            await asyncio.sleep(0.05)


async def test_a_killed_broker_costs_nothing_but_time(own_parts: local.Parts, world: World) -> None:
    relay = world.start()
    await record_rounds(world, 1, 5)
    await world.wait_for_all()
    before = rebuilds()
    await own_parts.brokers[0].kill()
    await record_rounds(world, 6, 10)  # the log takes commands without a broker
    await wait_for_rebuild(before)
    await own_parts.brokers[0].start()
    await record_rounds(world, 11, 12)
    await world.wait_for_all(within_s=RECOVERY_S_MAX)
    await relay.stop()
    await world.check(duplicates=True)


async def test_a_frozen_broker_is_not_waited_for_by_an_old_producer(own_parts: local.Parts, world: World) -> None:
    relay = world.start()
    await record_rounds(world, 1, 2)
    await world.wait_for_all()
    before = rebuilds()
    own_parts.brokers[0].freeze()
    try:
        await record_rounds(world, 3, 6)
        await wait_for_rebuild(before)
    finally:
        own_parts.brokers[0].thaw()
    await world.wait_for_all(within_s=RECOVERY_S_MAX)
    await relay.stop()
    await world.check(duplicates=True)


async def test_a_relay_stops_in_bounded_time_while_the_broker_is_frozen(own_parts: local.Parts, world: World) -> None:
    world.publish_timeout_s = 45.0
    relay = world.start()
    await record_rounds(world, 1, 1)
    await world.wait_for_all()
    own_parts.brokers[0].freeze()
    try:
        await record_rounds(world, 2, 2)
        async with asyncio.timeout(15.0):
            await relay.stop()
    finally:
        own_parts.brokers[0].thaw()
    successor = world.start("relay-2")
    await world.wait_for_all(within_s=RECOVERY_S_MAX)
    await successor.stop()
    await world.check(duplicates=True)


async def test_a_killed_database_costs_nothing_but_time(own_parts: local.Parts, world: World) -> None:
    relay = world.start()
    await record_rounds(world, 1, 5)
    await world.wait_for_all()
    await own_parts.members[0].kill()
    await own_parts.members[0].start()
    await record_rounds(world, 6, 7)
    await world.wait_for_all(within_s=RECOVERY_S_MAX)
    await relay.stop()
    await world.check(duplicates=True)


async def test_a_consumer_goes_on_by_itself_when_the_broker_is_back(own_parts: local.Parts, world: World) -> None:
    relay = world.start()
    await world.record([commit("a/1", 1)])
    await world.wait_for_all()
    partition = TopicPartition(world.topic, partition_of("1"))
    consumer = Consumer(own_parts.kafka_bootstrap_servers)
    await consumer.start()
    try:
        consumer.assign({partition: 0})
        assert [record.offset for record in await poll_until(consumer, 1)] == [0]
        await own_parts.brokers[0].kill()
        assert await consumer.poll(records_max=10, timeout_ms=300) == {}
        await world.record([commit("a/1", 2)])
        await own_parts.brokers[0].start()
        assert (await poll_until(consumer, 1))[0].offset == 1
    finally:
        await consumer.stop()
    await relay.stop()


async def test_a_producer_that_timed_out_is_replaced_and_the_next_publish_succeeds(
    own_parts: local.Parts, world: World
) -> None:
    discarded: list[int] = []
    producer = Producer(
        own_parts.kafka_bootstrap_servers,
        world.topic,
        source="/lotsen/tested",
        timeout_s=1.0,
        on_discard=lambda: discarded.append(1),
    )
    events = published_events(commit("a/1", 1, 3))
    first = await producer.publish(events)
    own_parts.brokers[0].freeze()
    try:
        with pytest.raises(BrokerUnavailable):
            await producer.publish(events)
    finally:
        own_parts.brokers[0].thaw()
    assert len(discarded) == 1
    again = await publish_when_it_answers(producer, events)
    await producer.close()
    assert again[partition_of("1")].first > first[partition_of("1")].last


async def publish_when_it_answers(producer: Producer, events: Sequence[PublishedEvent]) -> dict[int, Span]:
    async with asyncio.timeout(RECOVERY_S_MAX):
        while True:
            with suppress(BrokerUnavailable):
                return await producer.publish(events)


async def poll_until(consumer: Consumer, count: int) -> list[Record]:
    records: list[Record] = []
    async with asyncio.timeout(RECOVERY_S_MAX):
        while len(records) < count:
            for found in (await consumer.poll(records_max=10, timeout_ms=300)).values():
                records += found
    return records
