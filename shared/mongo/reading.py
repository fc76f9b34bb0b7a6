"""Reading many documents in one round trip and one thread hop."""

from collections.abc import Mapping
from typing import Any, Final

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
    read_concern: Mapping[str, Any] = MAJORITY,
) -> list[Document]:
    """Return every document that meets `condition`, read at `read_concern`.

    `options` are fields of the find command (`projection`, `sort`, `limit`). The whole answer is kept in memory:
    for conditions that bound it. More than one answer of 16 MB is read on by the driver's own cursor.
    """
    command: Document = {
        "find": collection,
        "filter": condition,
        "batchSize": _BATCH,
        "readConcern": read_concern,
        "maxTimeMS": _READ_MS_MAX,
        **options,
    }
    cursor = await database.cursor_command(command, codec_options=database.codec_options)
    return [document async for document in cursor]
