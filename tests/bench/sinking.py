"""Topic → read model beside MongoDB's sink connector: the last value of each stream, then the real follow-up.

The connector runs two tasks, which may use every processor; one worker of ours uses one. So ours is measured with one
and with two.
"""

import asyncio
from collections.abc import Iterable
from statistics import median
from time import perf_counter
from typing import Any, Final

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.messaging import ensure_topics
from shared.mongo import Database
from shared.projector.definition import Projection
from tests.bench import sheets
from tests.bench.connect import PeerFailedError, connecting
from tests.bench.facts import SERVICE
from tests.bench.fetching import SINK_CLASS, SINK_VERSION, Programs, fetch_peers
from tests.bench.projecting import SHARED_FROM, Drained, NotTheSameError, drain, publish
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_least, judged, number

FACTS: Final = 300_000
RUNS: Final = 3
RUNS_PEER: Final = 2
WORKERS: Final = (1, 2)
_NAMESPACE: Final = "sink"
_COLLECTION: Final = "last"
_LOOK_S: Final = 0.05
_PEER_S_MAX: Final = 300.0
_HEAD: Final = ("_id", "_stream", "_head", "_head_id")
_SECTIONS_UNWANTED: Final = ("repl", "locks", "wiredTiger", "tcmalloc", "storageEngine", "metrics", "transactions")

Rows = dict[str, dict[str, Any]]
Runs = dict[int, list[Drained]]
"""By how many workers shared the work."""


