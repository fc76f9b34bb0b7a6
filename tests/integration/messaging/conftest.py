"""A topic of the test's own, gone afterwards, and one who writes and one who reads."""

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.messaging import (
    Consumer,
    Producer,
    TopicName,
    delete_topics,
    ensure_topics,
)
from tests.conftest import Parts
from tests.integration.messaging.records import SOURCE


@pytest_asyncio.fixture
async def topic(parts: Parts) -> AsyncIterator[TopicName]:
    """Return a new topic of twelve partitions."""
    name = TopicName(f"{parts.namespace}.messaging")
    await ensure_topics(parts.kafka_bootstrap_servers, [name])
    yield name
    await delete_topics(parts.kafka_bootstrap_servers, [name])


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
