"""A producer that waits for all replicas, keeps the order per key, and is thrown away when it breaks."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.brokers import Address, client_options
from shared.eventlog.documents import PublishedEvent
from shared.messaging.envelope import encode
from shared.messaging.errors import BrokerUnavailable, TopicMisshapen
from shared.messaging.partitions import PARTITIONS, partition_of

BATCH_BYTES_MAX = 524_288  # half of what the topic takes in one batch; a single larger fact still goes alone
REQUEST_BYTES_MAX = 1_048_576
PUBLISH_TIMEOUT_S = 45.0
_START_TIMEOUT_S = 15.0
_REQUEST_TIMEOUT_S = 20.0
_DISCARD_STEP_S = 0.5
_BROKEN = (KafkaError, OSError, TimeoutError)

log = structlog.get_logger()


class Span(NamedTuple):
    """The first and the last offset that a publish was given in one partition."""

    first: int
    last: int


class Producer:
    """Publishes the facts of one service to its topic; `publish` may be called by one task at a time.

    Batches are not compressed: on one machine that costs more processor time than it saves. `timeout_s` bounds every
    `publish`, because an idempotent client by itself waits for ever; `on_discard` counts the clients thrown away.
    """

    def __init__(
        self,
        bootstrap_servers: Address,
        topic: str,
        *,
        source: str,
        partitions: int = PARTITIONS,
        timeout_s: float = PUBLISH_TIMEOUT_S,
        on_discard: Callable[[], None] = lambda: None,
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topic = topic
        self._source = source.encode()
        self._partitions = partitions
        self._timeout_s = timeout_s
        self._client: AIOKafkaProducer | None = None
        self._on_discard = on_discard

    async def start(self) -> None:
        """Connect if not connected. Raises BrokerUnavailable, TopicMisshapen."""
        if self._client is not None:
            return
        client = AIOKafkaProducer(
            **client_options(self._bootstrap_servers),
            client_id="lotsen-producer",
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES_MAX,
            max_request_size=REQUEST_BYTES_MAX,
            request_timeout_ms=int(_REQUEST_TIMEOUT_S * 1000),
        )
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                await client.start()
                found = await client.partitions_for(self._topic)
        except _BROKEN as error:
            await self._discard(client)
            raise BrokerUnavailable(f"the broker did not answer: {error!r}") from error
        except asyncio.CancelledError:
            await self._discard(client)
            raise
        if len(found) != self._partitions:
            await self._discard(client)
            raise TopicMisshapen(f"{self._topic} has {len(found)} partitions, not {self._partitions}")
        self._client = client

    async def publish(self, events: Sequence[PublishedEvent]) -> dict[int, Span]:
        """Publish in the given order per key; return `{partition: span of offsets}` once acknowledged.

        Raises BrokerUnavailable when any record was not acknowledged in time: some may be on the topic all the same,
        so publish the whole again, in the same order. The client is discarded then, the next call builds a new one.
        """
        await self.start()
        client = self._client
        assert client is not None
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._send(client, self._batches(client, events))
        except _BROKEN as error:
            await self._drop()
            raise BrokerUnavailable(f"the broker did not acknowledge: {error!r}") from error
        except asyncio.CancelledError:
            await self._drop()
            raise

    async def close(self) -> None:
        """Disconnect within seconds, without waiting for what is not acknowledged."""
        if self._client is not None:
            client, self._client = self._client, None
            await self._discard(client)

    async def _drop(self) -> None:
        self._on_discard()
        log.warning("producer_discarded", topic=self._topic)
        await self.close()

    def _batches(self, client: AIOKafkaProducer, events: Sequence[PublishedEvent]) -> list[list[Any]]:
        """Return the batches of each partition, in order."""
        batches: list[list[Any]] = [[] for _ in range(self._partitions)]
        for event in events:
            queue = batches[partition_of(event.key, self._partitions)]
            record = {
                "timestamp": int(event.at.timestamp() * 1000),
                "key": event.key.encode(),
                "value": event.data,
                "headers": encode(event, self._source),
            }
            if not queue or queue[-1].append(**record) is None:
                queue.append(client.create_batch())
                queue[-1].append(**record)  # the first record of a batch is taken whatever its size
        return batches

    async def _send(self, client: AIOKafkaProducer, batches: list[list[Any]]) -> dict[int, Span]:
        """Send one batch per partition at a time: a later one must never overtake one that failed."""
        spans: dict[int, Span] = {}
        for turn in range(max((len(queue) for queue in batches), default=0)):
            sent = [
                (number, queue[turn], await client.send_batch(queue[turn], self._topic, partition=number))
                for number, queue in enumerate(batches)
                if turn < len(queue)
            ]
            acknowledged = await asyncio.gather(*(future for _, _, future in sent))
            for (number, batch, _), answer in zip(sent, acknowledged, strict=True):
                if answer.offset >= 0:  # -1: the broker had it already and no longer knows where
                    last = answer.offset + batch.record_count() - 1
                    spans[number] = Span(spans[number].first if number in spans else answer.offset, last)
        return spans

    @staticmethod
    async def _discard(client: AIOKafkaProducer) -> None:
        """Close without flushing. The client's own `stop` waits for every batch, after an outage for ever."""
        client._closed = True  # noqa: SLF001 - or its finaliser warns of an unclosed producer
        sender = client._sender.sender_task  # noqa: SLF001 - no public way to close without flushing
        steps = [asyncio.ensure_future(client.client.close())]
        if sender is not None:
            sender.cancel()
            steps.append(sender)
        _, late = await asyncio.wait(steps, timeout=_DISCARD_STEP_S)
        for task in late:
            task.cancel()  # a second time: the first ended its loop, this ends what it still waits for
        if late:
            await asyncio.wait(late, timeout=_DISCARD_STEP_S)
