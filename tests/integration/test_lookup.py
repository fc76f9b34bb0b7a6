"""Documents read by id, many at once, on a real MongoDB."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.lookup import find_by_id
from shared.mongo import Client, DatabaseError, connect
from tests.conftest import Parts

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def client(parts: Parts) -> AsyncIterator[Client]:
    client = connect(parts.mongodb_uri, app_name="tests")
    yield client
    for name in (f"{parts.namespace}_a", f"{parts.namespace}_b"):
        await client.drop_database(name)
    client.close()


async def test_each_of_many_at_once_gets_the_document_it_asked_for(client: Client, parts: Parts) -> None:
    first, second = client[f"{parts.namespace}_a"], client[f"{parts.namespace}_b"]
    for database, collection in ((first, "projects"), (first, "calls"), (second, "projects")):
        place = f"{database.name}/{collection}"
        await database[collection].insert_many([{"_id": str(number), "at": place} for number in range(300)])
    asked = [
        (database, collection, str(number))
        for number in range(310)
        for database, collection in ((first, "projects"), (first, "calls"), (second, "projects"))
    ]
    answers = await asyncio.gather(*(find_by_id(*ask) for ask in asked))
    for (database, collection, identifier), document in zip(asked, answers, strict=True):
        at = f"{database.name}/{collection}"
        assert document == (None if int(identifier) >= 300 else {"_id": identifier, "at": at})


async def test_a_read_sees_what_was_written_before_it_was_asked_for(client: Client, parts: Parts) -> None:
    database = client[f"{parts.namespace}_a"]
    for number in range(20):
        before = asyncio.ensure_future(find_by_id(database, "projects", "p"))
        await asyncio.sleep(0)  # an earlier read is under way
        await database["projects"].replace_one({"_id": "p"}, {"number": number}, upsert=True)
        assert await find_by_id(database, "projects", "p") == {"_id": "p", "number": number}
        await before


async def test_an_outage_is_told_to_everybody_who_asked(unused_tcp_port: int) -> None:
    client = connect(f"mongodb://127.0.0.1:{unused_tcp_port}/", app_name="tests", serverSelectionTimeoutMS=20)
    answers = await asyncio.gather(
        *(find_by_id(client["a"], "projects", str(number)) for number in range(5)), return_exceptions=True
    )
    assert [isinstance(answer, DatabaseError) for answer in answers] == [True] * 5
    client.close()
