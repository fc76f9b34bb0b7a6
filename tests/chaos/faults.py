"""What is broken, when and for how long: drawn from the seed, overlapping, and told back with the moment of healing."""

import asyncio
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deploy.local.child import Child
from deploy.local.part import Part
from tests.chaos.system import ChaosSystem
from tests.waiting import eventually

LOAD_S: Final = 114.0
"""How long clients work: long enough for the broker's outage and for what must come back after it."""
OUTAGE_S: Final = (61.0, 64.0)
FROZEN_S: Final = (7.5, 9.5)
"""Longer than a lease (6 s)."""
_OUTAGE_AT_S: Final = (14.0, 18.0)
_QUIET_S: Final = 8.0
"""The last seconds of load, without new faults."""
_RESTARTED_S: Final = 1.0


class Kind(StrEnum):
    """Ways to break something."""

    KILL = "kill -9"
    FREEZE = "SIGSTOP"
    OUTAGE = "broker away"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, in seconds since the load began. A killed process is started again by its supervisor."""

    at_s: float
    kind: Kind
    target: str
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Healed:
    """A fault that was, and when it was over (the process started again, let go on, or the broker serving)."""

    fault: Fault
    began_s: float
    over_s: float


def faults_of(seed: int, targets: Sequence[str]) -> list[Fault]:
    """Return the faults of a seed: the broker away for more than a minute, everything else before, in and after that.

    Each of `targets` (without the API) is killed under full load before, and killed and frozen once more in and after;
    the API, which holds no lease, is killed three times.
    """
    rng = random.Random(seed)  # noqa: S311 - the same seed gives the same faults
    away = Fault(rng.uniform(*_OUTAGE_AT_S), Kind.OUTAGE, "broker", rng.uniform(*OUTAGE_S))
    back_s = away.at_s + away.lasts_s
    before, during, after = (5.0, away.at_s), (away.at_s, back_s), (back_s, LOAD_S - _QUIET_S - max(FROZEN_S))
    faults = [away, *(_kill(rng, "api", window) for window in (before, during, after))]
    for number, target in enumerate(targets):
        windows = [during, after] if number % 2 else [after, during]
        faults += [_kill(rng, target, before), _kill(rng, target, windows[0]), _freeze(rng, target, windows[1])]
    return sorted(faults, key=lambda fault: fault.at_s)


def _kill(rng: random.Random, target: str, window: tuple[float, float]) -> Fault:
    return Fault(rng.uniform(*window), Kind.KILL, target, _RESTARTED_S)


def _freeze(rng: random.Random, target: str, window: tuple[float, float]) -> Fault:
    return Fault(rng.uniform(*window), Kind.FREEZE, target, rng.uniform(*FROZEN_S))


async def inject(system: ChaosSystem, faults: Sequence[Fault], elapsed_s: Callable[[], float]) -> list[Healed]:
    """Let every fault happen at its time; return when all of them are over."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_happen(system, fault, elapsed_s)) for fault in faults]
    return [task.result() for task in tasks]


async def _happen(system: ChaosSystem, fault: Fault, elapsed_s: Callable[[], float]) -> Healed:
    await asyncio.sleep(max(0.0, fault.at_s - elapsed_s()))
    began_s = elapsed_s()
    match fault.kind:
        case Kind.OUTAGE:
            await _away(system.parts.brokers[0], fault.lasts_s)
        case Kind.FREEZE:
            await _frozen(system.children[fault.target], fault.lasts_s)
        case Kind.KILL:
            await _killed(system.children[fault.target])
    return Healed(fault, began_s, elapsed_s())


async def _away(broker: Part, seconds: float) -> None:
    await broker.kill()
    await asyncio.sleep(seconds)
    await broker.start()


async def _frozen(child: Child, seconds: float) -> None:
    child.send(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    child.send(signal.SIGCONT)


async def _killed(child: Child) -> None:
    """Kill it and wait until its supervisor has started it again."""
    before = child.pid
    child.send(signal.SIGKILL)
    await eventually(lambda: child.pid not in {None, before})
