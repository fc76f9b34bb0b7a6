"""The read side of a worker's MongoDB: claiming partitions, and reading what a poll needs."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from shared.kernel.ids import new_id
from shared.lease import Lease
from shared.mongo import MAJORITY, WRITE_MAJORITY, Client, Database, Document, Timestamp, find_all, raise_write_error
from shared.projector.aside import stored_record
from shared.projector.changes import Advance, Changes, Exceptions, HeadEntry, HeldStream, Loaded, Partition
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, checkpoint_id, heads_of, stream_of
from shared.projector.commit import MissedError, Transaction
from shared.projector.decoding import StoredRecord
from shared.projector.definition import Projection

_NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({})


class MongoStore:
    """Checkpoints, heads, documents and facts put aside of one projection, for one worker at a time."""

    def __init__(self, client: Client, database: Database, projection: Projection) -> None:
        self._database = database
        self._projection = projection
        self._transaction = Transaction(client, database, projection)
        self._written_at: Timestamp | None = None
        self._claim = ""

    async def claim(self, owned: Mapping[int, Lease], topics: Sequence[str], cluster_id: str) -> Loaded:
        """Take over the partitions of the owned numbers, and return their state.

        Each claim puts a new token on every checkpoint, which no transaction of an earlier claim survives: neither a
        zombie's nor one of our own whose outcome is unknown, whichever of the number's topics it came from. So what
        is read after a claim stays true until the next one. Numbers that a later owner has claimed are left out.

        Raises MissedError when an earlier claim of our own, which was long on its way, has overtaken this one.
        """
        self._claim = new_id()
        partitions = {
            checkpoint_id(self._projection.name, partition): partition
            for partition in (Partition(topic, number) for number in owned for topic in topics)
        }
        if not partitions:
            return Loaded({}, Exceptions())
        await self._insert_missing(partitions, cluster_id)
        await self._fence(owned, topics)
        stored = await self._read(CHECKPOINTS, {"_id": {"$in": list(partitions)}})
        found = [document for document in stored if document.get("claim") == self._claim]
        others = [document for document in stored if document.get("claim") != self._claim]
        if any(document.get("epoch", 0) <= owned[document["partition"]].epoch for document in others):
            raise MissedError  # else the partition would be left to nobody
        await self._restart_if_moved(found, cluster_id)
        positions = {partitions[document["_id"]]: document["next"] for document in found}
        marks = {partitions[document["_id"]]: document["mark"] for document in found if "mark" in document}
        return Loaded(positions, await self._exceptions({partition.number for partition in positions}), marks)

    async def _insert_missing(self, partitions: Mapping[str, Partition], cluster_id: str) -> None:
        updates = [
            {
                "q": {"_id": identifier},
                "u": {
                    "$setOnInsert": {
                        "projection": self._projection.name,
                        "topic": partition.topic,
                        "partition": partition.number,
                        "next": 0,
                        "cluster_id": cluster_id,
                    }
                },
                "upsert": True,
            }
            for identifier, partition in partitions.items()
        ]
        await self._update(updates)

    async def _fence(self, owned: Mapping[int, Lease], topics: Sequence[str]) -> None:
        updates = [
            {
                "q": {
                    "_id": {
                        "$in": [checkpoint_id(self._projection.name, Partition(topic, number)) for topic in topics]
                    },
                    **lease.guard(),
                },
                "u": {"$set": {"epoch": lease.epoch, "claim": self._claim}},
                "multi": True,
            }
            for number, lease in owned.items()
        ]
        await self._update(updates)

    async def _restart_if_moved(self, found: Iterable[Document], cluster_id: str) -> None:
        """Begin anew where the checkpoint speaks of another cluster; the heads drop what was seen."""
        moved = [document for document in found if document["cluster_id"] != cluster_id]
        await self._restart([document["_id"] for document in moved], cluster_id)
        for document in moved:
            document["next"] = 0

    async def restart(self, partitions: Iterable[Partition], cluster_id: str) -> None:
        """Set claimed checkpoints to 0, because their log is not the one that was folded up to there."""
        await self._restart([checkpoint_id(self._projection.name, partition) for partition in partitions], cluster_id)

    async def _restart(self, identifiers: Sequence[str], cluster_id: str) -> None:
        update = {"$set": {"next": 0, "cluster_id": cluster_id}, "$unset": {"mark": ""}}
        if identifiers:
            await self._update(
                [{"q": {"_id": {"$in": list(identifiers)}, "claim": self._claim}, "u": update, "multi": True}]
            )

    async def _update(self, updates: list[Document]) -> None:
        command = {"update": CHECKPOINTS, "updates": updates, "ordered": False, "writeConcern": dict(WRITE_MAJORITY)}
        answer = await self._database.command(command)
        raise_write_error(answer)
        self._written_at = answer["operationTime"]

    async def _read(
        self, collection: str, condition: Mapping[str, Any], options: Mapping[str, Any] = _NO_OPTIONS
    ) -> list[Document]:
        """Read what a majority holds, and nothing older than our own last write.

        A primary that has just been elected may not know yet how much a majority holds, and answers from before.
        """
        concern = {**MAJORITY, "afterClusterTime": self._written_at} if self._written_at else MAJORITY
        return await find_all(self._database, collection, condition, options=options, read_concern=concern)

    async def _exceptions(self, numbers: Iterable[int]) -> Exceptions:
        """Return which streams of the partitions are parked or have a hole."""
        where = {"projection": self._projection.name, "partition": {"$in": list(numbers)}}
        parked = await self._read(PARKED, {**where, "stream": {"$exists": True}}, {"projection": {"stream": 1}})
        exceptions = Exceptions({document["stream"] for document in parked})
        fields = {"stream": 1, "sequence": 1, "fact": 1, "topic": 1, "partition": 1}
        for document in await self._read(HELD, where, {"projection": fields}):
            partition = Partition(document["topic"], document["partition"])
            stream = exceptions.held.setdefault(document["stream"], HeldStream(partition))
            stream.ids[int(document["sequence"])] = document["fact"]
        return exceptions

    async def documents(self, view: int, ids: Sequence[str]) -> list[Document]:
        """Return the documents of a view that exist."""
        return await self._read(self._projection.views[view].collection, {"_id": {"$in": list(ids)}})

    async def heads(self, keys: Sequence[str]) -> dict[str, dict[str, HeadEntry]]:
        """Return all heads kept under each record key that has any."""
        found = await self._read(heads_of(self._projection.name), {"_id": {"$in": list(keys)}})
        return {
            document["_id"]: {
                stream_of(field): HeadEntry(int(head["sequence"]), head["id"])
                for field, head in document["streams"].items()
            }
            for document in found
        }

    async def held(self, streams: Sequence[str]) -> list[StoredRecord]:
        """Return everything that is held of these streams, as it came."""
        condition = {"projection": self._projection.name, "stream": {"$in": list(streams)}}
        return [stored_record(document) for document in await self._read(HELD, condition)]

    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        """Write one folded poll. Raises as `Transaction.run`."""
        self._written_at = await self._transaction.run(self._claim, advances, changes)
