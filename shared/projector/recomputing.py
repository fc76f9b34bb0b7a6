"""What a read model must hold, from the log alone: facts decoded and folded in memory by the worker's own code."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from shared.eventlog.documents import COMMITS, PublishedEvent, published_events
from shared.messaging import encode, partition_of
from shared.mongo import ASCENDING, Database
from shared.projector.cache import Cache
from shared.projector.changes import Exceptions, HeadEntry
from shared.projector.decoding import Decoder, Incoming, StoredRecord, Target
from shared.projector.definition import Document, Projection
from shared.projector.encoding import thaw
from shared.projector.folding import CarefulFold, Fold, NeedsCareError
from shared.projector.needs import Needs

_SOURCE: Final = b"/lotsen/log"
_PAGE: Final = 2_000
_FIELDS: Final = dict.fromkeys(("commit_id", "stream", "key", "first", "events", "trace", "at"), 1)


async def facts_of_logs(logs: Iterable[Database], numbers: Collection[int]) -> AsyncIterator[PublishedEvent]:
    """Yield what the owners have recorded under the partition numbers: log after log, in order within each stream.

    Reads what they publish and nothing more. The driver's errors pass through.
    """
    for log in logs:
        cursor = log[COMMITS].find({}, _FIELDS).sort([("_id", ASCENDING)]).batch_size(_PAGE)
        while commits := await cursor.to_list(_PAGE):
            for commit in commits:
                if partition_of(commit["key"]) in numbers:
                    for event in published_events(commit):  # type: ignore[arg-type]  # as the log wrote it
                        yield event


class Recomputed(NamedTuple):
    """Documents by target, as the database would hand them out (with the heads they keep), and heads by record key."""

    documents: dict[Target, Document]
    heads: dict[str, dict[str, HeadEntry]]


@dataclass(slots=True)
class Facts:
    """Facts of the log, decoded for one projection, in order within each stream and without holes.

    `key_of` and `ids` say of each stream its record key and the id of its fact at each position (from 1); `touched`
    which streams have facts for a document.
    """

    projection: Projection
    incoming: list[Incoming] = field(default_factory=list)
    key_of: dict[str, str] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    touched: dict[Target, set[str]] = field(default_factory=dict)

    def last(self, stream: str) -> int:
        """Return the position of the last fact of a stream, 0 for one that the log does not have."""
        return len(self.ids.get(stream, ()))

    def head_at(self, stream: str, sequence: int) -> HeadEntry | None:
        """Return the head that a stream has after the fact at `sequence`; None when there is no such fact."""
        ids = self.ids.get(stream, ())
        return HeadEntry(sequence, ids[sequence - 1]) if 0 < sequence <= len(ids) else None

    def folded(self, upto: Mapping[str, int]) -> Recomputed:
        """Return what the facts make, of each stream those up to the given position and of other streams none."""
        chosen = [fact for fact in self.incoming if fact.recorded.sequence <= upto.get(fact.recorded.stream, 0)]
        try:
            changes = Fold(self.projection, self._needs(chosen), Exceptions()).run()
        except NeedsCareError:
            changes = CarefulFold(self.projection, self._needs(chosen), Exceptions()).run()
        documents = {
            (view, identifier): thaw(data)
            for view, made in changes.inserted.items()
            for identifier, data in made.items()
        }
        return Recomputed(documents, changes.heads)

    def _needs(self, chosen: Sequence[Incoming]) -> Needs:
        needs = Needs(self.projection, chosen, Cache(), Exceptions())
        needs.documents()  # none of them exists: everything is folded from its first fact
        needs.receive_heads(needs.keys(), {})
        return needs


class Decoding:
    """Collects facts one by one, so that a long log is decoded while it is read."""

    def __init__(self, projection: Projection) -> None:
        self._decoder = Decoder(projection)
        self.facts = Facts(projection)

    def take(self, event: PublishedEvent) -> None:
        """Take the next fact; one behind a hole is left out (it was recorded while the log was being read)."""
        facts = self.facts
        ids = facts.ids.setdefault(event.stream, [])
        if event.sequence != len(ids) + 1:
            return
        ids.append(event.ce_id)
        facts.key_of[event.stream] = event.key
        incoming = self._decoder.decode(_record(event))
        assert isinstance(incoming, Incoming), "the log writes usable headers"
        facts.incoming.append(incoming)
        for target in incoming.targets:
            facts.touched.setdefault(target, set()).add(event.stream)


def decoded_facts(projection: Projection, events: Iterable[PublishedEvent]) -> Facts:
    """Return facts that are at hand, decoded."""
    decoding = Decoding(projection)
    for event in events:
        decoding.take(event)
    return decoding.facts


def _record(event: PublishedEvent) -> StoredRecord:
    headers: Any = tuple(encode(event, _SOURCE))
    return StoredRecord("log", partition_of(event.key), 0, event.key.encode(), event.data, headers)
