"""The stack of `deploy/compose.yaml` under test, as an operator handles it: through compose and through its front."""

import asyncio
import json
import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx2

from deploy.local.child import Command
from deploy.local.layout import free_ports
from deploy.local.once import run_any, run_once
from shared.auth.sandbox_clients import SandboxClient, read_clients

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
IMAGE: Final = "lotsen:0.1.0"
SERVICES: Final = ("applications", "participants", "events", "reporting")
OURS: Final = (*SERVICES, *(f"{service}-worker" for service in SERVICES))
PARTS: Final = ("kafka", "mongodb")
RUNNING: Final = (*PARTS, *OURS, "front")
_BUILD_S_MAX: Final = 600.0
_UP_S_MAX: Final = 300.0
BACK_S_MAX: Final = 120.0
_LOOK_EVERY_S: Final = 1.0


@dataclass(frozen=True)
class Stack:
    """A stack that runs; `environment` is what compose is started with, `running` every service that then is there."""

    environment: Mapping[str, str]
    address: str
    secrets: Path
    running: tuple[str, ...] = RUNNING

    def http(self, timeout_s: float = 5.0) -> httpx2.AsyncClient:
        """Return a client of the front, which trusts the certificate that an operator put there."""
        certificate = self.secrets / "certificate.pem"
        trusted = ssl.create_default_context(cafile=str(certificate)) if certificate.exists() else None
        return httpx2.AsyncClient(base_url=self.address, timeout=timeout_s, verify=trusted or True)

    @property
    def project(self) -> str:
        """What the names of its containers and networks begin with."""
        return self.environment["COMPOSE_PROJECT_NAME"]

    def clients(self) -> dict[str, SandboxClient]:
        """Return the sandbox's clients by id."""
        return {client.client_id: client for client in read_clients(self.secrets / "sandbox-clients.yaml").all}

    def with_(self, environment: Mapping[str, str]) -> "Stack":
        """Return the same stack, for commands with other values."""
        return replace(self, environment={**self.environment, **environment})

    async def compose(self, *arguments: str, timeout_s: float = 120.0) -> str:
        """Run `docker compose …` and return what it said. Raises StartFailedError."""
        return await run_once(self._command("docker", "compose", *arguments), timeout_s=timeout_s)

    async def tried(self, *arguments: str, timeout_s: float = 60.0) -> tuple[int | None, str]:
        """Run `docker compose …` and return its code and what it said."""
        return await run_any(self._command("docker", "compose", *arguments), timeout_s=timeout_s)

    async def docker(self, *arguments: str, timeout_s: float = 60.0) -> str:
        """Run `docker …` and return what it said. Raises StartFailedError."""
        return await run_once(self._command("docker", *arguments), timeout_s=timeout_s)

    async def operator(self, *arguments: str) -> tuple[int | None, str]:
        """Run `lotsen …` as the operator does, in a container of its own."""
        return await self.tried("--profile", "operator", "run", "--rm", "-T", "operator", *arguments, timeout_s=120.0)

    async def inside(self, service: str, script: str) -> tuple[int | None, str]:
        """Run a bash script in the container of a service."""
        return await self.tried("exec", "-T", service, "bash", "-c", script)

    async def asked(self, service: str, program: str) -> tuple[int | None, str]:
        """Run a Python program in a container of ours, as the one that runs there, with its secrets."""
        return await self.tried("exec", "-T", service, "/opt/lotsen/bin/python", "-c", program)

    async def container(self, service: str) -> str:
        """Return the id of a service's only container, running or not."""
        (found,) = (await self.compose("ps", "--all", "--quiet", service)).split()
        return found

    async def inspected(self, service: str) -> dict[str, Any]:
        """Return everything that Docker knows of a service's container."""
        (found,) = json.loads(await self.docker("inspect", await self.container(service)))
        facts: dict[str, Any] = found
        return facts

    async def address_of(self, service: str, network: str) -> str:
        """Return the address of a container in a network, which only this host reaches."""
        found: str = (await self.inspected(service))["NetworkSettings"]["Networks"][f"{self.project}_{network}"][
            "IPAddress"
        ]
        return found

    async def until_healthy(self, *, within_s: float = BACK_S_MAX) -> None:
        """Wait until everything runs and every health check is content."""
        count = (
            "ps",
            "--quiet",
            "--filter",
            f"label=com.docker.compose.project={self.project}",
            "--filter",
            "health=healthy",
        )
        deadline = time.monotonic() + within_s
        while len((await self.docker(*count)).split()) < len(self.running):
            assert time.monotonic() < deadline, await self.compose("ps", "--all")
            await asyncio.sleep(_LOOK_EVERY_S)

    async def until_up_to_date(self, *, within_s: float = BACK_S_MAX) -> None:
        """Wait until no relay and no read model is further behind than half a minute, as an operator does."""
        deadline = time.monotonic() + within_s
        while True:
            code, told = await self.operator("lag", "--max-seconds", "30")
            if code == 0:
                return
            assert time.monotonic() < deadline, told
            await asyncio.sleep(_LOOK_EVERY_S)

    async def up(self) -> float:
        """Start what does not run, wait until everything is healthy, and return how many seconds that took."""
        began_s = time.monotonic()
        await self.compose("up", "--detach", "--wait", timeout_s=_UP_S_MAX)
        return time.monotonic() - began_s

    async def down(self) -> None:
        """End everything and forget what it kept."""
        await self.compose("--profile", "operator", "down", "--volumes", "--timeout", "5", timeout_s=_UP_S_MAX)

    def _command(self, *argv: str) -> Command:
        return Command(argv[-1], argv, self.environment)


