"""Files in memory, for unit tests, proved by the same suite as the real ones."""

from shared.contents.files import File, check_file_size
from shared.contents.sizes import ContentGoneError


class InMemoryFileStore:
    """Implements FileStore with a dictionary, unencrypted."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], tuple[File, bytes]] = {}

    async def put(self, file: File, content: bytes) -> None:
        """Keep a file; see the port."""
        check_file_size(content)
        self._files.setdefault((file.owner, file.id), (file, content))

    async def list_of(self, owner: str) -> list[File]:
        """Return an owner's files; see the port."""
        return [file for place, (file, _) in sorted(self._files.items()) if place[0] == owner]

    async def get(self, owner: str, file_id: str) -> bytes:
        """Return a file's bytes; see the port."""
        try:
            return self._files[owner, file_id][1]
        except KeyError:
            raise ContentGoneError(file_id) from None

    async def remove(self, owner: str, file_id: str) -> None:
        """Remove a file; see the port."""
        self._files.pop((owner, file_id), None)
