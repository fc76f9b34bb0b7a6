"""One, two and three projector processes that empty the same topic: whether another worker, or core, is of use."""

import asyncio
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Final

from deploy.initialise import topic_of
from shared.messaging import ensure_topics
from shared.mongo import Database
from shared.projector.collections import CHECKPOINTS, prepare
from tests.bench.facts import PROJECTION, SERVICE, VIEW, projects, published
from tests.bench.projecting import NotTheSameError, publish
from tests.bench.stage import Stage
from tests.bench.tables import Figures, number

FACTS: Final = 300_000
WORKERS: Final = (1, 2, 3)
_EACH: Final = 25
_BURST: Final = 5
_LOOK_S: Final = 0.02
_DRAIN_S_MAX: Final = 300.0
_PROCESSES: Final = "tests.bench.processes"


async def measure(stage: Stage) -> Figures:
    """Let one worker, then two, then three empty the topic into empty collections."""
    namespace = "workers"
    topic = topic_of(namespace, SERVICE)
    await ensure_topics(stage.parts.kafka_bootstrap_servers, [topic])
    stage.on_step(f"Publishing {FACTS} facts")
    facts = published(projects(FACTS // _EACH), each=_EACH, burst=_BURST)
    await publish(stage, {SERVICE: topic}, ((SERVICE, fact) for fact in facts))
    rates: dict[int, float] = {}
    for count in WORKERS:
        stage.on_step(f"{count} at once")
        rates[count] = await _drain(stage, namespace, count)
    return Figures(
        title=f"Projector processes that share one topic: {FACTS} facts",
        columns=("workers", "facts/s", "to one"),
        rows=tuple((str(count), number(rate), f"{rate / rates[1]:.2f}") for count, rate in rates.items()),
        notes=(
            "From the first quarter of the facts to the last one; until then the workers find their shares.",
            "All in separate processes on this machine, with broker and database: cores are what they share.",
        ),
    )


async def _drain(stage: Stage, namespace: str, count: int) -> float:
    """Return facts a second of so many workers, once they share the partitions. Raises NotTheSameError."""
    database = stage.database(namespace, SERVICE)
    for name in await database.list_collection_names():
        await database.drop_collection(name)
    await prepare(database, PROJECTION)
    async with AsyncExitStack() as stack:
        for number_ in range(1, count + 1):
            worker = await stage.start(f"project-{number_}", _PROCESSES, "project", env=stage.environment(namespace))
            stack.push_async_callback(worker.stop)
        rate = await _rate(database)
    rows = database[VIEW.collection].aggregate([{"$group": {"_id": None, "facts": {"$sum": "$reports"}}}])
    if (folded := [row["facts"] async for row in rows]) != [FACTS]:
        raise NotTheSameError(f"the read model says {folded} of {FACTS} facts")
    return rate


async def _rate(database: Database) -> float:
    begun: tuple[int, float] | None = None
    give_up_s = perf_counter() + _DRAIN_S_MAX
    while perf_counter() < give_up_s:
        done = sum([checkpoint["next"] async for checkpoint in database[CHECKPOINTS].find({}, {"next": 1})])
        now = perf_counter()
        if done >= FACTS // 4 and begun is None:
            begun = (done, now)
        if begun is not None and done >= FACTS:
            return float(done - begun[0]) / max(now - begun[1], _LOOK_S)
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"the workers had not finished after {_DRAIN_S_MAX:.0f} s")
