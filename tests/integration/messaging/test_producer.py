"""The producer on a real broker: order per key, every byte, and never waited on for ever."""

import asyncio
import time

import pytest

from shared.messaging import (
    BrokerUnavailable,
    Consumer,
    Producer,
    Span,
    TopicMisshapen,
    TopicName,
    TopicPartition,
    decode,
    end_offsets,
    partition_of,
)
from tests.conftest import Parts
from tests.integration.messaging.records import AT, SOURCE, event, everything, take

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


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


async def test_all_replicas_acknowledge_and_no_retry_writes_a_batch_twice(producer: Producer) -> None:
    await producer.publish([event("k1", 1)])
    client = producer._client  # what the client was really told shows nowhere else
    assert client is not None
    sender = client._sender
    assert sender._acks == -1  # all
    assert sender._txn_manager.has_pid()  # the broker counts this producer's batches


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
