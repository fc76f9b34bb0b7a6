"""An event loop whose clock jumps to the next timer and whose freedom of order is drawn from a seed.

Within one process callbacks run in the order in which they were asked for, as asyncio promises; between processes no
order is promised, so there the seed decides. A frozen process runs nothing; what became due meanwhile waits for it.
"""

import asyncio
import heapq
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, Final, TypeVar

from typing_extensions import override

T = TypeVar("T")


_LAST_WORDS_S: Final = 60.0


class StandstillError(AssertionError):
    """Somebody waits, and nothing will ever happen again."""


class Process:
    """One life of one process: frozen it runs nothing, dead it reaches nothing."""

    __slots__ = ("dead", "due", "frozen", "name", "tasks")

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False
        self.frozen = False
        self.due: deque[asyncio.Handle] = deque()
        self.tasks: dict[asyncio.Task[Any], None] = {}  # in order: a set's order differs from run to run

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Begin a task in this process; the tasks that it begins belong here too."""
        context = copy_context()
        context.run(HERE.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    def kill(self) -> None:
        """End at once: whatever its clean-up code still tries, nothing reaches the outside any more."""
        self.dead = True
        for task in list(self.tasks):
            task.cancel()


HERE: Final[ContextVar[Process | None]] = ContextVar("process", default=None)
"""The process to which the running code belongs; None is the world outside of all processes."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs timers in their order without waiting for them. `time()` is in virtual seconds from 0."""

    # The base class keeps these under the same names; its stubs do not tell of them.
    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self._now_s = 0.0
        self.faults: list[BaseException] = []
        self.set_exception_handler(_note_broken_callback)

    @override
    def time(self) -> float:
        return self._now_s

    @override
    def create_task(self, coro: Any, *, name: object = None, context: Context | None = None) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, context=context)
        process = HERE.get() if context is None else context.get(HERE)
        if process is not None:
            process.tasks[task] = None
            task.add_done_callback(process.tasks.pop)
            if process.dead:
                task.cancel()
        return task

    def thaw(self, process: Process) -> None:
        """Let a frozen process go on, with everything that became due meanwhile."""
        process.frozen = False
        self._ready.extend(process.due)
        process.due.clear()

    def _run_once(self) -> None:
        """Run what is ready; when nothing is, jump to the next timer. Takes the place of waiting for sockets."""
        ready = self._ready
        if not ready:
            self._jump()
        due = [ready.popleft() for _ in range(len(ready))]
        for handle in due if len(due) == 1 else self._mixed(due):
            process = _process_of(handle)
            if process is not None and process.frozen:
                process.due.append(handle)
            elif not handle.cancelled():
                handle._run()

    def _jump(self) -> None:
        scheduled = self._scheduled
        while scheduled and scheduled[0].cancelled():
            heapq.heappop(scheduled)
        if not scheduled:
            raise StandstillError(f"at {self._now_s:.3f} s")
        self._now_s = max(self._now_s, scheduled[0].when())
        while scheduled and scheduled[0].when() <= self._now_s:
            self._ready.append(heapq.heappop(scheduled))

    def _mixed(self, due: list[asyncio.Handle]) -> list[asyncio.Handle]:
        """Mix the processes' turns; each process keeps its own order."""
        owners = [_process_of(handle) for handle in due]
        if len(set(owners)) == 1:
            return due
        lines: dict[Process | None, deque[asyncio.Handle]] = {owner: deque() for owner in owners}
        for owner, handle in zip(owners, due, strict=True):
            lines[owner].append(handle)
        self._chance.shuffle(owners)
        return [lines[owner].popleft() for owner in owners]


def drawn_by(seed: int) -> random.Random:
    """Return the chance of a seed."""
    return random.Random(seed)  # noqa: S311 - a draw that can be repeated, no secret


def virtually(main: Callable[[], Awaitable[T]], chance: random.Random) -> T:
    """Run `main()` on a loop of its own and return its result; raise what a callback of it raised.

    The pauses that the engine draws from the interpreter's own chance are drawn from `chance` meanwhile.
    """
    before = random.getstate()
    random.seed(chance.random())
    loop = VirtualLoop(chance)
    try:
        result = loop.run_until_complete(main())
    finally:
        _end_all(loop)
        random.setstate(before)
        loop.close()
    for fault in loop.faults:
        raise fault
    return result


def _end_all(loop: VirtualLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=_LAST_WORDS_S))


def _process_of(handle: asyncio.Handle) -> Process | None:
    # Where a callback belongs is in the context in which it was asked for; asyncio keeps it for itself.
    context: Context = handle._context  # type: ignore[attr-defined]  # in no stub
    return context.get(HERE)


def _note_broken_callback(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Keep what a callback raised; an answer that nobody fetched any more (its process was killed) is no fault."""
    if "handle" in context and isinstance(loop, VirtualLoop):
        loop.faults.append(context["exception"])
