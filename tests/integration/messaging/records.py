"""Facts to publish, and how to read them back."""

import asyncio
from datetime import UTC, datetime

from shared.eventlog.documents import PublishedEvent
from shared.messaging import (
    Consumer,
    Record,
    TopicPartition,
)

AT = datetime(2023, 3, 1, 12, 30, 0, 125_000, tzinfo=UTC)
DEADLINE_S = 20.0
SOURCE = "/lotsen/test"


def event(key: str, sequence: int, data: bytes = b"{}") -> PublishedEvent:
    return PublishedEvent(
        f"{key}.{sequence}", "se.lotsen.test.v1", f"thing/{key}", key, sequence, AT, "00-1-2-01", data
    )


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
