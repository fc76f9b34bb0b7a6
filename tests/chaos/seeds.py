"""One seed from its faults to the verdict; what a failing one leaves behind; and the seeds that failed once."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.local.parts import Parts
from tests.chaos.checks import Finding, findings
from tests.chaos.evidence import Evidence
from tests.chaos.faults import Fault, faults_of
from tests.chaos.injuring import Injuries
from tests.chaos.report import plan_text
from tests.chaos.running import Run, a_run, working
from tests.chaos.system import Cast, running

KEPT: Final[tuple[tuple[int, str], ...]] = (
    (24, "a member's clock was stepped back, and so nobody ended what a killed process had left open"),
    (35, "a worker read, from a new primary, what was older than its claim; a first key was taken for destroyed"),
    (36, "a request was refused for what its own twin had recorded, and no majority held yet"),
    (23, "a file that waited for a project which a bug had put aside was taken for a fault"),
    (18, "a project whose application was folded after its activities was said not to exist"),
    (49, "a read ahead of what a server had heard of, after three changes of the primary, was answered as a fault"),
    (9, "after an outage of all brokers a consumer never got an answer again, and nothing replaced it"),
)
"""Seeds that failed once, each with what was wrong: they are always run."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A seed that was run to its end."""

    faults: Sequence[Fault]
    run: Run
    evidence: Evidence
    findings: Sequence[Finding]


async def run_seed(seed: int, parts: Parts, cast: Cast, *, namespace: str, state_dir: Path) -> Finished:
    """Run one seed in a namespace of its own. Raises what kept it from its end.

    `state_dir` holds the journal, the processes' logs and the plan, and when something was found all evidence.
    """
    scale = cast.scale
    async with running(state_dir, parts, namespace, cast) as system, a_run(system, "seed", state_dir, seed) as run:
        faults = faults_of(seed, scale, system.stage())
        (state_dir / "plan.txt").write_text(plan_text(seed, faults), encoding="utf-8")
        injuries = Injuries(system, run.clients.elapsed_s)
        async with working(run, applicants=2, owners=8, pause_s=0.8):
            run.healed = await injuries.inject(faults)
            await asyncio.sleep(max(0.0, scale.load_s - run.clients.elapsed_s()))
        run.restored, run.bugged = injuries.restored, injuries.bugged
        await run.heal(lag_s_max=scale.lag_s_max)
        evidence = await run.evidence()
        found = findings(evidence)
        if found:
            keep(state_dir, evidence, found)
        return Finished(faults, run, evidence, found)


def keep(state_dir: Path, evidence: Evidence, found: Sequence[Finding]) -> None:
    """Write everything that was looked at, and what was found in it."""
    (state_dir / "findings.txt").write_text("\n".join(f"{one.check}: {one.detail}" for one in found), encoding="utf-8")
    content: dict[str, Any] = {
        "logs": evidence.logs,
        "topics": {service: [record._asdict() for record in topic] for service, topic in evidence.topics.items()},
        "poison": {service: [record._asdict() for record in topic] for service, topic in evidence.poison.items()},
        "models": {
            model.projection.name: {
                "collections": model.collections,
                "heads": model.heads,
                "parked": model.parked,
                "held": model.held,
            }
            for model in evidence.models
        },
        "lacking": evidence.lacking,
        "went_back": evidence.went_back,
        "restored": evidence.restored,
    }
    (state_dir / "evidence.json").write_text(json.dumps(content, default=str, indent=1), encoding="utf-8")
