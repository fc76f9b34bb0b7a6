"""A poll folded in memory: duplicates dropped, holes held, poison parked. Pure: the heart of exactly-once effect."""

from typing_extensions import override

from shared.mongo import Encoded, EncodingError
from shared.projector.changes import HELD_PER_STREAM_MAX, Changes, Exceptions, HeadEntry, Parked, Place
from shared.projector.decoding import Incoming, Problem, Target, Unusable, failed
from shared.projector.definition import Document, Projection
from shared.projector.encoding import HeadFields, freeze, split, thaw
from shared.projector.needs import Needs

FOLLOWS_PARKED = Problem("follows-parked", "an earlier fact of the stream is parked")
FORK = Problem("fork", "this position of the stream was folded, or is held, with another id")
TOO_MANY_HELD = Problem("too-many-held", f"a fact is missing and {HELD_PER_STREAM_MAX} later ones were held already")
REFUSED = Problem("refused-by-database", "the database does not take what this fact makes")


class NeedsCareError(Exception):
    """Something in the poll cannot be folded or stored: read again and fold with care, to find which."""


class _Head:
    """How far a stream has come while the poll is folded. `home` is the document that keeps it, if one does."""

    __slots__ = ("home", "id", "key", "sequence")

    def __init__(self, key: str, sequence: int = 0, last_id: str = "", home: Target | None = None) -> None:
        self.key = key
        self.sequence = sequence
        self.id = last_id
        self.home = home


class Fold:
    """Folds one poll quickly: documents are encoded once, at the end. Spends `needs`; used once.

    `run` raises NeedsCareError when a fold raised or a document cannot be stored.
    """

    def __init__(self, projection: Projection, needs: Needs, exceptions: Exceptions) -> None:
        self._folds = tuple(view.fold for view in projection.views)
        self._needs = needs
        self._rows = needs.rows
        self._heads: dict[str, _Head] = {}
        self._stream_at: dict[Target, str] = {}
        for target, fields in needs.homes.items():
            self._heads[fields.stream] = _Head("", fields.sequence, fields.id, target)
            self._stream_at[target] = fields.stream
        self._exceptions = exceptions
        self._parked: set[str] = set()
        self._waiting: dict[str, dict[int, Incoming]] = dict(needs.drained)
        self._pending: set[Place] = set()  # held by this very poll
        self._created: set[Target] = set()
        self._dirty: dict[Target, None] = {}
        self._dirty_heads: dict[str, _Head] = {}
        self._changes = Changes()

    def run(self) -> Changes:
        """Fold everything, in the order of arrival, and return what is to be written."""
        for fact in self._needs.facts:
            if isinstance(fact, Unusable):
                self._changes.parked.append(Parked(fact.record, None, fact.problem))
            else:
                self._take(fact)
        self._changes.held = [
            fact
            for stream in self._waiting
            for fact in self._waiting[stream].values()
            if Place(stream, fact.recorded.sequence) in self._pending
        ]
        self._write()
        return self._changes

    def _take(self, fact: Incoming) -> None:
        recorded = fact.recorded
        stream = recorded.stream
        head = self._heads.get(stream) or self._find_head(fact)
        if recorded.sequence <= head.sequence:
            self._drop(fact, head)
        elif stream in self._parked or stream in self._exceptions.parked:
            self._changes.parked.append(Parked(fact.record, fact, FOLLOWS_PARKED))
        elif recorded.sequence == head.sequence + 1:
            self._advance(fact, head)
            if stream in self._waiting:
                self._drain(stream, head)
        else:
            self._hold(fact)

    def _find_head(self, fact: Incoming) -> _Head:
        """Return the head of a stream that no document keeps."""
        recorded = fact.recorded
        entry = self._needs.heads.get(recorded.key, {}).get(recorded.stream)
        head = _Head(recorded.key) if entry is None else _Head(recorded.key, entry.sequence, entry.id)
        self._heads[recorded.stream] = head
        return head

    def _drop(self, fact: Incoming, head: _Head) -> None:
        recorded = fact.recorded
        if recorded.sequence == head.sequence and recorded.id != head.id:
            self._fork(fact)
        else:
            self._changes.tally.duplicates += 1

    def _advance(self, fact: Incoming, head: _Head) -> None:
        """Fold the next fact of a stream, or park it."""
        recorded = fact.recorded
        if fact.problem is not None:
            self._park(fact, fact.problem)
            return
        if fact.fact is None:
            self._count_skipped(fact)
        elif not self._apply(fact):
            return
        else:
            self._changes.tally.applied += 1
        head.sequence, head.id = recorded.sequence, recorded.id
        if head.home is None and not self._moves_in(fact, head):
            self._dirty_heads[recorded.stream] = head
        elif head.home is not None:
            self._dirty[head.home] = None

    def _moves_in(self, fact: Incoming, head: _Head) -> bool:
        """Let the head move into the document that this fact made, if that is the one which follows its stream."""
        stream = fact.recorded.stream
        for target in self._needs.candidates(stream):
            if target in fact.targets and target not in self._stream_at:
                head.home = target
                self._stream_at[target] = stream
                self._dirty_heads.pop(stream, None)
                return True
        return False

    def _apply(self, fact: Incoming) -> bool:
        """Fold one fact into its documents. False when it was parked instead."""
        rows, made, recorded = self._rows, fact.fact, fact.recorded
        try:
            for target in fact.targets:
                row = rows.get(target)
                if row is None:
                    self._created.add(target)
                folded = self._folds[target[0]](row, made, recorded)
                rows[target] = folded if "_id" in folded else {"_id": target[1], **folded}
                self._dirty[target] = None
        except Exception as error:  # a feature's own code: whatever it raises, the careful fold finds which fact it was
            raise NeedsCareError from error
        return True

    def _count_skipped(self, fact: Incoming) -> None:
        tally = self._changes.tally
        if fact.skipped == "unknown-name":
            tally.unknown_names[fact.type] = tally.unknown_names.get(fact.type, 0) + 1
        else:
            tally.unwanted += 1

    def _park(self, fact: Incoming, problem: Problem) -> None:
        self._parked.add(fact.recorded.stream)
        self._changes.parked.append(Parked(fact.record, fact, problem))

    def _fork(self, fact: Incoming) -> None:
        self._changes.tally.forks.append(Place(fact.recorded.stream, fact.recorded.sequence))
        self._park(fact, FORK)

    def _hold(self, fact: Incoming) -> None:
        """Keep a fact until the missing one before it comes."""
        stream, sequence = fact.recorded.stream, fact.recorded.sequence
        waiting = self._waiting.setdefault(stream, {})
        before = waiting.get(sequence)
        if before is None and len(waiting) >= HELD_PER_STREAM_MAX:
            self._park(fact, TOO_MANY_HELD)
        elif before is None:
            waiting[sequence] = fact
            self._pending.add(Place(stream, sequence))
        elif before.recorded.id != fact.recorded.id:
            self._fork(fact)
        else:
            self._changes.tally.duplicates += 1

    def _drain(self, stream: str, head: _Head) -> None:
        """Take up held facts up to the next hole. What a parked stream holds stays held, for its replay."""
        waiting = self._waiting[stream]
        while stream not in self._parked and (fact := waiting.pop(head.sequence + 1, None)) is not None:
            place = Place(stream, fact.recorded.sequence)
            if place in self._pending:
                self._pending.remove(place)
            else:
                self._changes.released.append(place)
            self._advance(fact, head)

    def _write(self) -> None:
        """Encode every changed document, and collect the heads that no document keeps."""
        for target in self._dirty:
            try:
                data = self._freeze(target)
            except Exception as error:  # a row of a feature's own making, that cannot be stored: the same
                raise NeedsCareError from error
            written = self._changes.inserted if target in self._created else self._changes.replaced
            written.setdefault(target[0], {})[target[1]] = data
        for stream, head in self._dirty_heads.items():
            self._changes.heads.setdefault(head.key, {})[stream] = HeadEntry(head.sequence, head.id)

    def _freeze(self, target: Target) -> Encoded:
        stream = self._stream_at.get(target)
        if stream is None:
            return freeze(target[1], self._rows[target], None)
        head = self._heads[stream]
        return freeze(target[1], self._rows[target], HeadFields(stream, head.sequence, head.id))


