"""`lotsen work` as whoever supervises it meets it: its address, its exit codes, and what it says when it ends."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from deploy.initialise import topic_of
from deploy.local.layout import free_ports
from deploy.sandbox import write_state
from deploy.services import SERVICES
from shared.messaging import delete_topics
from shared.mongo import connect
from tests.conftest import Parts
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

START_S_MAX = 120.0
SHOWN = (
    'lotsen_projector_owned_partitions{projection="events"} 12.0',
    'lotsen_worker_still_seconds{worker="relay events"}',
    'lotsen_worker_still_seconds{worker="project events/events"}',
    'lotsen_relay_leading{service="events"} 1.0',
)


def environment(parts: Parts, folder: Path) -> dict[str, str]:
    """Return the environment of a worker on these parts."""
    return {
        "PATH": os.defpath,
        **write_state(folder),
        "KAFKA_BOOTSTRAP_SERVERS": parts.kafka_bootstrap_servers,
        "MONGODB_URI": parts.mongodb_uri,
        "LOTSEN_NAMESPACE": parts.namespace,
        "LOTSEN_PUBLIC_BASE_URL": "http://localhost:8080",
    }


@asynccontextmanager
async def a_process(env: dict[str, str], *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `lotsen` beside the test; it is killed at the end if it still lives."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *arguments),
        env=env,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """Wait until it ends by itself; return its exit code and what it said."""
    async with asyncio.timeout(START_S_MAX):
        _, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_a_worker_that_cannot_work_ends_with_its_own_code_and_says_which_and_why(
    parts: Parts, tmp_path: Path
) -> None:
    env = environment(parts, tmp_path) | {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:no-port"}
    async with a_process(env, "relay", "reporting") as process:
        code, said = await ended(process)
    assert code == os.EX_SOFTWARE
    (failed,) = [json.loads(line) for line in said.splitlines() if "worker_failed" in line]
    assert (failed["worker"], failed["error"], failed["level"]) == ("relay reporting", "ValueError", "critical")


async def test_an_address_that_is_taken_ends_the_start_with_one_line(parts: Parts, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = environment(parts, tmp_path) | {"LOTSEN_HEALTH_PORT": str(taken.getsockname()[1])}
        async with a_process(env, "work", "events") as process:
            code, said = await ended(process)
    assert code == 2
    assert "LOTSEN_HEALTH_PORT" in said
    assert len(said.strip().splitlines()) == 1


async def test_a_worker_answers_for_its_health_and_shows_its_metrics(parts: Parts, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    env = environment(parts, tmp_path) | {"LOTSEN_HEALTH_PORT": str(port)}
    async with _prepared(parts, env), a_process(env, "work", "events") as process:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10.0) as http:

            async def shows_its_work() -> bool:
                try:
                    shown = (await http.get("/metrics")).text
                except httpx2.HTTPError:
                    return False
                return all(name in shown for name in SHOWN)

            await eventually_async(shows_its_work, within_s=START_S_MAX)
            assert (await http.get("/health/live")).json() == {"status": "pass"}
            assert (await http.get("/health/ready")).json() == {"status": "pass"}
        process.send_signal(signal.SIGTERM)
        code, _ = await ended(process)
    assert code == 0


@asynccontextmanager
async def _prepared(parts: Parts, env: dict[str, str]) -> AsyncIterator[None]:
    """Prepare topics and databases of all services, and remove them afterwards."""
    async with a_process(env, "init") as process:
        code, said = await ended(process)
    assert code == 0, said
    try:
        yield
    finally:
        client = connect(parts.mongodb_uri, app_name="test")
        for name in SERVICES:
            await client.drop_database(f"{parts.namespace}_{name}")
            await client.drop_database(f"{parts.namespace}_{name}_keys")
        client.close()
        await delete_topics(parts.kafka_bootstrap_servers, [topic_of(parts.namespace, name) for name in SERVICES])
