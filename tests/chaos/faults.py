"""What is broken, when and for how long: drawn from the seed, overlapping."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.chaos.scale import Scale, Window

_FIRST_S: Final = 1.5
"""When the first fault may happen, counted from the beginning of the load."""
_AT_ONCE_S: Final = 0.0
_DELAY_S: Final = (0.02, 0.15)


class Kind(StrEnum):
    """Ways to break something."""

    KILL = "kill -9 of a process"
    FREEZE = "SIGSTOP of a process"
    BROKER_KILL = "kill -9 of a broker"
    BROKER_FREEZE = "SIGSTOP of a broker"
    OUTAGE = "all brokers away"
    MEMBER_KILL = "kill -9 of a member"
    MEMBER_FREEZE = "SIGSTOP of a member"
    PRIMARY_LOSS = "primary lost"
    STEP_DOWN = "step-down"
    CUT = "network cut"
    SLOW = "network slow"
    SILENCE = "network silent"
    RESET = "connections reset"
    SWALLOW = "answer of a commit swallowed"
    TWO_AT_ONCE = "two for one partition"
    POISON = "poison on the topic"
    BUG = "fold with a bug"
    RESTORE = "read models restored"
    DISK_FULL = "disk full"
    CLOCK_STEP = "clock step"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, in seconds since the load began. A killed process is started again by its supervisor.

    `lasts_s` is how long a server is away, a process frozen, a network disturbed, and how old a restored copy is.
    """

    at_s: float
    kind: Kind
    target: str
    lasts_s: float
    amount: float = 0.0
    """Seconds of delay of a slow network, or of a clock's step; how many answers are swallowed; which poison."""


@dataclass(frozen=True, slots=True)
class Healed:
    """A fault that was, and when it was over (the process started again, let go on, or the server serving)."""

    fault: Fault
    began_s: float
    over_s: float


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that can be broken, by name. `links` are "process server"; `disks` servers that have a small one."""

    apis: Sequence[str]
    relays: Sequence[str]
    projectors: Sequence[str]
    brokers: Sequence[str]
    members: Sequence[str]
    links: Sequence[str]
    projections: Sequence[str]
    disks: Sequence[str] = ()
    clocks: Sequence[str] = ()
    folds: Sequence[str] = ()

    @property
    def processes(self) -> list[str]:
        """All processes of the system."""
        return [*self.apis, *self.relays, *self.projectors]


_WEIGHTS: Final = {
    Kind.KILL: 4,
    Kind.FREEZE: 2,
    Kind.BROKER_KILL: 2,
    Kind.BROKER_FREEZE: 1,
    Kind.MEMBER_KILL: 1,
    Kind.MEMBER_FREEZE: 1,
    Kind.PRIMARY_LOSS: 2,
    Kind.STEP_DOWN: 2,
    Kind.CUT: 2,
    Kind.SLOW: 2,
    Kind.SILENCE: 2,
    Kind.RESET: 2,
    Kind.SWALLOW: 4,
    Kind.TWO_AT_ONCE: 2,
    Kind.POISON: 2,
    Kind.BUG: 1,
    Kind.RESTORE: 1,
    Kind.DISK_FULL: 1,
    Kind.CLOCK_STEP: 1,
}
POISONS: Final = 8
"""How many kinds of poison there are; a fault's `amount` says which."""


def faults_of(seed: int, scale: Scale, stage: Stage) -> list[Fault]:
    """Return the faults of a seed, by time.

    Every seed kills one process of each kind, freezes a relay and a projector longer than a lease, swallows the answer
    of a commit, poisons a topic, and takes away all brokers or the primary; what else there is, is drawn.
    """
    rng = random.Random(seed)  # noqa: S311 - the same seed gives the same faults
    kinds = list(_possible(stage))
    drawn = rng.choices(kinds, [_WEIGHTS[kind] for kind in kinds], k=rng.randint(*map(round, scale.faults)))
    faults = [*_certain(rng, scale, stage), *(_one(rng, kind, scale, stage) for kind in drawn)]
    return sorted(faults, key=lambda fault: fault.at_s)