class CarefulFold(Fold):
    """Folds one poll fact by fact and judges each result as the database would; whatever cannot be taken is parked.

    `refused` is a fact of which the database has already said no.
    """

    def __init__(
        self, projection: Projection, needs: Needs, exceptions: Exceptions, refused: Incoming | None = None
    ) -> None:
        super().__init__(projection, needs, exceptions)
        self._refused = None if refused is None else refused.recorded

    @override
    def _apply(self, fact: Incoming) -> bool:
        if fact.recorded == self._refused:
            self._park(fact, REFUSED)
            return False
        changed: dict[Target, Document] = {}
        try:
            for target in fact.targets:
                changed[target] = self._fold_and_judge(target, changed.get(target), fact)
        except EncodingError as error:
            self._park(fact, Problem("cannot-be-stored", type(error.__cause__ or error).__name__))
            return False
        except Exception as error:  # noqa: BLE001 - a feature's own code; the fact is parked and the rest flows
            self._park(fact, failed(error))
            return False
        self._rows.update(changed)
        self._dirty.update(dict.fromkeys(changed))
        return True

    def _fold_and_judge(self, target: Target, changed: Document | None, fact: Incoming) -> Document:
        """Fold on a copy, so that a fold which fails half-way has changed nothing."""
        view, document = target
        row = self._rows.get(target) if changed is None else changed
        if row is None:
            self._created.add(target)
        copy = None if row is None else thaw(freeze(document, row, None))
        head = HeadFields(fact.recorded.stream, fact.recorded.sequence, fact.recorded.id)
        judged = thaw(freeze(document, self._folds[view](copy, fact.fact, fact.recorded), head))
        split(judged)
        return judged
