"""GridFS: files that are larger than a document, in pieces of a size of the caller's choice."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from gridfs.errors import NoFile
from motor.motor_asyncio import AsyncIOMotorGridFSBucket

from shared.mongo.names import Database, Document

__all__ = ["Bucket", "NoFile", "collections_of"]

_FILES: Final = "files"
_CHUNKS: Final = "chunks"


def collections_of(bucket: str) -> tuple[str, str]:
    """Return the names of a bucket's collections: of files, and of their pieces."""
    return f"{bucket}.{_FILES}", f"{bucket}.{_CHUNKS}"


class Bucket:
    """One bucket of a database. Every piece but the last of a file has `piece_bytes`."""

    def __init__(self, database: Database, name: str, piece_bytes: int) -> None:
        self._bucket: Any = AsyncIOMotorGridFSBucket(database, name, chunk_size_bytes=piece_bytes)

    async def write(self, file_id: str, pieces: Sequence[bytes], metadata: Document) -> None:
        """Write a file; it is there when its document is, after all its pieces. Raises DatabaseError."""
        stream = self._bucket.open_upload_stream_with_id(file_id, file_id, metadata=metadata)
        try:
            for piece in pieces:
                await stream.write(piece)
        except BaseException:
            await stream.abort()
            raise
        await stream.close()

    async def read(self, file_id: str) -> AsyncIterator[bytes]:
        """Yield a file's pieces in their order. Raises NoFile, DatabaseError."""
        stream = await self._bucket.open_download_stream(file_id)
        while piece := await stream.readchunk():
            yield bytes(piece)

    async def remove(self, file_id: str) -> None:
        """Remove a file with its pieces. Raises NoFile, DatabaseError."""
        await self._bucket.delete(file_id)
