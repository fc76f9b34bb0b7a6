"""A read model's older copy: taken from a snapshot, put back later in one transaction, as a restored backup would."""

from dataclasses import dataclass
from typing import Any

from deploy.services import SERVICES
from shared.mongo import Client, Database, Session, run_transaction
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, heads_of
from shared.projector.definition import Projection

Document = dict[str, Any]
_SHARED = (CHECKPOINTS, HELD, PARKED)
"""Collections in which a projection's documents carry its name."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A projection's documents by collection, all of one instant."""

    projection: str
    documents: dict[str, list[Document]]


async def take(client: Client, database: Database, projection: str) -> Copy:
    """Copy everything that the projection has written."""

    async def read(session: Session) -> dict[str, list[Document]]:
        return {
            collection: [document async for document in database[collection].find(condition, session=session)]
            for collection, condition in _places(projection).items()
        }

    return Copy(projection, await run_transaction(client, read))


async def put_back(client: Client, database: Database, copy: Copy) -> None:
    """Put the copy in the place of what is there now, all at once. Its workers must not be running."""

    async def write(session: Session) -> None:
        for collection, condition in _places(copy.projection).items():
            await database[collection].delete_many(condition, session=session)
            if documents := copy.documents[collection]:
                await database[collection].insert_many(documents, session=session)

    await run_transaction(client, write, deadline_s=60.0)


def _places(name: str) -> dict[str, Document]:
    """Return every collection that a projection writes, with the condition that finds its own documents."""
    own = [*(view.collection for view in _projection(name).views), heads_of(name)]
    return {collection: {} for collection in own} | {collection: {"projection": name} for collection in _SHARED}


def _projection(name: str) -> Projection:
    return next(found for service in SERVICES.values() for found in service.projections if found.name == name)
