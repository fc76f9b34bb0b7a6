"""Many seeds on one cluster of three brokers and three members: each in a namespace of its own, then the tables."""

import asyncio
import shutil
import sys
import time
import traceback
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from aiokafka.errors import KafkaError
from httpx2 import HTTPError

from deploy.initialise import topic_of
from deploy.local.failures import LocalPartsError
from deploy.local.mongod import has_primary
from deploy.local.parts import Parts
from deploy.services import SERVICES
from shared.messaging import BrokerUnavailable, delete_topics
from shared.mongo import DatabaseError, connect
from tests.chaos.checks import PromiseBrokenError
from tests.chaos.clock import Clock, a_clock, built_library
from tests.chaos.disks import Disk, a_disk
from tests.chaos.report import Totals, verdicts
from tests.chaos.scale import Scale
from tests.chaos.seeds import run_seed
from tests.chaos.system import Cast, own_parts, two_of_each
from tests.waiting import eventually_async

BROKERS: Final = 3
MEMBERS: Final = 3
_BROKEN_OFF: Final = (
    AssertionError,
    LocalPartsError,
    DatabaseError,
    BrokerUnavailable,
    OSError,
    KafkaError,
    ExceptionGroup,
    HTTPError,
)
_SMALL_DISKS: Final = {"kafka-3": Path("kafka/3"), "mongod-3": Path("mongod/3")}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Three brokers and three members, where they keep what belongs to a run, and what can be done to them."""

    parts: Parts
    state_dir: Path
    clocks: Path | None
    disks: dict[str, Disk]
    member_clocks: dict[str, Clock]

    def cast(self, scale: Scale) -> Cast:
        """Return two of each process, with everything that can be broken here."""
        return two_of_each(scale, self.clocks, self.disks, self.member_clocks)

    async def raise_again(self) -> None:
        """Let every server run that a seed which broke off has left frozen or down."""
        for part in (*self.parts.brokers, *self.parts.members):
            part.thaw()
            await part.start()

    async def forget(self, namespace: str) -> None:
        """Drop a namespace's topics and databases."""
        client = connect(self.parts.mongodb_uri, app_name="chaos-sweeper")
        try:
            for service in SERVICES:
                await client.drop_database(f"{namespace}_{service}")
                await client.drop_database(f"{namespace}_{service}_keys")
        finally:
            client.close()
        await delete_topics(self.parts.kafka_bootstrap_servers, [topic_of(namespace, service) for service in SERVICES])


@asynccontextmanager
async def a_cluster(state_dir: Path) -> AsyncIterator[Cluster]:
    """Start everything that seeds share; what cannot be had on this machine is said and left out."""
    parts_dir = state_dir / "parts"
    found = {name: a_disk(parts_dir / place) for name, place in _SMALL_DISKS.items()}
    disks = {name: disk for name, disk in found.items() if disk is not None}
    await asyncio.to_thread(state_dir.mkdir, parents=True, exist_ok=True)
    clocks = built_library(state_dir)
    if not disks:
        say("Left out: full disks (this user may not mount anything)")
    if clocks is None:
        say("Left out: clock steps (there is no C compiler)")
    say(f"Starting {BROKERS} brokers and {MEMBERS} members")
    async with own_parts(parts_dir, brokers=BROKERS, members=MEMBERS) as parts:
        stepped = {} if clocks is None else await _with_clocks(parts, clocks, state_dir)
        yield Cluster(parts, state_dir, clocks, disks, stepped)


async def _with_clocks(parts: Parts, library: Path, state_dir: Path) -> dict[str, Clock]:
    """Start each member again with a clock that can be stepped."""
    clocks = {}
    for member in parts.members:
        clock = clocks[member.name] = a_clock(library, state_dir, member.name)
        await member.stop()
        member.child.command = replace(member.child.command, env=clock.environment())
        await member.start()
    await eventually_async(lambda: has_primary([member.port for member in parts.members]))
    return clocks


@dataclass(slots=True)
class Campaign:
    """Seeds that are run one after the other, and what came of them."""

    cluster: Cluster
    scale: Scale
    totals: Totals = field(default_factory=Totals)
    failed: dict[int, str] = field(default_factory=dict)
    passed: int = 0

    async def run(self, seeds: Iterable[int], *, minutes: float | None) -> None:
        """Run the seeds, none is begun after `minutes`."""
        until_s = None if minutes is None else time.monotonic() + minutes * 60
        for seed in seeds:
            if until_s is not None and time.monotonic() > until_s:
                say("Time is up")
                return
            await self._one(seed)

    async def _one(self, seed: int) -> None:
        began_s = time.monotonic()
        namespace, state_dir = f"chaos-{seed}", self.cluster.state_dir / f"seed-{seed}"
        shutil.rmtree(state_dir, ignore_errors=True)
        state_dir.mkdir(parents=True)
        try:
            finished = await run_seed(
                seed, self.cluster.parts, self.cluster.cast(self.scale), namespace=namespace, state_dir=state_dir
            )
        except _BROKEN_OFF as error:  # this seed did not get to its end, the next one may
            self._failing(seed, f"{type(error).__name__}: {error}", began_s)
            (state_dir / "error.txt").write_text(_traced(error), encoding="utf-8")
            await self.cluster.raise_again()
            return
        self.totals.add(finished.run, finished.evidence)
        if finished.findings:
            self._failing(seed, str(PromiseBrokenError(finished.findings)), began_s)
            return
        self.passed += 1
        accepted = len(finished.run.clients.acknowledged_s)
        say(
            f"seed {seed}: green, {accepted} commands, {len(finished.faults)} faults, "
            f"lag 0 after {finished.run.caught_up_s:.1f} s ({time.monotonic() - began_s:.0f} s)"
        )
        await self.cluster.forget(namespace)
        shutil.rmtree(state_dir, ignore_errors=True)

    def _failing(self, seed: int, why: str, began_s: float) -> None:
        self.failed[seed] = why
        say(f"seed {seed}: FAILED ({time.monotonic() - began_s:.0f} s), kept in {self.cluster.state_dir}: {why}")

    def text(self) -> str:
        """Return the tables of everything that was run."""
        total = f"{self.passed} of {self.passed + len(self.failed)} seeds green ({self.scale.name})"
        return "\n".join([self.totals.text(), verdicts(self.failed, self.scale.lag_s_max), total])


def say(sentence: str) -> None:
    """Tell the person at the terminal what is going on."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _traced(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
