"""What handlers know of the content store, and the port that the real one and the fake both meet."""

from typing import Final, Protocol

from shared.kernel.refusals import Refusal

CONTENT_BYTES_MAX: Final = 12 * 1024 * 1024


class ContentGoneError(LookupError):
    """There is no such content, or its key has been destroyed."""


class ContentTooLarge(Refusal):
    """A content is larger than one document of the store: a limit at the border should have said so first."""

    status = 413
    sv = "Innehållet är för stort: {bytes} byte, högst {bytes_max}."
    en = "The content is too large: {bytes} bytes, at most {bytes_max}."


class ContentsUnavailable(Refusal):
    """The database of the contents does not answer. No rule's answer: try again."""

    status = 503
    retry_after_s = 5
    sv = "Tjänsten når inte sin databas; försök igen om en stund."
    en = "The service cannot reach its database; try again in a while."


def check_size(content: bytes) -> None:
    """Raise ContentTooLarge unless the store takes a content of this size."""
    if len(content) > CONTENT_BYTES_MAX:
        raise ContentTooLarge(bytes=len(content), bytes_max=CONTENT_BYTES_MAX)


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
