"""Between processes and servers: every request is a place where the seed may draw delay, fault, freeze or death."""

import asyncio
import random
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, TypeVar, cast

from tests.sim.loop import HERE, Process, VirtualLoop

T = TypeVar("T")
Lost = Callable[[str], Exception]
"""Makes the error by which a port says that there was no answer."""

_FAR_S: Final = 12.0
_WRITES_HIT: Final = 4.0
_OFTEN_NEAR: Final = 3
_OUTSIDE: Final = Context()


def later(delay_s: float, callback: Callable[..., object], *arguments: object) -> None:
    """Call back from outside of all processes: servers and wires do not stop with one of them."""
    asyncio.get_running_loop().call_later(delay_s, callback, *arguments, context=_OUTSIDE)


class Fate(Enum):
    """What happens to one request."""

    SERVED = auto()
    NOT_SENT = auto()
    """No effect, and no answer."""
    ANSWER_LOST = auto()
    """It takes effect, and no answer comes."""
    LATE = auto()
    """It is on its way for so long that its sender has given up, and takes effect all the same."""
    FROZEN_BEFORE = auto()
    FROZEN_AFTER = auto()
    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()
    """The sender stops, or ends, while the request or its answer is on the way."""


FAULTS: Final = tuple(fate for fate in Fate if fate is not Fate.SERVED)


@dataclass
class Server:
    """One server. While it is `away` requests fail; those on their way may have been served or not.

    `late` is how many of its writes, of all, take effect long after their sender has given up.
    """

    name: str
    away: bool = False
    late: float = 0.0


class Net:
    """Carries requests. `weights` says how often each fault is drawn, of one request; empty: the net is healed.

    `journal` gets a line for each fault; `kill` and `freeze` are told whom.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.weights: dict[Fate, float] = {}
        self.slow = 1.0
        self.kill: Callable[[Process], None] = Process.kill
        self.note: Callable[[str], None] = lambda _: None
        self.requests = 0
        self.drawn: dict[Fate, int] = {}

    async def ask(
        self, server: Server, effect: "Callable[[], T | asyncio.Future[T]]", lost: Lost, *, writes: bool = False
    ) -> T:
        """Have `effect` take place at the server, and return what it returns or raise what it raises.

        An effect may return a future of its result; if that fails, the server went away. What `writes` is hit more
        often than what only reads. Raises `lost(why)` when no answer comes.
        """
        process = HERE.get()
        if process is not None and process.dead:
            raise asyncio.CancelledError
        self.requests += 1
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        fate = self._drawn(process, _WRITES_HIT if writes else 1.0)
        if writes and process is not None and self._chance.random() < server.late:
            fate = Fate.LATE
        if fate is not Fate.SERVED and process is not None:
            self.note(f"{process.name} asks {server.name}: {fate.name.lower()}")
            self._strike(process, fate, Fate.KILLED_BEFORE, Fate.FROZEN_BEFORE)
            await asyncio.sleep(0)  # the dead get no further, and the frozen not yet
        request = _Request(server, effect, lost, answer, fate, process)
        delay_s = self._delay_s() if fate is not Fate.LATE else _FAR_S * self._chance.random() ** _OFTEN_NEAR
        if fate is Fate.LATE:
            later(self._patience_s(), settle, answer, lost("no answer in time"))
        later(delay_s, self._arrives, request)
        return cast("T", await answer)

    def _drawn(self, process: Process | None, often: float) -> Fate:
        if process is None or not self.weights:
            return Fate.SERVED
        drawn = self._chance.random() / often
        for fate, weight in self.weights.items():
            drawn -= weight
            if drawn < 0:
                self.drawn[fate] = self.drawn.get(fate, 0) + 1
                return fate
        return Fate.SERVED

    def _arrives(self, request: "_Request") -> None:
        if request.server.away or request.fate is Fate.NOT_SENT:
            later(self._patience_s(), settle, request.answer, request.lost("not sent"))
            return
        try:
            result = request.effect()
        except Exception as refused:  # noqa: BLE001 - whatever a server says travels back
            result = refused
        if isinstance(result, asyncio.Future):
            result.add_done_callback(lambda done: self._answers(request, _result_of(done, request.lost)))
        else:
            self._answers(request, result)

    def _answers(self, request: "_Request", result: object) -> None:
        if request.process is not None:
            self._strike(request.process, request.fate, Fate.KILLED_AFTER, Fate.FROZEN_AFTER)
        if request.fate is Fate.ANSWER_LOST:
            later(self._patience_s(), settle, request.answer, request.lost("the answer was lost"))
        else:
            later(self._delay_s(), settle, request.answer, result)

    def _strike(self, process: Process, fate: Fate, death: Fate, frost: Fate) -> None:
        if fate is death:
            self.kill(process)
        elif fate is frost:
            self.freeze(process, self._chance.uniform(0.2, _FAR_S))

    def freeze(self, process: Process, for_s: float) -> None:
        """Stop a process, and let it go on after `for_s` seconds as if nothing had happened."""
        if process.frozen or process.dead:
            return
        process.frozen = True
        later(for_s, cast("VirtualLoop", asyncio.get_running_loop()).thaw, process)

    def _delay_s(self) -> float:
        delay_s = self._chance.uniform(0.0005, 0.005) * self.slow
        return delay_s if self._chance.random() < 0.97 else delay_s * 40

    def _patience_s(self) -> float:
        """Draw how long it takes to learn that no answer comes: a reset at once, or a time limit."""
        return self._chance.uniform(0.001, 0.05) if self._chance.random() < 0.8 else self._chance.uniform(0.5, 10.0)


@dataclass(slots=True, eq=False)
class _Request:
    server: Server
    effect: Callable[[], Any]
    lost: Lost
    answer: "asyncio.Future[Any]"
    fate: Fate
    process: Process | None


class Bell:
    """Something has happened at a server: whoever waits for it looks again."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        """Wake everybody."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            settle(waiter, None)

    async def heard(self, within_s: float) -> None:
        """Wait for the next ring, or `within_s` seconds."""
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting.append(waiter)
        timer = loop.call_later(within_s, settle, waiter, None)
        try:
            await waiter
        finally:
            timer.cancel()


def _result_of(done: "asyncio.Future[Any]", lost: Lost) -> object:
    error = done.exception()
    return done.result() if error is None else lost(str(error))


def settle(answer: "asyncio.Future[Any]", result: object) -> None:
    """Give an answer, or an exception, to whoever still waits for it."""
    if answer.done():
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)
