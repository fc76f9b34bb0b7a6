"""The relay's way through a long log: after an outage by change stream, and at the first start by a sweep."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from time import perf_counter
from typing import Final, NamedTuple

from deploy.initialise import topic_of
from shared.eventlog.documents import COMMITS, CommitDocument
from shared.eventlog.mongo_log import prepare as prepare_log
from shared.messaging import PARTITIONS, Consumer, Record, TopicPartition, ensure_topics
from shared.mongo import Database
from shared.relay.checkpoints import COLLECTION as CHECKPOINTS
from tests.bench.facts import SERVICE, commits, projects
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_least, judged, number

COMMITS_WAITING: Final = 100_000
EACH: Final = 5
_CHUNK: Final = 5_000
_PROCESSES: Final = "tests.bench.processes"
_LOOK_S: Final = 0.02
_WAIT_S_MAX: Final = 300.0
_POLL_MS: Final = 500


class NotInOrderError(AssertionError):
    """The topic lacks facts, or has them in another order than the log."""


class Found(NamedTuple):
    """What is on the topic: records in all, and streams whose positions are 1..n in order, once or repeated."""

    records: int
    streams: int


async def measure(stage: Stage) -> Figures:
    """Measure both ways on the same log."""
    namespace = "relay"
    topic = topic_of(namespace, SERVICE)
    database = stage.database(namespace, SERVICE)
    await ensure_topics(stage.parts.kafka_bootstrap_servers, [topic])
    await prepare_log(database)
    consumer = Consumer(stage.parts.kafka_bootstrap_servers)
    await consumer.start()
    try:
        await begin(stage, namespace, database)
        stage.on_step(f"Recording {COMMITS_WAITING} commits")
        await record(database, commits(projects(COMMITS_WAITING // EACH), each=EACH))
        stage.on_step("Draining by change stream")
        streamed = await drain(stage, namespace, consumer, topic, 0)
        await _check(consumer, topic, 1)
        stage.on_step("Draining by sweep")
        await database[CHECKPOINTS].delete_many({})
        swept = await drain(stage, namespace, consumer, topic, COMMITS_WAITING)
        found = await _check(consumer, topic, 2)
    finally:
        await consumer.stop()
    goal = at_least(20_000, "events/s")
    return Figures(
        title=f"Relay: {COMMITS_WAITING} commits that wait",
        columns=("", "events/s", "goal"),
        rows=(
            ("by change stream, from where it stood", number(streamed), judged(streamed, goal)),
            ("by sweep of the whole log (first start, lost token)", number(swept), judged(swept, goal)),
        ),
        notes=(
            f"One event of some 600 bytes each; read back after each: {found.streams} streams complete and in order.",
        ),
    )


async def begin(stage: Stage, namespace: str, database: Database) -> None:
    """Start and end a relay on the empty log, so that it has a place in the change stream to go on from."""
    relay = await stage.start("relay", _PROCESSES, "relay", env=stage.environment(namespace))
    try:
        give_up_s = perf_counter() + _WAIT_S_MAX
        while not await database[CHECKPOINTS].find_one({"token": {"$type": "object"}}):
            if perf_counter() > give_up_s:
                raise TimeoutError("the relay did not begin")
            await asyncio.sleep(_LOOK_S)
    finally:
        await relay.stop()


async def record(database: Database, found: Iterable[CommitDocument]) -> None:
    """Insert commits as the log stores them; only the way from there is measured."""
    for chunk in _chunks(iter(found)):
        await database[COMMITS].insert_many([dict(commit) for commit in chunk], ordered=False)


def _chunks(remaining: Iterator[CommitDocument]) -> Iterable[list[CommitDocument]]:
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


async def drain(stage: Stage, namespace: str, consumer: Consumer, topic: str, before: int) -> float:
    """Return events a second of our relay."""
    relay = await stage.start("relay", _PROCESSES, "relay", env=stage.environment(namespace))
    try:
        return await arriving(consumer, topic, before)
    finally:
        await relay.stop()


async def arriving(consumer: Consumer, topic: str, before: int) -> float:
    """Return events a second on the topic, from the first behind the `before` that are there to the last.

    Raises TimeoutError.
    """
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    begun: tuple[int, float] | None = None
    give_up_s = perf_counter() + _WAIT_S_MAX
    while perf_counter() < give_up_s:
        done = sum((await consumer.end_offsets(partitions)).values()) - before
        now = perf_counter()
        if done and begun is None:
            begun = (done, now)
        if begun is not None and done >= COMMITS_WAITING:
            return (done - begun[0]) / (now - begun[1])
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"not everything was on the topic after {_WAIT_S_MAX:.0f} s")


async def _check(consumer: Consumer, topic: str, times: int) -> Found:
    """Read the topic back: every stream from 1 to its end in order, `times` over. Raises NotInOrderError."""
    positions = await _positions(consumer, topic, times * COMMITS_WAITING)
    whole = [*range(1, EACH + 1)] * times
    wrong = sum(found != whole for found in positions.values())
    if wrong or len(positions) != COMMITS_WAITING // EACH:
        raise NotInOrderError(f"{wrong} of {len(positions)} streams are not as in the log")
    return Found(sum(len(found) for found in positions.values()), len(positions))


async def _positions(consumer: Consumer, topic: str, records_wanted: int) -> dict[str, list[int]]:
    positions: defaultdict[str, list[int]] = defaultdict(list)
    async for record in records(consumer, topic, records_wanted):
        headers = dict(record.headers)
        positions[(headers["ce_subject"] or b"").decode()].append(int(headers["ce_sequence"] or b"0"))
    return positions


async def records(consumer: Consumer, topic: str, records_wanted: int) -> AsyncIterator[Record]:
    """Yield what the topic holds, for at most five minutes."""
    consumer.assign({TopicPartition(topic, number): 0 for number in range(PARTITIONS)})
    count = 0
    give_up_s = perf_counter() + _WAIT_S_MAX
    while count < records_wanted and perf_counter() < give_up_s:
        for polled in (await consumer.poll(records_max=_CHUNK, timeout_ms=_POLL_MS)).values():
            count += len(polled)
            for found in polled:
                yield found
    consumer.assign({})
