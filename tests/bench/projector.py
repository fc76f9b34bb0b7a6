"""Facts into a read model: one update for each fact, and ours with exactly-once effect."""

from collections.abc import Iterable, Iterator
from itertools import islice
from statistics import median
from typing import Any, Final

from deploy.initialise import topic_of
from shared.eventlog.documents import PublishedEvent
from shared.messaging import Producer, ensure_topics
from shared.mongo import Database
from tests.bench.facts import PROJECTION, SERVICE, VIEW, projects, published
from tests.bench.projecting import NotTheSameError, drain
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_least, at_most, judged, number

FACTS: Final = 300_000
FACTS_PEER: Final = 20_000
RUNS: Final = 3
_EACH: Final = 25
_BURST: Final = 5
_CHUNK: Final = 4_000
_PROCESSES: Final = "tests.bench.processes"
_PEER: Final = "peer"
_HEAD: Final = ("_stream", "_head", "_head_id")


async def measure(stage: Stage) -> Figures:
    """Measure both on the same facts, and compare what they wrote before comparing how fast."""
    namespace = "projector"
    streams = projects(FACTS // _EACH)
    some = streams[: FACTS_PEER // _EACH]
    topic, peer_topic = topic_of(namespace, SERVICE), topic_of(namespace, "some")
    await ensure_topics(stage.parts.kafka_bootstrap_servers, [topic, peer_topic])
    stage.on_step(f"Publishing {FACTS} facts")
    facts = published(streams, each=_EACH, burst=_BURST)
    size = await _publish(stage, topic, peer_topic, facts, set(some))
    stage.on_step(f"One update for each of {FACTS_PEER} facts")
    env = stage.environment(namespace)
    peer = await stage.run("peer", _PROCESSES, "peer", peer_topic, _PEER, env=env)
    runs = []
    for run in range(RUNS):
        stage.on_step(f"Ours, run {run + 1} of {RUNS}")
        runs.append(await drain(stage, namespace, PROJECTION, FACTS, keep=[_PEER]))
    await _compare(stage.database(namespace, SERVICE), streams, some)
    ours, memory_mib = median(run.per_second for run in runs), max(run.memory_mib for run in runs)
    usual = peer["facts"] / peer["seconds"]
    return Figures(
        title="Projector: facts into a read model",
        columns=("", "facts/s", "ratio", "goal"),
        rows=(
            (f"one update per fact ({FACTS_PEER} facts)", number(usual), "1", ""),
            (
                f"ours, exactly once, heads in the documents ({FACTS} facts)",
                number(ours),
                number(ours / usual),
                judged(ours / usual, at_least(30, "×")),
            ),
            ("", "", "", judged(ours, at_least(40_000, "facts/s"))),
            ("  memory of the projector's process, most", f"{memory_mib:.0f} MiB", "", _memory_goal(memory_mib)),
        ),
        notes=(
            f"{size} bytes a fact, {_EACH} facts a document, {_BURST} of them close together; one worker.",
            f"Ours is the median of {RUNS} runs: {', '.join(number(run.per_second) for run in runs)} facts/s.",
            f"Compared before: {len(some)} documents equal to the other's, all {len(streams)} at fact {_EACH}.",
        ),
    )


def _memory_goal(memory_mib: float) -> str:
    return judged(memory_mib, at_most(200, "MiB"))


async def _publish(stage: Stage, topic: str, peer_topic: str, facts: Iterator[PublishedEvent], some: set[str]) -> int:
    """Fill both topics, the second with all facts of `some`; return the size of a fact's value."""
    servers = stage.parts.kafka_bootstrap_servers
    everything = Producer(servers, topic, source=f"/lotsen/{SERVICE}")
    part = Producer(servers, peer_topic, source=f"/lotsen/{SERVICE}")
    size = 0
    for chunk in _chunks(facts):
        await everything.publish(chunk)
        if for_peer := [fact for fact in chunk if fact.key in some]:
            await part.publish(for_peer)
        size = len(chunk[0].data)
    await everything.close()
    await part.close()
    return size


def _chunks(facts: Iterable[PublishedEvent]) -> Iterator[list[PublishedEvent]]:
    remaining = iter(facts)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


async def _compare(database: Database, streams: list[str], some: list[str]) -> None:
    """Check that every fact had its effect once. Raises NotTheSameError."""
    ours = {row["_id"]: row async for row in database[VIEW.collection].find({})}
    theirs = {row["_id"]: row async for row in database[_PEER].find({})}
    if any(_not_complete(ours.get(stream)) for stream in streams) or len(ours) != len(streams):
        raise NotTheSameError("our read model lacks facts, or has some twice")
    bare = {stream: {name: value for name, value in ours[stream].items() if name not in _HEAD} for stream in some}
    if bare != theirs:
        raise NotTheSameError("the two read models differ")


def _not_complete(row: dict[str, Any] | None) -> bool:
    return row is None or not row["reports"] == row["version"] == row["_head"] == _EACH
