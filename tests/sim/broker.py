"""A broker in memory: partitions with offsets, topics that are cut or made again, a cluster that is exchanged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from shared.messaging import BrokerUnavailable, OffsetsOutOfRange, Span
from shared.projector.changes import Partition
from shared.projector.decoding import StoredRecord
from tests.sim.net import Bell, Server

PARTITIONS: Final = 3


class Broker(Server):
    """One cluster. A topic is there from its first use, with `PARTITIONS` partitions."""

    def __init__(self, name: str = "broker") -> None:
        super().__init__(name)
        self.cluster = 1
        self.bell = Bell()
        self.leaderless: set[str] = set()
        self.at_next_append: dict[str, Callable[[], None]] = {}
        self._records: dict[Partition, list[StoredRecord]] = {}

    @property
    def cluster_id(self) -> str:
        """Which cluster this is."""
        return f"cluster-{self.cluster}"

    def append(self, partition: Partition, records: Iterable[StoredRecord]) -> Span:
        """Append a batch, and return where it came to stand. Raises BrokerUnavailable while nobody leads the topic."""
        if partition.topic in self.leaderless:
            raise BrokerUnavailable("there is no leader")
        there = self._records.setdefault(partition, [])
        first = len(there)
        there += [record._replace(offset=offset) for offset, record in enumerate(records, first)]
        self.bell.ring()
        self.at_next_append.pop(partition.topic, lambda: None)()
        return Span(first, len(there) - 1)

    def end(self, partition: Partition) -> int:
        """Return the next offset of a partition."""
        return len(self._records.get(partition, ()))

    def records(self, partition: Partition) -> Sequence[StoredRecord]:
        """Return everything that a partition holds."""
        return self._records.get(partition, ())

    def fetch(self, positions: Mapping[Partition, int], records_max: int) -> list[StoredRecord]:
        """Return what is at these positions, of topics that somebody leads. Raises OffsetsOutOfRange."""
        positions = {place: at for place, at in positions.items() if place.topic not in self.leaderless}
        beyond = {(place.topic, place.number): at for place, at in positions.items() if at > self.end(place)}
        if beyond:
            raise OffsetsOutOfRange(beyond)
        found: list[StoredRecord] = []
        for partition, at in positions.items():
            found += self.records(partition)[at : at + records_max - len(found)]
        return found

    def cut(self, partition: Partition, records: int) -> None:
        """Lose the newest records of a partition, acknowledged or not."""
        there = self._records.get(partition, [])
        del there[max(0, len(there) - records) :]

    def make_again(self, topic: str) -> None:
        """Lose a topic and make it again, empty."""
        for partition in [partition for partition in self._records if partition.topic == topic]:
            del self._records[partition]

    def exchange(self) -> None:
        """Become another cluster, without a record."""
        self._records.clear()
        self.cluster += 1
