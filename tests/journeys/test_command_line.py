"""The `lotsen` command as an operator meets it: clear about what is missing, and gone without a trace when it ends."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import psutil
import pytest

from deploy.local.layout import free_ports
from tests.journeys.conftest import Year
from tests.waiting import eventually

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

START_S_MAX = 120.0
END_S_MAX = 60.0


async def _lotsen(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Run the command to its end; return its exit code and what it wrote (both streams)."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *arguments),
        env={"PATH": os.defpath, **(env or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), END_S_MAX)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return process.returncode, output.decode()


@pytest.mark.parametrize(
    ("command", "missing"), [("serve", "LOTSEN_CLAIMS_KEY is missing"), ("work", "KAFKA_BOOTSTRAP_SERVERS is missing")]
)
async def test_a_missing_setting_stops_the_start_with_one_line_that_names_it(command: str, missing: str) -> None:
    code, output = await _lotsen(command, "applications", env={"MONGODB_URI": "mongodb://localhost/"})
    assert code == 2
    assert len(output.strip().splitlines()) == 1
    assert missing in output


async def test_changeme_is_not_a_value(year: Year) -> None:
    env = {**year.system.environment, "LOTSEN_CLAIMS_KEY": "changeme"}
    code, output = await _lotsen("serve", "events", env=env)
    assert code == 2
    assert output.strip() == "Settings: LOTSEN_CLAIMS_KEY: changeme is not a value"


async def test_lag_names_every_read_model_and_says_that_none_is_behind(year: Year) -> None:
    code, output = await _lotsen("lag", env=year.system.environment)
    assert code == 0
    for read_model in ("applications/applications", "participants/participants", "reporting/followup"):
        line = next(line for line in output.splitlines() if read_model in line)
        assert line.split()[1] == "0", line


async def test_parked_says_that_nothing_is_and_refuses_an_id_that_is_none(year: Year) -> None:
    assert await _lotsen("parked", "list", env=year.system.environment) == (0, "nothing is parked\n")
    code, output = await _lotsen("parked", "show", "reporting:followup/nothing/1", env=year.system.environment)
    assert code == 1
    assert "nothing is parked as" in output


async def test_init_can_be_run_again_on_a_system_that_runs(year: Year) -> None:
    code, output = await _lotsen("init", env=year.system.environment)
    assert code == 0
    assert "replica set found" in output


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("MONGODB_URI", "mongodb://127.0.0.1:1/?replicaSet=lotsen", "MongoDB (MONGODB_URI) does not answer"),
        ("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1", "Kafka (KAFKA_BOOTSTRAP_SERVERS) does not answer"),
    ],
)
async def test_a_part_that_does_not_answer_is_named_in_one_line(year: Year, name: str, address: str, said: str) -> None:
    code, output = await _lotsen("init", env={**year.system.environment, name: address})
    assert code == 1
    assert said in output
    assert "Traceback" not in output


async def test_ctrl_c_leaves_no_process_and_no_port(tmp_path: Path, year: Year) -> None:
    port = free_ports(1)[0]
    env = {
        "PATH": os.defpath,
        "KAFKA_BOOTSTRAP_SERVERS": year.system.parts.kafka_bootstrap_servers,
        "MONGODB_URI": year.system.parts.mongodb_uri,
    }
    with (tmp_path / "up.log").open("wb") as log:
        up = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.cli", "up", "--state", str(tmp_path), "--port", str(port)),
            env=env,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    await eventually(lambda: (tmp_path / "up.ready").exists() or up.returncode is not None, within_s=START_S_MAX)
    assert up.returncode is None, (tmp_path / "up.log").read_text()
    children = psutil.Process(up.pid).children(recursive=True)
    assert len(children) >= 5
    assert _listens(port)

    up.send_signal(signal.SIGINT)
    await asyncio.wait_for(up.wait(), 30)
    await eventually(lambda: not any(child.is_running() for child in children))
    assert not _listens(port)


async def test_a_port_that_is_taken_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, output = await _lotsen("up", "--state", str(tmp_path), "--port", str(port))
    assert code == 1
    assert f"Port {port} is taken" in output


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
