"""A broker and a database in memory, which a worker cannot tell from real ones, and which fail when told to."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from shared.lease import Lease
from shared.mongo import Document, Encoded
from shared.projector.aside import held_document, parked_document, stored_record
from shared.projector.cache import Cache
from shared.projector.changes import Advance, Changes, Exceptions, HeadEntry, HeldStream, Loaded, Partition
from shared.projector.commit import MissedError, WriteRefusedError
from shared.projector.decoding import Raw, StoredRecord
from shared.projector.definition import Projection
from shared.projector.encoding import thaw
from shared.projector.marks import mark_of
from shared.projector.worker import Worker
from tests.unit.projector.things import TOPIC

PARTITIONS = 12
NO_LEASE: Any = None  # the store in memory asks which numbers are owned, and not for how long


class MemoryFeed:
    """Hands out a log of records in polls of given sizes, then of any size; sets `drained` when `finished`."""

    def __init__(self, records: Iterable[StoredRecord], sizes: Sequence[int] = ()) -> None:
        self.log: dict[Partition, list[StoredRecord]] = {}
        self.order: list[tuple[Partition, int]] = []
        self.drained = asyncio.Event()
        self.finished: Callable[[], bool] = lambda: True
        self.cluster = "cluster-1"
        self._sizes = list(sizes)
        self._positions: dict[Partition, int] = {}
        for record in records:
            self.append(record)

    def append(self, record: StoredRecord) -> None:
        """Put a record at the end of its partition."""
        partition = Partition(record.topic, record.partition)
        records = self.log.setdefault(partition, [])
        self.order.append((partition, len(records)))
        records.append(record._replace(offset=len(records)))

    async def cluster_id(self) -> str:
        return self.cluster

    async def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        return {partition: len(self.log.get(partition, ())) for partition in partitions}

    def assign(self, positions: Mapping[Partition, int]) -> None:
        self._positions = dict(positions)

    async def poll(self, *, records_max: int, timeout_ms: int) -> list[Raw]:  # noqa: ARG002 - nothing comes later
        await asyncio.sleep(0)
        size = min(self._sizes.pop(0), records_max) if self._sizes else records_max
        found: list[Raw] = []
        for partition, offset in self.order:
            if len(found) < size and offset == self._positions.get(partition, -1):
                found.append(self.log[partition][offset])
                self._positions[partition] = offset + 1
        if not found and self.finished():
            self.drained.set()
        return found

    async def commit_for_lag_tools(self, positions: Mapping[Partition, int]) -> bool:
        return bool(positions)


class MemoryStore:
    """Keeps what a transaction writes; `faults` are called at each transaction and may raise before or after it."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.checkpoints: dict[Partition, int] = {}
        self.claims: dict[Partition, int] = {}
        self.cluster: dict[Partition, str] = {}
        self.marks: dict[Partition, str] = {}
        self.tables: dict[str, dict[str, Encoded]] = {view.collection: {} for view in projection.views}
        self.head_entries: dict[str, dict[str, HeadEntry]] = {}
        self.held_facts: dict[str, Document] = {}
        self.parked: dict[str, Document] = {}
        self.transactions: list[Changes] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.refuses: Callable[[Document], bool] = lambda _: False
        self._claim = 0

    def documents_of(self, collection: str) -> dict[str, Document]:
        """Return a collection's documents as the database would hand them out."""
        return {identifier: thaw(data) for identifier, data in sorted(self.tables[collection].items())}

    async def claim(self, owned: Mapping[int, Lease], topics: Sequence[str], cluster_id: str) -> Loaded:
        self._claim += 1
        positions = {}
        for partition in (Partition(topic, number) for topic in topics for number in owned):
            self.claims[partition] = self._claim
            if self.cluster.setdefault(partition, cluster_id) != cluster_id:
                self.checkpoints[partition] = 0
                self.cluster[partition] = cluster_id
            positions[partition] = self.checkpoints.setdefault(partition, 0)
        return Loaded(positions, self._exceptions(), self.marks)

    def _exceptions(self) -> Exceptions:
        exceptions = Exceptions({parked["stream"] for parked in self.parked.values() if "stream" in parked})
        for held in self.held_facts.values():
            where = Partition(held["topic"], held["partition"])
            exceptions.held.setdefault(held["stream"], HeldStream(where)).ids[held["sequence"]] = held["fact"]
        return exceptions

    async def restart(self, partitions: Iterable[Partition], cluster_id: str) -> None:
        for partition in partitions:
            self.checkpoints[partition] = 0
            self.cluster[partition] = cluster_id
            self.marks.pop(partition, None)

    async def documents(self, view: int, ids: Sequence[str]) -> list[Document]:
        await asyncio.sleep(0)
        table = self.tables[self.projection.views[view].collection]
        return [thaw(table[identifier]) for identifier in ids if identifier in table]

    async def heads(self, keys: Sequence[str]) -> dict[str, dict[str, HeadEntry]]:
        await asyncio.sleep(0)
        return {key: dict(self.head_entries[key]) for key in keys if key in self.head_entries}

    async def held(self, streams: Sequence[str]) -> list[StoredRecord]:
        return [stored_record(held) for held in self.held_facts.values() if held["stream"] in streams]

    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        await asyncio.sleep(0)  # the next poll and its reads run meanwhile
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.before()
        for partition, advance in advances.items():
            if (self.checkpoints[partition], self.claims[partition]) != (advance.expected, self._claim):
                raise MissedError
        self._check(changes)
        if set(changes.unparked) - set(self.parked):
            raise MissedError
        for partition, advance in advances.items():
            self.checkpoints[partition] = advance.next
            if advance.last is not None:
                self.marks[partition] = mark_of(advance.last)
        self._write(changes)
        self.transactions.append(changes)
        self.after()

    def _check(self, changes: Changes) -> None:
        for view, documents in chain(changes.inserted.items(), changes.replaced.items()):
            table = self.tables[self.projection.views[view].collection]
            expected = view in changes.replaced and documents is changes.replaced[view]
            for identifier, data in documents.items():
                if self.refuses(thaw(data)):
                    raise WriteRefusedError
                if (identifier in table) != expected:
                    raise AssertionError(f"{identifier}: a stale read was about to be written")

    def _write(self, changes: Changes) -> None:
        for view, documents in chain(changes.inserted.items(), changes.replaced.items()):
            self.tables[self.projection.views[view].collection].update(documents)
        for key, heads in changes.heads.items():
            self.head_entries.setdefault(key, {}).update(heads)
        for fact in changes.held:
            document = held_document(self.projection, fact)
            self.held_facts.setdefault(document["_id"], document)
        released = {(place.stream, place.sequence) for place in changes.released}
        self.held_facts = {
            identifier: held
            for identifier, held in self.held_facts.items()
            if (held["stream"], held["sequence"]) not in released
        }
        for row in changes.unparked:
            del self.parked[row]
        for parked in changes.parked:
            document = parked_document(self.projection, parked)
            self.parked.setdefault(document["_id"], document)


