"""Containers that are killed in turn while clients work: everything comes back, and nothing is lost or doubled."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from shared.mongo import connect
from tests.chaos.client import Clients
from tests.chaos.journal import Journal, read_journal
from tests.chaos.load import Load
from tests.compose.stack import BACK_S_MAX, RUNNING, SERVICES, Stack, answers
from tests.waiting import eventually, eventually_async

pytestmark = [pytest.mark.containers, pytest.mark.asyncio]

_RETRY_S_MAX = 60.0

TAKE_TOO_MUCH = """
open("/proc/1/oom_score_adj", "w").write("1000")  # of all that runs here the service itself is to be the one that goes
taken = bytearray(400_000_000)
"""


class Logs:
    """The logs of all services, read as the operator; what a repeated request is compared with."""

    def __init__(self, address: str, password: str) -> None:
        self._client = connect(
            f"mongodb://operator:{password}@{address}:27017/?directConnection=true&readPreference=primaryPreferred",
            app_name="tests",
        )

    @classmethod
    async def of(cls, stack: Stack) -> "Logs":
        """Open them on the database of the stack, which this host reaches.

        One member is asked, whichever it is: names of the others mean nothing outside. All is there once it is healed.
        """
        password = (stack.secrets / "accounts" / "operator").read_text()
        return cls(await stack.address_of("mongodb", "database"), password)

    async def commits_of_key(self, service: str, tenant: str, client: str, key: str) -> int:
        """Return how many commits carry a key."""
        keyed = {"tenant": tenant, "client": client, "idempotency": key}
        return await self._client[f"lotsen_{service}"]["commits"].count_documents(keyed)

    def close(self) -> None:
        """Disconnect."""
        self._client.close()


@asynccontextmanager
async def at_work(stack: Stack, journal: Path, run: str) -> AsyncIterator[Clients]:
    """Let clients work through the front for the length of the block; then ask again what was never answered.

    Raises AssertionError when an acknowledged command has not exactly one commit, or a read model differs from the log.
    """
    with closing(Journal(journal)) as written:
        async with stack.http() as http:
            rng = random.Random(run)  # noqa: S311 - the same run makes the same choices
            clients = Clients(http, [stack.address], stack.clients(), written, rng, run)
            await clients.log_in()
            working = asyncio.create_task(Load(clients, 0.2).run(applicants=1, owners=4))
            try:
                yield clients
            finally:
                clients.stopping.set()
                await asyncio.wait([working], timeout=60.0)
                working.cancel()
            await eventually_async(lambda: answers(stack), within_s=BACK_S_MAX)
            clients.stopping.clear()
            with closing(await Logs.of(stack)) as logs:
                for entry in read_journal(journal).unanswered():
                    await clients.retry(entry, logs, within_s=_RETRY_S_MAX)
                await check(stack, journal, logs)


async def check(stack: Stack, journal: Path, logs: Logs) -> None:
    """Compare what the clients were told with the logs, and the read models with the logs."""
    found = read_journal(journal)
    assert not found.unanswered()
    assert not found.faults
    wrong: list[str] = []
    for entry in found.entries.values():
        first = entry.first
        count = await logs.commits_of_key(first.service, first.tenant, first.client, first.key)
        if count != (entry.receipt is not None):
            wrong.append(f"{first.operation} {first.key}: {count} commits")
    assert not wrong
    for service in SERVICES:
        await _until_reconciled(stack, service)
    assert (await stack.operator("parked", "list"))[1].splitlines()[-1] == "nothing is parked"


async def _until_reconciled(stack: Stack, service: str) -> None:
    """Wait until the read models of a service are what its logs say: what came last may still be on its way."""
    deadline = time.monotonic() + BACK_S_MAX
    while True:
        code, told = await stack.operator("reconcile", service)
        if code == 0 and "nothing differs" in told:
            return
        assert time.monotonic() < deadline, told


@pytest.mark.usefixtures("year")
async def test_every_container_is_killed_in_turn_under_load_and_nothing_is_lost(stack: Stack, tmp_path: Path) -> None:
    async with at_work(stack, tmp_path / "journal", "killed") as clients:
        for service in RUNNING:
            before = len(clients.acknowledged_s)
            await stack.docker("kill", await stack.container(service))
            await stack.compose("up", "--detach", "--no-deps", "--no-recreate", service)  # docker does not by itself
            await stack.until_healthy()
            await working_on(clients, before)


@pytest.mark.usefixtures("year")
async def test_a_container_over_its_limit_is_killed_and_comes_back_by_itself_with_nothing_lost(
    stack: Stack, tmp_path: Path
) -> None:
    async with at_work(stack, tmp_path / "journal", "limited") as clients:
        for service in ("applications-worker", "reporting"):
            await stack.asked(service, TAKE_TOO_MUCH)
            await _until_killed(stack, service)
            await stack.until_healthy()
            before = len(clients.acknowledged_s)
            await working_on(clients, before)


async def _until_killed(stack: Stack, service: str) -> None:
    deadline = time.monotonic() + BACK_S_MAX
    while not (await stack.inspected(service))["RestartCount"]:
        assert time.monotonic() < deadline, f"{service} was not killed"
        await asyncio.sleep(1.0)


async def working_on(clients: Clients, before: int) -> None:
    """Wait until ten further commands were acknowledged."""
    await eventually(lambda: len(clients.acknowledged_s) >= before + 10, within_s=BACK_S_MAX)
