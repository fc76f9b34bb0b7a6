"""Contents in MongoDB: ciphertext in the service's database, wrapped keys in a database of their own."""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias, TypeVar

import stamina

from shared.contents.keys import KEY_BYTES, OwnerKey, new_secret, owner_key, seal, unseal
from shared.contents.port import ContentGoneError, ContentsUnavailable, check_size
from shared.eventlog.gathering import Gathering, Waiting
from shared.mongo import (
    WRITE_MAJORITY,
    Database,
    DatabaseError,
    Document,
    DuplicateKeyError,
    create_collections,
    find_first,
    is_duplicate_key,
    is_transient,
    raise_write_error,
)

CONTENTS: Final = "contents"
KEYS: Final = "keys"

_KEYS_REMEMBERED_MAX: Final = 10_000
_KEY_REMEMBERED_S_MAX: Final = 60.0
_TRIES_S_MAX: Final = 20.0
_IN_LOOP_BYTES_MAX: Final = 64 * 1024
_TOGETHER_BYTES_MAX: Final = 64 * 1024
_TOGETHER_MAX: Final = 128
_PUTS_WAITING_MAX: Final = 10_000

T = TypeVar("T")
_Put: TypeAlias = Waiting[Document, None]


async def prepare(database: Database, keys: Database) -> None:
    """Create the collections of contents and of keys. Can be run again."""
    await create_collections(database, (CONTENTS,))
    await create_collections(keys, (KEYS,))


class MongoContentStore:
    """Implements ContentStore. `master_key` is 32 secret bytes; it wraps the owners' keys in the database `keys`.

    Every service has a pair of databases of its own. An owner's key that is deleted makes all its contents
    unreadable, within a minute in processes that have used it.
    """

    def __init__(
        self, database: Database, keys: Database, *, master_key: bytes, tries_s_max: float = _TRIES_S_MAX
    ) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"the master key must be {KEY_BYTES} bytes")
        self._database = database
        self._puts: Gathering[Document, None] = Gathering(
            _taken, self._insert_together, wait_s_max=tries_s_max, waiting_max=_PUTS_WAITING_MAX
        )
        self._keys = keys
        self._master_key = master_key
        self._retry = stamina.AsyncRetryingCaller(
            attempts=None, timeout=tries_s_max, wait_initial=0.02, wait_max=1.0, wait_jitter=0.2
        ).on(_passes)
        self._remembered: OrderedDict[str, tuple[float, OwnerKey]] = OrderedDict()

    async def put(self, owner: str, content: bytes) -> str:
        """Store `content` for `owner`; see the port."""
        check_size(content)
        return await self._until_answered(lambda: self._put(owner, content))

    async def get(self, owner: str, reference: str) -> bytes:
        """Return what `put` stored; see the port. Raises WrongKeyError when the master key is another."""
        return await self._until_answered(lambda: self._get(owner, reference))

    async def _until_answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Repeat what is harmless to repeat until the database answers. Raises ContentsUnavailable.

        `ask` takes no arguments, because retries are logged, and contents belong in no log.
        """
        try:
            return await ask()
        except DatabaseError as error:
            if not _passes(error):
                raise
        try:  # the machinery of retries costs as much as the question: only when it is needed
            return await self._retry(ask)
        except DatabaseError as error:
            if _passes(error):
                raise ContentsUnavailable from error
            raise

    async def _put(self, owner: str, content: bytes) -> str:
        key = await self._key(owner) or await self._new_key(owner)
        reference, sealed = await _computed(len(content), lambda: _sealed(key, owner, content))
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
        key = await self._key(owner)
        found: Document | None = None if key is None else await find_first(self._database, CONTENTS, {"_id": place})
        if key is None or found is None:
            raise ContentGoneError(place)
        sealed = bytes(found["sealed"])
        encryption = key.encryption
        return await _computed(len(sealed), lambda: unseal(encryption, sealed, place))

    async def _key(self, owner: str) -> OwnerKey | None:
        now = asyncio.get_running_loop().time()
        remembered = self._remembered.get(owner)
        if remembered is not None and now < remembered[0]:
            self._remembered.move_to_end(owner)
            return remembered[1]
        self._remembered.pop(owner, None)
        found = await find_first(self._keys, KEYS, {"_id": owner})
        if found is None:
            return None
        key = owner_key(unseal(self._master_key, bytes(found["wrapped"]), owner))
        self._remembered[owner] = (now + _KEY_REMEMBERED_S_MAX, key)
        if len(self._remembered) > _KEYS_REMEMBERED_MAX:
            self._remembered.popitem(last=False)
        return key

    async def _new_key(self, owner: str) -> OwnerKey:
        """Make the owner's key, or take that of whoever was first: only what a majority is read to hold is used.

        Raises _NotYetError while it holds none: the other one's is on its way there, or was undone by a step-down.
        """
        with contextlib.suppress(DuplicateKeyError):
            await self._keys[KEYS].insert_one({"_id": owner, "wrapped": seal(self._master_key, new_secret(), owner)})
        key = await self._key(owner)
        if key is None:
            raise _NotYetError
        return key


class _NotYetError(DatabaseError):
    """No majority holds what somebody has written a moment ago."""


def _passes(error: Exception) -> bool:
    """Tell whether what failed may go well when it is asked again."""
    return isinstance(error, _NotYetError) or is_transient(error)


def _taken(line: deque[_Put]) -> list[_Put]:
    return [line.popleft() for _ in range(min(len(line), _TOGETHER_MAX))]


def _place(owner: str, reference: str) -> str:
    return f"{owner}/{reference}"


def _sealed(key: OwnerKey, owner: str, content: bytes) -> tuple[str, bytes]:
    reference = key.reference_of(content)
    return reference, seal(key.encryption, content, _place(owner, reference))


async def _computed(size_bytes: int, compute: Callable[[], T]) -> T:
    """Compute here, or for large contents in a thread, so that nobody else waits for it."""
    return compute() if size_bytes <= _IN_LOOP_BYTES_MAX else await asyncio.to_thread(compute)
