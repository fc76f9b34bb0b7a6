"""One worker that projects topics into an empty read model, and how fast and how big it was."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

import psutil

from shared.eventlog.documents import PublishedEvent
from shared.messaging import Producer, TopicName
from shared.mongo import Database
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, prepare
from shared.projector.definition import Projection
from tests.bench.facts import SERVICE
from tests.bench.stage import Stage

_CHUNK: Final = 4_000
_LOOK_S: Final = 0.02
_DRAIN_S_MAX: Final = 600.0


class Drained(NamedTuple):
    """How one worker emptied the topics.

    `per_second` and `processor_us` (its processor's microseconds a fact) count from the first checkpoint that moved to
    the last, `seconds` from the start of its process; `memory_mib` is the most memory that it ever had.
    """

    per_second: float
    processor_us: float
    seconds: float
    memory_mib: float


class NotTheSameError(AssertionError):
    """What was written is not what the facts say, so that no figure about it means anything."""


async def publish(stage: Stage, topics: dict[str, TopicName], facts: Iterator[tuple[str, PublishedEvent]]) -> float:
    """Publish facts, each with the name of its publisher; return the mean size of their values in bytes."""
    servers = stage.parts.kafka_bootstrap_servers
    producers = {name: Producer(servers, topic, source=f"/lotsen/{name}") for name, topic in topics.items()}
    count = size = 0
    for chunk in _chunks(facts):
        count += len(chunk)
        size += sum(len(fact.data) for _, fact in chunk)
        for name, producer in producers.items():
            if own := [fact for publisher, fact in chunk if publisher == name]:
                await producer.publish(own)
    for producer in producers.values():
        await producer.close()
    return size / count


def _chunks(facts: Iterable[tuple[str, PublishedEvent]]) -> Iterator[list[tuple[str, PublishedEvent]]]:
    remaining = iter(facts)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


async def drain(stage: Stage, namespace: str, projection: Projection, facts: int) -> Drained:
    """Let one worker project `facts` facts, all that the topics hold, into collections that are made anew.

    Raises TimeoutError; NotTheSameError when anything was put aside.
    """
    database = stage.database(namespace, SERVICE)
    for name in await database.list_collection_names():
        await database.drop_collection(name)
    await prepare(database, projection)
    began_s = perf_counter()
    worker = await stage.start(
        "project", "tests.bench.processes", "project", projection.name, env=stage.environment(namespace)
    )
    try:
        assert worker.pid is not None
        per_second, processor_us = await _rate(database, facts, psutil.Process(worker.pid))
        seconds = perf_counter() - began_s
        memory_mib = peak_mib(worker.pid)
    finally:
        await worker.stop()
    for collection in (HELD, PARKED):
        if put_aside := await database[collection].count_documents({}):
            raise NotTheSameError(f"{put_aside} facts are in {collection}")
    return Drained(per_second, processor_us, seconds, memory_mib)


async def _rate(database: Database, facts: int, worker: psutil.Process) -> tuple[float, float]:
    """Return facts a second, and the worker's microseconds a fact, from the first checkpoint that moved to the last.

    So start-up is left out, and every write is in.
    """
    begun: tuple[int, float, float] | None = None
    give_up_s = perf_counter() + _DRAIN_S_MAX
    while perf_counter() < give_up_s:
        done = sum([checkpoint["next"] async for checkpoint in database[CHECKPOINTS].find({}, {"next": 1})])
        now = perf_counter()
        if done and begun is None:
            begun = (done, now, _processor_s(worker))
        if begun is not None and done >= facts:
            rest = max(facts - begun[0], 1)
            return rest / max(now - begun[1], _LOOK_S), 1e6 * (_processor_s(worker) - begun[2]) / rest
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"the projector had not finished after {_DRAIN_S_MAX:.0f} s")


def peak_mib(pid: int) -> float:
    """Return the most memory (MiB) that a process ever had. Raises ProcessLookupError when it is gone."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def _processor_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
