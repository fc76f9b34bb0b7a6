"""The feed of facts from Kafka."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.brokers import Address
from shared.messaging import BrokerUnavailable, Consumer, TopicPartition, cluster_id
from shared.projector.changes import Partition
from shared.projector.decoding import Raw

POLL_BYTES_MAX: Final = 8 * 1024 * 1024


class KafkaFeed:
    """The feed from Kafka. A client that breaks is thrown away and replaced, never waited on for ever."""

    def __init__(
        self, bootstrap_servers: Address, *, group_id: str | None, poll_bytes_max: int = POLL_BYTES_MAX
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._group_id = group_id
        self._consumer = Consumer(bootstrap_servers, group_id=group_id)
        self._broken = False
        self._poll_bytes_max = poll_bytes_max
        self._rest: list[Raw] = []

    async def start(self) -> None:
        """Connect. Raises BrokerUnavailable; then build a new one."""
        await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect within seconds."""
        await self._consumer.stop()

    async def cluster_id(self) -> str:
        """Ask the broker. The worker's way back begins here, so this is where a broken client is replaced."""
        if self._broken:
            consumer = Consumer(self._bootstrap_servers, group_id=self._group_id)
            await consumer.start()
            broken, self._consumer, self._broken = self._consumer, consumer, False
            await broken.stop()
        return await cluster_id(self._bootstrap_servers)

    async def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Ask the broker. A client that gets no answer may never get one again, however long the broker is back."""
        try:
            found = await self._consumer.end_offsets(TopicPartition(*partition) for partition in partitions)
        except BrokerUnavailable:
            self._broken = True
            raise
        return {Partition(topic, number): end for (topic, number), end in found.items()}

    def assign(self, positions: Mapping[Partition, int]) -> None:
        """Assign by hand: no group, no rebalance."""
        self._rest = []
        self._consumer.assign({TopicPartition(*partition): offset for partition, offset in positions.items()})

    async def poll(self, *, records_max: int, timeout_ms: int) -> list[Raw]:
        """Return what was fetched; what is more than the bounds waits for the next poll."""
        if self._broken:
            raise BrokerUnavailable("the client is to be replaced")
        if not self._rest:
            try:
                found = await self._consumer.poll(records_max=records_max, timeout_ms=timeout_ms)
            except BrokerUnavailable:
                # An outage only makes a poll empty. What is raised does not pass by itself: when the partitions change
                # while the client looks for its group's coordinator, its background task dies, and every poll with it.
                self._broken = True
                raise
            self._rest = [record for records in found.values() for record in records]
        records, size = self._rest[:records_max], 0
        for count, record in enumerate(records):
            size += len(record.value or b"")
            if size > self._poll_bytes_max and count:
                records = records[:count]
                break
        self._rest = self._rest[len(records) :]
        return records

    async def commit_for_lag_tools(self, positions: Mapping[Partition, int]) -> bool:
        """Store the positions under the group id."""
        return await self._consumer.commit_for_lag_tools(
            {TopicPartition(*partition): offset for partition, offset in positions.items()}
        )
