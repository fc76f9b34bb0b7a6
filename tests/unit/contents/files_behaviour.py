"""The one suite of what a store of files promises, run against the one in memory and the one in MongoDB."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from shared.contents.files import FILE_BYTES_MAX, File
from shared.contents.port import ContentGoneError, ContentTooLarge
from tests.unit.contents.contents_behaviour import NewStore

OWNER = "application/a"


def a_file(content: bytes, number: int = 1, **changes: Any) -> File:  # noqa: ANN401 - any field
    file = File(
        id=f"file-{number}",
        owner=OWNER,
        name="avsiktsförklaring.pdf",
        media_type="application/pdf",
        size_bytes=len(content),
        sha256=sha256(content).hexdigest(),
        stored_at=datetime(2023, 2, 20, 11, tzinfo=UTC),
        stored_by="editor-1",
        scanned=False,
    )
    return replace(file, **changes)


class FilesBehaviour:
    """`new_store()` stands for one process. Whoever runs the suite defines this fixture."""

    @pytest.mark.parametrize("size", [0, 1, 262_116, 262_117, 700_000])
    async def test_what_is_put_is_got_back_by_every_process(self, new_store: NewStore, size: int) -> None:
        content = bytes(index % 251 for index in range(size))
        file = a_file(content)
        await new_store().files.put(file, content)
        await new_store().files.put(file, content)
        assert await new_store().files.list_of(OWNER) == [file]
        assert await new_store().files.get(OWNER, file.id) == content

    async def test_an_owner_has_its_own_files_only(self, new_store: NewStore) -> None:
        files = new_store().files
        await files.put(a_file(b"2", 2), b"2")
        await files.put(a_file(b"1", 1), b"1")
        await files.put(a_file(b"3", 3, owner="application/b"), b"3")
        assert [file.id for file in await files.list_of(OWNER)] == ["file-1", "file-2"]
        assert await files.list_of("application/c") == []
        with pytest.raises(ContentGoneError):
            await files.get(OWNER, "file-3")
        await files.remove(OWNER, "file-3")
        assert await files.get("application/b", "file-3") == b"3"

    async def test_what_is_removed_is_gone(self, new_store: NewStore) -> None:
        files = new_store().files
        await files.put(a_file(b"1"), b"1")
        await files.remove(OWNER, "file-1")
        await files.remove(OWNER, "file-1")
        assert await files.list_of(OWNER) == []
        with pytest.raises(ContentGoneError):
            await files.get(OWNER, "file-1")

    async def test_a_file_of_the_largest_size_is_kept_and_one_byte_more_is_refused(self, new_store: NewStore) -> None:
        files = new_store().files
        largest = bytes(FILE_BYTES_MAX)
        await files.put(a_file(largest), largest)
        assert await files.get(OWNER, "file-1") == largest
        with pytest.raises(ContentTooLarge):
            await files.put(a_file(largest + b"x", 2), largest + b"x")
