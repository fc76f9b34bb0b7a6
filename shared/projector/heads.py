"""How far each stream is folded, wherever its head is kept: in the document that follows it, or by record key."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from shared.mongo import MAJORITY, Database, Document, Session, find_all
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
    session: Session | None = None,
    read_concern: Mapping[str, Any] = MAJORITY,
) -> dict[str, HeadEntry]:
    """Return the heads of those streams that have one; `key_of` gives each stream's record key.

    Reads in the transaction of `session`, else at `read_concern`. The driver's errors pass through.
    """
    found: list[Mapping[str, HeadEntry]] = []

    async def read(collection: str, identifiers: list[str], fields: Document) -> None:
        condition, options = {"_id": {"$in": identifiers}}, {"projection": fields}
        documents = await find_all(
            database, collection, condition, options=options, session=session, read_concern=read_concern
        )
        found.extend(heads_of_document(document) for document in documents)

    for streams in parts(key_of, _STREAMS_AT_ONCE):
        places = list(_places(projection, {stream: key_of[stream] for stream in streams}))
        if session is None:
            await asyncio.gather(*(read(*place) for place in places))
        else:  # a transaction takes one command at a time
            for place in places:
                await read(*place)
    return {stream: head for stream, head in furthest(found).items() if stream in key_of}


def _places(projection: Projection, key_of: Mapping[str, str]) -> Iterator[tuple[str, list[str], Document]]:
    """Yield where heads of these streams may be: collection, ids, fields."""
    yield (
        heads_of(projection.name),
        list(set(key_of.values())),
        {f"streams.{field_of(stream)}": 1 for stream in key_of},
    )
    for view in projection.views:
        if view.one_stream:
            yield view.collection, [view.document_of_stream(stream) for stream in key_of], _FIELDS


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
