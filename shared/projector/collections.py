"""The projector's own collections in a service's database, how their ids are built, and how they are made ahead."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from shared.lease import COLLECTION as LEASES
from shared.mongo import ASCENDING, Database, create_collections, create_index
from shared.projector.changes import Partition
from shared.projector.definition import Projection

PROJECTIONS: Final = "projections"
"""`{_id: edition, version, state, collections, topics, reads, prepared_at}`: what each edition of a projection holds.

The first edition has the name of the projection, and its document says in `live` which edition is shown.
"""
BUILDING: Final = "building"
KEPT: Final = "kept"
DROPPED: Final = "dropped"
CHECKPOINTS: Final = "projection_checkpoints"
"""`{_id: projection/topic/partition, next, cluster_id, fact_at, applied_at, epoch, claim, …}`."""
WORKERS: Final = "projection_workers"
"""`{_id: projection/owner, projection, owner, seen_at, expires_at, ends}`: who is alive, and the ends it saw."""
HELD: Final = "held"
"""`{_id: projection/stream/position, …}`: facts that wait for a missing one, with headers and value as they came."""
PARKED: Final = "parked"
"""`{_id: projection/stream/position | projection/topic/partition/offset, reason, detail, at, …}`: facts put aside."""

REQUESTS: Final = "projection_requests"
"""`{_id, projection, partition, action, stream | record, asked_by, asked_at, why, done_at, outcome, facts, …}`.

Open while `done_at` is null; kept afterwards: who asked for what about facts put aside, why, and what became of it.
"""

_POSITION_DIGITS: Final = 18
_ESCAPES: Final = str.maketrans({"%": "%25", ".": "%2E", "$": "%24"})


class NotPreparedError(RuntimeError):
    """The collections are missing, or hold another version of the projection: initialise, or rebuild."""


def heads_of(projection: str) -> str:
    """Return the collection of heads: `{_id: record key, streams: {escaped stream id: {sequence, id}}}`."""
    return f"{projection}_heads"


def checkpoint_id(projection: str, partition: Partition) -> str:
    """Return the id of a partition's checkpoint."""
    return f"{projection}/{partition.topic}/{partition.number}"


def place_id(projection: str, stream: str, sequence: int) -> str:
    """Return the id of a held or parked fact; ids of one stream sort by position."""
    return f"{projection}/{stream}/{sequence:0{_POSITION_DIGITS}d}"


def offset_id(projection: str, topic: str, partition: int, offset: int) -> str:
    """Return the id of a parked record that does not say where it belongs."""
    return f"{projection}/{topic}/{partition}/{offset}"


def field_of(stream: str) -> str:
    """Return a stream id as a field name: without dots, dollars and (so that it stays unique) bare percent signs."""
    return stream.translate(_ESCAPES)


def stream_of(field: str) -> str:
    """Return the stream id that `field_of` wrote."""
    return unquote(field) if "%" in field else field


async def prepare(database: Database, projection: Projection, *, reads: Mapping[str, str] | None = None) -> None:
    """Make everything that the projection's transactions write to, and record its version. Can be run again.

    `reads` gives the Kafka topic of each publisher, and holds for this edition's life. What holds another version, or
    was dropped, is left as it is.
    """
    own = [heads_of(projection.name), PROJECTIONS, CHECKPOINTS, WORKERS, HELD, PARKED, REQUESTS, LEASES]
    found = await database[PROJECTIONS].find_one({"_id": projection.name})
    if found is not None and (found["version"] != projection.version or found.get("state") == DROPPED):
        return
    views = [view.collection for view in projection.views]
    await create_collections(database, [*views, *own])
    for view in projection.views:
        for name in view.indexes:
            await create_index(database, view.collection, [(name, ASCENDING)])
    for collection in (HELD, PARKED):
        await create_index(database, collection, [("projection", ASCENDING), ("stream", ASCENDING)])
        await create_index(database, collection, [("projection", ASCENDING), ("partition", ASCENDING)])
    await create_index(database, REQUESTS, [("projection", ASCENDING), ("done_at", ASCENDING)])
    topics = {} if reads is None else {"reads": {"$ifNull": ["$reads", {"$literal": dict(reads)}]}}
    fields = {
        "version": {"$ifNull": ["$version", projection.version]},
        "state": {"$ifNull": ["$state", KEPT]},
        "collections": views,
        "topics": list(projection.topics),
        "prepared_at": "$$NOW",
        **topics,
    }
    await database[PROJECTIONS].update_one({"_id": projection.name}, [{"$set": fields}], upsert=True)


async def require_prepared(database: Database, projection: Projection) -> None:
    """Check that the collections hold this version of the projection. Raises NotPreparedError, the driver's errors."""
    found = await database[PROJECTIONS].find_one({"_id": projection.name})
    if found is None:
        raise NotPreparedError(f"{projection.name} has no collections: run init first")
    if found.get("state") == DROPPED:
        raise NotPreparedError(f"{projection.name} was dropped: another edition is live")
    if found["version"] != projection.version:
        raise NotPreparedError(
            f"the collections of {projection.name} hold version {found['version']}, this program folds version "
            f"{projection.version}: rebuild the projection"
        )
