"""Whole collections out of a database and into it, byte for byte as the server keeps them: for backups.

A file is what `mongodump --gzip` writes and `mongorestore --gzip` and `bsondump` read: documents one after the other.
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, cast

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.mongo.names import Client, Timestamp

_BATCH: Final = 5_000
_LEVEL: Final = 1  # what is read and written takes longer than to press it a little
_RAW: Final[CodecOptions[RawBSONDocument]] = CodecOptions(document_class=RawBSONDocument)


class Copied(NamedTuple):
    """One collection in a file: how many documents, and the SHA-256 of their bytes, uncompressed."""

    documents: int
    sha256: str


class Moment(NamedTuple):
    """Collections as they all were at one moment, by database and name; `at` is the operation time."""

    at: Timestamp
    collections: Mapping[tuple[str, str], Copied]


def file_of(place: Path, database: str, collection: str) -> Path:
    """Return the file of a collection below `place`."""
    return place / database / f"{collection}.bson.gz"


def copy_out(client: Client, wanted: Mapping[str, Sequence[str]], place: Path) -> Moment:
    """Write collections (by database) to files below `place`, all of them as they were at the same moment.

    Blocks. Raises DatabaseError, with code 239 when the server does not keep that moment long enough
    (`minSnapshotHistoryWindowInSeconds`); OSError.
    """
    copied: dict[tuple[str, str], Copied] = {}
    with client.delegate.start_session(snapshot=True) as session:
        for database, collections in wanted.items():
            (place / database).mkdir(parents=True)
            for name in collections:
                collection = client.delegate[database].get_collection(name, read_concern=ReadConcern())
                batches = collection.find_raw_batches({}, session=session, batch_size=_BATCH)
                copied[database, name] = _written(file_of(place, database, name), batches)
        at = session._snapshot_time  # noqa: SLF001 - the driver keeps it to itself
    return Moment(at, copied)


def _written(path: Path, batches: Iterator[bytes]) -> Copied:
    count, digest = 0, hashlib.sha256()
    with gzip.open(path, "wb", compresslevel=_LEVEL) as file:
        for batch in batches:
            count += sum(1 for _ in bson.decode_iter(batch, _RAW))
            digest.update(batch)
            file.write(batch)
    return Copied(count, digest.hexdigest())


def copy_in(client: Client, database: str, collection: str, path: Path, *, without: frozenset[Any]) -> Copied:
    """Insert the documents of a file, but for those whose `_id` is in `without`; durable on a majority.

    Blocks. Returns what is in the file, those left out included. Raises DatabaseError, OSError.
    """
    target = client.delegate[database].get_collection(
        collection, codec_options=_RAW, write_concern=WriteConcern("majority", j=True)
    )
    count, digest = 0, hashlib.sha256()
    with gzip.open(path, "rb") as file:
        documents = bson.decode_file_iter(cast("IO[bytes]", file), _RAW)
        while batch := list(islice(documents, _BATCH)):
            for document in batch:
                digest.update(document.raw)
            count += len(batch)
            if chosen := [document for document in batch if document["_id"] not in without]:
                target.insert_many(chosen, ordered=False)
    return Copied(count, digest.hexdigest())


def ids_in(path: Path) -> set[Any]:
    """Return the `_id` of every document in a file. Raises OSError."""
    with gzip.open(path, "rb") as file:
        return {document["_id"] for document in bson.decode_file_iter(cast("IO[bytes]", file), _RAW)}
