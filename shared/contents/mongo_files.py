"""Files in GridFS: each piece is ciphertext bound to its file, its number and how many there are."""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from shared.contents.files import File, check_file_size
from shared.contents.keys import WrongKeyError, seal, unseal
from shared.contents.owner_keys import OwnerKeys, UntilAnswered
from shared.contents.sizes import ContentGoneError
from shared.mongo import ASCENDING, Database, Document, create_index, find_all
from shared.mongo.buckets import Bucket, NoFile, collections_of

BUCKET: Final = "attachments"
FILE_COLLECTIONS: Final = collections_of(BUCKET)

_PIECE_BYTES: Final = 256 * 1024
_SEAL_BYTES: Final = 28
"""What sealing adds to each piece: the nonce and the tag."""
_PLAIN_BYTES: Final = _PIECE_BYTES - _SEAL_BYTES
_FILES, _CHUNKS = FILE_COLLECTIONS


async def prepare_files(database: Database) -> None:
    """Create the indexes of files, those that GridFS itself would make among them. Can be run again."""
    await create_index(database, _CHUNKS, (("files_id", ASCENDING), ("n", ASCENDING)), unique=True)
    await create_index(database, _FILES, (("filename", ASCENDING), ("uploadDate", ASCENDING)))
    await create_index(database, _FILES, (("metadata.owner", ASCENDING), ("_id", ASCENDING)), name="owner")


@dataclass(frozen=True, slots=True)
class _Place:
    """What a sealed piece is bound to."""

    file_id: str
    pieces: int

    def of(self, number: int) -> str:
        return f"files/{self.file_id}/{number}/{self.pieces}"


class MongoFileStore:
    """Implements FileStore."""

    def __init__(self, database: Database, keys: OwnerKeys, until_answered: UntilAnswered) -> None:
        self._database = database
        self._bucket = Bucket(database, BUCKET, _PIECE_BYTES)
        self._keys = keys
        self._until_answered = until_answered

    async def put(self, file: File, content: bytes) -> None:
        """Keep a file; see the port."""
        check_file_size(content)
        await self._until_answered(lambda: self._put(file, content))

    async def list_of(self, owner: str) -> list[File]:
        """Return an owner's files; see the port."""
        return await self._until_answered(lambda: self._list_of(owner))

    async def get(self, owner: str, file_id: str) -> bytes:
        """Return a file's bytes; see the port. Raises WrongKeyError when they are not those that came."""
        return await self._until_answered(lambda: self._get(owner, file_id))

    async def remove(self, owner: str, file_id: str) -> None:
        """Remove a file; see the port."""
        await self._until_answered(lambda: self._remove(owner, file_id))

    async def _put(self, file: File, content: bytes) -> None:
        key = (await self._keys.get_or_make(file.owner)).encryption
        plain = [content[at : at + _PLAIN_BYTES] for at in range(0, len(content), _PLAIN_BYTES)]
        place = _Place(file.id, len(plain))
        pieces = await asyncio.to_thread(
            lambda: [seal(key, piece, place.of(number)) for number, piece in enumerate(plain)]
        )
        if await self._of(file.owner, file.id):
            return  # written before, and its answer was lost
        with contextlib.suppress(NoFile):  # its first pieces may be there, of a try that was broken off
            await self._bucket.remove(file.id)
        await self._bucket.write(file.id, pieces, _described(file, key, len(plain)))

    async def _list_of(self, owner: str) -> list[File]:
        key = await self._keys.get(owner)
        if key is None:
            return []
        found = await find_all(self._database, _FILES, {"metadata.owner": owner}, options={"sort": {"_id": ASCENDING}})
        return [_file_of(document, key.encryption) for document in found]

    async def _get(self, owner: str, file_id: str) -> bytes:
        key = await self._keys.get(owner)
        (document,) = await self._of(owner, file_id) or (None,)
        if key is None or document is None:
            raise ContentGoneError(file_id)
        sealed = [piece async for piece in self._bucket.read(file_id)]
        place = _Place(file_id, document["metadata"]["pieces"])
        if len(sealed) != place.pieces:
            raise WrongKeyError(file_id)
        encryption = key.encryption
        content = await asyncio.to_thread(
            lambda: b"".join(unseal(encryption, piece, place.of(number)) for number, piece in enumerate(sealed))
        )
        if sha256(content).hexdigest() != _file_of(document, encryption).sha256:
            raise WrongKeyError(file_id)
        return content

    async def _remove(self, owner: str, file_id: str) -> None:
        if await self._of(owner, file_id):
            with contextlib.suppress(NoFile):  # somebody else was first
                await self._bucket.remove(file_id)

    async def _of(self, owner: str, file_id: str) -> list[Document]:
        return await find_all(self._database, _FILES, {"_id": file_id, "metadata.owner": owner})


def _described(file: File, key: bytes, pieces: int) -> Document:
    """Return what GridFS keeps beside the bytes: only how they are found is in the open."""
    label: dict[str, Any] = {
        "name": file.name,
        "media_type": file.media_type,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "scanned": file.scanned,
    }
    sealed = seal(key, json.dumps(label).encode(), f"files/{file.id}")
    return {
        "owner": file.owner,
        "pieces": pieces,
        "stored_at": file.stored_at,
        "stored_by": file.stored_by,
        "sealed": sealed,
    }


def _file_of(document: Document, key: bytes) -> File:
    kept = document["metadata"]
    label = json.loads(unseal(key, bytes(kept["sealed"]), f"files/{document['_id']}"))
    return File(
        id=document["_id"],
        owner=kept["owner"],
        stored_at=kept["stored_at"],
        stored_by=kept["stored_by"],
        **label,
    )
