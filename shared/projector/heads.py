"""How far each stream is folded, wherever its head is kept: in the document that follows it, or by record key."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from shared.mongo import MAJORITY, Command, Database, Document, find_all, find_in
from shared.projector.changes import HeadEntry
from shared.projector.collections import field_of, heads_of, stream_of
from shared.projector.definition import Projection

_STREAMS_AT_ONCE: Final = 1_000
_FIELDS: Final = {"_stream": 1, "_head": 1, "_head_id": 1}

T = TypeVar("T")


async def read_heads(
    database: Database,
    projection: Projection,
    key_of: Mapping[str, str],
    *,
    read_concern: Mapping[str, Any] = MAJORITY,
) -> dict[str, HeadEntry]:
    """Return the heads of those streams that have one; `key_of` gives each stream's record key.

    The driver's errors pass through.
    """
    found: list[Document] = []
    for streams in parts(key_of, _STREAMS_AT_ONCE):
        reads = (
            find_all(database, collection, condition, options=options, read_concern=read_concern)
            for collection, condition, options in _places(projection, streams, key_of)
        )
        for documents in await asyncio.gather(*reads):
            found += documents
    return _heads_of(found, key_of)


def read_heads_in(send: Command, projection: Projection, key_of: Mapping[str, str]) -> dict[str, HeadEntry]:
    """Return the same in the snapshot of a transaction."""
    found: list[Document] = []
    for streams in parts(key_of, _STREAMS_AT_ONCE):
        for collection, condition, options in _places(projection, streams, key_of):
            found += find_in(send, collection, condition, options=options)
    return _heads_of(found, key_of)


def _places(
    projection: Projection, streams: Sequence[str], key_of: Mapping[str, str]
) -> Iterator[tuple[str, Document, Document]]:
    """Yield where heads of these streams may be: collection, condition, options of the find command."""
    fields = {f"streams.{field_of(stream)}": 1 for stream in streams}
    yield heads_of(projection.name), _with_ids({key_of[stream] for stream in streams}), {"projection": fields}
    for view in projection.views:
        if view.one_stream:
            documents = map(view.document_of_stream, streams)
            yield view.collection, _with_ids(documents), {"projection": _FIELDS}


def _with_ids(identifiers: Iterable[str]) -> Document:
    return {"_id": {"$in": list(identifiers)}}


def _heads_of(documents: Iterable[Document], key_of: Mapping[str, str]) -> dict[str, HeadEntry]:
    heads = furthest(map(heads_of_document, documents))
    return {stream: head for stream, head in heads.items() if stream in key_of}


def heads_of_document(document: Document) -> dict[str, HeadEntry]:
    """Return the heads in a document of the collection of heads, or the one that a view's document keeps."""
    if "_stream" in document:
        return {document["_stream"]: HeadEntry(int(document.get("_head", 0)), document.get("_head_id", ""))}
    return {
        stream_of(field): HeadEntry(int(head["sequence"]), head["id"])
        for field, head in document.get("streams", {}).items()
    }


def furthest(found: Iterable[Mapping[str, HeadEntry]]) -> dict[str, HeadEntry]:
    """Return the furthest head of every stream: one that has moved into a document leaves its last entry behind."""
    heads: dict[str, HeadEntry] = {}
    for some in found:
        for stream, head in some.items():
            if stream not in heads or heads[stream].sequence < head.sequence:
                heads[stream] = head
    return heads


def parts(items: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in lists of at most `size`."""
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