async def measure(stage: Stage) -> Figures:
    """Measure the connector and ours on the same topic; compare what they wrote before comparing how fast."""
    topics = {name: topic_of(_NAMESPACE, name) for name in SERVICES}
    await ensure_topics(stage.parts.kafka_bootstrap_servers, list(topics.values()))
    programs = await fetch_peers(stage)
    activities = sheets.activities(FACTS // sheets.EACH)
    stage.on_step(f"Publishing {FACTS} facts")
    size = await publish(stage, topics, ((sheets.PUBLISHER, fact) for fact in sheets.published(activities)))
    peer = []
    for run in range(RUNS_PEER):
        stage.on_step(f"MongoDB's sink connector, run {run + 1} of {RUNS_PEER}")
        peer.append(await _connector(stage, programs, run, topics[sheets.PUBLISHER], len(activities)))
    theirs = await _rows(stage.database(_NAMESPACE, "peer"), "activity_id")
    last = {count: await _ours(stage, "the last value", sheets.LAST, count) for count in WORKERS}
    database = stage.database(_NAMESPACE, SERVICE)
    compare(theirs, await _rows(database, "activity_id"), len(activities))
    followup = {count: await _ours(stage, "the real follow-up", sheets.FOLLOWUP, count) for count in WORKERS}
    compare_followup(theirs, [row async for row in database["followup_projects"].find({})])
    return _figures(size, peer, last, followup)


def _figures(size: float, peer: list[float], last: Runs, followup: Runs) -> Figures:
    usual = max(peer)
    return Figures(
        title=f"Topic → read model: {FACTS} events, {FACTS // sheets.EACH} streams",
        columns=("", "facts/s", "ratio", "goal", "memory MiB"),
        rows=(
            (f"MongoDB sink connector {SINK_VERSION}, at least once", number(usual), "1", "", ""),
            *(
                _row(f"ours, {what}, {count} worker{'s' * (count > 1)}", runs, usual, times)
                for what, ours, times in (
                    ("the same documents, exactly once, heads inside", last, 3),
                    ("the real follow-up of the same events", followup, 2),
                )
                for count, runs in ours.items()
            ),
        ),
        notes=(
            f"{sheets.EACH} facts of {size:.0f} bytes an activity, 5 of them close together.",
            "All from the first quarter of the facts to the last one: until then workers find their shares.",
            f"The connector's better run of {RUNS_PEER} ({_all(peer)} facts/s), two tasks, settings in record 0016;",
            f"ours the median of {RUNS}: {_each(last)}; follow-up {_each(followup)}",
            "Compared before: every document equal field by field, and follow-up's activities with those documents.",
        ),
    )


def _row(name: str, runs: list[Drained], usual: float, times: float) -> tuple[str, ...]:
    ours = median(run.per_second for run in runs)
    memory_mib = max(run.memory_mib for run in runs)
    return (
        *(name, number(ours), number(ours / usual)),
        *(judged(ours / usual, at_least(times, "×")), f"{memory_mib:.0f}"),
    )


def _all(figures: Iterable[float]) -> str:
    return ", ".join(number(figure) for figure in figures)


def _each(ours: Runs) -> str:
    return " and ".join(f"({_all(run.per_second for run in runs)})" for runs in ours.values())


async def _ours(stage: Stage, what: str, projection: Projection, workers: int) -> list[Drained]:
    runs = []
    for run in range(RUNS):
        stage.on_step(f"Ours, {what}, {workers} at once, run {run + 1} of {RUNS}")
        runs.append(await drain(stage, _NAMESPACE, projection, FACTS, workers=workers, counted_from=SHARED_FROM))
    return runs


async def _connector(stage: Stage, programs: Programs, run: int, topic: str, streams: int) -> float:
    """Return facts a second of one connector on an empty collection, of all but the first quarter."""
    database = stage.database(_NAMESPACE, "peer")
    await database.drop_collection(_COLLECTION)
    await database.create_collection(_COLLECTION)
    before = await _updates(stage)
    async with connecting(stage, programs, f"sink-{run}", _settings(stage, run, topic, database.name)) as child:
        begun: tuple[int, float] | None = None
        give_up_s = perf_counter() + _PEER_S_MAX
        while perf_counter() < give_up_s and not child.deaths:
            done, now = await _updates(stage) - before, perf_counter()
            if done > SHARED_FROM * FACTS and begun is None:
                begun = (done, now)
            if begun is not None and done >= FACTS:
                await _complete(database, streams)
                return (FACTS - begun[0]) / (now - begun[1])
            await asyncio.sleep(_LOOK_S)
        raise PeerFailedError("the connector had not finished", child)


async def _updates(stage: Stage) -> int:
    """Return how many updates the database has begun since it was started: the connector's only trace while it runs."""
    command = {"serverStatus": 1, **dict.fromkeys(_SECTIONS_UNWANTED, 0)}
    return int((await stage.client.admin.command(command))["opcounters"]["update"])


async def _complete(database: Database, streams: int) -> None:
    """Wait until every stream's last value is there. Raises TimeoutError."""
    give_up_s = perf_counter() + _PEER_S_MAX
    while await database[_COLLECTION].count_documents({"guests": sheets.EACH}) < streams:
        if perf_counter() > give_up_s:
            raise TimeoutError("the connector's documents are not complete")
        await asyncio.sleep(_LOOK_S)


def _settings(stage: Stage, run: int, topic: str, database: str) -> dict[str, str]:
    """Return the settings with which the connector did best on a machine of two cores."""
    strategies = "com.mongodb.kafka.connect.sink"
    return {
        "name": f"sink-{run}",
        "connector.class": SINK_CLASS,
        "connection.uri": stage.parts.mongodb_uri,
        "database": database,
        "collection": _COLLECTION,
        "topics": topic,
        "tasks.max": "2",
        "document.id.strategy": f"{strategies}.processor.id.strategy.PartialValueStrategy",
        "document.id.strategy.partial.value.projection.list": "activity_id",
        "document.id.strategy.partial.value.projection.type": "AllowList",
        "writemodel.strategy": f"{strategies}.writemodel.strategy.ReplaceOneDefaultStrategy",
        "bulk.write.ordered": "false",
        "max.batch.size": "0",
        "consumer.override.max.poll.records": "2000",
        "consumer.override.auto.offset.reset": "earliest",
    }


async def _rows(database: Database, key: str) -> Rows:
    """Return the documents by stream, without ids and heads."""
    rows = [row async for row in database[_COLLECTION].find({})]
    return {row[key]: {name: value for name, value in row.items() if name not in _HEAD} for row in rows}


def compare(theirs: Rows, ours: Rows, streams: int) -> None:
    """Check that both hold every stream's same last value. Raises NotTheSameError."""
    if len(ours) != streams or ours != theirs:
        raise NotTheSameError(f"{len(ours)} and {len(theirs)} documents for {streams} streams, or not the same")


def compare_followup(theirs: Rows, projects: list[dict[str, Any]]) -> None:
    """Check every activity of follow-up against the sheet that the connector kept. Raises NotTheSameError."""
    wrong = checked = 0
    for project in projects:
        for activity, part in project["activities"].items():
            sheet = theirs[activity]
            expected = {
                "status": "held",
                "minutes": sum(person["minutes"] for person in sheet["attendance"]),
                "persons": len(sheet["attendance"]),
                "guests": sheet["guests"],
            }
            checked += 1
            wrong += expected != {name: part[name] for name in expected} or sheet["project"] != project["_id"]
    if wrong or checked != len(theirs):
        raise NotTheSameError(f"{wrong} of {checked} activities of follow-up are not as their sheets say")
