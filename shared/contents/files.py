"""Files: large contents with a name and a type, encrypted piece by piece with the key of their owner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from shared.contents.sizes import ContentTooLarge

FILE_BYTES_MAX: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class File:
    """What is known of a file beside its bytes. `sha256` (hexadecimal) is of the bytes as they came.

    `name` is encrypted like the bytes. `scanned` tells whether a scanner has looked at it. `stored_at` is aware, UTC,
    kept to the millisecond.
    """

    id: str
    owner: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    stored_at: datetime
    stored_by: str
    scanned: bool


def check_file_size(content: bytes) -> None:
    """Raise ContentTooLarge unless the store takes a file of this size."""
    if len(content) > FILE_BYTES_MAX:
        raise ContentTooLarge(bytes=len(content), bytes_max=FILE_BYTES_MAX)


class FileStore(Protocol):
    """Keeps files. Every method raises ContentsUnavailable (503)."""

    async def put(self, file: File, content: bytes) -> None:
        """Keep a file whole or not at all. Raises ContentTooLarge (413)."""
        ...

    async def list_of(self, owner: str) -> list[File]:
        """Return an owner's files in the order of their ids; none when its key has been destroyed."""
        ...

    async def get(self, owner: str, file_id: str) -> bytes:
        """Return a file's bytes, after checking that they are those that came. Raises ContentGoneError."""
        ...

    async def remove(self, owner: str, file_id: str) -> None:
        """Remove a file of this owner. Can be repeated."""
        ...
