"""What is wrong with a read model, found by comparing it with the log, and what mends it. Pure: nothing is read."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.messaging import partition_of
from shared.projector.changes import HeadEntry
from shared.projector.comparing import are_same, differing_fields, without_head
from shared.projector.decoding import Target
from shared.projector.definition import Document, Projection
from shared.projector.heads import furthest, heads_of_document
from shared.projector.recomputing import Facts, Recomputed


class Kind(StrEnum):
    """What may be wrong. The first three are of a document, the others of a stream."""

    DIFFERS = "differs"
    MISSING = "missing"
    UNEXPLAINED = "unexplained"
    BEHIND = "behind"
    AHEAD = "ahead"
    FORK = "fork"


class Finding(NamedTuple):
    """One thing that is wrong: `place` is `<collection>/<id>` or a stream id; `detail` never quotes content."""

    kind: Kind
    place: str
    detail: str
    target: Target | None = None


class State(NamedTuple):
    """What the read model held at one instant: documents with the heads that they keep, heads, parked streams."""

    documents: Mapping[Target, Document]
    heads: Mapping[str, HeadEntry]
    parked: Collection[str]

    def sequence(self, stream: str) -> int:
        """Return how far a stream was folded."""
        return self.heads[stream].sequence if stream in self.heads else 0


def positions(facts: Facts, state: State) -> dict[str, int]:
    """Return how far each stream of the log was folded."""
    return {stream: state.sequence(stream) for stream in facts.ids}


def findings(facts: Facts, state: State, expected: Recomputed) -> Iterator[Finding]:
    """Compare streams with their heads, and documents with what the folded facts make of them."""
    unsure = set()
    for found in (found for stream in facts.ids for found in _of_stream(facts, state, stream)):
        yield found
        if found.kind is not Kind.BEHIND:
            unsure.add(found.place)
    for target, streams in facts.touched.items():
        if unsure.isdisjoint(streams):  # else nobody knows which facts it has seen
            yield from _of_document(
                facts.projection, target, state.documents.get(target), expected.documents.get(target)
            )


def _of_stream(facts: Facts, state: State, stream: str) -> Iterator[Finding]:
    sequence, last = state.sequence(stream), facts.last(stream)
    if sequence > last:
        yield Finding(Kind.AHEAD, stream, f"folded to {sequence}, the log ends at {last}")
    elif sequence and state.heads[stream] != facts.head_at(stream, sequence):
        yield Finding(Kind.FORK, stream, f"position {sequence} was folded with another id than the log has")
    elif sequence < last and stream not in state.parked:
        yield Finding(Kind.BEHIND, stream, f"{sequence} of {last} folded")


def _of_document(
    projection: Projection, target: Target, found: Document | None, expected: Document | None
) -> Iterator[Finding]:
    place = place_of(projection, target)
    if expected is None:
        if found is not None:
            yield Finding(Kind.UNEXPLAINED, place, "no folded fact makes it", target)
    elif found is None:
        yield Finding(Kind.MISSING, place, "facts were folded that make it", target)
    elif not are_same(found, expected):
        yield Finding(Kind.DIFFERS, place, ", ".join(differing_fields(found, expected)), target)


def place_of(projection: Projection, target: Target) -> str:
    """Return `<collection>/<id>`."""
    return f"{projection.views[target[0]].collection}/{target[1]}"


class Plan(NamedTuple):
    """What mends documents and streams, if the read model still is as it was found.

    `found` are the documents as they were (None: not there) and `writes` as they shall be (None: removed); `before`
    are the heads of every stream that has a part in them. `heads` go to the collection of heads; `moved` are the
    streams that come further, and how far.
    """

    found: Mapping[Target, Document | None]
    writes: Mapping[Target, Document | None]
    before: Mapping[str, HeadEntry | None]
    key_of: Mapping[str, str]
    heads: Mapping[str, HeadEntry]
    moved: Mapping[str, int]

    @property
    def numbers(self) -> set[int]:
        """The partition numbers that own what is written."""
        return {partition_of(key) for key in self.key_of.values()}


def planned(facts: Facts, state: State, wrong: Collection[Finding], behind: Collection[str]) -> Plan:
    """Return how to mend the wrong documents, and how to bring the streams in `behind` to the end of the log."""
    unsure = {found.place for found in wrong if found.kind in {Kind.AHEAD, Kind.FORK}}
    behind = {stream for stream in behind if not _meets(facts, state, stream, unsure)}
    upto = positions(facts, state) | {stream: facts.last(stream) for stream in behind}
    recomputed = facts.folded(upto)
    reached = furthest([*recomputed.heads.values(), *map(heads_of_document, recomputed.documents.values())])
    moved = {
        stream: reached[stream].sequence
        for stream in behind
        if stream in reached and reached[stream].sequence > state.sequence(stream)
    }
    heads = {stream: head for stream in facts.ids if (head := _head_after(facts, state, stream, moved)) is not None}
    homes = {document["_stream"]: target for target, document in state.documents.items() if "_stream" in document}
    targets = {found.target for found in wrong if found.target is not None}
    for stream in moved:
        targets |= _new_targets(facts, state, stream) | ({homes[stream]} if stream in homes else set())
    writes = {
        target: _written(state, heads, state.documents.get(target), recomputed.documents.get(target))
        for target in targets
    }
    at_home = homes.keys() | {document.get("_stream") for document in writes.values() if document is not None}
    streams = {stream for target in targets for stream in facts.touched[target]} | moved.keys()
    return Plan(
        found={target: state.documents.get(target) for target in targets},
        writes=writes,
        before={stream: state.heads.get(stream) for stream in streams},
        key_of={stream: facts.key_of[stream] for stream in streams},
        heads={stream: heads[stream] for stream in moved if stream not in at_home},
        moved=moved,
    )


def _new_targets(facts: Facts, state: State, stream: str) -> set[Target]:
    """Return the documents that the facts of a stream touch which have not been folded."""
    return {
        target
        for fact in facts.incoming
        if fact.recorded.stream == stream and fact.recorded.sequence > state.sequence(stream)
        for target in fact.targets
    }


def _meets(facts: Facts, state: State, stream: str, unsure: Collection[str]) -> bool:
    """Tell whether a stream shares a document with one of which nobody knows what was folded."""
    return any(not facts.touched[target].isdisjoint(unsure) for target in _new_targets(facts, state, stream))


def _head_after(facts: Facts, state: State, stream: str, moved: Mapping[str, int]) -> HeadEntry | None:
    return facts.head_at(stream, moved[stream]) if stream in moved else state.heads.get(stream)


def _written(
    state: State, heads: Mapping[str, HeadEntry], found: Document | None, recomputed: Document | None
) -> Document | None:
    """Return the document as it shall be, with the head that it keeps now or (when no head is kept at all) would."""
    if recomputed is None:
        return None
    row = without_head(recomputed)
    home = None if found is None else found.get("_stream")
    if home not in heads:
        home = recomputed.get("_stream")
        if home in state.heads:
            home = None  # it is kept elsewhere
    if home is not None and home in heads:
        row |= {"_stream": home, "_head": heads[home].sequence, "_head_id": heads[home].id}
    return row
