"""A database of the service's own on the real MongoDB, dropped afterwards, and the service over it."""

from collections.abc import AsyncIterator

import httpx2
import pytest_asyncio

from shared.mongo import connect
from tests.conftest import Parts
from tests.integration.reporting.counter import PROJECT, THEIRS, Desk
from tests.unit.reporting.desk import FOREIGN, OWN, Reporting
from tests.unit.reporting.facts import activity, enrolment, identifier
from tests.unit.reporting.granted import application


@pytest_asyncio.fixture
async def reporting(parts: Parts) -> AsyncIterator[Reporting]:
    """Return the service over an empty database of this test's own."""
    client = connect(parts.mongodb_uri, app_name="tests")
    db = client[f"{parts.namespace}_reporting"]
    yield Reporting(db)
    await client.drop_database(db.name)
    client.close()


@pytest_asyncio.fixture
async def desk(reporting: Reporting) -> AsyncIterator[Desk]:
    reporting.hear({f"application/{PROJECT}": application(PROJECT, OWN)}, PROJECT)
    reporting.hear({f"application/{THEIRS}": application(THEIRS, FOREIGN)}, THEIRS)
    reporting.hear({f"enrolment/{identifier(1, n)}": enrolment(PROJECT, OWN, n) for n in range(3)}, PROJECT)
    reporting.hear({f"activity/{identifier(4, 0)}": activity(PROJECT, OWN, 0, 3)}, PROJECT)
    await reporting.project()
    transport = httpx2.ASGITransport(app=reporting.app(), root_path="/reporting")
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield Desk(client, reporting)
