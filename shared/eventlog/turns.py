"""Turns: commands on one stream queue first-in first-out within the process."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any

from shared.eventlog.refusals import StreamContended


class Turn:
    """The right to decide on some streams, until `leave`."""

    __slots__ = ("_pending", "_streams", "_turns")

    def __init__(self, turns: "Turns", streams: list[str]) -> None:
        self._turns = turns
        self._streams = streams
        self._pending: asyncio.Future[Any] | None = None

    def hold_until(self, pending: "asyncio.Future[Any]") -> None:
        """Keep the turn until `pending` is done, even if its holder is cancelled and leaves before."""
        self._pending = pending

    def leave(self) -> None:
        """Let the next in line, now or when what is pending is done."""
        if self._pending is None or self._pending.done():
            self._release()
        else:
            self._pending.add_done_callback(lambda _: self._release())

    def _release(self) -> None:
        for stream in self._streams:
            self._turns.release(stream)


class Turns:
    """All queues of a process. Several streams are taken in sorted order, so that nobody waits in a ring."""

    def __init__(self, *, waiting_per_stream_max: int, wait_s_max: float) -> None:
        self._waiting_max = waiting_per_stream_max
        self._wait_s_max = wait_s_max
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, streams: Iterable[str]) -> Turn:
        """Wait for the turn on all of `streams`. Raises StreamContended when a queue is full or stands still."""
        taken: list[str] = []
        turn = Turn(self, taken)
        try:
            for stream in sorted(streams):
                line = self._lines.get(stream)
                if line is None:
                    self._lines[stream] = deque()
                else:
                    await self._wait(stream, line)
                taken.append(stream)
        except BaseException:
            turn.leave()
            raise
        return turn

    def release(self, stream: str) -> None:
        """Give the turn on `stream` to whoever came first of those still waiting."""
        line = self._lines[stream]
        while line:
            waiter = line.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        del self._lines[stream]

    async def _wait(self, stream: str, line: deque[asyncio.Future[None]]) -> None:
        if len(line) >= self._waiting_max:
            raise StreamContended
        waiter = asyncio.get_running_loop().create_future()
        line.append(waiter)
        try:
            async with asyncio.timeout(self._wait_s_max):
                await self._handed_over(stream, waiter)
        except TimeoutError:
            # Else the waits of those who stand behind a blocked decision would add up.
            raise StreamContended from None

    async def _handed_over(self, stream: str, waiter: asyncio.Future[None]) -> None:
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():
                self.release(stream)  # the turn had just been handed over
            raise
