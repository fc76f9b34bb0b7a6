"""Drafts in MongoDB: who, when and which version in the open, the content as ciphertext bound to its version."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from shared.contents.drafts import Draft
from shared.contents.keys import seal, unseal
from shared.contents.owner_keys import OwnerKeys, UntilAnswered, computed
from shared.contents.sizes import check_size
from shared.mongo import ASCENDING, Database, Document, DuplicateKeyError, create_index, find_first, find_page

DRAFTS: Final = "drafts"


async def prepare_drafts(database: Database) -> None:
    """Create the indexes of drafts. Can be run again."""
    await create_index(database, DRAFTS, (("organisation", ASCENDING), ("_id", ASCENDING)), name="organisation")
    await create_index(
        database,
        DRAFTS,
        (("created_with", ASCENDING),),
        name="created_with",
        unique=True,
        partialFilterExpression={"created_with": {"$type": "string"}},
    )


class MongoDraftStore:
    """Implements DraftStore."""

    def __init__(self, database: Database, keys: OwnerKeys, until_answered: UntilAnswered) -> None:
        self._database = database
        self._keys = keys
        self._until_answered = until_answered

    async def add(self, draft: Draft) -> Draft:
        """Keep a new draft; see the port."""
        check_size(draft.content)
        return await self._until_answered(lambda: self._add(draft))

    async def find(self, draft_id: str) -> Draft | None:
        """Return a draft; see the port."""
        return await self._until_answered(lambda: self._first({"_id": draft_id}))

    async def list_of(self, organisation: str, *, offset: int, limit: int) -> tuple[list[Draft], int]:
        """Return one part of an organisation's drafts; see the port."""
        return await self._until_answered(lambda: self._list_of(organisation, offset, limit))

    async def save(self, draft: Draft) -> bool:
        """Replace the version before; see the port."""
        check_size(draft.content)
        return await self._until_answered(lambda: self._save(draft))

    async def hold(self, draft_id: str, version: int, *, until: datetime) -> bool:
        """Let nobody change this version until then; see the port."""
        newest = {"_id": draft_id, "version": version}
        return await self._until_answered(lambda: self._update(newest, {"$set": {"held_until": until}}))

    async def release(self, draft_id: str) -> None:
        """End a hold; see the port."""
        await self._until_answered(lambda: self._update({"_id": draft_id}, {"$unset": {"held_until": ""}}))

    async def remove(self, draft_id: str, version: int, *, now: datetime) -> bool:
        """Remove this version; see the port."""
        return await self._until_answered(lambda: self._delete(_free(draft_id, version, now)))

    async def discard(self, draft_id: str) -> None:
        """Remove a draft; see the port."""
        await self._until_answered(lambda: self._delete({"_id": draft_id}))

    async def _add(self, draft: Draft) -> Draft:
        try:
            await self._database[DRAFTS].insert_one(await self._sealed(draft))
        except DuplicateKeyError:
            # This very insert, repeated after its answer was lost, or the same request sent twice.
            by = {"created_with": draft.created_with} if draft.created_with is not None else {"_id": draft.id}
            return await self._first(by) or draft
        return draft

    async def _first(self, condition: Document) -> Draft | None:
        found = await find_first(self._database, DRAFTS, condition)
        return None if found is None else await self._opened(found)

    async def _list_of(self, organisation: str, offset: int, limit: int) -> tuple[list[Draft], int]:
        found, count = await find_page(
            self._database,
            DRAFTS,
            {"organisation": organisation},
            order={"_id": ASCENDING},
            offset=offset,
            limit=limit,
        )
        await self._keys.read(document["owner"] for document in found)
        opened = [await self._opened(document) for document in found]
        return [draft for draft in opened if draft is not None], count

    async def _save(self, draft: Draft) -> bool:
        sealed = await self._sealed(draft)
        changed = {name: sealed[name] for name in ("version", "sealed", "saved_at", "saved_by")}
        before = _free(draft.id, draft.version - 1, draft.saved_at)
        if await self._update(before, {"$set": changed, "$unset": {"held_until": ""}}):
            return True
        # Repeated after its answer was lost, it finds its own work done.
        mine = {"_id": draft.id, "version": draft.version, "saved_at": draft.saved_at, "saved_by": draft.saved_by}
        found = await self._first(mine)
        return found is not None and found.content == draft.content

    async def _update(self, condition: Document, change: Document) -> bool:
        return bool((await self._database[DRAFTS].update_one(condition, change)).matched_count)

    async def _delete(self, condition: Document) -> bool:
        return bool((await self._database[DRAFTS].delete_one(condition)).deleted_count)

    async def _sealed(self, draft: Draft) -> Document:
        key = (await self._keys.get_or_make(draft.owner)).encryption
        document = asdict(draft)
        document["_id"] = document.pop("id")
        content = document.pop("content")
        sealed = await computed(len(content), lambda: seal(key, content, _place(draft.id, draft.version)))
        return {**document, "sealed": sealed}

    async def _opened(self, found: Document) -> Draft | None:
        key = await self._keys.get(found["owner"])
        if key is None:
            return None
        values: dict[str, Any] = {name: found[name] for name in _OPEN}
        sealed, encryption = bytes(found["sealed"]), key.encryption
        place = _place(found["_id"], found["version"])
        content = await computed(len(sealed), lambda: unseal(encryption, sealed, place))
        return Draft(id=found["_id"], content=content, **values)


_OPEN: Final = ("owner", "organisation", "version", "created_at", "saved_at", "saved_by", "created_with")


def _place(draft_id: str, version: int) -> str:
    return f"drafts/{draft_id}/{version}"


def _free(draft_id: str, version: int, now: datetime) -> Document:
    """Return the condition of this version, held by nobody at `now`."""
    return {"_id": draft_id, "version": version, "held_until": {"$not": {"$gt": now}}}
