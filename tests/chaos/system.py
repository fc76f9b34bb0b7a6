"""A system of the run's own: real parts that nobody else uses, and the operator's commands as processes to kill."""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from deploy.local.child import Child, Command, until_ready
from deploy.local.layout import free_ports
from deploy.local.once import run_once
from deploy.local.parts import Parts, real_parts
from deploy.local.settings import PartsSettings
from deploy.local.supervisor import Supervisor
from deploy.sandbox import read_clients, write_state
from deploy.services import SERVICES
from shared.auth.sandbox_clients import SandboxClient
from shared.mongo import connect
from tests.chaos.collecting import Observer

ROOT: Final = Path(__file__).parents[2]
_READY_S_MAX: Final = 90.0
CLI: Final = "deploy.cli"
TWINS: Final = "tests.chaos.twins"


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a run: its name, the module it runs, and the command of that module."""

    name: str
    command: str
    module: str = CLI


PROCESSES: Final = (
    Process("relay-1", "relay"),
    Process("relay-2", "relay"),
    Process("projector-1", "project"),
    Process("projector-2", "project"),
)


@dataclass(frozen=True, slots=True)
class ChaosSystem:
    """A running system: where its API is, its clients, a handle on every process, and an observer of its data."""

    base_url: str
    clients: Mapping[str, SandboxClient]
    parts: Parts
    children: Mapping[str, Child]
    observer: Observer


@asynccontextmanager
async def own_parts(state_dir: Path) -> AsyncIterator[Parts]:
    """Start a Kafka and a MongoDB that nobody else uses: they will be killed, so given addresses do not count."""
    settings = PartsSettings().model_copy(update={"kafka_bootstrap_servers": None, "mongodb_uri": None})
    async with real_parts(state_dir, settings=settings) as parts:
        yield parts


@asynccontextmanager
async def running(
    state_dir: Path, parts: Parts, namespace: str, processes: Sequence[Process] = PROCESSES
) -> AsyncIterator[ChaosSystem]:
    """Run the API and `processes` on `parts` for the length of the block; then none of them is left."""
    (port,) = free_ports(1)
    base_url = f"http://localhost:{port}"
    environment = {
        **write_state(state_dir),
        **parts.environment(),
        "LOTSEN_NAMESPACE": namespace,
        "LOTSEN_PUBLIC_BASE_URL": base_url,
        "PYTHONPATH": str(ROOT),
    }
    await run_once(_command("init", CLI, "init", env=environment), timeout_s=_READY_S_MAX)
    client = connect(parts.mongodb_uri, app_name="chaos-observer")
    try:
        async with Supervisor(state_dir / "logs") as supervisor:
            api = await supervisor.start(_command("api", CLI, "serve", *SERVICES, "--port", str(port), env=environment))
            children = {"api": api}
            for process in processes:
                command = _command(process.name, process.module, process.command, *SERVICES, env=environment)
                children[process.name] = await supervisor.start(command)
            await until_ready(api, lambda: answers(base_url), timeout_s=_READY_S_MAX)
            observer = Observer(client, parts.kafka_bootstrap_servers, namespace)
            yield ChaosSystem(base_url, read_clients(state_dir), parts, children, observer)
    finally:
        client.close()


def _command(name: str, module: str, *arguments: str, env: Mapping[str, str]) -> Command:
    return Command(name, (sys.executable, "-m", module, *arguments), env, end_s_max=3.0)


async def answers(base_url: str) -> bool:
    """Tell whether the API serves."""
    async with httpx2.AsyncClient(base_url=base_url, timeout=2.0) as client:
        try:
            return (await client.get("/health/ready")).status_code == httpx2.codes.OK
        except httpx2.HTTPError:
            return False
