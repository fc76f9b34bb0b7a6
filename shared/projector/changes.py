"""What a folded poll wants to write, and what an owner remembers of its partitions between polls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from shared.mongo import Document, Encoded
from shared.projector.decoding import Incoming, Problem, Raw, Unusable

HELD_PER_STREAM_MAX = 1_000


class Partition(NamedTuple):
    """One partition of one topic, by its name on Kafka."""

    topic: str
    number: int


class HeadEntry(NamedTuple):
    """How far a stream has been folded, and the id of its last fact."""

    sequence: int
    id: str


class Advance(NamedTuple):
    """A checkpoint's move: compared with `expected`, then set to `next`.

    `fact_at` is the time of the last fact, `last` the record before `next` (None: the checkpoint stands still).
    """

    expected: int
    next: int
    fact_at: datetime | None
    last: Raw | None = None


def advances_of(facts: Iterable[Incoming | Unusable], positions: Mapping[Partition, int]) -> dict[Partition, Advance]:
    """Return how far facts that were polled move the checkpoints of their partitions."""
    ends: dict[tuple[str, int], Incoming | Unusable] = {}
    for fact in facts:
        ends[fact.record.topic, fact.record.partition] = fact
    advances = {}
    for (topic, number), last in ends.items():
        partition = Partition(topic, number)
        at = last.recorded.at if isinstance(last, Incoming) else None
        advances[partition] = Advance(positions[partition], last.record.offset + 1, at, last.record)
    return advances


class Parked(NamedTuple):
    """A fact that was put aside. `incoming` is None for a record without usable headers."""

    record: Raw
    incoming: Incoming | None
    problem: Problem


class Place(NamedTuple):
    """A position in a stream."""

    stream: str
    sequence: int


@dataclass(slots=True)
class Tally:
    """What a fold did, for the metrics."""

    applied: int = 0
    duplicates: int = 0
    unwanted: int = 0
    unknown_names: dict[str, int] = field(default_factory=dict)
    forks: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class Changes:
    """Everything that one transaction writes, beside the checkpoints.

    `inserted` (not there before) and `replaced` documents are by the index of their view: `{id: stored form}`; `heads`
    by record key: `{stream: head}`.
    `released` are held facts that were folded or parked now. A replay also has `unparked`, the ids of parked rows that
    are folded or written anew, `still_parked`, streams with other parked rows, and `answers`, updates of its request.
    """

    inserted: dict[int, dict[str, Encoded]] = field(default_factory=dict)
    replaced: dict[int, dict[str, Encoded]] = field(default_factory=dict)
    heads: dict[str, dict[str, HeadEntry]] = field(default_factory=dict)
    held: list[Incoming] = field(default_factory=list)
    released: list[Place] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    unparked: list[str] = field(default_factory=list)
    still_parked: set[str] = field(default_factory=set)
    answers: list[Document] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class HeldStream:
    """What is held of one stream: where it lives, and the ids of the held facts by position."""

    partition: Partition
    ids: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Exceptions:
    """The streams of the owned partitions that do not simply flow: parked ones and those with a hole."""

    parked: set[str] = field(default_factory=set)
    held: dict[str, HeldStream] = field(default_factory=dict)

    def follow(self, changes: Changes) -> None:
        """Remember what the changes put aside and took back."""
        for fact in changes.held:
            stream = self.held.setdefault(
                fact.recorded.stream, HeldStream(Partition(fact.record.topic, fact.record.partition))
            )
            stream.ids[fact.recorded.sequence] = fact.recorded.id
        for place in changes.released:
            released = self.held[place.stream]
            del released.ids[place.sequence]
            if not released.ids:
                del self.held[place.stream]
        self.parked.update(parked.incoming.recorded.stream for parked in changes.parked if parked.incoming)
        self.parked.update(changes.still_parked)


class Loaded(NamedTuple):
    """The state of a set of partitions as a new owner finds it. `marks` are of the records before `next`."""

    next: Mapping[Partition, int]
    exceptions: Exceptions
    marks: Mapping[Partition, str] = MappingProxyType({})
