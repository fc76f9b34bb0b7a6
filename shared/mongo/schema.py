"""Collections and indexes made ahead: a transaction must not be the first to write to a collection."""

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo.errors import CollectionInvalid

from shared.mongo.names import Database


async def create_collections(database: Database, names: Iterable[str]) -> None:
    """Create the collections that do not exist yet. Can be run again, and by several at once."""
    existing = set(await database.list_collection_names())
    for name in names:
        if name not in existing:
            try:
                await database.create_collection(name)
            except CollectionInvalid:
                continue  # somebody else was first


async def create_index(
    database: Database,
    collection: str,
    fields: Sequence[tuple[str, int]],
    **options: Any,  # noqa: ANN401 - the driver's own options
) -> None:
    """Create an index unless it exists, with the driver's `options` (`name`, `unique`, `partialFilterExpression`)."""
    await database[collection].create_index(list(fields), **options)
