"""What the seed has in store: which requests go wrong how often, and what happens to servers and processes when."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.projector.changes import Partition
from tests.sim.broker import PARTITIONS
from tests.sim.domain import SERVICES
from tests.sim.net import Fate, Server, later
from tests.sim.poison import poisoned
from tests.sim.world import Slot, World

_WEIGHTS: Final = {
    Fate.NOT_SENT: 0.02,
    Fate.ANSWER_LOST: 0.03,
    Fate.LATE: 0.01,
    Fate.FROZEN_BEFORE: 0.002,
    Fate.FROZEN_AFTER: 0.002,
    Fate.KILLED_BEFORE: 0.002,
    Fate.KILLED_AFTER: 0.004,
}
_EACH_MAX: Final = 3

LOSING: Final = frozenset({"topic cut", "topic made again", "cluster exchanged"})
"""What takes records from the broker that it had acknowledged."""


@dataclass(frozen=True)
class Plan:
    """One seed's trouble. `weights` of requests going wrong; `events` as (after so many seconds, what)."""

    length_s: float
    weights: dict[Fate, float]
    events: tuple[tuple[float, str], ...]

    @property
    def kinds(self) -> frozenset[str]:
        """What happens at all."""
        return frozenset(kind for _, kind in self.events)


def drawn(chance: random.Random) -> Plan:
    """Draw a plan: each kind of trouble is left out of about half of all seeds, so that the others show alone."""
    length_s = chance.uniform(6.0, 20.0)
    much = chance.choice((0.3, 1.0, 2.0))
    weights = {fate: weight * much for fate, weight in _WEIGHTS.items() if chance.random() < 0.6}
    kinds = [kind for kind in EVENTS if chance.random() < (0.15 if kind in LOSING else 0.4)]
    if not LOSING.isdisjoint(kinds):
        # What is on a topic and in no log cannot be sent again when the topic is lost.
        kinds = [kind for kind in kinds if kind != "poison"]
    events = [(chance.uniform(0.5, length_s), kind) for kind in kinds for _ in range(chance.randint(1, _EACH_MAX))]
    return Plan(length_s, weights, tuple(sorted(events)))


def begin(plan: Plan, world: World) -> None:
    """Let the plan take its course."""
    world.net.weights = plan.weights
    for at_s, kind in plan.events:
        later(at_s, _happen, world, kind)


def heal(world: World) -> None:
    """End all trouble that does not end by itself."""
    world.net.weights = {}
    world.net.slow = 1.0
    world.doubled = 0.0
    world.broker.at_next_append.clear()
    world.fold_broken = False


def _happen(world: World, kind: str) -> None:
    world.note(f"trouble: {kind}")
    EVENTS[kind](world)


def _log_steps_down(world: World) -> None:
    server, away_s = world.logs[world.chance.choice(SERVICES)], world.chance.uniform(0.2, 8.0)
    if world.chance.random() < 0.7:
        server.step_down_at_next_write(away_s)
    else:
        server.step_down(away_s)


def _read_away(world: World) -> None:
    world.read.away = True
    later(world.chance.uniform(0.2, 8.0), _return, world.read)


def _broker_away(world: World) -> None:
    world.broker.away = True
    later(world.chance.uniform(0.5, 15.0), _return, world.broker)


def _return(server: Server) -> None:
    server.away = False


def _kill(world: World) -> None:
    world.kill(world.chance.choice(world.slots))


def _freeze(world: World) -> None:
    world.net.freeze(world.chance.choice(world.slots).process, world.chance.uniform(1.0, 15.0))


def _replace(world: World) -> None:
    """Stop a process as planned, and start its next version."""
    slot = world.chance.choice(world.slots)
    slot.stop.set()
    later(world.chance.uniform(1.0, 3.0), _start_again, world, slot)


def _start_again(world: World, slot: Slot) -> None:
    if slot.stop.is_set() and not slot.process.dead:
        later(0.5, _start_again, world, slot)
    else:
        world.start(slot)


