"""A database of the service's own on the real MongoDB, dropped afterwards."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from shared.eventlog.mongo_log import prepare
from shared.mongo import Client, Database, connect
from tests.conftest import Parts


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
