"""Contents in MongoDB: ciphertext in the service's database, wrapped keys in a database of their own."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, TypeAlias

from shared.contents.drafts import DraftStore
from shared.contents.files import FileStore
from shared.contents.keys import OwnerKey, seal, search_key, token_of, unseal
from shared.contents.mongo_drafts import DRAFTS, MongoDraftStore, prepare_drafts
from shared.contents.mongo_files import FILE_COLLECTIONS, MongoFileStore, prepare_files
from shared.contents.owner_keys import KEYS, TRIES_S_MAX, OwnerKeys, UntilAnswered, computed
from shared.contents.port import ContentGoneError, check_size
from shared.eventlog.gathering import Gathering, Waiting
from shared.mongo import (
    WRITE_MAJORITY,
    Database,
    DatabaseError,
    Document,
    create_collections,
    find_all,
    find_first,
    is_duplicate_key,
    raise_write_error,
)

__all__ = ["CONTENTS", "KEPT", "KEYS", "MongoContentStore", "prepare"]

CONTENTS: Final = "contents"
KEPT: Final = (CONTENTS, DRAFTS, *FILE_COLLECTIONS)
"""Every collection of contents: what a backup copies."""

_TOGETHER_BYTES_MAX: Final = 64 * 1024
_TOGETHER_MAX: Final = 128
_PUTS_WAITING_MAX: Final = 10_000

_Put: TypeAlias = Waiting[Document, None]


async def prepare(database: Database, keys: Database) -> None:
    """Create the collections of contents and of keys. Can be run again."""
    await create_collections(database, KEPT)
    await prepare_drafts(database)
    await prepare_files(database)
    await create_collections(keys, (KEYS,))


class MongoContentStore:
    """Implements ContentStore. `master_key` is 32 secret bytes; it wraps the owners' keys in the database `keys`.

    Every service has a pair of databases of its own. An owner's key that is deleted makes all its contents
    unreadable, within a minute in processes that have used it.
    """

    def __init__(
        self, database: Database, keys: Database, *, master_key: bytes, tries_s_max: float = TRIES_S_MAX
    ) -> None:
        self._database = database
        self._puts: Gathering[Document, None] = Gathering(
            _taken, self._insert_together, wait_s_max=tries_s_max, waiting_max=_PUTS_WAITING_MAX
        )
        self._keys = OwnerKeys(keys, master_key)
        self._search_key = search_key(master_key)
        self._until_answered = UntilAnswered(tries_s_max)
        self._drafts = MongoDraftStore(database, self._keys, self._until_answered)
        self._files = MongoFileStore(database, self._keys, self._until_answered)

    @property
    def drafts(self) -> DraftStore:
        """Drafts; see the port."""
        return self._drafts

    @property
    def files(self) -> FileStore:
        """Files; see the port."""
        return self._files

    async def put(self, owner: str, content: bytes) -> str:
        """Store `content` for `owner`; see the port."""
        check_size(content)
        return await self._until_answered(lambda: self._put(owner, content))

    async def get(self, owner: str, reference: str) -> bytes:
        """Return what `put` stored; see the port. Raises WrongKeyError when the master key is another."""
        return await self._until_answered(lambda: self._get(owner, reference))

    async def get_many(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """Return what is there; see the port. Raises WrongKeyError when the master key is another."""
        return await self._until_answered(lambda: self._get_many(wanted))

    def token(self, word: str) -> str:
        """Return a keyed hash; see the port."""
        return token_of(self._search_key, word)

    async def _put(self, owner: str, content: bytes) -> str:
        key = await self._keys.get_or_make(owner)
        reference, sealed = await computed(len(content), lambda: _sealed(key, owner, content))
        document = {"_id": _place(owner, reference), "sealed": sealed}
        if len(sealed) > _TOGETHER_BYTES_MAX:
            await self._insert([document])
        else:
            await asyncio.shield(self._puts.ask(document))
        return reference

    async def _insert(self, documents: Sequence[Document]) -> None:
        """Insert what is not there yet; one that is there under this id is the same. Raises the driver's errors."""
        command = {"insert": CONTENTS, "documents": documents, "ordered": False, "writeConcern": WRITE_MAJORITY}
        answer = await self._database.command(command)
        refused = [error for error in answer.get("writeErrors", ()) if not is_duplicate_key(int(error["code"]))]
        raise_write_error({**answer, "writeErrors": refused})

    async def _insert_together(self, batch: list[_Put]) -> None:
        """Insert for everybody who waits. An error is everybody's: all of them may ask again, and nothing is harmed."""
        try:
            await self._insert(list({put.item["_id"]: put.item for put in batch}.values()))
        except DatabaseError as error:
            for put in batch:
                put.fail(error)
        else:
            for put in batch:
                put.settle(None)

    async def _get(self, owner: str, reference: str) -> bytes:
        place = _place(owner, reference)
        key = await self._keys.get(owner)
        found: Document | None = None if key is None else await find_first(self._database, CONTENTS, {"_id": place})
        if key is None or found is None:
            raise ContentGoneError(place)
        sealed = bytes(found["sealed"])
        encryption = key.encryption
        return await computed(len(sealed), lambda: unseal(encryption, sealed, place))

    async def _get_many(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        await self._keys.read(owner for owner, _ in wanted)
        readable = {_place(*each): each for each in wanted if self._keys.in_memory(each[0]) is not None}
        if not readable:
            return {}
        opened = {}
        for found in await find_all(self._database, CONTENTS, {"_id": {"$in": list(readable)}}):
            place = readable[found["_id"]]
            key = self._keys.in_memory(place[0])
            if key is not None:
                opened[place] = unseal(key.encryption, bytes(found["sealed"]), found["_id"])
        return opened


def _taken(line: deque[_Put]) -> list[_Put]:
    return [line.popleft() for _ in range(min(len(line), _TOGETHER_MAX))]


def _place(owner: str, reference: str) -> str:
    return f"{owner}/{reference}"


def _sealed(key: OwnerKey, owner: str, content: bytes) -> tuple[str, bytes]:
    reference = key.reference_of(content)
    return reference, seal(key.encryption, content, _place(owner, reference))
