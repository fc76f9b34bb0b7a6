"""Keeps a set of processes running, and leaves nothing behind when it ends."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from deploy.local.child import Child, Command

_ENDING_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

_log = structlog.get_logger()


class Supervisor:
    """Processes with one log file each in `log_dir`; leaving the `async with` block ends all of them together."""

    def __init__(self, log_dir: Path) -> None:
        self._log_dir = log_dir
        self.children: list[Child] = []

    async def start(self, command: Command) -> Child:
        """Start `command` and keep it running; see `deploy.local.child.until_ready` for waiting on it."""
        child = Child(command, self._log_dir)
        self.children.append(child)
        await child.start()
        return child

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.gather(*(child.stop() for child in self.children))


@asynccontextmanager
async def ended_by_signals() -> AsyncIterator[asyncio.Event]:
    """Run the block until it ends, or until SIGINT or SIGTERM comes: then it is cancelled and left quietly.

    Yields an event that is set by the signal. Further signals change nothing: the ending under way is bounded.
    """
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()

    def end(number: signal.Signals) -> None:
        if asked_to_end.is_set() or task is None:
            return
        _log.info("end_requested", signal=number.name)
        asked_to_end.set()
        task.cancel()

    for number in _ENDING_SIGNALS:
        loop.add_signal_handler(number, end, number)
    try:
        yield asked_to_end
    except asyncio.CancelledError:
        if task is None or not asked_to_end.is_set():  # somebody else's cancellation
            raise
        task.uncancel()
    finally:
        for number in _ENDING_SIGNALS:
            loop.remove_signal_handler(number)
