"""What a poll needs to read before it can be folded. Pure: what is missing is named here and read by the worker."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from shared.projector.cache import Cache
from shared.projector.changes import Exceptions, HeadEntry
from shared.projector.decoding import Incoming, Target, Unusable
from shared.projector.definition import Document, Projection
from shared.projector.encoding import HeadFields, split, thaw


class Needs:
    """What must be read before a poll can be folded: documents first, then the heads that no document keeps."""

    def __init__(
        self, projection: Projection, facts: Sequence[Incoming | Unusable], cache: Cache, exceptions: Exceptions
    ) -> None:
        self.facts = facts
        self.drained: dict[str, dict[int, Incoming]] = {}
        self.heads: dict[str, dict[str, HeadEntry]] = {}
        self.rows: dict[Target, Document] = {}
        self.homes: dict[Target, HeadFields] = {}
        self._firsts: dict[str, Incoming] = {}
        self._cache = cache
        self._exceptions = exceptions
        self._homely = tuple(
            (index, view.document_of_stream) for index, view in enumerate(projection.views) if view.one_stream
        )

    def held_streams(self) -> list[str]:
        """Return the streams whose held facts may come to their turn in this poll."""
        held = self._exceptions.held
        if not held:
            return []
        streams = {fact.recorded.stream for fact in self.facts if isinstance(fact, Incoming)}
        return [stream for stream in streams if stream in held and stream not in self._exceptions.parked]

    def receive_held(self, found: Iterable[Incoming | Unusable]) -> None:
        """Take what was held of `held_streams`."""
        for fact in found:
            if isinstance(fact, Incoming):
                self.drained.setdefault(fact.recorded.stream, {})[fact.recorded.sequence] = fact

    def candidates(self, stream: str) -> list[Target]:
        """Return the documents that may keep this stream's head."""
        return [(index, document_of(stream)) for index, document_of in self._homely]

    def documents(self) -> dict[int, list[str]]:
        """Take from the cache what is there, and return the ids (by view) that must be read from the database."""
        wanted: dict[Target, None] = {}
        for fact in chain(self.facts, *(drained.values() for drained in self.drained.values())):
            if isinstance(fact, Incoming):
                wanted.update(dict.fromkeys(fact.targets))
                self._firsts.setdefault(fact.recorded.stream, fact)
        for stream in self._firsts:
            for target in self.candidates(stream):
                wanted[target] = None
        missing: dict[int, list[str]] = {}
        for target in wanted:
            data = self._cache.document(target)
            if data is None:
                missing.setdefault(target[0], []).append(target[1])
            else:
                self._take(target, thaw(data))
        return missing

    def receive_documents(self, view: int, found: Iterable[Document]) -> None:
        """Take what the database had of the wanted documents of a view."""
        for document in found:
            self._take((view, document["_id"]), document)

    def _take(self, target: Target, document: Document) -> None:
        fields = split(document)
        if fields is not None:
            self.homes[target] = fields
        self.rows[target] = document

    def keys(self) -> list[str]:
        """Return the record keys whose heads must be read. Call when the documents have been received."""
        missing = set()
        for fact in self._firsts.values():
            key = fact.recorded.key
            if key in self.heads or key in missing or self._is_at_home(fact):
                continue
            heads = self._cache.heads(key)
            if heads is None:
                missing.add(key)
            else:
                self.heads[key] = heads
        return list(missing)

    def _is_at_home(self, fact: Incoming) -> bool:
        """Tell whether the stream's head is certainly in a document, or certainly zero."""
        stream = fact.recorded.stream
        first = fact.recorded.sequence == 1
        for target in self.candidates(stream):
            home = self.homes.get(target)
            if home is not None and home.stream == stream:
                return True
            # Its first fact would have made this very document, so the stream has not been folded yet.
            if first and target not in self.rows and target in fact.targets:
                return True
        return False

    def receive_heads(self, keys: Iterable[str], found: Mapping[str, dict[str, HeadEntry]]) -> None:
        """Take what the database had of the wanted heads."""
        for key in keys:
            self.heads[key] = found.get(key, {})
