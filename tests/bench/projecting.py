"""Workers that project topics into an empty read model, and how fast and how big they were."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
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

SHARED_FROM: Final = 0.25
"""The share of the facts after which several workers have found theirs, and a server's compiler its hot places."""

_CHUNK: Final = 4_000
_LOOK_S: Final = 0.02
_DRAIN_S_MAX: Final = 600.0


class Drained(NamedTuple):
    """How workers emptied the topics.

    `per_second` and `processor_us` (their processors' microseconds a fact) count from the first look at which the
    share `counted_from` was done to the last fact, `seconds` from the start of the processes; `memory_mib` is the most
    memory that one of them ever had.
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


async def drain(
    stage: Stage,
    namespace: str,
    projection: Projection,
    facts: int,
    *,
    workers: int = 1,
    counted_from: float = 0.0,
    keep: Sequence[str] = (),
) -> Drained:
    """Let workers project `facts` facts, all that the topics hold, into collections that are made anew.

    Several workers need some seconds to find their shares: with `counted_from` (of the facts, 0 to 1) what is done
    until then does not count. Collections in `keep` stay. Raises TimeoutError; NotTheSameError when anything was put
    aside.
    """
    database = stage.database(namespace, SERVICE)
    for name in await database.list_collection_names():
        if name not in keep:
            await database.drop_collection(name)
    await prepare(database, projection)
    began_s = perf_counter()
    async with AsyncExitStack() as stack:
        pids = []
        for number in range(1, workers + 1):
            arguments = ("tests.bench.processes", "project", projection.name)
            worker = await stage.start(f"project-{number}", *arguments, env=stage.environment(namespace))
            stack.push_async_callback(worker.stop)
            assert worker.pid is not None
            pids.append(worker.pid)
        per_second, processor_us = await _rate(database, facts, counted_from, [psutil.Process(pid) for pid in pids])
        seconds = perf_counter() - began_s
        memory_mib = max(peak_mib(pid) for pid in pids)
    for collection in (HELD, PARKED):
        if put_aside := await database[collection].count_documents({}):
            raise NotTheSameError(f"{put_aside} facts are in {collection}")
    return Drained(per_second, processor_us, seconds, memory_mib)


async def _rate(
    database: Database, facts: int, counted_from: float, workers: Sequence[psutil.Process]
) -> tuple[float, float]:
    """Return facts a second, and the workers' microseconds a fact: start-up is left out, and every write is in."""
    begun: tuple[int, float, float] | None = None
    give_up_s = perf_counter() + _DRAIN_S_MAX
    while perf_counter() < give_up_s:
        done = sum([checkpoint["next"] async for checkpoint in database[CHECKPOINTS].find({}, {"next": 1})])
        now = perf_counter()
        if done > counted_from * facts and begun is None:
            begun = (done, now, _processor_s(workers))
        if begun is not None and done >= facts:
            rest = max(facts - begun[0], 1)
            return rest / max(now - begun[1], _LOOK_S), 1e6 * (_processor_s(workers) - begun[2]) / rest
        await asyncio.sleep(_LOOK_S)
    raise TimeoutError(f"the workers had not finished after {_DRAIN_S_MAX:.0f} s")


def peak_mib(pid: int) -> float:
    """Return the most memory (MiB) that a process ever had. Raises ProcessLookupError when it is gone."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def _processor_s(processes: Sequence[psutil.Process]) -> float:
    return float(sum(times.user + times.system for times in (process.cpu_times() for process in processes)))
