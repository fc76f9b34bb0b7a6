"""What handlers know of the content store, and the port that the real one and the fake both meet."""

from collections.abc import Sequence
from typing import Protocol

from shared.contents.drafts import DraftStore
from shared.contents.files import FileStore
from shared.contents.sizes import (
    CONTENT_BYTES_MAX,
    ContentGoneError,
    ContentsUnavailable,
    ContentTooLarge,
    check_size,
)

__all__ = [
    "CONTENT_BYTES_MAX",
    "ContentGoneError",
    "ContentStore",
    "ContentTooLarge",
    "ContentsUnavailable",
    "check_size",
]


class ContentStore(Protocol):
    """Keeps contents encrypted with a key per owner (`application/<id>`, `company/<id>`, `person/<id>` …)."""

    async def put(self, owner: str, content: bytes) -> str:
        """Store `content` for `owner` and return its reference, a keyed hash (64 hex digits) that facts may carry.

        The same owner and content give the same reference. Written before the fact that names it; an orphan is
        harmless. Raises ContentTooLarge (413), ContentsUnavailable (503).
        """
        ...

    async def get(self, owner: str, reference: str) -> bytes:
        """Return what `put` stored. Raises ContentGoneError, ContentsUnavailable (503)."""
        ...

    async def get_many(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """Return what is there of `wanted` (owner, reference), in two questions however many: for small contents.

        What is gone is left out. Raises ContentsUnavailable (503).
        """
        ...

    def token(self, word: str) -> str:
        """Return a keyed hash (32 hex digits) of a word, the same for every owner: by it facts can be searched."""
        ...

    @property
    def drafts(self) -> DraftStore:
        """Drafts, encrypted with the keys of the same owners."""
        ...

    @property
    def files(self) -> FileStore:
        """Files, encrypted with the keys of the same owners."""
        ...
