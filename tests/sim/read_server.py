"""A read database in memory: checkpoints with their claims, documents, heads, facts put aside, and who is alive."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from shared.mongo import Document, Encoded
from shared.projector.aside import held_document, parked_document, stored_record
from shared.projector.changes import Advance, Changes, Exceptions, HeadEntry, HeldStream, Partition
from shared.projector.collections import place_id
from shared.projector.commit import MissedError
from shared.projector.decoding import StoredRecord
from shared.projector.definition import Projection
from shared.projector.encoding import thaw
from shared.projector.marks import mark_of
from shared.projector.replay_requests import Action, Request
from tests.sim.leases import Leases
from tests.sim.net import Server


@dataclass
class Stored:
    """One partition's checkpoint."""

    cluster_id: str
    next: int = 0
    mark: str | None = None
    claim: str = ""
    epoch: int = 0

    def move(self, advance: Advance) -> None:
        """Move on, with the mark of the last record."""
        self.next = advance.next
        self.mark = mark_of(advance.last) if advance.last else self.mark


class ReadServer(Server):
    """The replica set that keeps one projection. Each method is one command, or one transaction, of its own."""

    def __init__(self, name: str, projection: Projection) -> None:
        super().__init__(name)
        self.projection = projection
        self.leases = Leases()
        self.alive: dict[str, float] = {}
        self.checkpoints: dict[Partition, Stored] = {}
        self.head_entries: dict[str, dict[str, HeadEntry]] = {}
        self.held_facts: dict[str, Document] = {}
        self.parked: dict[str, Document] = {}
        self.asked: list[Request] = []
        self.answered: set[str] = set()
        self._tables: list[dict[str, Encoded]] = [{} for _ in projection.views]

    def rows(self) -> dict[str, dict[str, Document]]:
        """Return all documents by collection, as the database would hand them out."""
        return {
            view.collection: {identifier: thaw(data) for identifier, data in table.items()}
            for view, table in zip(self.projection.views, self._tables, strict=True)
        }

    def insert_missing(self, partitions: Iterable[Partition], cluster_id: str) -> None:
        """Make the checkpoints that are not there."""
        for partition in partitions:
            self.checkpoints.setdefault(partition, Stored(cluster_id))

    def fence(self, epochs: Mapping[Partition, int], claim: str) -> None:
        """Put a claim on every checkpoint that no later owner has written."""
        for partition, epoch in epochs.items():
            stored = self.checkpoints[partition]
            if stored.epoch <= epoch:
                stored.epoch, stored.claim = epoch, claim

    def claimed(self, epochs: Mapping[Partition, int], claim: str) -> dict[Partition, Stored]:
        """Return a copy of those checkpoints that carry this claim. Raises MissedError for one of no later owner."""
        found = {partition: replace(self.checkpoints[partition]) for partition in epochs}
        if any(stored.claim != claim and stored.epoch <= epochs[partition] for partition, stored in found.items()):
            raise MissedError
        return {partition: stored for partition, stored in found.items() if stored.claim == claim}

    def restart(self, partitions: Iterable[Partition], cluster_id: str, claim: str) -> None:
        """Begin partitions anew, where the claim still stands."""
        for partition in partitions:
            stored = self.checkpoints[partition]
            if stored.claim == claim:
                stored.next, stored.cluster_id, stored.mark = 0, cluster_id, None

    def exceptions(self, numbers: Iterable[int]) -> Exceptions:
        """Return the parked streams and those with a hole, on these partition numbers."""
        owned = set(numbers)
        parked = {it["stream"] for it in self.parked.values() if "stream" in it and it["partition"] in owned}
        found = Exceptions(parked)
        for held in self.held_facts.values():
            if held["partition"] in owned:
                where = Partition(held["topic"], held["partition"])
                found.held.setdefault(held["stream"], HeldStream(where)).ids[held["sequence"]] = held["fact"]
        return found

    def documents(self, view: int, ids: Sequence[str]) -> list[Document]:
        """Return the documents of a view that exist."""
        table = self._tables[view]
        return [thaw(table[identifier]) for identifier in ids if identifier in table]

    def heads(self, keys: Sequence[str]) -> dict[str, dict[str, HeadEntry]]:
        """Return the heads kept under record keys."""
        return {key: dict(self.head_entries[key]) for key in keys if key in self.head_entries}

    def held(self, streams: Sequence[str]) -> list[StoredRecord]:
        """Return what is held of streams."""
        return [stored_record(held) for held in self.held_facts.values() if held["stream"] in streams]

    def ask_for_replay(self, stream: str) -> None:
        """Ask the owning worker to fold what is parked of a stream."""
        row = next(row for row in self.parked.values() if row.get("stream") == stream)
        self.asked.append(Request(f"replay-{len(self.asked)}", Action.REPLAY, row["partition"], stream))

    def open_requests(self, numbers: Collection[int]) -> list[Request]:
        """Return what is asked for and not answered."""
        return [it for it in self.asked if it.id not in self.answered and it.partition in numbers]

    def parked_of(self, stream: str, reason: str | None = None) -> list[Document]:
        """Return what is parked of a stream, by position."""
        rows = sorted(self.parked.items())
        return [row for _, row in rows if row.get("stream") == stream and reason in {None, row["reason"]}]

    def of_unknown_version(self, numbers: Collection[int], types: Collection[str]) -> list[tuple[str, int]]:
        """Return the streams that were parked by a fact of one of these types, when it was unknown."""
        return [
            (row["stream"], row["partition"])
            for _, row in sorted(self.parked.items())
            if row["reason"] == "unknown-version" and row["partition"] in numbers and row["type"] in types
        ]

    def apply(self, claim: str, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        """Write all of it. Raises MissedError, and then nothing is written."""
        for partition, advance in advances.items():
            stored = self.checkpoints[partition]
            if (stored.next, stored.claim) != (advance.expected, claim):
                raise MissedError
        self._compare_documents(changes)
        if not self.parked.keys() >= set(changes.unparked):
            raise MissedError
        self.write(advances, changes)

    def write(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        """Write all of it, whatever is there."""
        for partition, advance in advances.items():
            self.checkpoints[partition].move(advance)
        for view, documents in chain(changes.inserted.items(), changes.replaced.items()):
            self._tables[view].update(documents)
        for key, heads in changes.heads.items():
            self.head_entries.setdefault(key, {}).update(heads)
        for fact in changes.held:
            document = held_document(self.projection, fact)
            self.held_facts.setdefault(document["_id"], document)
        for place in changes.released:
            self.held_facts.pop(place_id(self.projection.name, *place), None)
        for identifier in changes.unparked:
            self.parked.pop(identifier, None)
        for parked in changes.parked:
            document = parked_document(self.projection, parked)
            self.parked.setdefault(document["_id"], document)
        self.answered.update(answer["q"]["_id"] for answer in changes.answers if "$currentDate" in answer["u"])

    def _compare_documents(self, changes: Changes) -> None:
        for view, documents in changes.inserted.items():
            if documents.keys() & self._tables[view].keys():
                raise MissedError
        for view, documents in changes.replaced.items():
            if documents.keys() - self._tables[view].keys():
                raise MissedError
        if any(place_id(self.projection.name, *place) not in self.held_facts for place in changes.released):
            raise MissedError
