"""The owners' keys in their own database, each wrapped by the master key, and remembered for a minute."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

import stamina

from shared.contents.keys import KEY_BYTES, OwnerKey, new_secret, owner_key, seal, unseal
from shared.contents.sizes import ContentsUnavailable
from shared.mongo import Database, DatabaseError, Document, DuplicateKeyError, find_all, find_first, is_transient

KEYS: Final = "keys"
TRIES_S_MAX: Final = 20.0

_KEYS_REMEMBERED_MAX: Final = 10_000
_KEY_REMEMBERED_S_MAX: Final = 60.0
_IN_LOOP_BYTES_MAX: Final = 64 * 1024

T = TypeVar("T")


class OwnerKeys:
    """The keys of owners. `master_key` is 32 secret bytes. Methods raise WrongKeyError when it is another."""

    def __init__(self, keys: Database, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"the master key must be {KEY_BYTES} bytes")
        self._keys = keys
        self._master_key = master_key
        self._remembered: OrderedDict[str, tuple[float, OwnerKey]] = OrderedDict()

    async def get(self, owner: str) -> OwnerKey | None:
        """Return the owner's key, None when it has none (any more)."""
        if (remembered := self.in_memory(owner)) is not None:
            return remembered
        found = await find_first(self._keys, KEYS, {"_id": owner})
        return None if found is None else self._remember(found)

    async def get_or_make(self, owner: str) -> OwnerKey:
        """Return the owner's key; the first time it is made."""
        return await self.get(owner) or await self._make(owner)

    async def read(self, owners: Iterable[str]) -> None:
        """Have the keys of all these owners in memory, in one question."""
        unknown = sorted({owner for owner in owners if self.in_memory(owner) is None})
        if unknown:
            for found in await find_all(self._keys, KEYS, {"_id": {"$in": unknown}}):
                self._remember(found)

    def in_memory(self, owner: str) -> OwnerKey | None:
        """Return the owner's key if it was read within the last minute."""
        now = asyncio.get_running_loop().time()
        remembered = self._remembered.get(owner)
        if remembered is not None and now < remembered[0]:
            self._remembered.move_to_end(owner)
            return remembered[1]
        self._remembered.pop(owner, None)
        return None

    def _remember(self, found: Document) -> OwnerKey:
        owner: str = found["_id"]
        key = owner_key(unseal(self._master_key, bytes(found["wrapped"]), owner))
        self._remembered[owner] = (asyncio.get_running_loop().time() + _KEY_REMEMBERED_S_MAX, key)
        if len(self._remembered) > _KEYS_REMEMBERED_MAX:
            self._remembered.popitem(last=False)
        return key

    async def _make(self, owner: str) -> OwnerKey:
        """Make the owner's key, or take that of whoever was first: only what a majority is read to hold is used.

        Raises _NotYetError while it holds none: the other one's is on its way there, or was undone by a step-down.
        """
        with contextlib.suppress(DuplicateKeyError):
            await self._keys[KEYS].insert_one({"_id": owner, "wrapped": seal(self._master_key, new_secret(), owner)})
        key = await self.get(owner)
        if key is None:
            raise _NotYetError
        return key


class UntilAnswered:
    """Repeats what is harmless to repeat until the database answers."""

    def __init__(self, tries_s_max: float = TRIES_S_MAX) -> None:
        self._retry = stamina.AsyncRetryingCaller(
            attempts=None, timeout=tries_s_max, wait_initial=0.02, wait_max=1.0, wait_jitter=0.2
        ).on(_passes)

    async def __call__(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Return what `ask` returns. Raises ContentsUnavailable.

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


async def computed(size_bytes: int, compute: Callable[[], T]) -> T:
    """Compute here, or for large contents in a thread, so that nobody else waits for it."""
    return compute() if size_bytes <= _IN_LOOP_BYTES_MAX else await asyncio.to_thread(compute)


class _NotYetError(DatabaseError):
    """No majority holds what somebody has written a moment ago."""


def _passes(error: Exception) -> bool:
    """Tell whether what failed may go well when it is asked again."""
    return isinstance(error, _NotYetError) or is_transient(error)
