"""Trials: each puts one spoiled twin, or the sound process in its place, into the trouble that it cannot stand."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from deploy.local.parts import Parts
from deploy.services import SERVICES
from shared.eventlog.documents import COMMITS
from shared.eventlog.mongo_store import KEY_INDEX
from tests.chaos import twins
from tests.chaos.campaign import Cluster, say
from tests.chaos.checks import Finding, findings
from tests.chaos.running import Run, a_run, working
from tests.chaos.scale import Scale
from tests.chaos.seeds import keep
from tests.chaos.system import CLI, COMPOSITION, TWINS, Cast, Process, running
from tests.chaos.troubles import (
    cut_off_the_primary,
    freeze_projectors_in_turn,
    kill_projectors_in_a_transaction,
    kill_relays,
    kill_the_leader_behind_frozen_followers,
    kill_with_unacknowledged_facts,
    silence_projectors_in_turn,
    until,
    work_on,
)

_STILL_S: Final = 8.0
"""Where nothing has come to a read model for so long, nothing more will: a twin's never have everything."""
_SEEDS_MAX: Final = 3
_WIDTH: Final = 110
_NAMESPACE_CHARACTERS_MAX: Final = 30
_WARM_EFFECTS: Final = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """A guarantee, the process whose twin lacks it (`role`: `api`, `relay`, `projector`), and the trouble.

    `checks` are those that name the fault when they find something; one of them has to. `index` drops the unique index
    on keys instead of running a twin.
    """

    name: str
    twin: str
    role: str
    trouble: Callable[[Run], Awaitable[None]]
    checks: frozenset[str]

    def cast(self, scale: Scale, *, spoiled: bool) -> Cast:
        """Return the processes: two APIs, a relay and two projectors, those of the role as twins where `spoiled`."""
        sound = {"api": ("serve", CLI), "relay": ("relay", COMPOSITION), "projector": ("project", COMPOSITION)}
        names = ("api-1", "api-2", "relay-1", "projector-1", "projector-2")
        processes = []
        for name in names:
            role = name.partition("-")[0]
            is_twin = spoiled and role == self.role
            processes.append(Process(name, *((self.twin, TWINS) if is_twin else sound[role])))
        return Cast(scale, processes)


WITHOUT_EITHER: Final = Trial(
    "compare-and-set and sequence check off",
    twins.WITHOUT_EITHER,
    "projector",
    freeze_projectors_in_turn,
    frozenset({"pages-are-the-log"}),
)
TOKEN_BEFORE_ACK: Final = Trial(
    "resume token kept before the ack",
    twins.HASTY,
    "relay",
    kill_with_unacknowledged_facts,
    frozenset({"log-is-on-topic"}),
)
INDEX_MISSING: Final = Trial("idempotency index missing", "", "", work_on, frozenset({"keys-have-one-effect"}))
TRIALS: Final = (
    Trial(
        "acks=1 without idempotence",
        twins.CARELESS,
        "relay",
        kill_the_leader_behind_frozen_followers,
        frozenset({"log-is-on-topic"}),
    ),
    Trial(
        "checkpoint compare-and-set off",
        twins.WITHOUT_COMPARISON,
        "projector",
        silence_projectors_in_turn,
        frozenset({"pages-are-the-log", "checkpoints-never-go-back", "heads-are-the-logs"}),
    ),
    Trial(
        "sequence check off",
        twins.WITHOUT_SEQUENCE,
        "projector",
        kill_relays,
        frozenset({"pages-are-the-log"}),
    ),
    WITHOUT_EITHER,
    Trial(
        "w=1 with step-down",
        twins.W_1,
        "api",
        cut_off_the_primary,
        frozenset({"keys-have-one-effect"}),
    ),
    Trial(
        "group offsets instead of checkpoints",
        twins.BY_GROUP_OFFSETS,
        "projector",
        kill_projectors_in_a_transaction,
        frozenset({"nothing-is-held", "heads-are-the-logs", "pages-are-the-log"}),
    ),
    TOKEN_BEFORE_ACK,
    INDEX_MISSING,
)


async def attempt(
    trial: Trial, parts: Parts, scale: Scale, *, spoiled: bool, seed: int, state_dir: Path
) -> Sequence[Finding]:
    """Run a trial once, with the twin or with the sound process; return what the checker found."""
    namespace = namespace_of(trial, seed, spoiled=spoiled)
    cast = trial.cast(scale, spoiled=spoiled)
    async with running(state_dir, parts, namespace, cast) as system, a_run(system, "trial", state_dir, seed) as run:
        if spoiled and trial is INDEX_MISSING:
            for service in SERVICES:
                await system.observer.database(service)[COMMITS].drop_index(KEY_INDEX)
        async with working(run, applicants=2, owners=4, pause_s=0.5):
            await until(lambda: len(run.clients.effects) > _WARM_EFFECTS)
            await trial.trouble(run)
        await run.heal(lag_s_max=scale.lag_s_max, still_s=_STILL_S if spoiled else None)
        evidence = await run.evidence()
    found = findings(evidence)
    if found and not spoiled:
        keep(state_dir, evidence, found)
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a twin: which checks found something, whether one was of those that name the fault, and when."""

    checks: Sequence[str]
    caught: bool
    seeds: int
    seconds: float


async def run_trials(cluster: Cluster, scale: Scale, names: Sequence[str]) -> int:
    """Put every twin on trial until it is caught, at most three times; then print the table. Return the exit code."""
    table = Table("twin", "caught by", "seeds", "seconds", title="Spoiled twins")
    missed = 0
    for trial in TRIALS:
        if names and not any(name in trial.name for name in names):
            continue
        verdict = await _verdict(cluster, trial, scale)
        missed += not verdict.caught
        by = ", ".join(verdict.checks) if verdict.caught else "NOT CAUGHT"
        table.add_row(trial.name, by, str(verdict.seeds), f"{verdict.seconds:.0f}")
        say(f"{trial.name}: {by} ({verdict.seconds:.0f} s)")
    text = StringIO()
    Console(file=text, width=_WIDTH, highlight=False).print(table)
    say(text.getvalue())
    return 1 if missed else 0


async def _verdict(cluster: Cluster, trial: Trial, scale: Scale) -> Verdict:
    began_s = time.monotonic()
    seed, checks, caught = 0, list[str](), False
    while seed < _SEEDS_MAX and not caught:
        seed += 1
        state_dir = cluster.state_dir / f"twin-{_slug(trial.name)}-{seed}"
        await asyncio.to_thread(state_dir.mkdir, parents=True)
        found = await attempt(trial, cluster.parts, scale, spoiled=True, seed=seed, state_dir=state_dir)
        await cluster.forget(namespace_of(trial, seed, spoiled=True))
        checks = sorted({one.check for one in found})
        caught = bool(trial.checks & set(checks))
        if not caught:
            say(f"{trial.name}: not caught with seed {seed} ({', '.join(checks) or 'nothing found'})")
    return Verdict(checks, caught, seed, time.monotonic() - began_s)


def namespace_of(trial: Trial, seed: int, *, spoiled: bool) -> str:
    """Return the namespace that an attempt has for itself."""
    return f"trial-{seed}-{_slug(trial.name)}-{'twin' if spoiled else 'sound'}"[:_NAMESPACE_CHARACTERS_MAX]


def _slug(name: str) -> str:
    return "".join(part[:4] for part in name.replace("=", " ").split())[:16]
