"""How the read models got where they are: in time, and never backwards."""

from collections.abc import Iterator

from tests.chaos.checks.finding import Finding
from tests.chaos.evidence import Evidence


def everything_is_shown_in_time(evidence: Evidence) -> Iterator[Finding]:
    """Within the bound that the run prints, no read model lacks a fact of a log or a record of a topic."""
    for lack in evidence.lacking:
        yield Finding("everything-is-shown-in-time", lack)


def checkpoints_never_go_back(evidence: Evidence) -> Iterator[Finding]:
    """A checkpoint that goes back was overwritten by somebody who no longer owned the partition."""
    for step in evidence.went_back:
        yield Finding("checkpoints-never-go-back", step)
