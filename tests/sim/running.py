"""One seed from its beginning to its verdict."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import Any, Final

import structlog

from tests.sim import trouble
from tests.sim.broker import PARTITIONS
from tests.sim.checks import (
    Finding,
    claims_hold,
    log_positions,
    nothing_is_held,
    one_effect_per_command,
    parked_is_the_poison,
    read_model_is_the_log,
    read_to_the_end,
    topic_holds_the_log,
)
from tests.sim.clients import Client, pursue
from tests.sim.journal import Answer, Entry
from tests.sim.loop import StandstillError, drawn_by, virtually
from tests.sim.operating import replay, republish
from tests.sim.parts import Parts
from tests.sim.world import World

ALL_SOUND: Final = Parts()
_CLIENTS: Final = 4
_COMMANDS_EACH: Final = 12
_WITHIN_S: Final = {False: 60.0, True: 90.0}
"""How long healing may take: once a minute a relay looks whether its topic still holds what was acknowledged."""
_LOOK_EVERY_S: Final = 0.5
_TRIES_HEALED: Final = 8
_CLOSED_WITHIN_S: Final = 60.0


@dataclass(frozen=True)
class Verdict:
    """What became of a seed. `digest` is of everything that was noted: the same seed gives the same one."""

    seed: int
    findings: tuple[Finding, ...]
    commands: int
    requests: int
    faults: int
    kinds: frozenset[str]
    healed_after_s: float
    length_s: float
    republished: int
    replayed: int
    digest: str


class Simulation:
    """One run of one seed on the given parts. `tell` is called with each thing that happens, and when (virtual s)."""

    def __init__(self, seed: int, parts: Parts, tell: Callable[[float, str], None]) -> None:
        self._seed = seed
        self._parts = parts
        self._tell = tell
        self._chance = drawn_by(seed)
        self._heard = sha256()
        self._journal: list[Entry] = []
        self._untold: list[str] = []

    def run(self) -> Verdict:
        """Run it to its end."""
        with _silence():
            try:
                return virtually(self._play, self._chance)
            except StandstillError as error:
                finding = Finding("standstill", f"somebody waits for ever, {error}")
                return Verdict(self._seed, (finding,), len(self._journal), 0, 0, frozenset(), 0.0, 0.0, 0, 0, "")

    def _note(self, what: str) -> None:
        now_s = asyncio.get_running_loop().time()
        self._heard.update(f"{now_s!r} {what}\n".encode())
        self._tell(now_s, what)

    async def _play(self) -> Verdict:
        plan = trouble.drawn(self._chance)
        world = World(self._chance, self._parts, self._note)
        for slot in world.slots:
            world.start(slot)
        trouble.begin(plan, world)
        clients = [Client(number, world.ask, self._chance, self._journal) for number in range(_CLIENTS)]
        tries = self._chance.randint(2, 6)
        await asyncio.gather(*(client.work(_COMMANDS_EACH, tries) for client in clients))
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, plan.length_s - loop.time()))
        trouble.heal(world)
        self._note("healed")
        healed_at_s = loop.time()
        await self._tell_the_unanswered(world)
        losing = bool(plan.kinds & trouble.LOSING)
        open_ = await self._settled(lambda: self._open(world, losing=losing), _WITHIN_S[losing])
        replayed = replay(world)
        republished = republish(world) if losing else 0
        if republished or replayed:
            open_ = await self._settled(lambda: self._open(world, losing=losing), _WITHIN_S[losing])
        healed_after_s = loop.time() - healed_at_s
        found = [*open_, *self._found(world)]
        found += [finding async for finding in self._ended(world)]
        self._note(f"{len(self._journal)} commands, {world.net.requests} requests, {len(found)} findings")
        faults = sum(world.net.drawn.values()) + len(plan.events)
        digest = self._heard.hexdigest()
        commands, requests = len(self._journal), world.net.requests
        return Verdict(
            self._seed,
            tuple(found),
            commands,
            requests,
            faults,
            plan.kinds,
            healed_after_s,
            loop.time(),
            republished,
            replayed,
            digest,
        )

    async def _tell_the_unanswered(self, world: World) -> None:
        """Ask once more for half of what was never answered: the key tells."""
        asked = [it for it in self._journal if it.answer is Answer.NONE and it.keyed and self._chance.random() < 0.5]
        await asyncio.gather(*(pursue(entry, world.ask, _TRIES_HEALED) for entry in asked))
        self._untold = [it.mark for it in asked if it.answer is Answer.NONE]

    async def _settled(self, still_open: Callable[[], Iterator[Finding]], within_s: float) -> list[Finding]:
        """Wait until nothing is open, and return what still is when the time for healing is over."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + within_s
        while (found := list(still_open())) and loop.time() < until_s:  # noqa: ASYNC110 - virtual seconds
            await asyncio.sleep(_LOOK_EVERY_S)
        return found

    def _open(self, world: World, *, losing: bool) -> Iterator[Finding]:
        for service, server in world.logs.items():
            yield from (Finding("requests", f"{service}: {it}") for it in server.asked if it.id not in server.answered)
            if server.is_replicating:
                yield Finding("requests", f"{service}: something is not on a majority yet")
        for asked in world.read.open_requests(range(PARTITIONS)):
            yield Finding("requests", f"{asked}")
        yield from topic_holds_the_log(world.logs, world.broker, in_order=not losing)
        yield from read_to_the_end(world.read, world.broker)
        yield from nothing_is_held(world.read)

    def _found(self, world: World) -> Iterator[Finding]:
        for mark in self._untold:
            yield Finding("the key tells", f"{mark} was asked again when all was well, and not answered")
        yield from chain(
            log_positions(world.logs),
            one_effect_per_command(self._journal, world.logs),
            claims_hold(self._journal, world.logs),
            read_model_is_the_log(world.logs, world.read),
            parked_is_the_poison(world.read, world.broker),
        )

    async def _ended(self, world: World) -> AsyncIterator[Finding]:
        """Stop everything as planned; whoever waits for ever is found here."""
        world.closing = True
        for slot in world.slots:
            slot.stop.set()
        await asyncio.wait([slot.root for slot in world.slots if slot.root is not None], timeout=_CLOSED_WITHIN_S)
        for slot in world.slots:
            if not slot.process.dead:
                yield Finding("waiting", f"{slot.process.name} does not end when it is told to")
            for service, log in slot.logs.items():
                if log._turns._lines:
                    yield Finding("waiting", f"{slot.process.name}: somebody still has a turn in {service}")
        for broken in world.broken:
            yield Finding("process", broken)


def simulate(
    seed: int, parts: Parts = ALL_SOUND, tell: Callable[[float, str], None] = lambda _now_s, _what: None
) -> Verdict:
    """Run one seed."""
    return Simulation(seed, parts, tell).run()


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the engine's log lines away: thousands of seeds would fill the screen."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), processors=[_drop])
    try:
        yield
    finally:
        structlog.configure(**before)


def _drop(_logger: object, _method: str, _event: MutableMapping[str, Any]) -> str:
    raise structlog.DropEvent
