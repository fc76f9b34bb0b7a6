"""One, two and three projector processes that empty the same topic: whether another worker, or core, is of use."""

from typing import Final

from deploy.initialise import topic_of
from shared.messaging import ensure_topics
from tests.bench.facts import PROJECTION, SERVICE, VIEW, projects, published
from tests.bench.projecting import SHARED_FROM, NotTheSameError, drain, publish
from tests.bench.stage import Stage
from tests.bench.tables import Figures, number

FACTS: Final = 300_000
WORKERS: Final = (1, 2, 3)
_EACH: Final = 25
_BURST: Final = 5


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
    drained = await drain(stage, namespace, PROJECTION, FACTS, workers=count, counted_from=SHARED_FROM)
    rows = stage.database(namespace, SERVICE)[VIEW.collection].aggregate(
        [{"$group": {"_id": None, "facts": {"$sum": "$reports"}}}]
    )
    if (folded := [row["facts"] async for row in rows]) != [FACTS]:
        raise NotTheSameError(f"the read model says {folded} of {FACTS} facts")
    return drained.per_second
