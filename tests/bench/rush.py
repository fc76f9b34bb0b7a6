"""A thousand clients at once while the database is gone, and when it comes back: is anybody's work lost?"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

import psutil

from deploy.local.child import Child
from shared.auth.actor import Role
from shared.auth.sandbox_clients import SandboxClient
from shared.eventlog.documents import COMMITS
from shared.kernel.ids import new_id
from tests.bench.arriving import Arrived
from tests.bench.projecting import NotTheSameError, peak_mib
from tests.bench.seeding import plan_activities
from tests.bench.servers import Server, sandbox, serving
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_most, judged, number

CLIENTS: Final = 1_000
ACTIVITIES_EACH: Final = 5
ROUNDS: Final = 3
OUTAGE_S: Final = 10.0
_PROJECTS: Final = 100
_NAMESPACE: Final = "rush"
_SERVICE: Final = "events"
_CLI: Final = "deploy.cli"
_HELD: Final = json.dumps({})
_ATTENDED: Final = json.dumps({"attendance": [], "guests": 12})
_COMMANDS_EACH: Final = 2 * ACTIVITIES_EACH


class Round(NamedTuple):
    """One outage: what the clients met, seconds from the database's return to the first and the last 2xx, MiB."""

    met: Arrived
    first_s: float
    all_s: float
    memory_mib: float
    peak_mib: float


async def measure(stage: Stage) -> Figures:
    """Take the database away and give it back, some rounds, under the same thousand clients."""
    env, port, client = await sandbox(stage, _NAMESPACE, Role.ORG_EDITOR)
    rounds = []
    async with serving(stage, env, client, _CLI, "serve", _SERVICE, "--port", str(port)) as server:
        api = next(child for child in stage.supervisor.children if child.name == "api" and child.pid is not None)
        at_rest_mib = _memory_mib(api)
        for number_of_round in range(ROUNDS):
            stage.on_step(f"{CLIENTS} clients and an outage of {OUTAGE_S:.0f} s, {number_of_round + 1} of {ROUNDS}")
            rounds.append(await _round(stage, env, client, server, api, number_of_round))
    return _figures(at_rest_mib, rounds)


def _figures(at_rest_mib: float, rounds: Sequence[Round]) -> Figures:
    unguided = sum(each.met.unguided for each in rounds)
    growth = rounds[-1].peak_mib / rounds[0].peak_mib
    return Figures(
        title=f"{CLIENTS} clients at once, {_COMMANDS_EACH} commands each, and no database for {OUTAGE_S:.0f} s",
        columns=("round", "answers by status", "cut", "first 2xx after s", "all after s", "p50 s", "p99 s", "MiB"),
        rows=tuple(
            (
                *(str(position), _statuses(each.met), str(each.met.cut)),
                *(number(each.first_s), number(each.all_s), number(each.met.p50_s), number(each.met.p99_s)),
                f"{each.memory_mib:.0f}, at most {each.peak_mib:.0f}",
            )
            for position, each in enumerate(rounds, 1)
        ),
        notes=(
            f"429 and 503 without Retry-After: {unguided}, {judged(unguided, at_most(0, ''))}.",
            f"Memory of the API at rest {at_rest_mib:.0f} MiB; its peak over {len(rounds)} rounds grew {growth:.2f} ×, "
            + judged(growth, at_most(1.1, "×"))
            + ".",
            f"Nobody's work lost: {len(rounds) * CLIENTS * _COMMANDS_EACH} commands got a 2xx, each in the log once.",
            "Seconds count from when the database answers again. Clients come back exactly when Retry-After says.",
        ),
    )


def _statuses(met: Arrived) -> str:
    return ", ".join(f"{count} × {status}" for status, count in met.statuses.items())


async def _round(
    stage: Stage, env: dict[str, str], client: SandboxClient, server: Server, api: Child, number_of_round: int
) -> Round:
    projects = [new_id() for _ in range(_PROJECTS)]
    activities = await plan_activities(
        stage.client, _NAMESPACE, client.organisation, projects, CLIENTS * ACTIVITIES_EACH
    )
    run = new_id()
    listing = stage.state_dir / f"work-{number_of_round}"
    _list_work(listing, run, activities)
    member = stage.parts.members[0]
    await member.kill()
    clients = asyncio.create_task(
        stage.run("clients", "tests.bench.processes", "clients", server.address, server.token, str(listing), env=env)
    )
    await asyncio.sleep(OUTAGE_S)
    await member.start()
    back_at = monotonic()
    met = Arrived(**await clients)
    await _compare(stage, run, met, activities)
    assert api.pid is not None
    return Round(met, met.first_at - back_at, met.last_at - back_at, _memory_mib(api), peak_mib(api.pid))


def _list_work(path: Path, run: str, activities: Sequence[str]) -> None:
    """Write each client's commands: it holds its activities and then records who was there."""
    lines = []
    for first in range(0, len(activities), ACTIVITIES_EACH):
        own = activities[first : first + ACTIVITIES_EACH]
        commands = [(what, activity) for what in ("occurrences", "attendances") for activity in own]
        lines.append(
            json.dumps(
                [
                    (
                        f"/{_SERVICE}/v1/activities/{activity}/{what}",
                        _HELD if what == "occurrences" else _ATTENDED,
                        f"{run}-{activity}-{what}",
                    )
                    for what, activity in commands
                ]
            )
        )
    path.write_text("\n".join(lines), encoding="utf-8")


async def _compare(stage: Stage, run: str, met: Arrived, activities: Sequence[str]) -> None:
    """Check that every command was answered by a 2xx and has exactly one effect. Raises NotTheSameError."""
    if met.undone:
        raise NotTheSameError(f"{met.undone} commands were not done; answers {met.statuses}")
    commits = stage.database(_NAMESPACE, _SERVICE)[COMMITS]
    keys = await commits.count_documents({"idempotency": {"$regex": f"^{run}-"}})
    streams = [f"activity/{activity}" for activity in activities]
    stored = await commits.count_documents({"stream": {"$in": streams}, "first": {"$gt": 1}})
    if not keys == stored == len(activities) * 2:
        raise NotTheSameError(f"{len(activities) * 2} commands, {keys} keys and {stored} commits")


def _memory_mib(child: Child) -> float:
    assert child.pid is not None
    return float(psutil.Process(child.pid).memory_info().rss) / 2**20
