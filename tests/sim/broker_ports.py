"""The relay's topic and the projector's feed over a broker in memory."""

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest

from shared.eventlog.documents import PublishedEvent
from shared.messaging import BrokerUnavailable, Span, encode, partition_of
from shared.projector.changes import Partition
from shared.projector.decoding import Raw, StoredRecord
from shared.relay.ports import TopicState
from tests.sim.broker import PARTITIONS, Broker
from tests.sim.net import Net


def record_of(event: PublishedEvent, topic: str) -> StoredRecord:
    """Return the record of a fact, as a producer writes it; its offset is the broker's to give."""
    number = partition_of(event.key, PARTITIONS)
    return StoredRecord(topic, number, 0, event.key.encode(), event.data, tuple(encode(event, b"/sim")))


class SimTopic:
    """Implements the relay's Topic: one batch per partition at a time, as the producer does.

    `doubled` draws whether the broker keeps a batch twice, as one whose client has sent it again.
    """

    def __init__(
        self, net: Net, broker: Broker, topic: str, *, batch_max: int = 3, doubled: Callable[[], bool] = lambda: False
    ) -> None:
        self._net = net
        self._broker = broker
        self._topic = topic
        self._batch_max = batch_max
        self._doubled = doubled

    async def open(self) -> TopicState:
        def state() -> TopicState:
            ends = {number: self._broker.end(Partition(self._topic, number)) for number in range(PARTITIONS)}
            return TopicState(self._broker.cluster_id, ends)

        return await self._net.ask(self._broker, state, BrokerUnavailable)

    async def publish(self, events: Sequence[PublishedEvent]) -> dict[int, Span]:
        lines: dict[int, list[list[StoredRecord]]] = {}
        for event in events:
            record = record_of(event, self._topic)
            line = lines.setdefault(record.partition, [[]])
            if len(line[-1]) >= self._batch_max:
                line.append([])
            line[-1].append(record)
        spans: dict[int, Span] = {}
        for turn in zip_longest(*lines.values()):
            sent = [(number, batch) for number, batch in zip(lines, turn, strict=True) if batch is not None]
            acknowledged = await asyncio.gather(*(self._send(number, batch) for number, batch in sent))
            for (number, _), span in zip(sent, acknowledged, strict=True):
                spans[number] = Span(spans[number].first if number in spans else span.first, span.last)
        return spans

    async def close(self) -> None:
        self._batch_max = 1

    async def _send(self, number: int, batch: list[StoredRecord]) -> Span:
        partition = Partition(self._topic, number)

        def append() -> Span:
            span = self._broker.append(partition, batch)
            if self._doubled():
                self._broker.append(partition, batch)
            return span

        return await self._net.ask(self._broker, append, BrokerUnavailable, writes=True)


class SimFeed:
    """Implements the projector's Feed. In an outage a poll is empty; what it raises does not pass by itself.

    `chance` draws how much a poll hands out.
    """

    def __init__(self, net: Net, broker: Broker, chance: random.Random) -> None:
        self._net = net
        self._broker = broker
        self._chance = chance
        self._positions: dict[Partition, int] = {}
        self._assigned = 0

    async def cluster_id(self) -> str:
        return await self._net.ask(self._broker, lambda: self._broker.cluster_id, BrokerUnavailable)

    async def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        asked = list(partitions)
        return await self._net.ask(
            self._broker, lambda: {partition: self._broker.end(partition) for partition in asked}, BrokerUnavailable
        )

    def assign(self, positions: Mapping[Partition, int]) -> None:
        self._positions = dict(positions)
        self._assigned += 1

    async def poll(self, *, records_max: int, timeout_ms: int) -> list[Raw]:
        if not self._news():
            await self._broker.bell.heard(timeout_ms / 1000)
            if not self._news():
                return []
        order = list(self._positions)
        self._chance.shuffle(order)
        assigned, positions = self._assigned, {partition: self._positions[partition] for partition in order}
        count = min(records_max, self._chance.choice((1, 3, 10, records_max)))
        found = await self._net.ask(self._broker, lambda: self._broker.fetch(positions, count), BrokerUnavailable)
        if assigned != self._assigned:
            return []  # what was fetched before the last assignment is dropped
        for record in found:
            self._positions[Partition(record.topic, record.partition)] = record.offset + 1
        return list(found)

    async def commit_for_lag_tools(self, positions: Mapping[Partition, int]) -> bool:
        return bool(positions)

    def _news(self) -> bool:
        led = ((place, at) for place, at in self._positions.items() if place.topic not in self._broker.leaderless)
        return any(self._broker.end(place) != at for place, at in led)
