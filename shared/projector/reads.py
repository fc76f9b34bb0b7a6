"""Read-your-writes: a query that carries a receipt waits until the read model has it, or learns why it never will."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.eventlog.port import Position
from shared.kernel.refusals import Refusal
from shared.mongo import Database, DatabaseError, find_all
from shared.projector.collections import HELD, PARKED
from shared.projector.definition import Projection
from shared.projector.heads import read_heads
from shared.projector.live import Live

PAUSE_S_FIRST: Final = 0.002
PAUSE_S_MAX: Final = 0.1
_PAUSE_GROWTH: Final = 1.5

Clock = Callable[[], float]


class ReadModelBehind(Refusal):
    """The read model does not have what the caller's receipt names yet: ask again."""

    status = 503
    sv = "Uppgifterna är mottagna men syns inte här ännu. Försök igen om en stund."
    en = "What you wrote is recorded but cannot be seen here yet. Try again shortly."
    retry_after_s = 1


class StreamParkedOrHeld(Refusal):
    """Facts of this stream are put aside in this read model: waiting does not help until an operator has acted."""

    status = 409
    sv = "Uppgifterna är mottagna men visas inte här förrän driften har åtgärdat ett fel."
    en = "What you wrote is recorded but is not shown here until the operator has mended a fault."


@dataclass(eq=False, slots=True)
class _Waiter:
    """One query that waits: which positions it must have, by stream."""

    positions: dict[str, Position]
    done: asyncio.Future[None]


class Reads:
    """Waits for a service's read models. One poller per projection asks for all waiters, and only while there are any.

    Used from one event loop. `close` when the process ends.
    """

    def __init__(
        self,
        database: Database,
        projections: Iterable[Projection],
        *,
        live: Live | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wait for the editions that `live` says are read; without it for those of the projections' own names."""
        self._pollers = {
            projection.name: _Poller(database, _editions(projection, live), clock) for projection in projections
        }

    async def wait(self, projection: str, positions: Sequence[Position], timeout_s: float) -> None:
        """Return when the projection has folded all positions.

        Raises ReadModelBehind after `timeout_s`; StreamParkedOrHeld at once when a stream is parked or has a hole
        before its position; the driver's errors; KeyError for a projection that this service does not have.
        """
        await self._pollers[projection].wait(positions, timeout_s)

    async def close(self) -> None:
        """Stop asking; whoever waits gets ReadModelBehind."""
        for poller in self._pollers.values():
            await poller.close()


class _Poller:
    """Asks for the heads that somebody waits for, often at first and then less and less."""

    def __init__(self, database: Database, editions: Callable[[], tuple[Projection, ...]], clock: Clock) -> None:
        self._database = database
        self._editions = editions
        self._clock = clock
        self._waiters: set[_Waiter] = set()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def wait(self, positions: Sequence[Position], timeout_s: float) -> None:
        wanted: dict[str, Position] = {}
        for position in positions:
            known = wanted.get(position.stream)
            if known is None or known.version < position.version:
                wanted[position.stream] = position
        if not wanted:
            return
        waiter = _Waiter(wanted, asyncio.get_running_loop().create_future())
        self._waiters.add(waiter)
        self._news.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._poll())
        try:
            async with asyncio.timeout(timeout_s):
                await waiter.done
        except TimeoutError:
            raise ReadModelBehind from None
        finally:
            self._waiters.discard(waiter)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for waiter in self._waiters:
            _end(waiter, ReadModelBehind())

    async def _poll(self) -> None:
        pause_s = PAUSE_S_FIRST
        while self._waiters:
            if self._news.is_set():
                self._news.clear()
                pause_s = PAUSE_S_FIRST
            asked = list(self._waiters)
            try:
                await self._look(asked)
            except DatabaseError as error:
                for waiter in asked:
                    _end(waiter, error)
            if self._waiters:
                await self._pause(pause_s)
                pause_s = min(pause_s * _PAUSE_GROWTH, PAUSE_S_MAX)

    async def _pause(self, pause_s: float) -> None:
        """Wait a little; a new waiter is looked after at once."""
        try:
            async with asyncio.timeout(pause_s):
                await self._news.wait()
        except TimeoutError:
            return

    async def _look(self, asked: Sequence[_Waiter]) -> None:
        """Answer everybody who can be answered now."""
        wanted = {position.stream: position.key for waiter in asked for position in waiter.positions.values()}
        states = await asyncio.gather(*(self._state(edition, wanted) for edition in self._editions()))
        aside = set().union(*(aside for aside, _ in states))
        reached = {stream: min(heads.get(stream, 0) for _, heads in states) for stream in wanted}
        for waiter in asked:
            # All of them each time: another edition may be awaited now than when the first was found.
            lacking = {stream for stream, at in waiter.positions.items() if reached[stream] < at.version}
            if not lacking:
                _end(waiter, None)
            elif lacking & aside:
                _end(waiter, StreamParkedOrHeld())
            if waiter.done.done():
                self._waiters.discard(waiter)

    async def _state(self, edition: Projection, key_of: dict[str, str]) -> tuple[set[str], dict[str, int]]:
        """Return which streams are put aside in one edition, and how far each has come."""
        # What is put aside is read first: a stream that is mended in between is then found to have come far enough.
        aside = await self._aside(edition, list(key_of))
        heads = await read_heads(self._database, edition, key_of)
        return aside, {stream: head.sequence for stream, head in heads.items()}

    async def _aside(self, edition: Projection, streams: list[str]) -> set[str]:
        condition = {"projection": edition.name, "stream": {"$in": streams}}
        found = await asyncio.gather(
            *(
                find_all(self._database, name, condition, options={"projection": {"stream": 1}})
                for name in (PARKED, HELD)
            )
        )
        return {document["stream"] for documents in found for document in documents}


def _editions(projection: Projection, live: Live | None) -> Callable[[], tuple[Projection, ...]]:
    return (lambda: (projection,)) if live is None else (lambda: live.awaited(projection))


def _end(waiter: _Waiter, error: Exception | None) -> None:
    if waiter.done.done():
        return
    if error is None:
        waiter.done.set_result(None)
    else:
        waiter.done.set_exception(error)
