"""Read-your-writes: a query that carries a receipt waits until the read model has it, or learns why it never will."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.eventlog.port import Position
from shared.kernel.refusals import Refusal
from shared.mongo import Database, DatabaseError, Document, find_all
from shared.projector.collections import HELD, PARKED, field_of, heads_of
from shared.projector.definition import Projection

PAUSE_S_FIRST: Final = 0.002
PAUSE_S_MAX: Final = 0.1
_PAUSE_GROWTH: Final = 1.5


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
    """One query that waits: which positions it still lacks."""

    lacking: dict[str, Position]
    done: asyncio.Future[None]


class Reads:
    """Waits for a service's read models. One poller per projection asks for all waiters, and only while there are any.

    Used from one event loop. `close` when the process ends.
    """

    def __init__(
        self, database: Database, projections: Iterable[Projection], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pollers = {projection.name: _Poller(database, projection, clock) for projection in projections}

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

    def __init__(self, database: Database, projection: Projection, clock: Callable[[], float]) -> None:
        self._database = database
        self._projection = projection
        self._clock = clock
        self._homes = tuple(view for view in projection.views if view.one_stream)
        self._waiters: set[_Waiter] = set()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def wait(self, positions: Sequence[Position], timeout_s: float) -> None:
        lacking: dict[str, Position] = {}
        for position in positions:
            known = lacking.get(position.stream)
            if known is None or known.version < position.version:
                lacking[position.stream] = position
        if not lacking:
            return
        waiter = _Waiter(lacking, asyncio.get_running_loop().create_future())
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
        wanted = {position.stream: position.key for waiter in asked for position in waiter.lacking.values()}
        # What is put aside is read first: a stream that is mended in between is then found to have come far enough.
        aside = await self._aside(list(wanted))
        heads = await self._heads(wanted)
        for waiter in asked:
            for stream, position in list(waiter.lacking.items()):
                if heads.get(stream, 0) >= position.version:
                    del waiter.lacking[stream]
            if not waiter.lacking:
                _end(waiter, None)
            elif any(stream in aside for stream in waiter.lacking):
                _end(waiter, StreamParkedOrHeld())
            if waiter.done.done():
                self._waiters.discard(waiter)

    async def _aside(self, streams: list[str]) -> set[str]:
        condition = {"projection": self._projection.name, "stream": {"$in": streams}}
        found = await asyncio.gather(
            *(
                find_all(self._database, name, condition, options={"projection": {"stream": 1}})
                for name in (PARKED, HELD)
            )
        )
        return {document["stream"] for documents in found for document in documents}

    async def _heads(self, key_of: dict[str, str]) -> dict[str, int]:
        """Return how far each stream has come: by the document that keeps its head, else by its record key."""
        fields = {"_stream": 1, "_head": 1}
        reads = [
            find_all(
                self._database,
                view.collection,
                {"_id": {"$in": [view.document_of_stream(stream) for stream in key_of]}},
                options={"projection": fields},
            )
            for view in self._homes
        ]
        keyed = find_all(
            self._database,
            heads_of(self._projection.name),
            {"_id": {"$in": list(set(key_of.values()))}},
            options={"projection": {f"streams.{field_of(stream)}": 1 for stream in key_of}},
        )
        *homes, by_key = await asyncio.gather(*reads, keyed)
        heads = _heads_by_key(key_of, by_key)
        for document in (document for documents in homes for document in documents):
            if "_stream" in document:
                heads[document["_stream"]] = int(document["_head"])
        return heads


def _heads_by_key(key_of: dict[str, str], found: Iterable[Document]) -> dict[str, int]:
    streams = {document["_id"]: document.get("streams", {}) for document in found}
    return {
        stream: int(streams[key][field_of(stream)]["sequence"])
        for stream, key in key_of.items()
        if field_of(stream) in streams.get(key, {})
    }


def _end(waiter: _Waiter, error: Exception | None) -> None:
    if waiter.done.done():
        return
    if error is None:
        waiter.done.set_result(None)
    else:
        waiter.done.set_exception(error)
