"""The supervisor keeps processes running, ends them all, and leaves nothing behind."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import psutil
import pytest
from structlog.testing import capture_logs

from deploy.local.child import LOG_BYTES_MAX, Child, Command, until_ready
from deploy.local.failures import StartFailedError
from deploy.local.supervisor import Supervisor, ended_by_signals
from tests.waiting import eventually

_WAIT_FOR_EVER = "import signal\nwhile True: signal.pause()"


def python(code: str, *, name: str = "example", end_s_max: float = 10.0) -> Command:
    return Command(name, (sys.executable, "-c", code), end_s_max=end_s_max)


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def number_logged_by(child: Child) -> int:
    return int(child.log_tail().splitlines()[-1])


@pytest.mark.asyncio
async def test_what_dies_is_started_again(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(python(_WAIT_FOR_EVER))
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        await eventually(lambda: child.pid not in {None, first})
        assert child.deaths == 1


@pytest.mark.asyncio
async def test_what_ends_again_and_again_is_started_less_and_less_often_and_says_so(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with Supervisor(tmp_path) as supervisor:
            child = await supervisor.start(python("raise SystemExit(70)"))
            await eventually(lambda: child.deaths >= 3)
    died = [(entry["code"], entry["restart_in_s"]) for entry in logs if entry["event"] == "child_died"]
    assert died[:3] == [(70, 0.5), (70, 1.0), (70, 2.0)]


@pytest.mark.asyncio
async def test_what_was_killed_on_purpose_stays_down_until_it_is_started(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(python(_WAIT_FOR_EVER))
        await child.kill()
        assert child.pid is None
        assert child.deaths == 0

        await child.start()
        assert child.pid is not None


@pytest.mark.asyncio
async def test_ending_leaves_no_process(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        children = [await supervisor.start(python(_WAIT_FOR_EVER, name=f"example-{n}")) for n in range(3)]
        pids = [child.pid for child in children]
    assert not any(is_running(pid) for pid in pids if pid)


@pytest.mark.asyncio
async def test_a_child_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)\n{_WAIT_FOR_EVER}"
    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(python(deaf, end_s_max=0.2))
        await eventually(lambda: child.log_tail() == "1")
        pid = child.pid
    assert pid is not None
    assert not is_running(pid)


@pytest.mark.asyncio
async def test_a_frozen_child_is_ended(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(python(_WAIT_FOR_EVER))
        child.send(signal.SIGSTOP)
    assert child.pid is None


@pytest.mark.asyncio
async def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    parent = f"""
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", {_WAIT_FOR_EVER!r}]).pid, flush=True)
{_WAIT_FOR_EVER}"""
    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(python(parent))
        await eventually(lambda: child.log_tail() != "")
        grandchild = number_logged_by(child)
        assert is_running(grandchild)
        await child.kill()
        await eventually(lambda: not is_running(grandchild))


@pytest.mark.asyncio
async def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    supervising = f"""
import asyncio, sys
from pathlib import Path
from deploy.local.child import Command
from deploy.local.supervisor import Supervisor

async def main():
    async with Supervisor(Path({str(tmp_path)!r})) as supervisor:
        child = await supervisor.start(Command("inner", (sys.executable, "-c", {_WAIT_FOR_EVER!r})))
        print(child.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())"""
    async with Supervisor(tmp_path) as supervisor:
        outer = await supervisor.start(
            Command("outer", (sys.executable, "-c", supervising), {"PYTHONPATH": os.pathsep.join(sys.path)}),
        )
        await eventually(lambda: re.search(r"^\d+$", outer.log_tail(), re.MULTILINE) is not None)
        inner = number_logged_by(outer)
        assert is_running(inner)
        await outer.kill()
        await eventually(lambda: not is_running(inner))


@pytest.mark.asyncio
@pytest.mark.parametrize(("bytes_held", "is_set_aside"), [(LOG_BYTES_MAX, False), (LOG_BYTES_MAX + 1, True)])
async def test_a_log_that_has_grown_too_long_is_set_aside(
    tmp_path: Path, bytes_held: int, *, is_set_aside: bool
) -> None:
    (tmp_path / "example.log").touch()
    os.truncate(tmp_path / "example.log", bytes_held)
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(python(_WAIT_FOR_EVER))
    assert (tmp_path / "example.log.1").exists() is is_set_aside


@pytest.mark.asyncio
async def test_a_failed_start_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(python("raise SystemExit('no room on this disk')"))
        with pytest.raises(StartFailedError, match=r"ended while it was starting(.|\n)*no room on this disk"):
            await until_ready(child, never)


@pytest.mark.asyncio
async def test_a_start_that_takes_too_long_is_told(tmp_path: Path) -> None:
    async def never() -> bool:
        await asyncio.Event().wait()
        return False

    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(python(_WAIT_FOR_EVER))
        with pytest.raises(StartFailedError, match="was not ready within 0 s"):
            await until_ready(child, never, timeout_s=0.1)


@pytest.mark.asyncio
async def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(Command("missing", ("/no/such/program",)))
        with pytest.raises(StartFailedError, match="/no/such/program: No such file or directory"):
            await until_ready(child, never)


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_everything_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    async with ended_by_signals() as asked_to_end, Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(python(_WAIT_FOR_EVER))
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()
    assert asked_to_end.is_set()
    assert child.pid is None
