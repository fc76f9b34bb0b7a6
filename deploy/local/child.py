"""One supervised process: started in a group of its own, logged to a file, restarted when it dies."""

import asyncio
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import structlog

from deploy.local import guard
from deploy.local.failures import StartFailedError

START_S_MAX: Final = 150.0
"""Much more than a start takes: three brokers that begin at once on two busy processors have needed a minute."""
END_S_MAX: Final = 10.0
_KILLED_S_MAX: Final = 5.0
_BACKOFF_S_FIRST: Final = 0.5
_BACKOFF_S_MAX: Final = 30.0
_STEADY_S: Final = 30.0
"""A process that lived this long has recovered: its next death starts at the first back-off again."""
LOG_BYTES_MAX: Final = 16 * 2**20
TAIL_LINES: Final = 20
_PROBE_EVERY_S: Final = 0.1

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: a name (also of its log file), the argument vector, and additions to the environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    end_s_max: float = END_S_MAX
    """Seconds between SIGTERM and SIGKILL when it is ended."""


async def spawn(command: Command, log: IO[bytes]) -> asyncio.subprocess.Process:
    """Start `command` in a session of its own, tied to this process's life, its output appended to `log`."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", guard.__file__, str(os.getpid()), *command.argv),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=log,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **command.env},  # noqa: TID251 - a child inherits its parent's environment
        start_new_session=True,
    )


class Child:
    """A process that is kept running from `start` until `stop` or `kill`, whatever happens to it in between."""

    def __init__(self, command: Command, log_dir: Path) -> None:
        self.command = command
        self.log_path = log_dir / f"{command.name}.log"
        self.deaths = 0
        """How often it ended without having been asked to."""
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._unwanted = asyncio.Event()

    @property
    def name(self) -> str:
        """The command's name."""
        return self.command.name

    @property
    def pid(self) -> int | None:
        """Process id, also of its group; None while it is not running."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it, unless it is being kept running already; returns before it is ready for anything."""
        if self._keeper and not self._keeper.done():
            return
        self._unwanted.clear()
        process = await self._spawn()
        self._keeper = asyncio.create_task(self._keep(process), name=f"keep {self.name}")

    async def stop(self) -> None:
        """End it in good order (SIGTERM), by SIGKILL to its whole group after `end_s_max` seconds."""
        await self._end(signal.SIGTERM, self.command.end_s_max)

    async def kill(self) -> None:
        """End it by SIGKILL at once; it stays down until `start`."""
        await self._end(signal.SIGKILL, _KILLED_S_MAX)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process and its group; nothing happens when it is not running."""
        if self.pid is not None:
            _signal_group(self.pid, number)

    def log_tail(self) -> str:
        """Return the last lines of its log."""
        if not self.log_path.exists():
            return ""
        with self.log_path.open(encoding="utf-8", errors="replace") as log:
            return "".join(deque(log, TAIL_LINES)).rstrip()

    async def _spawn(self) -> asyncio.subprocess.Process:
        with _open_log(self.log_path) as log:
            self._process = await spawn(self.command, log)
        _log.info("child_started", child=self.name, pid=self._process.pid)
        return self._process

    async def _keep(self, process: asyncio.subprocess.Process | None) -> None:
        backoff_s = _BACKOFF_S_FIRST
        while True:
            if process is not None:
                started_at = time.monotonic()
                code = await process.wait()
                _signal_group(process.pid, signal.SIGKILL)  # what it started and left behind
                if self._unwanted.is_set():
                    return
                self.deaths += 1
                if time.monotonic() - started_at >= _STEADY_S:
                    backoff_s = _BACKOFF_S_FIRST
                _log.warning("child_died", child=self.name, code=code, restart_in_s=backoff_s)
            if await self._unwanted_within(backoff_s):
                return
            backoff_s = min(2 * backoff_s, _BACKOFF_S_MAX)
            process = await self._try_spawn()

    async def _unwanted_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            return await asyncio.wait_for(self._unwanted.wait(), seconds)
        return False

    async def _try_spawn(self) -> asyncio.subprocess.Process | None:
        """Start it again; None when the machine has no room for it just now."""
        try:
            process = await self._spawn()
        except OSError as error:
            _log.warning("child_not_restarted", child=self.name, error=str(error))
            return None
        if self._unwanted.is_set():  # asked to end between the back-off and now
            self.send(signal.SIGKILL)
        return process

    async def _end(self, number: signal.Signals, wait_s: float) -> None:
        self._unwanted.set()
        if not self._keeper or self._keeper.done():
            return
        try:
            self.send(number)
            self.send(signal.SIGCONT)  # a frozen process would never see the request
            await asyncio.wait({self._keeper}, timeout=wait_s)
        finally:  # also when the wait was cancelled: nothing is left behind
            self.send(signal.SIGKILL)
        await asyncio.wait({self._keeper}, timeout=_KILLED_S_MAX)
        _log.info("child_ended", child=self.name)


async def until_ready(
    child: Child,
    probe: Callable[[], Awaitable[bool]],
    *,
    timeout_s: float = START_S_MAX,
) -> None:
    """Wait until `probe` answers True.

    The probe is cancelled when time is up, and is asked again after False or an OSError.

    Raises:
        StartFailedError: the child died meanwhile, or `timeout_s` seconds have passed.
    """
    deaths_before = child.deaths
    try:
        async with asyncio.timeout(timeout_s):
            while not await _answers(probe):
                if child.deaths > deaths_before:
                    why = "ended while it was starting"
                    raise StartFailedError(child.name, why, child.log_path, child.log_tail())
                await asyncio.sleep(_PROBE_EVERY_S)
    except TimeoutError:
        why = f"was not ready within {timeout_s:.0f} s"
        raise StartFailedError(child.name, why, child.log_path, child.log_tail()) from None


async def _answers(probe: Callable[[], Awaitable[bool]]) -> bool:
    with suppress(OSError):
        return await probe()
    return False


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, number)


def _open_log(path: Path) -> IO[bytes]:
    """Open for appending; a log that has grown too long becomes `….log.1`, replacing the one before it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")
