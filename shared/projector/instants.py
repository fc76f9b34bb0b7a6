"""Reading a read model as it was at one instant, while workers go on writing it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from shared.mongo import MAJORITY, Command, Database, Document, find_all, find_in
from shared.projector.changes import Partition
from shared.projector.collections import CHECKPOINTS, PARKED
from shared.projector.decoding import Target
from shared.projector.definition import Projection
from shared.projector.heads import parts

ReadConcern = Mapping[str, Any]

_AT_ONCE: Final = 1_000
_READ_MS_MAX: Final = 10_000


async def instant(database: Database) -> ReadConcern:
    """Return the read concern under which everything is read as a majority holds it now.

    The server remembers an instant for five minutes (`minSnapshotHistoryWindowInSeconds`); then reads raise
    OperationFailure 239.
    """
    answer = await database.command(
        {
            "find": CHECKPOINTS,
            "limit": 1,
            "singleBatch": True,
            "readConcern": {"level": "snapshot"},
            "maxTimeMS": _READ_MS_MAX,
        }
    )
    return {"level": "snapshot", "atClusterTime": answer["cursor"]["atClusterTime"]}


async def checkpoints_at(database: Database, projection: str, at: ReadConcern = MAJORITY) -> dict[Partition, int]:
    """Return the next offset of every partition that a projection has read of."""
    found = await find_all(database, CHECKPOINTS, {"projection": projection}, read_concern=at)
    return {Partition(document["topic"], document["partition"]): int(document["next"]) for document in found}


async def parked_streams(database: Database, projection: str, at: ReadConcern = MAJORITY) -> set[str]:
    """Return the streams that wait for a replay."""
    where = {"projection": projection, "stream": {"$exists": True}}
    return {found["stream"] for found in await find_all(database, PARKED, where, read_concern=at)}


async def read_documents(
    database: Database,
    projection: Projection,
    targets: Iterable[Target],
    *,
    at: ReadConcern = MAJORITY,
) -> dict[Target, Document]:
    """Return those documents that exist."""
    documents: dict[Target, Document] = {}
    for view, condition in _conditions(targets):
        found = await find_all(database, projection.views[view].collection, condition, read_concern=at)
        documents.update(((view, document["_id"]), document) for document in found)
    return documents


def read_documents_in(send: Command, projection: Projection, targets: Iterable[Target]) -> dict[Target, Document]:
    """Return the same in the snapshot of a transaction."""
    return {
        (view, document["_id"]): document
        for view, condition in _conditions(targets)
        for document in find_in(send, projection.views[view].collection, condition)
    }


def _conditions(targets: Iterable[Target]) -> Iterator[tuple[int, Document]]:
    """Yield conditions that find all of them, each with its view."""
    by_view: dict[int, list[str]] = {}
    for view, identifier in targets:
        by_view.setdefault(view, []).append(identifier)
    for view, identifiers in by_view.items():
        for some in parts(identifiers, _AT_ONCE):
            yield view, {"_id": {"$in": list(some)}}
