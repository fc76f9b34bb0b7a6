"""A consumer of partitions that somebody else's lease gives us: positions are ours, never the group's."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import aiokafka
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from shared.brokers import Address, client_options
from shared.messaging.errors import BrokerUnavailable, OffsetsOutOfRange
from shared.messaging.partitions import TopicPartition

FETCH_BYTES_MAX = 8 * 1_048_576
PARTITION_FETCH_BYTES_MAX = 1_048_576
FETCH_WAIT_MS_MAX = 500  # 20 would cost 5 % of a core when idle and gains nothing under load
_REQUEST_TIMEOUT_S = 20.0
_ENDS_TIMEOUT_S = 10.0
_STOP_TIMEOUT_S = 10.0
_COMMIT_TIMEOUT_S = 5.0
_BROKEN = (KafkaError, OSError, TimeoutError)


class Record(Protocol):
    """What a poll hands out: bytes as they came. `timestamp` is in milliseconds since 1970, set by the producer."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class Consumer:
    """Reads assigned partitions from positions that the caller keeps; one task at a time may call it.

    An outage of the broker is not an error of `poll`: it returns nothing until the broker is back (connections and
    leaders are found again by themselves). `end_offsets` says BrokerUnavailable. `group_id` is for lag tools only.
    """

    def __init__(
        self, bootstrap_servers: Address, *, group_id: str | None = None, fetch_bytes_max: int = FETCH_BYTES_MAX
    ) -> None:
        self._group_id = group_id
        self._assigned = False
        self._consumer = aiokafka.AIOKafkaConsumer(
            **client_options(bootstrap_servers),
            client_id="lotsen-consumer",
            group_id=group_id,
            enable_auto_commit=False,
            auto_offset_reset="none",  # a position out of range is for the caller to decide on, never skipped
            fetch_max_wait_ms=FETCH_WAIT_MS_MAX,
            fetch_max_bytes=fetch_bytes_max,
            max_partition_fetch_bytes=min(PARTITION_FETCH_BYTES_MAX, fetch_bytes_max),
            request_timeout_ms=int(_REQUEST_TIMEOUT_S * 1000),
        )

    async def start(self) -> None:
        """Connect. Raises BrokerUnavailable; then build a new consumer."""
        try:
            async with asyncio.timeout(_REQUEST_TIMEOUT_S):
                await self._consumer.start()
        except _BROKEN as error:
            await self.stop()
            raise BrokerUnavailable(f"the broker did not answer: {error!r}") from error

    async def stop(self) -> None:
        """Disconnect within 10 s whatever the broker does."""
        stopping = asyncio.ensure_future(self._consumer.stop())
        _, late = await asyncio.wait([stopping], timeout=_STOP_TIMEOUT_S)
        for task in late:
            task.cancel()

    def assign(self, positions: Mapping[TopicPartition, int]) -> None:
        """Read exactly these partitions from now on, each from its next offset; what was fetched before is dropped.

        Nothing is awaited between the assignment and the seeks, so no record from another offset can slip out.
        """
        self._assigned = bool(positions)
        if not positions:
            self._consumer.unsubscribe()
            return
        self._consumer.assign([aiokafka.TopicPartition(*partition) for partition in positions])
        for partition, offset in positions.items():
            self.seek(partition, offset)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Continue an assigned partition at `offset`; what was fetched of it is dropped."""
        self._consumer.seek(aiokafka.TopicPartition(*partition), offset)

    @property
    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions that are read now."""
        return frozenset(self._consumer.assignment()) if self._assigned else frozenset()

    async def poll(self, *, records_max: int, timeout_ms: int) -> dict[TopicPartition, list[Record]]:
        """Return what is there, at most `records_max` records in all, or {} after `timeout_ms`. Never cancel it.

        Positions advance when records are returned: after an error seek back. Bytes are bounded by the fetch size,
        once per broker. Raises OffsetsOutOfRange; BrokerUnavailable for what the client cannot mend by itself.
        """
        if not self._assigned:
            await asyncio.sleep(timeout_ms / 1000)
            return {}
        try:
            found: dict[TopicPartition, list[Record]] = await self._consumer.getmany(
                timeout_ms=timeout_ms, max_records=records_max
            )
        except OffsetOutOfRangeError as error:
            raise OffsetsOutOfRange(_offsets(error)) from error
        except _BROKEN as error:
            raise BrokerUnavailable(f"the poll failed: {error!r}") from error
        return found

    async def position(self, partition: TopicPartition) -> int:
        """Return the offset that the next poll continues at."""
        position: int = await self._consumer.position(partition)
        return position

    def known_end(self, partition: TopicPartition) -> int | None:
        """Return the partition's end as the last fetch saw it, without asking the broker; None before the first."""
        end: int | None = self._consumer.highwater(partition)
        return end

    async def end_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Ask the broker for the next offset of each partition. Raises BrokerUnavailable."""
        try:
            async with asyncio.timeout(_ENDS_TIMEOUT_S):
                found: dict[TopicPartition, int] = await self._consumer.end_offsets(
                    [aiokafka.TopicPartition(*partition) for partition in partitions]
                )
        except _BROKEN as error:
            raise BrokerUnavailable(f"the ends of the partitions are unknown: {error!r}") from error
        return found

    async def commit_for_lag_tools(self, positions: Mapping[TopicPartition, int]) -> bool:
        """Store positions under the group, for tools that show lag. Best effort: False when it did not work."""
        if self._group_id is None or not positions:
            return False
        try:
            async with asyncio.timeout(_COMMIT_TIMEOUT_S):
                await self._consumer.commit({aiokafka.TopicPartition(*key): at for key, at in positions.items()})
        except _BROKEN:
            return False
        return True


def _offsets(error: Exception) -> dict[tuple[str, int], int]:
    # The client library carries {TopicPartition: offset} as the only argument of the error.
    found = error.args[0] if error.args else {}
    return {(partition.topic, partition.partition): offset for partition, offset in found.items()}
