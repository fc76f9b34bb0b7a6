"""A database of the service's own on the real MongoDB, dropped afterwards, and the service over it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.mongo import connect
from tests.conftest import Parts
from tests.unit.reporting.desk import Reporting


@pytest_asyncio.fixture
async def reporting(parts: Parts) -> AsyncIterator[Reporting]:
    """Return the service over an empty database of this test's own."""
    client = connect(parts.mongodb_uri, app_name="tests")
    db = client[f"{parts.namespace}_reporting"]
    yield Reporting(db)
    await client.drop_database(db.name)
    client.close()
