"""The topic that a relay fills, on a real cluster."""

from collections.abc import Sequence

from shared.brokers import Address
from shared.eventlog.documents import PublishedEvent
from shared.messaging import Producer, Span, TopicName, cluster_id, end_offsets, ensure_topics
from shared.relay.ports import TopicState
from shared.watchdog import Progress


class KafkaTopic:
    """One service's topic: created if missing, filled through a producer that is thrown away when it breaks."""

    def __init__(
        self, bootstrap_servers: Address, topic: TopicName, producer: Producer, progress: Progress | None = None
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topic = topic
        self._producer = producer
        self._progress = progress or Progress(topic)

    async def open(self) -> TopicState:
        """Say where the topic stands. A topic that somebody deleted is made again, empty, and so found behind."""
        await ensure_topics(self._bootstrap_servers, [self._topic])
        await self._producer.start()
        ends = await end_offsets(self._bootstrap_servers, [self._topic])
        return TopicState(
            await cluster_id(self._bootstrap_servers), {partition: end for (_, partition), end in ends.items()}
        )

    async def publish(self, events: Sequence[PublishedEvent]) -> dict[int, Span]:
        """Publish in order, acknowledged by all replicas in sync."""
        spans = await self._producer.publish(events)
        self._progress.finished()
        return spans

    async def close(self) -> None:
        """Disconnect without waiting for what is not acknowledged."""
        await self._producer.close()
