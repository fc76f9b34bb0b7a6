"""A read model's older copy: taken from a snapshot, put back later in one transaction, as a restored backup would."""

from dataclasses import dataclass
from typing import Any, Final

from deploy.services import SERVICES
from shared.mongo import Client, Command, Database, find_all, raise_write_error, run_transaction
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, heads_of
from shared.projector.definition import Projection
from shared.projector.heads import parts
from shared.projector.instants import instant

Document = dict[str, Any]
_AT_ONCE: Final = 1_000
_SHARED = (CHECKPOINTS, HELD, PARKED)
"""Collections in which a projection's documents carry its name."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A projection's documents by collection, all of one instant."""

    projection: str
    documents: dict[str, list[Document]]


async def take(database: Database, projection: str) -> Copy:
    """Copy everything that the projection has written."""
    at = await instant(database)
    documents = {
        collection: await find_all(database, collection, condition, read_concern=at)
        for collection, condition in _places(projection).items()
    }
    return Copy(projection, documents)


async def put_back(client: Client, database: Database, copy: Copy) -> None:
    """Put the copy in the place of what is there now, all at once. Its workers must not be running."""

    def write(send: Command) -> None:
        for collection, condition in _places(copy.projection).items():
            raise_write_error(send({"delete": collection, "deletes": [{"q": condition, "limit": 0}]}))
            for documents in parts(copy.documents[collection], _AT_ONCE):
                raise_write_error(send({"insert": collection, "documents": list(documents)}))

    await run_transaction(client, database, write, deadline_s=60.0)


def _places(name: str) -> dict[str, Document]:
    """Return every collection that a projection writes, with the condition that finds its own documents."""
    own = [*(view.collection for view in _projection(name).views), heads_of(name)]
    return {collection: {} for collection in own} | {collection: {"projection": name} for collection in _SHARED}


def _projection(name: str) -> Projection:
    return next(found for service in SERVICES.values() for found in service.projections if found.name == name)