def _leases_lost(world: World) -> None:
    world.chance.choice([world.read.leases, *(server.leases for server in world.logs.values())]).expire_all()


def _tokens_gone(world: World) -> None:
    world.logs[world.chance.choice(SERVICES)].forget_tokens()


def _slow(world: World) -> None:
    """Slow everything down, so much that some senders give up before their writes arrive."""
    world.net.slow = 30.0
    for server in (world.read, world.broker, *world.logs.values()):
        server.late = 0.3
    later(world.chance.uniform(0.5, 3.0), _fast, world)


def _fast(world: World) -> None:
    world.net.slow = 1.0
    for server in (world.read, world.broker, *world.logs.values()):
        server.late = 0.0


def _late_writes(world: World) -> None:
    server = world.chance.choice([world.read, world.read, world.broker, *world.logs.values()])
    server.late = 0.4
    later(world.chance.uniform(1.0, 5.0), _in_time, server)


def _leaderless(world: World) -> None:
    """Let one topic rest while the other goes on under the same record keys: once its newest fact has been read.

    What was folded of it then is often written late, when its successors believe that they are alone.
    """
    topic = world.chance.choice(SERVICES)
    world.broker.at_next_append[topic] = lambda: _loses_leader(world, topic)


def _loses_leader(world: World, topic: str) -> None:
    world.read.late = 0.9
    later(0.06, _in_time, world.read)
    later(0.03, world.broker.leaderless.add, topic)
    later(world.chance.uniform(1.0, 6.0), _led_again, world, topic)


def _led_again(world: World, topic: str) -> None:
    world.broker.leaderless.discard(topic)
    world.broker.bell.ring()


def _in_time(server: Server) -> None:
    server.late = 0.0


def _doubling(world: World) -> None:
    world.doubled = 0.3


def _poison(world: World) -> None:
    partition, records = poisoned(world.chance, len(world.poison))
    if partition.topic not in world.broker.leaderless:
        world.poison += records
        world.broker.append(partition, records)


def _asked_again(world: World) -> None:
    """Have a stream sent again that lacks nothing: everything of it is a duplicate."""
    server = world.logs[world.chance.choice(SERVICES)]
    if server.oplog:
        commit = world.chance.choice(server.oplog)
        server.ask_again(commit["stream"], world.chance.randint(1, commit["last"]))


def _fold_breaks(world: World) -> None:
    world.fold_broken = True
    later(world.chance.uniform(1.0, 6.0), _fold_is_mended, world)


def _fold_is_mended(world: World) -> None:
    world.fold_broken = False


def _replay_asked(world: World) -> None:
    for stream in sorted({row["stream"] for row in world.read.parked.values() if "stream" in row}):
        world.read.ask_for_replay(stream)


def _topic_cut(world: World) -> None:
    partition = Partition(world.chance.choice(SERVICES), world.chance.randrange(PARTITIONS))
    world.broker.cut(partition, world.chance.randint(1, 4))


def _topic_made_again(world: World) -> None:
    world.broker.make_again(world.chance.choice(SERVICES))


def _cluster_exchanged(world: World) -> None:
    world.broker.exchange()


EVENTS: Final[dict[str, Callable[[World], None]]] = {
    "log steps down": _log_steps_down,
    "read database away": _read_away,
    "broker away": _broker_away,
    "killed": _kill,
    "frozen": _freeze,
    "replaced": _replace,
    "leases lost": _leases_lost,
    "tokens gone": _tokens_gone,
    "slow": _slow,
    "late writes": _late_writes,
    "topic without leader": _leaderless,
    "doubled": _doubling,
    "poison": _poison,
    "asked again": _asked_again,
    "fold broken": _fold_breaks,
    "replay asked": _replay_asked,
    "topic cut": _topic_cut,
    "topic made again": _topic_made_again,
    "cluster exchanged": _cluster_exchanged,
}
