"""Two editions of a projection held against each other, document by document and head by head."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from typing_extensions import override

from shared.mongo import ASCENDING, MAJORITY, Database, find_all
from shared.projector.changes import HeadEntry
from shared.projector.collections import heads_of
from shared.projector.comparing import are_same, differing_fields
from shared.projector.definition import Document
from shared.projector.editions import plain_name
from shared.projector.heads import furthest, heads_of_document
from shared.projector.instants import ReadConcern

HEADS: Final = "heads"
_PAGE: Final = 2_000
_EXAMPLES_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where an edition keeps its things, and the read concern under which it is read."""

    name: str
    collections: Sequence[str]
    at: ReadConcern = field(default_factory=lambda: MAJORITY)


@dataclass(slots=True)
class Counts:
    """How many documents (or heads) are the same, only in the new edition, only in the old one, or different."""

    same: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0

    @property
    def differ(self) -> bool:
        """Whether anything is not the same."""
        return bool(self.added or self.removed or self.changed)

    @override
    def __str__(self) -> str:
        return f"{self.same} the same, {self.added} added, {self.removed} removed, {self.changed} changed"


@dataclass(slots=True)
class Comparison:
    """What a comparison found, by the plain names of the collections and under `heads`. `examples` name places."""

    counts: dict[str, Counts] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    @property
    def differ(self) -> bool:
        """Whether anything is not the same."""
        return any(counts.differ for counts in self.counts.values())

    def differences(self) -> dict[str, str]:
        """Return the counts of what is not the same, as text."""
        return {name: str(counts) for name, counts in self.counts.items() if counts.differ}

    def example(self, text: str) -> None:
        """Remember a place, up to a bound."""
        if len(self.examples) < _EXAMPLES_MAX:
            self.examples.append(text)


async def compare(database: Database, old: Shelf, new: Shelf) -> Comparison:
    """Compare two editions that stand at equal checkpoints. The driver's errors pass through.

    Documents are equal to the byte, with their fields in order of name and without the heads that some of them keep;
    heads are compared for themselves, because where one is kept depends on the order in which streams came.
    """
    found = Comparison()
    heads: tuple[list[Mapping[str, HeadEntry]], list[Mapping[str, HeadEntry]]] = ([], [])
    before = {plain_name(collection): collection for collection in old.collections}
    after = {plain_name(collection): collection for collection in new.collections}
    for name in sorted(before.keys() | after.keys()):
        counts = found.counts.setdefault(name, Counts())
        old_side = _documents(database, before.get(name), old.at)
        new_side = _documents(database, after.get(name), new.at)
        async for one, other in _side_by_side(old_side, new_side):
            _keep_head(heads[0], one)
            _keep_head(heads[1], other)
            _count(found, counts, name, one, other)
    for side, shelf in zip(heads, (old, new), strict=True):
        async for document in _documents(database, heads_of(shelf.name), shelf.at):
            side.append(heads_of_document(document))
    _compare_heads(found, furthest(heads[0]), furthest(heads[1]))
    return found


async def _documents(database: Database, collection: str | None, at: ReadConcern) -> AsyncIterator[Document]:
    """Yield the documents of a collection in order of id, page by page."""
    last: str | None = None
    while collection is not None:
        condition = {} if last is None else {"_id": {"$gt": last}}
        options = {"sort": {"_id": ASCENDING}, "limit": _PAGE}
        page = await find_all(database, collection, condition, options=options, read_concern=at)
        for document in page:
            yield document
        if len(page) < _PAGE:
            return
        last = page[-1]["_id"]


async def _side_by_side(
    old: AsyncIterator[Document], new: AsyncIterator[Document]
) -> AsyncIterator[tuple[Document | None, Document | None]]:
    """Pair documents of equal id; one without a counterpart stands alone. Ids sort as texts, as in the database."""
    one, other = await anext(old, None), await anext(new, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one["_id"] < other["_id"]):
            yield one, None
            one = await anext(old, None)
        elif one is None or other["_id"] < one["_id"]:
            yield None, other
            other = await anext(new, None)
        else:
            yield one, other
            one, other = await anext(old, None), await anext(new, None)


def _keep_head(heads: list[Mapping[str, HeadEntry]], document: Document | None) -> None:
    if document is not None and "_stream" in document:
        heads.append(heads_of_document(document))


def _count(found: Comparison, counts: Counts, name: str, one: Document | None, other: Document | None) -> None:
    if one is None and other is not None:
        counts.added += 1
        found.example(f"{name}/{other['_id']}: added")
    elif other is None and one is not None:
        counts.removed += 1
        found.example(f"{name}/{one['_id']}: removed")
    elif one is not None and other is not None:
        if are_same(one, other):
            counts.same += 1
        else:
            counts.changed += 1
            found.example(f"{name}/{one['_id']}: {', '.join(differing_fields(one, other))}")


def _compare_heads(found: Comparison, old: Mapping[str, HeadEntry], new: Mapping[str, HeadEntry]) -> None:
    counts = found.counts.setdefault(HEADS, Counts())
    for stream in sorted(old.keys() | new.keys()):
        if old.get(stream) == new.get(stream):
            counts.same += 1
            continue
        if stream not in old:
            counts.added += 1
        elif stream not in new:
            counts.removed += 1
        else:
            counts.changed += 1
        found.example(f"{HEADS}/{stream}")
