"""Contents in MongoDB: what the suite promises, and what lies on the disk."""

import pytest
import structlog

from shared.contents.keys import WrongKeyError
from shared.contents.mongo_store import KEPT, MongoContentStore
from shared.contents.port import ContentGoneError, ContentsUnavailable
from shared.mongo import connect
from tests.integration.contents.conftest import MASTER_KEY, Databases
from tests.unit.contents.contents_behaviour import ContentsBehaviour, NewStore

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


class TestContentsInMongo(ContentsBehaviour):
    """The suite on databases of each test's own."""


async def test_neither_database_holds_a_word_of_it(new_store: NewStore, databases: Databases) -> None:
    await new_store().put("company/a", b"canary-in-the-findings")
    kept = [
        document
        for database in databases
        for name in await database.list_collection_names()
        for document in await database[name].find().to_list()
    ]
    assert len(kept) == 2
    assert not any(
        b"canary" in bytes(document.get("sealed", b"")) + bytes(document.get("wrapped", b"")) for document in kept
    )


async def test_keys_are_in_their_own_database_only(new_store: NewStore, databases: Databases) -> None:
    await new_store().put("company/a", b"findings")
    contents, keys = databases
    assert sorted(await contents.list_collection_names()) == sorted(KEPT)
    assert await keys.list_collection_names() == ["keys"]


async def test_without_its_key_a_content_is_gone(new_store: NewStore, databases: Databases) -> None:
    reference = await new_store().put("person/a", b"name")
    await databases[1]["keys"].delete_one({"_id": "person/a"})
    with pytest.raises(ContentGoneError):
        await new_store().get("person/a", reference)


async def test_another_master_key_reads_nothing(new_store: NewStore, databases: Databases) -> None:
    reference = await new_store().put("person/a", b"name")
    with pytest.raises(WrongKeyError):
        await MongoContentStore(*databases, master_key=bytes(32)).get("person/a", reference)


@pytest.mark.parametrize("size", [0, 31, 33])
async def test_a_master_key_of_another_size_is_refused(databases: Databases, size: int) -> None:
    with pytest.raises(ValueError, match="32"):
        MongoContentStore(*databases, master_key=bytes(size))


async def test_a_content_moved_to_another_owner_is_not_read(new_store: NewStore, databases: Databases) -> None:
    reference = await new_store().put("company/a", b"findings")
    await new_store().put("company/b", b"other")
    contents = databases[0]["contents"]
    (mine,) = await contents.find({"_id": f"company/a/{reference}"}).to_list()
    await contents.insert_one({"_id": f"company/b/{reference}", "sealed": mine["sealed"]})
    with pytest.raises(WrongKeyError):
        await new_store().get("company/b", reference)


async def test_a_database_that_does_not_answer_is_said_and_no_content_is_logged(
    unused_tcp_port: int,
) -> None:
    client = connect(f"mongodb://127.0.0.1:{unused_tcp_port}/", app_name="tests", serverSelectionTimeoutMS=20)
    store = MongoContentStore(client["a"], client["b"], master_key=MASTER_KEY, tries_s_max=0.9)
    with structlog.testing.capture_logs() as logged, pytest.raises(ContentsUnavailable):
        await store.put("person/a", b"canary")
    assert logged
    assert "canary" not in str(logged)
    client.close()


async def test_a_token_needs_the_master_key(databases: Databases) -> None:
    one, other = (MongoContentStore(*databases, master_key=key) for key in (MASTER_KEY, bytes(32)))
    assert one.token("säker") != other.token("säker")
