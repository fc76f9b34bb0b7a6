"""Reading documents in one round trip and one thread hop, and nothing older than what this process knows of."""

from collections.abc import Mapping
from typing import Any, Final

from shared.mongo.causality import ReadConcern, newest_write, not_older
from shared.mongo.connection import MAJORITY
from shared.mongo.names import Database, Document

_READ_MS_MAX: Final = 10_000
_BATCH: Final = 100_000
_NO_OPTIONS: Final[Mapping[str, Any]] = {}


async def find_all(
    database: Database,
    collection: str,
    condition: Mapping[str, Any],
    *,
    options: Mapping[str, Any] = _NO_OPTIONS,
    read_concern: ReadConcern = MAJORITY,
) -> list[Document]:
    """Return every document that meets `condition`, read at `read_concern`.

    `options` are fields of the find command (`projection`, `sort`, `limit`). The whole answer is kept in memory:
    for conditions that bound it. More than one answer of 16 MB is read on by the driver's own cursor.
    """
    command = {"find": collection, "filter": condition, "batchSize": _BATCH, **options}
    return await _read(database, command, read_concern)


async def find_first(database: Database, collection: str, condition: Mapping[str, Any]) -> Document | None:
    """Return a document that meets `condition`, or None: for conditions that only one can meet."""
    found = await find_all(database, collection, condition, options={"limit": 1})
    return found[0] if found else None


async def find_page(
    database: Database,
    collection: str,
    condition: Mapping[str, Any],
    *,
    order: Mapping[str, int],
    offset: int,
    limit: int,
) -> tuple[list[Document], int]:
    """Return at most `limit` documents after the first `offset` in `order`, and how many meet `condition` in all."""
    options = {"sort": order, "skip": offset, "limit": limit}
    count = {"aggregate": collection, "pipeline": [{"$match": condition}, {"$count": "all"}], "cursor": {}}
    found = await find_all(database, collection, condition, options=options)
    return found, sum(int(row["all"]) for row in await _read(database, count, MAJORITY))


async def _read(database: Database, command: Document, read_concern: ReadConcern) -> list[Document]:
    if read_concern["level"] != "majority":
        return await _answer(database, command, read_concern)
    while True:
        known = newest_write(database.client)
        found = await _answer(database, command, not_older(read_concern, known))
        # While it waited another primary may have been found, and it was sent there without the limit.
        if newest_write(database.client) == known:
            return found


async def _answer(database: Database, command: Document, read_concern: ReadConcern) -> list[Document]:
    bounded = {**command, "readConcern": read_concern, "maxTimeMS": _READ_MS_MAX}
    cursor = await database.cursor_command(bounded, codec_options=database.codec_options)
    return [document async for document in cursor]
