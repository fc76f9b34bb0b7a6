"""The whole system on one machine: real parts, one API process, one worker per service, all kept running."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from deploy.local.child import Child, Command, until_ready
from deploy.local.failures import LocalPartsError
from deploy.local.layout import accepts_connections
from deploy.local.once import run_once
from deploy.local.parts import Parts, real_parts
from deploy.local.settings import PartsSettings
from deploy.local.supervisor import Supervisor
from deploy.sandbox import read_clients, write_state
from deploy.services import SERVICES
from shared.auth.sandbox_clients import SandboxClient

OnStep = Callable[[str], None]

_READY_S_MAX: Final = 60.0


class ApiPortTakenError(LocalPartsError):
    """Something else listens where the API is to be."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken: end what listens there, or choose another with --port.")


@dataclass(frozen=True, slots=True)
class System:
    """A running system: address, environment, the sandbox's clients by id, parts, and a handle on each process."""

    base_url: str
    environment: dict[str, str]
    clients: dict[str, SandboxClient]
    parts: Parts
    api: Child
    workers: dict[str, Child]


@asynccontextmanager
async def running_system(
    state_dir: Path,
    *,
    port: int,
    namespace: str = "lotsen",
    on_step: OnStep = lambda _: None,
    given: PartsSettings | None = None,
    allow_containers: bool = False,
) -> AsyncIterator[System]:
    """Run everything for the length of the block, as a sandbox; afterwards no process and no port is left.

    `state_dir` keeps data, logs and secrets between starts; `given` names parts that run already. Parts in containers
    keep nothing between starts, so they are used only where `allow_containers` says so.

    Raises LocalPartsError.
    """
    if await accepts_connections(port):
        raise ApiPortTakenError(port)
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(
            real_parts(state_dir / "parts", on_step=on_step, settings=given, allow_containers=allow_containers)
        )
        base_url = f"http://localhost:{port}"
        environment = {
            **write_state(state_dir),
            **parts.environment(),
            "LOTSEN_NAMESPACE": namespace,
            "LOTSEN_PUBLIC_BASE_URL": base_url,
        }
        supervisor = await stack.enter_async_context(Supervisor(state_dir / "logs"))
        on_step("Preparing topics, collections and indexes")
        await _run_init(environment)
        on_step("Starting the services and their workers")
        api = await supervisor.start(_command("api", "serve", *SERVICES, "--port", str(port), env=environment))
        workers = {
            name: await supervisor.start(_command(f"work-{name}", "work", name, env=environment)) for name in SERVICES
        }
        await until_ready(api, lambda: _answers(base_url), timeout_s=_READY_S_MAX)
        on_step(f"Ready: {base_url}")
        yield System(base_url, environment, read_clients(state_dir), parts, api, workers)


def _command(name: str, *arguments: str, env: dict[str, str]) -> Command:
    return Command(name, (sys.executable, "-m", "deploy.cli", *arguments), env, end_s_max=15.0)


async def _run_init(environment: dict[str, str]) -> None:
    """Run `lotsen init` in a process of its own, as an operator would. Raises StartFailedError with its output."""
    await run_once(_command("init", "init", env=environment), timeout_s=_READY_S_MAX)


async def _answers(base_url: str) -> bool:
    async with httpx2.AsyncClient(base_url=base_url, timeout=2.0) as client:
        try:
            return (await client.get("/health/ready")).status_code == httpx2.codes.OK
        except httpx2.HTTPError:
            return False
