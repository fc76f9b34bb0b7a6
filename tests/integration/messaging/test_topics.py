"""Topics on a real cluster: created once, described, refused when their shape is not the agreed one."""

import asyncio
import time

import aiokafka
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.messaging import (
    BrokerUnavailable,
    TopicMisshapen,
    TopicName,
    TopicPartition,
    cluster_id,
    delete_topics,
    describe_topics,
    end_offsets,
    ensure_topics,
)
from tests.conftest import Parts

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

NOBODY_LISTENS = "127.0.0.1:1"


async def configured(bootstrap_servers: str, topic: str, *names: str) -> dict[str, str]:
    """Return what the broker itself says of a topic's settings."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        entries = answers[0].resources[0][4]
        return {entry[0]: entry[1] for entry in entries if entry[0] in names}
    finally:
        await admin.close()


async def test_a_topic_has_twelve_partitions_and_keeps_its_records_for_ever(parts: Parts, topic: TopicName) -> None:
    shape = (await describe_topics(parts.kafka_bootstrap_servers, [topic]))[topic]
    assert shape.partitions == 12
    assert shape.led
    assert await configured(parts.kafka_bootstrap_servers, topic, "retention.ms", "max.message.bytes") == {
        "retention.ms": "-1",
        "max.message.bytes": "1048576",
    }


async def test_ensuring_again_and_from_two_sides_at_once_changes_nothing(parts: Parts, topic: TopicName) -> None:
    other = TopicName(f"{topic}-other")
    try:
        await asyncio.gather(*(ensure_topics(parts.kafka_bootstrap_servers, [topic, other]) for _ in range(3)))
        shapes = await describe_topics(parts.kafka_bootstrap_servers, [topic, other])
        assert {name: shape.partitions for name, shape in shapes.items()} == {topic: 12, other: 12}
    finally:
        await delete_topics(parts.kafka_bootstrap_servers, [other])


async def test_a_topic_with_another_number_of_partitions_is_refused(parts: Parts, topic: TopicName) -> None:
    with pytest.raises(TopicMisshapen):
        await ensure_topics(parts.kafka_bootstrap_servers, [topic], partitions=6)


async def test_describing_a_topic_that_does_not_exist_does_not_create_it(parts: Parts, topic: TopicName) -> None:
    absent = TopicName(f"{topic}-absent")
    assert await describe_topics(parts.kafka_bootstrap_servers, [absent]) == {}
    with pytest.raises(TopicMisshapen):
        await end_offsets(parts.kafka_bootstrap_servers, [absent])
    assert await describe_topics(parts.kafka_bootstrap_servers, [absent]) == {}


async def test_deleting_a_topic_that_does_not_exist_is_no_error(parts: Parts, topic: TopicName) -> None:
    await delete_topics(parts.kafka_bootstrap_servers, [TopicName(f"{topic}-absent")])


async def test_the_ends_grow_with_what_is_written(parts: Parts, topic: TopicName) -> None:
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=parts.kafka_bootstrap_servers)
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"x", partition=4)
    finally:
        await producer.stop()
    ends = await end_offsets(parts.kafka_bootstrap_servers, [topic])
    assert len(ends) == 12
    assert ends[TopicPartition(topic, 4)] == 1
    assert ends[TopicPartition(topic, 5)] == 0


async def test_a_cluster_has_one_id_however_often_it_is_asked(parts: Parts) -> None:
    first = await cluster_id(parts.kafka_bootstrap_servers)
    assert first
    assert await cluster_id(parts.kafka_bootstrap_servers) == first


async def test_without_a_broker_each_question_ends_soon_and_says_so() -> None:
    began_s = time.monotonic()
    for question in (
        cluster_id(NOBODY_LISTENS),
        ensure_topics(NOBODY_LISTENS, [TopicName("x")]),
        end_offsets(NOBODY_LISTENS, ["x"]),
        delete_topics(NOBODY_LISTENS, [TopicName("x")]),
    ):
        with pytest.raises(BrokerUnavailable):
            await question
    assert time.monotonic() - began_s < 30.0
