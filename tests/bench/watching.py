"""A reader of the read model that notes when each document became visible to it."""

import asyncio
from pathlib import Path
from time import monotonic
from typing import Any, Final

from shared.mongo import connect
from tests.bench.facts import VIEW
from tests.bench.instants import write_instants
from tests.bench.settings import BenchSettings

_PIPELINE: Final[list[dict[str, Any]]] = [
    {"$changeStream": {}},
    {"$match": {"operationType": {"$in": ["insert", "replace"]}}},
    {"$project": {"fullDocument._id": 1, "fullDocument.version": 1}},
]
_AWAIT_MS: Final = 500
_BATCH: Final = 1_000


async def watch(settings: BenchSettings, stop: asyncio.Event, path: Path) -> None:
    """Follow the read model by change stream until `stop`, then write `document version instant` lines to `path`.

    A change stream hands out what a majority holds, so this is never earlier than a query would see it.
    """
    client = connect(settings.mongodb_uri, app_name="bench-watcher")
    database = client[settings.database_name]
    collection = VIEW.collection
    seen: list[tuple[str, int, float]] = []
    async with await client.start_session(causal_consistency=False) as session:
        opened = await database.command(
            {"aggregate": collection, "pipeline": _PIPELINE, "cursor": {"batchSize": 0}}, session=session
        )
        write_instants(path.with_suffix(".ready"), ())
        more = {
            "getMore": opened["cursor"]["id"],
            "collection": collection,
            "batchSize": _BATCH,
            "maxTimeMS": _AWAIT_MS,
        }
        while not stop.is_set():
            found = (await database.command(more, session=session))["cursor"]["nextBatch"]
            now = monotonic()
            seen += [(change["fullDocument"]["_id"], change["fullDocument"]["version"], now) for change in found]
    client.close()
    write_instants(path, seen)
