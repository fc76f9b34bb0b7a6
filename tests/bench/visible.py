"""From the answer to a command until a reader of the read model sees it, with every part in a process of its own."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final, NamedTuple

from deploy.initialise import topic_of
from shared.eventlog.mongo_log import prepare as prepare_log
from shared.messaging import ensure_topics
from shared.mongo import Database
from shared.projector.collections import prepare
from tests.bench.facts import PROJECTION, SERVICE, VIEW, projects
from tests.bench.instants import Instants, read_instants
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_most, judged, number

RATES: Final = (100, 500, 1_000, 2_000, 3_000, 4_000)
"""Up to the first that this machine does not reach: there it bends."""
_REACHED: Final = 0.95
SECONDS: Final = 12.0
_WARM_SECONDS: Final = 3.0
_PROJECTS: Final = 2_000
_PROCESSES: Final = "tests.bench.processes"
_WAIT_S_MAX: Final = 60.0
_LOOK_S: Final = 0.1
_P50_MS: Final = at_most(20, "ms")
_P99_MS: Final = at_most(80, "ms")


class Fresh(NamedTuple):
    """How long commits took to become visible (milliseconds), and the rate that was reached."""

    per_second: float
    p50_ms: float
    p99_ms: float
    most_ms: float
    late_ms_max: float


async def measure(stage: Stage) -> Figures:
    """Measure at each rate; every commit counts."""
    namespace = "visible"
    await ensure_topics(stage.parts.kafka_bootstrap_servers, [topic_of(namespace, SERVICE)])
    database = stage.database(namespace, SERVICE)
    await prepare_log(database)
    await prepare(database, PROJECTION)
    listing = stage.state_dir / "projects"
    listing.write_text("\n".join(projects(_PROJECTS)))
    env = stage.environment(namespace)
    found: dict[int, Fresh] = {}
    async with AsyncExitStack() as stack:
        for name in ("relay", "project"):
            child = await stage.start(name, _PROCESSES, name, env=env)
            stack.push_async_callback(child.stop)
        await stage.run("warm", _PROCESSES, *_arguments(RATES[0], _WARM_SECONDS, listing, stage), env=env)
        await _caught_up(database)
        for rate in RATES:
            stage.on_step(f"Commit to visible at {rate} commits/s")
            found[rate] = await _at_rate(stage, env, rate, listing)
            if found[rate].per_second < rate * _REACHED:
                break
    late_ms = max(fresh.late_ms_max for fresh in found.values())
    return Figures(
        title="Commit → visible: log, relay, projector and reader in separate processes",
        columns=("asked for", "commits/s", "p50 ms", "goal", "p99 ms", "goal", "longest ms"),
        rows=tuple(
            (
                f"{rate} commits/s",
                number(fresh.per_second),
                number(fresh.p50_ms),
                judged(fresh.p50_ms, _P50_MS),
                number(fresh.p99_ms),
                judged(fresh.p99_ms, _P99_MS),
                number(fresh.most_ms),
            )
            for rate, fresh in found.items()
        ),
        notes=(
            f"Open loop, {SECONDS:.0f} s each, {_PROJECTS} streams: from the answer of the log until a change stream",
            f"on the read model hands it to a reader. No command began more than {late_ms:.0f} ms late.",
        ),
    )


def _arguments(rate: int, seconds: float, listing: Path, stage: Stage) -> tuple[str, ...]:
    return ("generator", str(rate), str(seconds), str(listing), str(stage.state_dir / "answered"))


async def _at_rate(stage: Stage, env: dict[str, str], rate: int, listing: Path) -> Fresh:
    database = stage.database("visible", SERVICE)
    seen_path = stage.state_dir / f"seen-{rate}"
    watcher = await stage.start("watcher", _PROCESSES, "watcher", str(seen_path), env=env)
    try:
        await _exists(seen_path.with_suffix(".ready"))
        done = await stage.run("generator", _PROCESSES, *_arguments(rate, SECONDS, listing, stage), env=env)
        await _caught_up(database)
    finally:
        await watcher.stop()
    latencies = _latencies(read_instants(stage.state_dir / "answered"), read_instants(seen_path))
    cuts = quantiles(latencies, n=100, method="inclusive")
    return Fresh(done["per_second"], cuts[49], cuts[98], max(latencies), done["late_s_max"] * 1000)


def _latencies(answered: Instants, seen: Instants) -> list[float]:
    """Return the latency of every commit in milliseconds. A version may be seen as part of a later one."""
    newest: dict[str, list[int]] = {}
    for document, version in sorted(seen):
        newest.setdefault(document, []).append(version)
    latencies = []
    for (document, version), at in answered.items():
        first = next(shown for shown in newest[document] if shown >= version)
        latencies.append((seen[document, first] - at) * 1000)
    return latencies


async def _caught_up(database: Database) -> None:
    """Wait until the read model holds every commit."""
    give_up_s = perf_counter() + _WAIT_S_MAX
    wanted = await database["commits"].count_documents({})
    while perf_counter() < give_up_s:
        rows = database[VIEW.collection].aggregate([{"$group": {"_id": None, "facts": {"$sum": "$reports"}}}])
        if [row["facts"] async for row in rows] == [wanted]:
            return
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"the read model lacked commits after {_WAIT_S_MAX:.0f} s")


async def _exists(path: Path) -> None:
    give_up_s = perf_counter() + _WAIT_S_MAX
    while not _is_there(path):
        if perf_counter() > give_up_s:
            raise TimeoutError(f"the watcher was not ready after {_WAIT_S_MAX:.0f} s")
        await asyncio.sleep(_LOOK_S)


def _is_there(path: Path) -> bool:
    return path.exists()
