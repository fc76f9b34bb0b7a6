"""The consumer on a real broker: positions are the caller's alone, and nothing is skipped."""

import asyncio
import time

import aiokafka
import pytest

from shared.messaging import (
    BadHeaders,
    BrokerUnavailable,
    Consumer,
    OffsetsOutOfRange,
    Producer,
    TopicName,
    TopicPartition,
    decode,
    delete_topics,
    ensure_topics,
    partition_of,
)
from tests.conftest import Parts
from tests.integration.messaging.records import DEADLINE_S, SOURCE, event, everything, take

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def test_an_assignment_begins_exactly_where_it_is_told(
    topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    await producer.publish([event("k1", number) for number in range(1, 11)])
    partition = TopicPartition(topic, partition_of("k1"))
    consumer.assign({partition: 7})
    assert consumer.assignment == {partition}
    assert [record.offset for record in await take(consumer, 3)] == [7, 8, 9]
    assert await consumer.position(partition) == 10
    assert consumer.known_end(partition) == 10
    consumer.seek(partition, 9)
    assert [record.offset for record in await take(consumer, 1)] == [9]


async def test_a_poll_gives_no_more_than_it_was_asked_for_and_nothing_is_lost(
    topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    await producer.publish([event(f"k{number}", 1) for number in range(50)])
    consumer.assign(everything(topic))
    offsets: set[tuple[int, int]] = set()
    async with asyncio.timeout(DEADLINE_S):
        while len(offsets) < 50:
            found = await consumer.poll(records_max=7, timeout_ms=200)
            assert sum(map(len, found.values())) <= 7
            offsets |= {(record.partition, record.offset) for records in found.values() for record in records}


async def test_several_topics_are_read_at_once(
    parts: Parts, topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    other = TopicName(f"{topic}-other")
    await ensure_topics(parts.kafka_bootstrap_servers, [other])
    second = Producer(parts.kafka_bootstrap_servers, other, source=SOURCE)
    try:
        await producer.publish([event("k1", 1)])
        await second.publish([event("k1", 1)])
        number = partition_of("k1")
        consumer.assign({TopicPartition(topic, number): 0, TopicPartition(other, number): 0})
        assert {record.topic for record in await take(consumer, 2)} == {topic, other}
    finally:
        await second.close()
        await delete_topics(parts.kafka_bootstrap_servers, [other])


async def test_an_offset_that_the_broker_does_not_have_is_told_and_never_skipped(
    topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    await producer.publish([event("k1", 1)])
    partition = TopicPartition(topic, partition_of("k1"))
    consumer.assign({partition: 5})
    with pytest.raises(OffsetsOutOfRange) as caught:
        await take(consumer, 1)
    assert caught.value.offsets == {tuple(partition): 5}
    consumer.seek(partition, 0)
    assert [record.offset for record in await take(consumer, 1)] == [0]


async def test_without_an_assignment_a_poll_waits_and_gives_nothing(consumer: Consumer) -> None:
    assert await consumer.poll(records_max=10, timeout_ms=10) == {}
    consumer.assign({})
    assert await consumer.poll(records_max=10, timeout_ms=10) == {}
    assert consumer.assignment == frozenset()


async def test_giving_all_partitions_away_and_taking_them_again_works(
    topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    await producer.publish([event("k1", 1)])
    consumer.assign(everything(topic))
    await take(consumer, 1)
    consumer.assign({})
    assert await consumer.poll(records_max=10, timeout_ms=10) == {}
    consumer.assign(everything(topic))
    assert len(await take(consumer, 1)) == 1


async def test_a_record_that_is_not_ours_is_readable_and_refused_by_its_headers(
    parts: Parts, topic: TopicName, consumer: Consumer
) -> None:
    stranger = aiokafka.AIOKafkaProducer(bootstrap_servers=parts.kafka_bootstrap_servers)
    await stranger.start()
    try:
        await stranger.send_and_wait(topic, b"\x00not json", partition=0)
    finally:
        await stranger.stop()
    consumer.assign({TopicPartition(topic, 0): 0})
    (record,) = await take(consumer, 1)
    assert record.value == b"\x00not json"
    with pytest.raises(BadHeaders):
        decode(record.headers, record.key)


async def test_ends_can_be_asked_for_partitions_that_are_not_assigned(
    topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    await producer.publish([event("k1", 1)])
    partition = TopicPartition(topic, partition_of("k1"))
    assert await consumer.end_offsets([partition]) == {partition: 1}


async def test_positions_are_stored_for_lag_tools_when_there_is_a_group(parts: Parts, topic: TopicName) -> None:
    consumer = Consumer(parts.kafka_bootstrap_servers, group_id=f"{parts.namespace}-lag")
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign({partition: 0})
        async with asyncio.timeout(DEADLINE_S):  # a fresh broker's group coordinator needs a moment
            while not await consumer.commit_for_lag_tools({partition: 0}):  # noqa: ASYNC110 - ask again
                await asyncio.sleep(0.1)
    finally:
        await consumer.stop()


async def test_without_a_group_positions_are_nobody_elses(topic: TopicName, consumer: Consumer) -> None:
    partition = TopicPartition(topic, 0)
    consumer.assign({partition: 0})
    assert not await consumer.commit_for_lag_tools({partition: 0})


async def test_a_consumer_without_a_broker_says_so_in_bounded_time() -> None:
    consumer = Consumer("127.0.0.1:1")
    began_s = time.monotonic()
    with pytest.raises(BrokerUnavailable):
        await consumer.start()
    assert time.monotonic() - began_s < 25.0
