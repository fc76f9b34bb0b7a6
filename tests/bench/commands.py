"""Commands over HTTP at 64 connections: the usual ways, and ours with token, rules, contents and state."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from shared.auth.actor import Role
from shared.auth.sandbox_clients import SandboxClient
from shared.eventlog.documents import COMMITS
from shared.kernel.ids import new_id
from tests.bench.load import CONNECTIONS, Load, LoadFailedError, Requests, post
from tests.bench.seeding import grant_projects, plan_activities, until_projected
from tests.bench.servers import Server, sandbox, serving, serving_peers
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_least, at_most, judged, number

PROJECTS: Final = 1_000
ACTIVITIES: Final = 10_000
"""As many as the states that a process remembers."""
SECONDS: Final = 8.0
_WARM_SECONDS: Final = 2.0
_ONCE_SECONDS_MAX: Final = 60.0
_NAMESPACE: Final = "commands"
_CLI: Final = "deploy.cli"
_SERVED: Final = ("events", "reporting")
_P99: Final = at_most(100, "ms")
_CO_FUNDING: Final = {
    "source": "external-public",
    "financier": "Testregionen (testdata), del COUNT",
    "amount_ore": 30_000_000,
    "paid_on": "2023-05-02",
}
_PEERS_BODY: Final = {"amount_ore": 30_000_000, "paid_on": "2023-05-02"}
_HELD: Final[dict[str, object]] = {}
_ATTENDED: Final[dict[str, object]] = {"attendance": [], "guests": 12}


class Peers(NamedTuple):
    """What the usual ways measured."""

    empty: Load
    insert: Load
    outbox: Load


async def measure(stage: Stage) -> Figures:
    """Measure all of them, one server at a time."""
    env, port, client = await sandbox(stage, _NAMESPACE, Role.ORG_ECONOMIST)
    projects = await _projects(stage, env, client)
    stage.on_step("The usual ways")
    peers = await _peers(stage, env, projects)
    stage.on_step("Ours, cold")
    async with serving(stage, env, client, "tests.bench.cold", str(port), *_SERVED) as server:
        cold = await _co_funding(stage, server, projects)
        activities = await _activities(stage, client, projects)
        cold_bare = await _once(stage, server, activities, "occurrences", _HELD)
    stage.on_step("Ours, with the state cache")
    async with serving(stage, env, client, _CLI, "serve", *_SERVED, "--port", str(port)) as server:
        cached = await _co_funding(stage, server, projects)
        activities = await _activities(stage, client, projects)
        await _once(stage, server, activities, "occurrences", _HELD)
        cached_bare = await _once(stage, server, activities, "attendances", _ATTENDED)
    return Figures(
        title=f"Commands over HTTP, {CONNECTIONS} connections, one server process",
        columns=("", "answers/s", "to transaction", "goal", "to empty", "goal", "p50 ms", "p99 ms", "goal"),
        rows=(
            _peer("empty endpoint", peers.empty, peers),
            _peer("one insert per request", peers.insert, peers),
            _peer("load + state + outbox transaction", peers.outbox, peers),
            _ours("co-funding paid in, cold", cold, peers, 3),
            _ours("co-funding paid in, state cache", cached, peers, 4),
            _ours("activity held, cold", cold_bare, peers, 3),
            _ours("attendance recorded, state cache", cached_bare, peers, 4),
        ),
        notes=(
            f"Ours is the real API: token, strict body, rules, idempotency key, log line; {PROJECTS} granted projects.",
            "Co-funding reads grant and call from the read model and stores an encrypted content, new each time;",
            "activity and attendance do neither. Cold: states are read from the database for every command.",
            "Every answer is a 2xx and every one of them was found in the log.",
        ),
    )


def _peer(name: str, load: Load, peers: Peers) -> Sequence[str]:
    return (
        *(name, number(load.per_second), number(load.per_second / peers.outbox.per_second), ""),
        *(f"{load.per_second / peers.empty.per_second:.0%}", "", number(load.p50_ms), number(load.p99_ms), ""),
    )


def _ours(name: str, load: Load, peers: Peers, times: float) -> Sequence[str]:
    ratio, share = load.per_second / peers.outbox.per_second, 100 * load.per_second / peers.empty.per_second
    return (
        *(name, number(load.per_second), number(ratio), judged(ratio, at_least(times, "×"))),
        *(f"{share:.0f}%", judged(share, at_least(40, "%"))),
        *(number(load.p50_ms), number(load.p99_ms), judged(load.p99_ms, _P99)),
    )


async def _projects(stage: Stage, env: dict[str, str], client: SandboxClient) -> list[str]:
    """Record grants, and let relay and projector carry them to where co-funding reads them."""
    stage.on_step(f"Granting {PROJECTS} projects")
    relay = await stage.start("relay", _CLI, "relay", "applications", env=env)
    projector = await stage.start("project", _CLI, "project", "reporting", env=env)
    try:
        projects = await grant_projects(stage.client, _NAMESPACE, client.organisation, PROJECTS)
        reporting = stage.database(_NAMESPACE, "reporting")
        await until_projected(reporting, "projects", {"accepted": True}, PROJECTS)
        await until_projected(reporting, "calls", {}, 1)
    finally:
        await relay.stop()
        await projector.stop()
    return projects


async def _activities(stage: Stage, client: SandboxClient, projects: Sequence[str]) -> list[str]:
    stage.on_step(f"Planning {ACTIVITIES} activities")
    return await plan_activities(stage.client, _NAMESPACE, client.organisation, projects, ACTIVITIES)


async def _peers(stage: Stage, env: dict[str, str], projects: Sequence[str]) -> Peers:
    async with serving_peers(stage, env) as address:
        measured = []
        for path in ("empty", "insert", "outbox"):
            paths = ["/empty"] if path == "empty" else [f"/{path}/{project}" for project in projects]
            requests = Requests(paths, _PEERS_BODY, new_id())
            await post(address, requests, seconds=_WARM_SECONDS)
            measured.append(await post(address, requests, seconds=SECONDS))
        return Peers(*measured)


async def _co_funding(stage: Stage, server: Server, projects: Sequence[str]) -> Load:
    """Pay in co-funding to all projects in turn."""
    paths = [f"/reporting/v1/projects/{project}/co-funding" for project in projects]
    await post(server.address, Requests(paths, _CO_FUNDING, new_id(), server.token), seconds=_WARM_SECONDS)
    requests = Requests(paths, _CO_FUNDING, new_id(), server.token)
    load = await post(server.address, requests, seconds=SECONDS)
    return await _recorded(stage, "reporting", requests, load)


async def _once(stage: Stage, server: Server, activities: Sequence[str], what: str, body: dict[str, object]) -> Load:
    """Send one command about each activity."""
    paths = [f"/events/v1/activities/{activity}/{what}" for activity in activities]
    requests = Requests(paths, body, new_id(), server.token, once=True)
    load = await post(server.address, requests, seconds=_ONCE_SECONDS_MAX)
    return await _recorded(stage, "events", requests, load)


async def _recorded(stage: Stage, service: str, requests: Requests, load: Load) -> Load:
    """Return the load as the log has it. Raises LoadFailedError when that is not what was answered.

    At the end one request of each connection may be cut off, and where each path is sent once, the last connections
    fill their time with requests that are no commands.
    """
    condition = {"idempotency": {"$regex": f"^{requests.run}-"}}
    recorded = await stage.database(_NAMESPACE, service)[COMMITS].count_documents(condition)
    expected = min(load.answers, len(requests.paths)) if requests.once else load.answers
    if abs(recorded - expected) > CONNECTIONS:
        raise LoadFailedError(f"{expected} answers, and {recorded} commits")
    return replace(load, per_second=load.per_second * min(1, recorded / load.answers))
