"""What handlers know of the content store, and the port that the real one and the fake both meet."""

from typing import Protocol


class ContentGoneError(LookupError):
    """There is no such content, or its key has been destroyed."""


class ContentStore(Protocol):
    """Keeps contents encrypted with a key per owner (`application/<id>`, `company/<id>`, `person/<id>` …)."""

    async def put(self, owner: str, content: bytes) -> str:
        """Store `content` (at most 12 MB) for `owner` and return its reference, a keyed hash that facts may carry.

        The same owner and content give the same reference. Written before the fact that names it; an orphan is harmless.
        """
        ...

    async def get(self, owner: str, reference: str) -> bytes:
        """Return what `put` stored. Raises ContentGoneError."""
        ...
