"""Whether a topic still holds, before a checkpoint, what was folded up to it.

An offset alone does not tell: a topic that was cut or made again, and filled beyond the offset before anybody looked,
looks whole. So a checkpoint keeps a mark of the last record before it, and whoever takes it over begins with that
record and compares.
"""

from collections.abc import Mapping, Sequence
from zlib import crc32

from shared.projector.changes import Partition
from shared.projector.decoding import Raw


class LogChangedError(Exception):
    """Before a checkpoint stands another record than was folded there: the partition is to be read anew."""


def mark_of(record: Raw) -> str:
    """Return what tells a record from others at the same offset: a sum over its key, value and headers (its id too)."""
    total = crc32(record.value or b"", crc32(record.key or b""))
    for _, value in record.headers:
        total = crc32(value or b"", total)
    return f"{total:08x}"


class Marks:
    """The marks of taken-over checkpoints that were not compared yet, and the partitions found to be others."""

    def __init__(self) -> None:
        self._expected: dict[Partition, tuple[int, str]] = {}
        self._changed: set[Partition] = set()

    def lost(self, positions: Mapping[Partition, int], ends: Mapping[Partition, int]) -> list[Partition]:
        """Return, once, which partitions do not hold any more what was folded of them."""
        changed, self._changed = self._changed, set()
        return sorted(place for place, at in positions.items() if ends[place] < at or place in changed)

    def begin(self, positions: Mapping[Partition, int], marks: Mapping[Partition, str]) -> dict[Partition, int]:
        """Return from which offsets to read: one earlier where there is something to compare."""
        self._expected = {place: (at - 1, marks[place]) for place, at in positions.items() if at and place in marks}
        return {place: at - (place in self._expected) for place, at in positions.items()}

    def compare(self, records: Sequence[Raw]) -> Sequence[Raw]:
        """Return what is new among polled records. Raises LogChangedError for a first one that is not as expected."""
        if not self._expected:
            return records
        new: list[Raw] = []
        for record in records:
            partition = Partition(record.topic, record.partition)
            expected = self._expected.pop(partition, None)
            if expected is None:
                new.append(record)
            elif expected != (record.offset, mark_of(record)):
                self._changed.add(partition)
                raise LogChangedError(str(partition))
        return new
