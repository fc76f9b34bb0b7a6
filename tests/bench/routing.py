"""Log → topic beside Debezium: its MongoDB connector with outbox router, and our relay, on the same events."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from time import perf_counter
from typing import Final

from deploy.initialise import topic_of
from shared.eventlog.documents import CommitDocument, published_events
from shared.eventlog.mongo_log import prepare as prepare_log
from shared.messaging import PARTITIONS, Consumer, TopicPartition, ensure_topics
from shared.mongo import Document
from tests.bench import draining
from tests.bench.connect import PeerFailedError, connecting
from tests.bench.facts import SERVICE, commits, projects
from tests.bench.fetching import DEBEZIUM_VERSION, Programs, fetch_peers
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_least, judged, number

RUNS: Final = 2
_NAMESPACE: Final = "router"
_OUTBOX: Final = "outbox"
_MARKER: Final = "marker"
_CHUNK: Final = 5_000
_LOOK_S: Final = 0.5
_START_S_MAX: Final = 60.0

Content = tuple[int, str, bytes, int, bytes]
"""A record's position, type, key, partition number and value."""


class NotTheSameError(AssertionError):
    """The two topics do not say the same, so that a ratio between them means nothing."""


async def measure(stage: Stage) -> Figures:
    """Measure both; compare what is on the topics before comparing how fast it came there."""
    programs = await fetch_peers(stage)
    found = list(commits(projects(draining.COMMITS_WAITING // draining.EACH), each=draining.EACH))
    consumer = Consumer(stage.parts.kafka_bootstrap_servers)
    await consumer.start()
    try:
        theirs, ours = [], []
        for run in range(RUNS):
            theirs.append(await _debezium(stage, programs, run, consumer, found))
            ours.append(await _relay(stage, run, consumer, found))
            await _compare(consumer, run)
    finally:
        await consumer.stop()
    usual, best = max(theirs), max(ours)
    return Figures(
        title=f"Log → topic: {len(found)} commits that wait",
        columns=("", "events/s", "ratio", "goal"),
        rows=(
            (f"Debezium {DEBEZIUM_VERSION}, MongoDB connector with outbox router", number(usual), "1", ""),
            ("our relay, by change stream", number(best), number(best / usual), judged(best / usual, at_least(5, "×"))),
        ),
        notes=(
            "One event of some 600 bytes each. The connector reads an outbox of one lean document per event, our relay",
            "the log as it is. Both go on from a place in the change stream that they noted before.",
            f"The better of {RUNS} runs each: {_all(theirs)} and {_all(ours)} events/s. Settings in record 0016.",
            "Compared before: every record's key, partition, type, position and value, and the order in each stream.",
        ),
    )


def _all(figures: Sequence[float]) -> str:
    return ", ".join(number(figure) for figure in figures)


async def _relay(stage: Stage, run: int, consumer: Consumer, found: Sequence[CommitDocument]) -> float:
    namespace = f"{_NAMESPACE}{run}"
    topic = topic_of(namespace, SERVICE)
    database = stage.database(namespace, SERVICE)
    await ensure_topics(stage.parts.kafka_bootstrap_servers, [topic])
    await prepare_log(database)
    await draining.begin(stage, namespace, database)
    await draining.record(database, found)
    stage.on_step(f"Our relay, run {run + 1} of {RUNS}")
    return await draining.drain(stage, namespace, consumer, topic, 0)


async def _debezium(
    stage: Stage, programs: Programs, run: int, consumer: Consumer, found: Sequence[CommitDocument]
) -> float:
    database = stage.database(f"{_NAMESPACE}{run}", "peer")
    topic = topic_of(f"{_NAMESPACE}{run}", "peer")
    await ensure_topics(stage.parts.kafka_bootstrap_servers, [topic])
    await database.create_collection(_OUTBOX)
    settings = _settings(stage, run, database.name, topic)
    stage.on_step(f"Debezium notes where it begins, run {run + 1} of {RUNS}")
    async with connecting(stage, programs, f"router-{run}", settings) as child:
        async with asyncio.timeout(_START_S_MAX):
            while not (before := await _ends(consumer, topic)):
                if child.deaths:
                    raise PeerFailedError("the connector ended", child)
                await database[_OUTBOX].insert_one(_marker())
                await asyncio.sleep(_LOOK_S)
        before = await _settled(consumer, topic)
    documents = _outbox(found)
    while chunk := list(islice(documents, _CHUNK)):
        await database[_OUTBOX].insert_many(chunk, ordered=False)
    stage.on_step(f"Debezium, run {run + 1} of {RUNS}")
    async with connecting(stage, programs, f"router-{run}", settings) as child:
        try:
            return await draining.arriving(consumer, topic, before)
        except TimeoutError as error:
            raise PeerFailedError(str(error), child) from error


async def _ends(consumer: Consumer, topic: str) -> int:
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    return sum((await consumer.end_offsets(partitions)).values())


async def _settled(consumer: Consumer, topic: str) -> int:
    """Return how many records are on the topic when no more come."""
    seen, give_up_s = -1, perf_counter() + _START_S_MAX
    while (now := await _ends(consumer, topic)) != seen and perf_counter() < give_up_s:
        seen = now
        await asyncio.sleep(4 * _LOOK_S)
    return seen


def _marker() -> Document:
    return {"aggregatetype": _MARKER, "aggregateid": _MARKER, "type": _MARKER, "payload": "{}", **_headers(_MARKER, 1)}


def _headers(stream: str, sequence: int) -> Document:
    return {"stream": stream, "sequence": str(sequence)}


def _outbox(found: Sequence[CommitDocument]) -> Iterator[Document]:
    """Yield what an application would have put into an outbox for the router: one lean document per event."""
    for commit in found:
        for event in published_events(commit):
            yield {
                "_id": event.ce_id,
                "aggregatetype": SERVICE,
                "aggregateid": event.key,
                "type": event.ce_type,
                "payload": event.data.decode(),
                **_headers(event.stream, event.sequence),
            }


def _settings(stage: Stage, run: int, database: str, topic: str) -> dict[str, str]:
    """Return the settings with which the connector did best on a machine of two cores."""
    return {
        "name": f"router-{run}",
        "connector.class": "io.debezium.connector.mongodb.MongoDbConnector",
        "tasks.max": "1",
        "mongodb.connection.string": stage.parts.mongodb_uri,
        "topic.prefix": f"router-{run}",
        "collection.include.list": f"{database}.{_OUTBOX}",
        "capture.mode": "change_streams",
        "capture.scope": "collection",
        "capture.target": f"{database}.{_OUTBOX}",
        "snapshot.mode": "no_data",
        "tombstones.on.delete": "false",
        "extended.headers.enabled": "false",
        "producer.override.batch.size": "262144",
        "producer.override.linger.ms": "5",
        "producer.override.compression.type": "none",
        "transforms": "outbox",
        "transforms.outbox.type": "io.debezium.connector.mongodb.transforms.outbox.MongoEventRouter",
        "transforms.outbox.route.topic.replacement": topic,
        "transforms.outbox.collection.fields.additional.placement": (
            "type:header:ce_type,sequence:header:ce_sequence,stream:header:ce_subject"
        ),
    }


async def _compare(consumer: Consumer, run: int) -> None:
    """Check that both topics hold the same records, each stream in the same order. Raises NotTheSameError."""
    namespace = f"{_NAMESPACE}{run}"
    theirs = await _contents(consumer, topic_of(namespace, "peer"))
    ours = await _contents(consumer, topic_of(namespace, SERVICE))
    if len(ours) != draining.COMMITS_WAITING // draining.EACH or ours != theirs:
        wrong = sum(ours.get(stream) != found for stream, found in theirs.items())
        raise NotTheSameError(f"{wrong} of {len(theirs)} and {len(ours)} streams differ")


async def _contents(consumer: Consumer, topic: str) -> dict[str, list[Content]]:
    """Return what the topic holds by stream, in its order there, without markers."""
    found: defaultdict[str, list[Content]] = defaultdict(list)
    async for record in draining.records(consumer, topic, await _ends(consumer, topic)):
        headers = {name: value or b"" for name, value in record.headers}
        if record.key != _MARKER.encode():
            place = int(headers["ce_sequence"]), headers["ce_type"].decode()
            content = (*place, record.key or b"", record.partition, record.value or b"")
            found[headers["ce_subject"].decode()].append(content)
    return found
