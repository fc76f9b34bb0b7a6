"""The one suite of what a store of drafts promises, run against the one in memory and the one in MongoDB."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.contents.drafts import Draft
from shared.contents.port import CONTENT_BYTES_MAX, ContentTooLarge
from shared.kernel.ids import OrganisationId
from tests.unit.contents.contents_behaviour import NewStore

NOW = datetime(2023, 2, 20, 11, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def a_draft(number: int = 1, **changes: Any) -> Draft:  # noqa: ANN401 - any field
    draft = Draft(
        id=f"draft-{number}",
        owner=f"application/draft-{number}",
        organisation=OrganisationId("test-science-park"),
        version=1,
        content=b"half a form",
        created_at=NOW,
        saved_at=NOW,
        saved_by="editor-1",
    )
    return replace(draft, **changes)


def saved(draft: Draft, content: bytes, **changes: Any) -> Draft:  # noqa: ANN401 - any field
    return replace(draft, version=draft.version + 1, content=content, saved_at=LATER, **changes)


class DraftsBehaviour:
    """`new_store()` stands for one process. Whoever runs the suite defines this fixture."""

    async def test_what_is_added_is_found_by_every_process(self, new_store: NewStore) -> None:
        draft = a_draft()
        assert await new_store().drafts.add(draft) == draft
        assert await new_store().drafts.find(draft.id) == draft
        assert await new_store().drafts.find("draft-2") is None

    async def test_the_same_request_twice_makes_one_draft(self, new_store: NewStore) -> None:
        drafts = new_store().drafts
        first = await drafts.add(a_draft(1, created_with="client key-1"))
        assert await drafts.add(a_draft(2, created_with="client key-1")) == first
        assert await drafts.find("draft-2") is None
        assert (await drafts.add(a_draft(3, created_with="client key-2"))).id == "draft-3"
        assert (await drafts.add(a_draft(4))).id == "draft-4"
        assert (await drafts.add(a_draft(5))).id == "draft-5"

    async def test_an_organisation_lists_its_own_part_by_part(self, new_store: NewStore) -> None:
        drafts = new_store().drafts
        for number in (3, 1, 2):
            await drafts.add(a_draft(number))
        await drafts.add(a_draft(4, organisation=OrganisationId("test-cluster")))
        found, total = await drafts.list_of("test-science-park", offset=1, limit=2)
        assert [draft.id for draft in found] == ["draft-2", "draft-3"]
        assert total == 3
        assert await drafts.list_of("test-nobody", offset=0, limit=2) == ([], 0)

    async def test_only_the_newest_version_is_replaced(self, new_store: NewStore) -> None:
        drafts = new_store().drafts
        draft = await drafts.add(a_draft())
        newer = saved(draft, b"more")
        assert await drafts.save(newer)
        assert await drafts.find(draft.id) == newer
        assert not await drafts.save(saved(draft, b"other", saved_by="editor-2"))
        assert await drafts.find(draft.id) == newer
        assert not await drafts.save(saved(a_draft(2), b"of nothing"))

    async def test_of_saves_at_once_one_wins(self, new_store: NewStore) -> None:
        draft = await new_store().drafts.add(a_draft())
        stores = [new_store() for _ in range(2)]
        won = await asyncio.gather(
            *(
                stores[number % 2].drafts.save(saved(draft, b"%d" % number, saved_by=f"editor-{number}"))
                for number in range(8)
            )
        )
        assert sum(won) == 1
        found = await new_store().drafts.find(draft.id)
        assert found is not None
        assert found.content == b"%d" % won.index(True)

    async def test_what_is_held_is_neither_saved_nor_removed_until_then(self, new_store: NewStore) -> None:
        drafts = new_store().drafts
        draft = await drafts.add(a_draft())
        assert not await drafts.hold(draft.id, 2, until=LATER)
        assert await drafts.hold(draft.id, 1, until=LATER + timedelta(seconds=1))
        assert await drafts.hold(draft.id, 1, until=LATER + timedelta(seconds=1))
        assert not await drafts.save(saved(draft, b"more"))
        assert not await drafts.remove(draft.id, 1, now=LATER)
        await drafts.release(draft.id)
        assert await drafts.save(saved(draft, b"more"))
        assert await drafts.hold(draft.id, 2, until=LATER)
        assert await drafts.remove(draft.id, 2, now=LATER)

    async def test_removing_an_older_version_is_refused_and_discarding_is_not(self, new_store: NewStore) -> None:
        drafts = new_store().drafts
        draft = await drafts.add(a_draft())
        await drafts.save(saved(draft, b"more"))
        assert not await drafts.remove(draft.id, 1, now=LATER)
        await drafts.discard(draft.id)
        await drafts.discard(draft.id)
        assert await drafts.find(draft.id) is None

    async def test_a_draft_that_is_too_large_is_refused(self, new_store: NewStore) -> None:
        with pytest.raises(ContentTooLarge):
            await new_store().drafts.add(a_draft(content=bytes(CONTENT_BYTES_MAX + 1)))
