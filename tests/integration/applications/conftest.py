"""A database of the service's own on the real MongoDB, dropped afterwards, and the service over HTTP on it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.mongo_log import prepare
from shared.mongo import Client, Database, connect
from tests.conftest import Parts
from tests.integration.applications.projected import Desk
from tests.unit.applications.desk import client_with


@dataclass(frozen=True)
class Place:
    """Where the service's data is: an address that more clients can connect to, and the database."""

    uri: str
    client: Client
    db: Database


@pytest_asyncio.fixture
async def place(parts: Parts) -> AsyncIterator[Place]:
    """Return an empty, prepared database of this test's own."""
    client = connect(parts.mongodb_uri, app_name="tests")
    db = client[f"{parts.namespace}_applications"]
    await prepare(db)
    yield Place(parts.mongodb_uri, client, db)
    await client.drop_database(db.name)
    client.close()


@pytest_asyncio.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    """Return the service with the pilot's call published, and nothing projected yet."""
    log = InMemoryEventLog()
    async with client_with(log=log, db=place.db) as client:
        desk = Desk(client, log, place.db)
        assert (await desk.publish()).status_code == 201
        yield desk
