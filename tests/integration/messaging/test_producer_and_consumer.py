"""Producer and consumer on a real broker: order per key, every byte, positions that are ours alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiokafka
import pytest
import pytest_asyncio

from shared.eventlog.documents import PublishedEvent
from shared.messaging import (
    BadHeaders,
    BrokerUnavailable,
    Consumer,
    OffsetsOutOfRange,
    Producer,
    Record,
    Span,
    TopicMisshapen,
    TopicName,
    TopicPartition,
    decode,
    delete_topics,
    end_offsets,
    ensure_topics,
    partition_of,
)
from tests.conftest import Parts

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

AT = datetime(2023, 3, 1, 12, 30, 0, 125_000, tzinfo=UTC)
DEADLINE_S = 20.0
SOURCE = "/lotsen/test"


def event(key: str, sequence: int, data: bytes = b"{}") -> PublishedEvent:
    return PublishedEvent(
        f"{key}.{sequence}", "se.lotsen.test.v1", f"thing/{key}", key, sequence, AT, "00-1-2-01", data
    )


@pytest_asyncio.fixture
async def producer(parts: Parts, topic: TopicName) -> AsyncIterator[Producer]:
    producer = Producer(parts.kafka_bootstrap_servers, topic, source=SOURCE)
    yield producer
    await producer.close()


@pytest_asyncio.fixture
async def consumer(parts: Parts) -> AsyncIterator[Consumer]:
    consumer = Consumer(parts.kafka_bootstrap_servers)
    await consumer.start()
    yield consumer
    await consumer.stop()


def everything(topic: str, offset: int = 0) -> dict[TopicPartition, int]:
    return {TopicPartition(topic, number): offset for number in range(12)}


async def take(consumer: Consumer, count: int) -> list[Record]:
    """Poll until `count` records have come."""
    records: list[Record] = []
    async with asyncio.timeout(DEADLINE_S):
        while len(records) < count:
            for found in (await consumer.poll(records_max=4_000, timeout_ms=200)).values():
                records += found
    return records


async def test_what_is_published_is_read_with_key_value_headers_and_time(
    topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    sent = [event(f"k{number}", 1, b'{"n":%d}' % number) for number in range(30)]
    last = await producer.publish(sent)
    consumer.assign(everything(topic))
    for record in await take(consumer, 30):
        envelope = decode(record.headers, record.key)
        original = next(each for each in sent if each.ce_id == envelope.id)
        assert (envelope.type, envelope.stream, envelope.key, envelope.sequence, envelope.at, envelope.traceparent) == (
            original.ce_type,
            original.stream,
            original.key,
            original.sequence,
            original.at,
            original.traceparent,
        )
        assert (record.value, record.partition, record.timestamp) == (
            original.data,
            partition_of(original.key),
            int(AT.timestamp() * 1000),
        )
        assert last[record.partition].first <= record.offset <= last[record.partition].last


async def test_the_answer_names_the_offsets_in_each_partition(
    parts: Parts, topic: TopicName, producer: Producer
) -> None:
    first = await producer.publish([event("k1", 1), event("k1", 2)])
    second = await producer.publish([event("k1", 3), event("k2", 1)])
    ends = await end_offsets(parts.kafka_bootstrap_servers, [topic])
    assert first == {partition_of("k1"): Span(0, 1)}
    assert second[partition_of("k1")].first == 2
    assert {number: span.last + 1 for number, span in second.items()} == {
        partition.partition: end for partition, end in ends.items() if end
    }


async def test_nothing_to_publish_is_nothing_to_wait_for(producer: Producer) -> None:
    assert await producer.publish([]) == {}


async def test_order_per_key_holds_over_many_batches_of_one_partition(
    topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    big = b'"' + b"x" * 100_000 + b'"'
    spans = await producer.publish([event("k1", number, big) for number in range(1, 41)])  # 4 MB: eight batches
    assert spans == {partition_of("k1"): Span(0, 39)}
    consumer.assign(everything(topic))
    records = await take(consumer, 40)
    assert [decode(record.headers, record.key).sequence for record in records] == list(range(1, 41))


async def test_a_fact_larger_than_a_batch_goes_alone(topic: TopicName, producer: Producer, consumer: Consumer) -> None:
    await producer.publish([event("k1", 1), event("k1", 2, b"x" * 900_000), event("k1", 3)])
    consumer.assign(everything(topic))
    assert [len(record.value or b"") for record in await take(consumer, 3)] == [2, 900_000, 2]


async def test_a_fact_that_no_topic_takes_is_an_error_and_the_next_call_works_again(
    parts: Parts, topic: TopicName
) -> None:
    discarded: list[int] = []
    producer = Producer(
        parts.kafka_bootstrap_servers, topic, source=SOURCE, timeout_s=10.0, on_discard=lambda: discarded.append(1)
    )
    try:
        with pytest.raises(BrokerUnavailable):
            await producer.publish([event("k1", 1, b"x" * 1_200_000)])
        assert len(discarded) == 1
        assert await producer.publish([event("k1", 1)]) == {partition_of("k1"): Span(0, 0)}
    finally:
        await producer.close()


async def test_a_cancelled_publish_leaves_nothing_behind_and_the_next_one_works(
    topic: TopicName, producer: Producer, consumer: Consumer
) -> None:
    await producer.start()
    publishing = asyncio.ensure_future(producer.publish([event("k1", number) for number in range(1, 2_000)]))
    await asyncio.sleep(0)
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    await producer.publish([event("k2", 1)])
    consumer.assign({TopicPartition(topic, partition_of("k2")): 0})
    keys = {record.key for record in await take(consumer, 1)}
    assert b"k2" in keys or partition_of("k1") == partition_of("k2")


async def test_a_topic_of_another_shape_is_refused(parts: Parts, topic: TopicName) -> None:
    producer = Producer(parts.kafka_bootstrap_servers, topic, source=SOURCE, partitions=6)
    with pytest.raises(TopicMisshapen):
        await producer.publish([event("k1", 1)])


async def test_without_a_broker_publishing_ends_in_bounded_time(topic: TopicName) -> None:
    producer = Producer("127.0.0.1:1", topic, source=SOURCE, timeout_s=2.0)
    began_s = time.monotonic()
    with pytest.raises(BrokerUnavailable):
        await producer.publish([event("k1", 1)])
    assert time.monotonic() - began_s < 25.0


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
