"""The two databases of a store of contents on the real MongoDB, dropped afterwards, and stores on them."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from shared.contents.mongo_store import MongoContentStore, prepare
from shared.mongo import Database, connect
from tests.conftest import Parts
from tests.unit.contents.contents_behaviour import NewStore

MASTER_KEY: Final = bytes(range(32))
Databases = tuple[Database, Database]
"""What is kept, and the keys."""


@pytest_asyncio.fixture
async def databases(parts: Parts) -> AsyncIterator[Databases]:
    client = connect(parts.mongodb_uri, app_name="tests")
    both = (client[f"{parts.namespace}_s"], client[f"{parts.namespace}_s_keys"])
    await prepare(*both)
    await prepare(*both)  # can be run again
    yield both
    for database in both:
        await client.drop_database(database.name)
    client.close()


@pytest.fixture
def new_store(databases: Databases) -> NewStore:
    return lambda: MongoContentStore(*databases, master_key=MASTER_KEY)
