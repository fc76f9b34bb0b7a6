"""Documents and heads that were written lately, within a bound; emptied at lease loss, miss or abort."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from shared.mongo import Encoded
from shared.projector.changes import Changes, HeadEntry
from shared.projector.decoding import Target

DOCUMENT_BYTES_MAX: Final = 24 * 1024 * 1024
HEADS_MAX: Final = 60_000
_OVERHEAD_BYTES: Final = 400  # keys, dictionary slots and object headers beside a document's own bytes


class Cache:
    """Keeps the newest: what was written longest ago goes first, and only when `trim` is called.

    Nothing is evicted between a fold and the end of its transaction, because what is read from the database then is
    older than what was folded.
    """

    def __init__(self, document_bytes_max: int = DOCUMENT_BYTES_MAX, heads_max: int = HEADS_MAX) -> None:
        self._document_bytes_max = document_bytes_max
        self._heads_max = heads_max
        self._documents: dict[Target, Encoded] = {}
        self._document_bytes = 0
        self._heads: dict[str, dict[str, HeadEntry]] = {}
        self._heads_count = 0

    def document(self, target: Target) -> Encoded | None:
        """Return a document's bytes, or None when it is not here (it may exist all the same)."""
        return self._documents.get(target)

    def heads(self, key: str) -> dict[str, HeadEntry] | None:
        """Return all heads kept under a record key, or None when they are not here."""
        return self._heads.get(key)

    def follow(self, changes: Changes, known_heads: Mapping[str, dict[str, HeadEntry]]) -> None:
        """Remember what was folded. `known_heads` are all heads of every record key that the fold looked at."""
        for view, documents in chain(changes.inserted.items(), changes.replaced.items()):
            for document, data in documents.items():
                target = (view, document)
                before = self._documents.pop(target, None)  # so that it is the newest again
                self._documents[target] = data
                self._document_bytes += len(data.raw) + _OVERHEAD_BYTES
                if before is not None:
                    self._document_bytes -= len(before.raw) + _OVERHEAD_BYTES
        for key, heads in known_heads.items():
            if (cached := self._heads.pop(key, None)) is not None:
                self._heads_count -= len(cached) + 1
            heads.update(changes.heads.get(key, {}))
            self._heads[key] = heads
            self._heads_count += len(heads) + 1

    def trim(self) -> None:
        """Forget the oldest beyond the bounds."""
        while self._document_bytes > self._document_bytes_max:
            target = next(iter(self._documents))
            self._document_bytes -= len(self._documents.pop(target).raw) + _OVERHEAD_BYTES
        while self._heads_count > self._heads_max:
            self._heads_count -= len(self._heads.pop(next(iter(self._heads)))) + 1

    def clear(self) -> None:
        """Forget everything."""
        self._documents.clear()
        self._heads.clear()
        self._document_bytes = self._heads_count = 0
