"""Three brokers, three members, three projectors, two relays: for how long work rests when one of them goes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from time import perf_counter
from typing import Final, NamedTuple

from deploy.initialise import topic_of
from deploy.local.child import Child
from deploy.local.part import Part
from shared.eventlog.documents import COMMITS, PublishedEvent
from shared.messaging import PARTITIONS, Consumer, Producer, TopicPartition
from shared.projector.collections import CHECKPOINTS
from tests.bench.facts import SERVICE, commits, published
from tests.bench.pulse import Look, Pulse, Send, beating, one_project_per_partition
from tests.bench.stage import Stage
from tests.bench.tables import Figures, Goal, at_most, judged, number
from tests.bench.three import (
    NAMESPACE,
    Projectors,
    primary,
    relay_leader,
    start_relay,
    three_of_each,
    until,
)

_RUNS: Final = 3
_WATCHED_S: Final = 3.0
_STARTED_S: Final = 5.0
_FACTS_EACH: Final = 1_000_000
_ALL: Final = frozenset(range(PARTITIONS))
_TOPIC: Final = topic_of(NAMESPACE, SERVICE)
_CRASHED: Final = at_most(12, "s")
_PLANNED: Final = at_most(1, "s")
_OTHERS: Final = at_most(1, "s")

End = Callable[[Child], Awaitable[None]]


class Rested(NamedTuple):
    """For how long partitions stood still at most (s): those of the one that went, and those of everybody else."""

    own_s: float
    others_s: float


async def measure(stage: Stage) -> Figures:
    """Let one go in each way, several times, and say the longest."""
    async with three_of_each(stage) as three:
        rows = [*await _projectors(three), *await _relays(three)]
    return Figures(
        title="Three brokers, three members, three projectors, two relays: one goes",
        columns=("who and how", "its work rests s", "goal", "others' rest s", "goal"),
        rows=rows,
        notes=(
            f"The longest of {_RUNS} runs each (broker and primary: one). Every partition gets 20 facts a second; rest",
            "is the time between two moves of its checkpoint (relay: of its end), from the end of the process until",
            "all partitions are shared again and three seconds more. Everything shares the cores of one machine.",
        ),
    )


async def _projectors(stage: Stage) -> list[Sequence[str]]:
    crew = Projectors(stage)
    producer = Producer(stage.parts.kafka_bootstrap_servers, _TOPIC, source=f"/lotsen/{SERVICE}")
    async with beating(_publishing(producer), _checkpoints(crew)) as pulse:
        for index in range(1, 4):
            await crew.join(f"project-{index}")
        calm = await _nobody_goes(crew, pulse)
        crashed = [await _one_goes(crew, pulse, Child.kill) for _ in range(_RUNS)]
        planned = [await _one_goes(crew, pulse, Child.stop) for _ in range(_RUNS)]
        broker = await _part_goes(crew, pulse, stage.parts.brokers[0])
        member = await _part_goes(crew, pulse, await primary(stage))
    await producer.close()
    for child in crew.by_owner.values():
        await child.stop()
    return [
        ("nobody", "", "", number(calm), judged(calm, _OTHERS)),
        _row("a projector, kill -9", crashed, _CRASHED),
        _row("a projector, planned stop", planned, _PLANNED),
        ("a broker of three, kill -9", "", "", number(broker), ""),
        ("the primary of three, kill -9", "", "", number(member), ""),
    ]


def _row(what: str, runs: Iterable[Rested], goal: Goal) -> Sequence[str]:
    own_s, others_s = (max(seconds) for seconds in zip(*runs, strict=True))
    return what, number(own_s), judged(own_s, goal), number(others_s), judged(others_s, _OTHERS)


async def _one_goes(crew: Projectors, pulse: Pulse, end: End) -> Rested:
    """End one of three projectors, see what rests until the other two share everything, and let another one join."""
    await crew.until_shared()
    await _flowing(pulse)
    owner = min(crew.by_owner)
    own = {partition for partition, owned_by in (await crew.owned()).items() if owned_by == owner}
    child = crew.by_owner.pop(owner)
    ended_s = perf_counter()
    await end(child)
    await crew.until_shared()
    until_s = await _flowing(pulse) + _WATCHED_S
    await asyncio.sleep(_WATCHED_S)
    rested = Rested(pulse.longest_rest_s(own, ended_s, until_s), pulse.longest_rest_s(_ALL - own, ended_s, until_s))
    await crew.join(child.name)
    return rested


async def _nobody_goes(crew: Projectors, pulse: Pulse) -> float:
    await crew.until_shared()
    since_s = await _flowing(pulse)
    await asyncio.sleep(_WATCHED_S)
    return pulse.longest_rest_s(_ALL, since_s, since_s + _WATCHED_S)


async def _part_goes(crew: Projectors, pulse: Pulse, part: Part) -> float:
    """Kill one of three parts, see for how long anything rests, and start it again."""
    await crew.until_shared()
    await _flowing(pulse)
    ended_s = perf_counter()
    await part.kill()
    until_s = await _flowing(pulse) + _WATCHED_S
    await asyncio.sleep(_WATCHED_S)
    rest_s = pulse.longest_rest_s(_ALL, ended_s, until_s)
    await part.start()
    return rest_s


async def _relays(stage: Stage) -> list[Sequence[str]]:
    consumer = Consumer(stage.parts.kafka_bootstrap_servers)
    await consumer.start()
    try:
        async with beating(_recording(stage), _ends(consumer)) as pulse:
            leading = await start_relay(stage, "relay-1")
            await until(lambda: _is_led(stage, None), "a relay to lead")
            waiting = await start_relay(stage, "relay-2")
            rested: dict[End, list[Rested]] = {Child.kill: [], Child.stop: []}
            for end in (Child.kill, Child.stop) * _RUNS:
                rested[end].append(await _leader_goes(stage, pulse, leading, end))
                await leading.start()
                await asyncio.sleep(_STARTED_S)  # one that waits for its turn leaves no sign of it
                leading, waiting = waiting, leading
            for child in (leading, waiting):
                await child.stop()
    finally:
        await consumer.stop()
    return [
        (*_row("a leading relay, kill -9", rested[Child.kill], _CRASHED)[:3], "", ""),
        (*_row("a leading relay, planned stop", rested[Child.stop], _PLANNED)[:3], "", ""),
    ]


async def _leader_goes(stage: Stage, pulse: Pulse, leading: Child, end: End) -> Rested:
    await _flowing(pulse)
    before = await relay_leader(stage)
    ended_s = perf_counter()
    await end(leading)
    await until(lambda: _is_led(stage, before), "another relay to lead")
    until_s = await _flowing(pulse)
    return Rested(pulse.longest_rest_s(_ALL, ended_s, until_s), 0.0)


async def _is_led(stage: Stage, before: str | None) -> bool:
    return await relay_leader(stage) not in {None, before}


async def _flowing(pulse: Pulse) -> float:
    """Wait until every partition has moved, counted from now, and return when that was."""
    since_s = perf_counter()

    async def flows() -> bool:
        return pulse.has_moved(since_s)

    await until(flows, "every partition to move")
    return perf_counter()


def _publishing(producer: Producer) -> Send:
    facts = published(one_project_per_partition(), each=_FACTS_EACH, burst=1)
    pending: list[PublishedEvent] = []

    async def send() -> None:
        if not pending:
            pending.extend(islice(facts, PARTITIONS))
        await producer.publish(pending)
        pending.clear()

    return send


def _recording(stage: Stage) -> Send:
    collection = stage.database(NAMESPACE, SERVICE)[COMMITS]
    found = commits(one_project_per_partition(), each=_FACTS_EACH)

    async def send() -> None:
        await collection.insert_many([dict(commit) for commit in islice(found, PARTITIONS)], ordered=False)

    return send


def _checkpoints(crew: Projectors) -> Look:
    collection = crew.stage.database(NAMESPACE, SERVICE)[CHECKPOINTS]

    async def look() -> dict[int, int]:
        return {found["partition"]: found["next"] async for found in collection.find({}, {"partition": 1, "next": 1})}

    return look


def _ends(consumer: Consumer) -> Look:
    partitions = [TopicPartition(_TOPIC, number_) for number_ in range(PARTITIONS)]

    async def look() -> dict[int, int]:
        return {at.partition: end for at, end in (await consumer.end_offsets(partitions)).items()}

    return look
