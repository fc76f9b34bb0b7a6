"""A database of each test's own, with two logs on it, as two processes of the service have."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from shared.eventlog.mongo_log import MongoEventLog, prepare
from shared.mongo import Database, connect
from tests.conftest import Parts


@dataclass(frozen=True)
class OwnDatabase:
    """The service's database, and the logs of two processes on it."""

    db: Database
    logs: tuple[MongoEventLog, MongoEventLog]


@pytest_asyncio.fixture
async def own(parts: Parts) -> AsyncIterator[OwnDatabase]:
    client = connect(parts.mongodb_uri, app_name="tests")
    db = client[f"{parts.namespace}_participants"]
    await prepare(db)
    logs = (MongoEventLog(client, db, claims_key=b"k" * 32), MongoEventLog(client, db, claims_key=b"k" * 32))
    yield OwnDatabase(db, logs)
    for log in logs:
        await log.close()
    await client.drop_database(db.name)
    client.close()