class AllNumbers:
    """Owns everything, for ever."""

    changed = False

    async def settle(self) -> Mapping[int, Lease]:
        return dict.fromkeys(range(PARTITIONS), NO_LEASE)

    async def keep(self) -> None:
        await asyncio.Event().wait()

    async def leave(self) -> None:
        return

    def saw_ends(self, ends: Mapping[Partition, int]) -> None:
        assert all(end >= 0 for end in ends.values())


async def drain(store: MemoryStore, feed: MemoryFeed, cache: Cache | None = None) -> None:
    """Run a worker until everything has been folded."""
    feed.drained.clear()
    feed.finished = lambda: all(store.checkpoints.get(part, 0) == len(found) for part, found in feed.log.items())
    stop = asyncio.Event()
    worker = Worker(store.projection, [TOPIC], feed=feed, store=store, ownership=AllNumbers(), cache=cache)
    task = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(20):
        await asyncio.wait([task, drained := asyncio.create_task(feed.drained.wait())], return_when="FIRST_COMPLETED")
    drained.cancel()
    stop.set()
    await task


def folded(
    store: MemoryStore, records: Iterable[StoredRecord], sizes: Sequence[int] = (), cache: Cache | None = None
) -> MemoryFeed:
    """Fold these records to the end, and return the feed."""

    async def run() -> MemoryFeed:
        feed = MemoryFeed(records, sizes)
        await drain(store, feed, cache)
        return feed

    return asyncio.run(run())
