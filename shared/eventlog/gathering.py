"""Gathering: what is asked for while an earlier batch is in flight goes together in the next one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.eventlog.refusals import LogUnavailable

I = TypeVar("I")  # noqa: E741 - the item that is asked about
R = TypeVar("R")


@dataclass(slots=True, eq=False)
class Waiting(Generic[I, R]):
    """One item in line and whoever waits for it. `expires_at` is in the event loop's seconds.

    `doubtful`: it has been sent and no answer came, so that it may have taken effect.
    """

    item: I
    answer: asyncio.Future[R]
    expires_at: float
    doubtful: bool = False

    def settle(self, result: R) -> None:
        """Answer, unless answered."""
        if not self.answer.done():
            self.answer.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Answer with an error, unless answered."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Gathering(Generic[I, R]):
    """One batch in flight at a time; every item gets its own answer; cancelling who waits cancels nothing else.

    `take` removes the next batch from the line (at least one); `send` answers every item of it.
    """

    def __init__(
        self,
        take: Callable[[deque[Waiting[I, R]]], list[Waiting[I, R]]],
        send: Callable[[list[Waiting[I, R]]], Awaitable[None]],
        *,
        wait_s_max: float,
        waiting_max: int,
    ) -> None:
        self._take = take
        self._send = send
        self._wait_s_max = wait_s_max
        self._waiting_max = waiting_max
        self._line: deque[Waiting[I, R]] = deque()
        self._work: asyncio.Task[None] | None = None

    def ask(self, item: I) -> "asyncio.Future[R]":
        """Put `item` in line and return the future of its answer; await it shielded. Raises LogUnavailable."""
        if len(self._line) >= self._waiting_max:
            raise LogUnavailable
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        self._line.append(Waiting(item, answer, loop.time() + self._wait_s_max))
        if self._work is None:
            self._work = loop.create_task(self._send_all())
        return answer

    async def drained(self) -> None:
        """Wait until nothing is in line or in flight."""
        while self._work is not None:
            await asyncio.wait([self._work])

    async def _send_all(self) -> None:
        try:
            while self._line:
                batch = self._take(self._line)
                try:
                    await self._send(batch)
                except Exception as error:  # noqa: BLE001 - each waiter raises it; else it waits for ever
                    for waiting in batch:
                        waiting.fail(error)
        finally:
            self._work = None
