"""Parked facts folded again: on request, and by itself when a program knows a version that an earlier one did not."""

import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Protocol

import structlog

from shared.mongo import Document
from shared.projector.aside import stored_record
from shared.projector.changes import Partition
from shared.projector.commit import WriteRefusedError
from shared.projector.decoding import Decoder, Incoming
from shared.projector.definition import Projection
from shared.projector.replay_part import Part
from shared.projector.replay_requests import Action, Outcome, Request

_FEWER: Final = 8
_FORK: Final = "fork"

Fold = Callable[[Part], Awaitable[None]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is folded again in one transaction and between two polls, and how often requests are looked for."""

    facts: int = 1_000
    value_bytes: int = 4 * 1024 * 1024
    parts_per_turn: int = 50
    facts_per_turn: int = 4_000  # as many as one poll
    look_s: float = 2.0


BOUNDS: Final = Bounds()


class Shelf(Protocol):
    """What is parked in one projection, and what is asked about it. Errors of an outage pass through."""

    async def asked(self, numbers: Collection[int]) -> list[Request]:
        """Return open requests for these partition numbers, oldest first."""
        ...

    async def of_unknown_version(self, numbers: Collection[int], types: Collection[str]) -> list[tuple[str, int]]:
        """Return the streams (with their partition number) parked by a fact whose version was unknown."""
        ...

    async def rows(self, stream: str, *, facts_max: int, bytes_max: int) -> tuple[list[Document], bool]:
        """Return the first parked rows of a stream by position (at least one), and whether there are more."""
        ...

    async def row(self, identifier: str) -> Document | None:
        """Return one parked row."""
        ...

    async def count(self, stream: str, *, reason: str | None = None, limit: int) -> int:
        """Return how many rows (with this reason) are parked of a stream, counting to `limit`."""
        ...


class Replays:
    """Serves what is asked of one worker's partitions, a bounded part between two polls."""

    def __init__(
        self,
        projection: Projection,
        shelf: Shelf,
        owner: str,
        *,
        bounds: Bounds = BOUNDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shelf = shelf
        self._owner = owner
        self._bounds = bounds
        self._clock = clock
        self._decoder = Decoder(projection)
        self._types = frozenset(fact.ce_type() for view in projection.views for fact in view.facts)
        self._positions: Mapping[Partition, int] = {}
        self._queue: deque[Request] = deque()
        self._looked_at_s = float("-inf")
        self._sound: set[Request] = set()  # looked through for forks
        self._limits: dict[Request, int] = {}

    async def _begin(self, positions: Mapping[Partition, int]) -> None:
        """Forget what was begun under an earlier claim, and find what can be folded now because it is known now."""
        self._positions = positions
        self._sound.clear()
        self._looked_at_s = float("-inf")
        found = await self._shelf.of_unknown_version(self._numbers, self._types) if positions else []
        self._queue = deque(Request("", Action.REPLAY, number, stream) for stream, number in found)

    async def turn(self, positions: Mapping[Partition, int], fold: Fold) -> bool:
        """Do a bounded part of what is asked for; tell whether anything was written.

        `positions` are those of the claimed partitions: another mapping after each claim. `fold` writes a part in one
        transaction. Raises what it raises; after WriteRefusedError the same is tried with fewer facts when the worker
        has claimed again.
        """
        if positions is not self._positions:
            await self._begin(positions)
        await self._look()
        facts = parts = 0
        while self._queue and facts < self._bounds.facts_per_turn and parts < self._bounds.parts_per_turn:
            request = self._queue[0]
            part = await self._part(request)
            try:
                await fold(part)
            except WriteRefusedError:
                self._take_fewer(request)
                raise
            facts, parts = facts + len(part.facts), parts + 1
            if part.outcome is not None:
                self._end(part)
        return parts > 0

    @property
    def _numbers(self) -> set[int]:
        return {partition.number for partition in self._positions}

    async def _look(self) -> None:
        if self._queue or not self._positions or self._clock() - self._looked_at_s < self._bounds.look_s:
            return
        found = await self._shelf.asked(self._numbers)
        self._queue.extend(found)
        if not found:  # else there may be more of them, so the next look is not put off
            self._looked_at_s = self._clock()

    def _end(self, part: Part) -> None:
        request = self._queue.popleft()
        self._sound.discard(request)
        self._limits.pop(request, None)
        log.info(
            "parked_replayed",
            action=request.action.value,
            stream=request.stream,
            record=request.record,
            outcome=part.outcome and part.outcome.value,
        )

    def _take_fewer(self, request: Request) -> None:
        """Halve thrice; 0 stands for one fact of which the database has said no, -1 for giving up."""
        limit = self._limits.get(request, self._bounds.facts)
        self._limits[request] = max(1, limit // _FEWER) if limit > 1 else limit - 1

    async def _part(self, request: Request) -> Part:
        """Return what is to be done next about a request."""
        if request.record:
            return await self._record_part(request)
        limit = self._limits.get(request, self._bounds.facts)
        if limit < 0:
            return self._verdict(request, Outcome.STILL_REFUSED)
        if request not in self._sound:
            if await self._shelf.count(request.stream, reason=_FORK, limit=1):
                return self._verdict(request, Outcome.FORKED)
            self._sound.add(request)
        rows, more = await self._shelf.rows(request.stream, facts_max=max(1, limit), bytes_max=self._bounds.value_bytes)
        if not rows:
            return Part(request, self._owner, lifted=request.stream, verdict=Outcome.NOTHING_PARKED)
        if not self._follows(rows):
            return self._verdict(request, Outcome.NOT_FOLLOWED)
        return self._stream_part(request, rows, more=more, refused=limit == 0)

    def _stream_part(self, request: Request, rows: Sequence[Document], *, more: bool, refused: bool) -> Part:
        decoded = [self._decoder.decode(stored_record(row)) for row in rows]
        facts = list(takewhile(lambda fact: isinstance(fact, Incoming), decoded))
        if not facts:
            return self._verdict(request, Outcome.STILL_UNUSABLE)
        first = facts[0]
        return Part(
            request,
            self._owner,
            [row["_id"] for row in rows[: len(facts)]],
            facts,
            lifted=request.stream,
            more=more or len(facts) < len(rows),
            refused=first if refused and isinstance(first, Incoming) else None,
        )

    async def _record_part(self, request: Request) -> Part:
        """Return what becomes of one record: one without a place in a stream, or (to be dropped) one of a fork."""
        row = await self._shelf.row(request.record)
        if row is None:
            return self._verdict(request, Outcome.NOTHING_PARKED)
        if request.action is Action.DROP:
            return await self._drop_part(request, row)
        if request in self._limits:
            return self._verdict(request, Outcome.STILL_REFUSED)
        if not self._follows([row]):
            return self._verdict(request, Outcome.NOT_FOLLOWED)
        return Part(request, self._owner, [row["_id"]], [self._decoder.decode(stored_record(row))])

    async def _drop_part(self, request: Request, row: Document) -> Part:
        """Drop what is no fact of this log. A fact that was decided is never dropped: it is folded, or waits."""
        stream = row.get("stream", "")
        if stream and row["reason"] != _FORK:
            return self._verdict(request, Outcome.NOT_DROPPABLE)
        more = bool(stream) and await self._shelf.count(stream, limit=2) > 1
        verdict = Outcome.DROPPED
        return Part(request, self._owner, lifted=stream, more=more, verdict=verdict, dropped=row)

    def _verdict(self, request: Request, outcome: Outcome) -> Part:
        return Part(request, self._owner, verdict=outcome)

    def _follows(self, rows: Iterable[Document]) -> bool:
        return all(Partition(row["topic"], row["partition"]) in self._positions for row in rows)
