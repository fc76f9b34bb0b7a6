"""Servers under load: ours in its sandbox with a token, and the peers; each in a process of its own."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import httpx2

from deploy.local.child import Command, until_ready
from deploy.local.layout import accepts_connections, free_ports
from deploy.local.once import run_once
from deploy.sandbox import read_clients, write_state
from shared.auth.actor import Role
from shared.auth.sandbox_clients import SandboxClient
from tests.bench.stage import Stage

_START_S_MAX: Final = 60.0


class Server(NamedTuple):
    """A server under load: its address and a token that its endpoints accept."""

    address: str
    token: str


class Sandbox(NamedTuple):
    """What our own processes are started with: their environment, the port of the API, and who sends the commands."""

    env: dict[str, str]
    port: int
    client: SandboxClient


async def sandbox(stage: Stage, namespace: str, role: Role) -> Sandbox:
    """Prepare topics, collections and indexes in a namespace, as an operator does, for a client with `role`."""
    env = {**stage.environment(namespace), **write_state(stage.state_dir)}
    (port,) = free_ports(1)
    env["LOTSEN_PUBLIC_BASE_URL"] = f"http://localhost:{port}"
    await run_once(Command("init", (sys.executable, "-m", "deploy.cli", "init"), env), timeout_s=_START_S_MAX)
    return Sandbox(env, port, next(found for found in read_clients(stage.state_dir).values() if role in found.roles))


@asynccontextmanager
async def serving(
    stage: Stage, env: dict[str, str], client: SandboxClient, module: str, *arguments: str
) -> AsyncIterator[Server]:
    """Serve our API by `python -m module arguments` for the length of the block, with a token of `client`."""
    address = env["LOTSEN_PUBLIC_BASE_URL"]
    child = await stage.start("api", module, *arguments, env=env)
    try:
        async with httpx2.AsyncClient(base_url=address, timeout=2.0) as http:

            async def is_ready() -> bool:
                try:
                    return (await http.get("/health/ready")).status_code == httpx2.codes.OK
                except httpx2.HTTPError:
                    return False

            await until_ready(child, is_ready, timeout_s=_START_S_MAX)
            answer = await http.post(
                "/sandbox/token",
                data={"grant_type": "client_credentials"},
                auth=(client.client_id, client.client_secret),
            )
        yield Server(address, answer.raise_for_status().json()["access_token"])
    finally:
        await child.stop()


@asynccontextmanager
async def serving_peers(stage: Stage, env: dict[str, str]) -> AsyncIterator[str]:
    """Serve the peers for the length of the block; yields their address."""
    (port,) = free_ports(1)
    child = await stage.start("peers", "tests.bench.peers", str(port), env=env)
    try:
        await until_ready(child, lambda: accepts_connections(port), timeout_s=_START_S_MAX)
        yield f"http://127.0.0.1:{port}"
    finally:
        await child.stop()