def files(*names: str) -> str:
    """Return what `COMPOSE_FILE` says of those files in `deploy/`."""
    return ":".join(str(DEPLOY / name) for name in names)


async def made(place: Path, *, project: str = "lotsen-test", more: Mapping[str, str] | None = None) -> Stack:
    """Build the image, make the secrets with it, and return a stack that does not run yet.

    `more` says what differs from one sandbox on this host that speaks HTTP.
    """
    secrets = place / "secrets"
    secrets.mkdir()
    port, prometheus_port = free_ports(2)
    address = f"http://localhost:{port}"
    environment = {
        "COMPOSE_PROJECT_NAME": project,
        "COMPOSE_FILE": files("compose.yaml", "compose.sandbox.yaml"),
        "COMPOSE_ENV_FILES": str(DEPLOY / "compose" / "sandbox.env"),
        "LOTSEN_SECRETS": str(secrets),
        "LOTSEN_ORGANISATIONS": str(secrets / "organisations.yaml"),
        "LOTSEN_PORT": str(port),
        "PROMETHEUS_PORT": str(prometheus_port),
        "LOTSEN_PUBLIC_BASE_URL": address,
        "LOTSEN_OIDC_ISSUER": f"{address}/sandbox",
        **(more or {}),
    }
    stack = Stack(environment, environment["LOTSEN_PUBLIC_BASE_URL"], secrets)
    await stack.compose("build", "--quiet", "init", timeout_s=_BUILD_S_MAX)
    owner = f"{os.getuid()}:{os.getgid()}"
    made_by = ("run", "--rm", "--user", owner, "--volume", f"{secrets}:/secrets", IMAGE, "secrets", "/secrets")
    await stack.docker(*made_by, "--sandbox")
    return stack


async def answers(stack: Stack) -> bool:
    """Tell whether the front reaches every service."""
    async with stack.http() as http:
        try:
            found = await asyncio.gather(*(http.get(f"/{service}/v1/api-info") for service in SERVICES))
        except httpx2.HTTPError:
            return False
    return all(answer.status_code == httpx2.codes.OK for answer in found)
