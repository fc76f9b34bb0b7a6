"""Drafts and files in MongoDB: what the suites promise, and what lies on the disk."""

import pytest

from shared.contents.keys import WrongKeyError
from shared.contents.mongo_files import FILE_COLLECTIONS
from shared.contents.mongo_store import KEYS
from shared.contents.port import ContentGoneError
from tests.integration.contents.conftest import Databases
from tests.unit.contents.contents_behaviour import NewStore
from tests.unit.contents.drafts_behaviour import DraftsBehaviour, a_draft, saved
from tests.unit.contents.files_behaviour import OWNER, FilesBehaviour, a_file

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

FILES, CHUNKS = FILE_COLLECTIONS


class TestDraftsInMongo(DraftsBehaviour):
    """The suite on databases of each test's own."""


class TestFilesInMongo(FilesBehaviour):
    """The suite on databases of each test's own."""


async def _everything_in(databases: Databases) -> str:
    return str(
        [
            document
            for database in databases
            for name in await database.list_collection_names()
            for document in await database[name].find().to_list()
        ]
    )


async def test_no_word_of_a_draft_or_a_file_lies_on_the_disk(new_store: NewStore, databases: Databases) -> None:
    store = new_store()
    draft = await store.drafts.add(a_draft(content=b"canary-in-the-draft"))
    await store.drafts.save(saved(draft, b"canary-in-the-second-draft"))
    await store.files.put(a_file(b"canary-in-the-file", name="canary-in-the-name.pdf"), b"canary-in-the-file")
    assert "draft-1" in await _everything_in(databases)
    assert "canary" not in await _everything_in(databases)


async def test_without_its_key_a_draft_and_a_file_are_gone(new_store: NewStore, databases: Databases) -> None:
    await new_store().drafts.add(a_draft())
    await new_store().files.put(a_file(b"1"), b"1")
    await databases[1][KEYS].delete_many({})
    store = new_store()
    assert await store.drafts.find("draft-1") is None
    assert (await store.drafts.list_of("test-science-park", offset=0, limit=9))[0] == []
    assert await store.files.list_of(OWNER) == []
    with pytest.raises(ContentGoneError):
        await store.files.get(OWNER, "file-1")


async def test_an_older_content_put_back_under_a_newer_version_is_not_read(
    new_store: NewStore, databases: Databases
) -> None:
    store = new_store()
    draft = await store.drafts.add(a_draft())
    (before,) = await databases[0]["drafts"].find().to_list()
    await store.drafts.save(saved(draft, b"more"))
    await databases[0]["drafts"].update_one({"_id": draft.id}, {"$set": {"sealed": before["sealed"]}})
    with pytest.raises(WrongKeyError):
        await store.drafts.find(draft.id)


@pytest.mark.parametrize("harm", ["swap", "drop"])
async def test_a_file_whose_pieces_were_changed_is_not_read(
    new_store: NewStore, databases: Databases, harm: str
) -> None:
    store, content = new_store(), bytes(700_000)
    await store.files.put(a_file(content), content)
    chunks = databases[0][CHUNKS]
    first, second, third = await chunks.find(sort=[("n", 1)]).to_list()
    if harm == "swap":
        await chunks.update_one({"_id": first["_id"]}, {"$set": {"data": second["data"]}})
    else:
        await chunks.delete_one({"_id": third["_id"]})
        await databases[0][FILES].update_one({}, {"$set": {"length": 2 * 256 * 1024}})
    with pytest.raises(WrongKeyError):
        await store.files.get(OWNER, "file-1")


async def test_pieces_of_a_try_that_was_broken_off_are_in_nobodys_way(
    new_store: NewStore, databases: Databases
) -> None:
    await databases[0][CHUNKS].insert_one({"files_id": "file-1", "n": 0, "data": b"of a process that was killed"})
    await new_store().files.put(a_file(b"1"), b"1")
    assert await new_store().files.get(OWNER, "file-1") == b"1"
    assert await databases[0][CHUNKS].count_documents({}) == 1
