"""A topic of the test's own, gone afterwards."""

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.messaging import TopicName, delete_topics, ensure_topics
from tests.conftest import Parts


@pytest_asyncio.fixture
async def topic(parts: Parts) -> AsyncIterator[TopicName]:
    """Return a new topic of twelve partitions."""
    name = TopicName(f"{parts.namespace}.messaging")
    await ensure_topics(parts.kafka_bootstrap_servers, [name])
    yield name
    await delete_topics(parts.kafka_bootstrap_servers, [name])
