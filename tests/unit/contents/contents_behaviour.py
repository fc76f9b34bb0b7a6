"""The one suite of what a content store promises, run against the one in memory and the one in MongoDB."""

import asyncio
from collections.abc import Callable

import pytest

from shared.contents.port import CONTENT_BYTES_MAX, ContentGoneError, ContentStore, ContentTooLarge

NewStore = Callable[[], ContentStore]


class ContentsBehaviour:
    """`new_store()` stands for one process. Whoever runs the suite defines this fixture."""

    async def test_what_is_put_is_got_back(self, new_store: NewStore) -> None:
        store = new_store()
        for content in (b"", b"answers", bytes(200_000)):
            assert await store.get("company/a", await store.put("company/a", content)) == content

    async def test_another_process_reads_it_too(self, new_store: NewStore) -> None:
        reference = await new_store().put("company/a", b"answers")
        assert await new_store().get("company/a", reference) == b"answers"
        assert await new_store().put("company/a", b"answers") == reference

    async def test_the_same_content_has_the_same_reference_and_another_has_another(self, new_store: NewStore) -> None:
        store = new_store()
        first = await store.put("company/a", b"answers")
        assert await store.put("company/a", b"answers") == first
        assert await store.put("company/a", b"other answers") != first

    async def test_a_reference_is_64_hex_digits_that_differ_between_owners(self, new_store: NewStore) -> None:
        store = new_store()
        references = {await store.put(owner, b"woman") for owner in ("person/a", "person/b", "person/c")}
        assert len(references) == 3
        assert all(len(it) == 64 and set(it) <= set("0123456789abcdef") for it in references)

    async def test_an_owner_reads_its_own_only(self, new_store: NewStore) -> None:
        store = new_store()
        reference = await store.put("company/a", b"answers")
        await store.put("company/b", b"other")
        with pytest.raises(ContentGoneError):
            await store.get("company/b", reference)
        with pytest.raises(ContentGoneError):
            await store.get("company/c", reference)
        with pytest.raises(ContentGoneError):
            await store.get("company/a", "0" * 64)

    async def test_first_puts_at_once_agree_on_one_key(self, new_store: NewStore) -> None:
        stores = [new_store() for _ in range(2)]
        contents = [f"answer {number}".encode() for number in range(8)]
        references = await asyncio.gather(
            *(store.put("company/a", content) for store in stores for content in contents)
        )
        assert references[:8] == references[8:]
        reader = new_store()
        assert [await reader.get("company/a", reference) for reference in references[:8]] == contents

    async def test_a_content_of_the_largest_size_is_kept_and_one_byte_more_is_refused(
        self, new_store: NewStore
    ) -> None:
        store = new_store()
        largest = bytes(CONTENT_BYTES_MAX)
        assert await store.get("company/a", await store.put("company/a", largest)) == largest
        with pytest.raises(ContentTooLarge):
            await store.put("company/a", largest + b"x")

    async def test_many_are_got_at_once_and_what_is_gone_is_left_out(self, new_store: NewStore) -> None:
        store = new_store()
        wanted = [
            (owner, await store.put(owner, content.encode()))
            for owner in ("application/a", "application/b")
            for content in ("heading", f"form of {owner}")
        ]
        gone = [("application/a", "0" * 64), ("application/c", wanted[0][1]), ("application/b", wanted[0][1])]
        found = await new_store().get_many([*wanted, *gone, wanted[0]])
        assert found == {place: await store.get(*place) for place in wanted}
        assert await new_store().get_many([]) == {}
        assert await new_store().get_many(gone) == {}

    async def test_what_was_just_put_is_among_many(self, new_store: NewStore) -> None:
        store = new_store()
        await store.get_many([("application/a", "0" * 64)])
        place = ("application/a", await store.put("application/a", b"heading"))
        assert await store.get_many([place]) == {place: b"heading"}

    async def test_a_token_is_32_hex_digits_the_same_for_the_same_word_in_every_process(
        self, new_store: NewStore
    ) -> None:
        first, second = new_store(), new_store()
        token = first.token("säker")
        assert token == second.token("säker") != first.token("sakrare")
        assert len(token) == 32
        assert set(token) <= set("0123456789abcdef")
        assert first.token("") != token
