"""A system that stays up: in the foreground until Ctrl-C, or detached until it is told to end."""

import asyncio
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import typer

from deploy.local.failures import LocalPartsError
from deploy.local.supervisor import ended_by_signals
from deploy.system import System, running_system

OnStep = Callable[[str], None]

_PID_FILE: Final = "up.pid"
_READY_FILE: Final = "up.ready"
_ENVIRONMENT_FILE: Final = "environment"
_START_S_MAX: Final = 300.0  # a first start downloads Kafka
_END_S_MAX: Final = 60.0
_LOOK_EVERY_S: Final = 0.2


def addresses(system: System) -> list[str]:
    """Return the lines that say where everything is."""
    return [
        f"Log in    {system.base_url}/login",
        f"Programme {system.base_url}/reporting/pages/programmes/pilot-fortsattning-saker-digitalisering-2023",
        f"API       {system.base_url}/applications/docs",
    ]


async def stand(state_dir: Path, port: int, on_step: OnStep) -> None:
    """Keep a system running until SIGINT or SIGTERM. Ends with code 1 and one line when it cannot start."""
    ready = state_dir / _READY_FILE
    try:
        async with ended_by_signals(), running_system(state_dir, port=port, on_step=on_step) as system:
            for line in addresses(system):
                on_step(line)
            environment = state_dir / _ENVIRONMENT_FILE
            environment.write_text(
                "".join(f"export {name}={shlex.quote(v)}\n" for name, v in system.environment.items())
            )
            on_step(f"Operate   (. {environment}; lotsen lag)")
            ready.write_text(system.base_url)
            await asyncio.Event().wait()
    except LocalPartsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    finally:
        ready.unlink(missing_ok=True)


async def stand_detached(state_dir: Path, port: int, on_step: OnStep) -> None:
    """Start a system that outlives this process, and return when it answers. Ends with code 1 when it does not."""
    if _alive(_pid(state_dir)):
        on_step("already up")
        return
    with _fresh_log(state_dir) as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.cli", "up", "--state", str(state_dir), "--port", str(port)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    (state_dir / _PID_FILE).write_text(str(process.pid))
    deadline = time.monotonic() + _START_S_MAX
    while not (state_dir / _READY_FILE).exists():
        if process.returncode is not None or time.monotonic() > deadline:
            typer.echo((state_dir / "up.log").read_text()[-3000:], err=True)
            raise typer.Exit(1)
        await asyncio.sleep(_LOOK_EVERY_S)
    on_step((state_dir / "up.log").read_text().strip().removeprefix("· "))


async def end(state_dir: Path, on_step: OnStep) -> None:
    """End a detached system and wait until it is gone; ends with code 1 when it does not go."""
    pid = _pid(state_dir)
    if pid is None or not _alive(pid):
        on_step("nothing is up")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _END_S_MAX
    while _alive(pid):
        if time.monotonic() > deadline:
            typer.echo(f"process {pid} does not end", err=True)
            raise typer.Exit(1)
        await asyncio.sleep(_LOOK_EVERY_S)
    (state_dir / _PID_FILE).unlink(missing_ok=True)
    on_step("down")


def _fresh_log(state_dir: Path) -> IO[bytes]:
    state_dir.mkdir(parents=True, exist_ok=True)
    (state_dir / _READY_FILE).unlink(missing_ok=True)
    return (state_dir / "up.log").open("wb")


def _pid(state_dir: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int((state_dir / _PID_FILE).read_text())
    return None


def _alive(pid: int | None) -> bool:
    """Tell whether `pid` is a system of ours: a number may have been given to another process since."""
    if pid is None:
        return False
    try:
        return b"deploy.cli" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
