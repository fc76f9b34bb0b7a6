"""Which seeds run, and where those that found something are kept."""

from pathlib import Path
from typing import Final

from tests.sim.running import Verdict, simulate
from tests.sim.twins import TWINS

KEPT: Final = Path(__file__).with_name("kept.txt")
_SHOWN_MAX: Final = 8


def kept_seeds() -> list[int]:
    """Return the seeds that once found something."""
    lines = (line.partition("#")[0].strip() for line in KEPT.read_text().splitlines())
    return [int(line) for line in lines if line]


def keep(verdict: Verdict) -> None:
    """Add a seed to those that always run."""
    if verdict.seed not in kept_seeds():
        found = ", ".join(sorted({finding.check for finding in verdict.findings}))
        with KEPT.open("a") as file:
            file.write(f"{verdict.seed}  # {found}\n")


def described(verdict: Verdict) -> str:
    """Say what a seed found, and how to run exactly it again."""
    shown = "\n".join(f"  {finding.check}: {finding.detail}" for finding in verdict.findings[:_SHOWN_MAX])
    return f"seed {verdict.seed}: {len(verdict.findings)} findings; again: make sim SEED={verdict.seed}\n{shown}"


def first_found(twin: str, seeds_max: int) -> Verdict | None:
    """Return the first of so many seeds that finds what is broken in a twin."""
    verdicts = (simulate(seed, TWINS[twin]) for seed in range(seeds_max))
    return next((verdict for verdict in verdicts if verdict.findings), None)