def _possible(stage: Stage) -> Iterator[Kind]:
    for kind in _WEIGHTS:
        if _targets(kind, stage):
            yield kind


def _certain(rng: random.Random, scale: Scale, stage: Stage) -> Iterator[Fault]:
    for group in (stage.apis, stage.relays, stage.projectors):
        yield _timed(rng, Kind.KILL, rng.choice(group), _lasting(rng, Kind.KILL, scale), scale)
    for group in (stage.relays, stage.projectors):
        yield _timed(rng, Kind.FREEZE, rng.choice(group), rng.uniform(*scale.frozen_s), scale)
    for kind in (Kind.SWALLOW, Kind.POISON):
        yield _one(rng, kind, scale, stage)
    yield _one(rng, rng.choice((Kind.OUTAGE, Kind.OUTAGE, Kind.PRIMARY_LOSS)), scale, stage)


def _one(rng: random.Random, kind: Kind, scale: Scale, stage: Stage) -> Fault:
    target = rng.choice(_targets(kind, stage))
    return _timed(rng, kind, target, _lasting(rng, kind, scale), scale, _amount(rng, kind, target, stage))


def _timed(rng: random.Random, kind: Kind, target: str, lasts_s: float, scale: Scale, amount: float = 0.0) -> Fault:
    last_s = max(_FIRST_S, scale.load_s - scale.quiet_s - lasts_s)
    return Fault(rng.uniform(_FIRST_S, last_s), kind, target, lasts_s, amount)


def _targets(kind: Kind, stage: Stage) -> Sequence[str]:
    named: dict[Kind, Sequence[str]] = {
        Kind.RESTORE: stage.projections,
        Kind.DISK_FULL: stage.disks,
        Kind.CLOCK_STEP: stage.clocks,
        Kind.BUG: stage.folds,
        Kind.TWO_AT_ONCE: ("relays", "projectors"),
        Kind.OUTAGE: ("brokers",),
        Kind.PRIMARY_LOSS: ("primary",),
        Kind.STEP_DOWN: ("primary",),
        Kind.POISON: ("topic",),
        **dict.fromkeys((Kind.KILL, Kind.FREEZE), stage.processes),
        **dict.fromkeys((Kind.BROKER_KILL, Kind.BROKER_FREEZE), stage.brokers),
        **dict.fromkeys((Kind.MEMBER_KILL, Kind.MEMBER_FREEZE), stage.members),
        **dict.fromkeys((Kind.CUT, Kind.SLOW, Kind.SILENCE, Kind.RESET, Kind.SWALLOW), stage.links),
    }
    return named[kind]


def _lasting(rng: random.Random, kind: Kind, scale: Scale) -> float:
    windows: dict[Kind, Window] = {
        Kind.FREEZE: scale.frozen_s,
        Kind.OUTAGE: scale.outage_s,
        **dict.fromkeys(
            (Kind.BROKER_KILL, Kind.BROKER_FREEZE, Kind.MEMBER_KILL, Kind.MEMBER_FREEZE, Kind.PRIMARY_LOSS),
            scale.away_s,
        ),
        **dict.fromkeys(
            (Kind.CUT, Kind.SLOW, Kind.SILENCE, Kind.SWALLOW, Kind.RESTORE, Kind.DISK_FULL, Kind.CLOCK_STEP, Kind.BUG),
            scale.disturbed_s,
        ),
    }
    return rng.uniform(*windows[kind]) if kind in windows else _AT_ONCE_S


def _amount(rng: random.Random, kind: Kind, target: str, stage: Stage) -> float:
    match kind:
        case Kind.SLOW:
            return rng.uniform(*_DELAY_S)
        case Kind.SWALLOW:
            return rng.randint(1, 3)
        case Kind.POISON:
            return rng.randrange(POISONS)
        case Kind.CLOCK_STEP:
            # Tokens forgive the clock of an API half a minute; the workers' clocks are nobody's.
            most_s = 20.0 if target in stage.apis else 7_200.0
            return rng.uniform(-most_s, most_s)
        case _:
            return 0.0
