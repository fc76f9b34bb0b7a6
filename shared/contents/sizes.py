"""What a content store answers instead of a content, and how large a content may be."""

from typing import Final

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
