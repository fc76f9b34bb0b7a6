"""Rebuilding all follow-up models from the first fact: does a fact cost more when there are a million of them?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from statistics import median
from typing import Any, Final, NamedTuple

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.messaging import ensure_topics
from tests.bench import programme
from tests.bench.facts import SERVICE
from tests.bench.projecting import Drained, NotTheSameError, drain, publish
from tests.bench.sheets import FOLLOWUP
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_most, judged, number

SIZES: Final = ((10_000, 7), (100_000, 3), (1_000_000, 1))
"""So many facts, and how often each is rebuilt: what is over soon is measured more often."""
_NAMESPACE: Final = "rebuild"
_MICROSECONDS: Final = 1_000_000


class Rebuilt(NamedTuple):
    """The median of some rebuilds: seconds in all, microseconds a fact on the clock and of the processor, MiB."""

    facts: int
    projects: int
    seconds: float
    cost_us: float
    processor_us: float
    memory_mib: float


async def measure(stage: Stage) -> Figures:
    """Rebuild at each size; what was built is compared with what was published."""
    topics = {name: topic_of(_NAMESPACE, name) for name in SERVICES}
    await ensure_topics(stage.parts.kafka_bootstrap_servers, list(topics.values()))
    tally = programme.Tally()
    remaining = programme.facts(tally)
    there = 0
    found = []
    for size, runs in SIZES:
        stage.on_step(f"Publishing facts of all four services up to {size}")
        await publish(stage, topics, islice(remaining, size - there))
        there = size
        drained = []
        for run in range(runs):
            stage.on_step(f"Rebuilding from {size} facts, run {run + 1} of {runs}")
            drained.append(await drain(stage, _NAMESPACE, FOLLOWUP, size))
        collection = stage.database(_NAMESPACE, SERVICE)["followup_projects"]
        compare([row async for row in collection.find({})], tally)
        found.append(_rebuilt(size, len(tally.projects), drained))
    return _figures(found)


def _rebuilt(size: int, projects: int, runs: list[Drained]) -> Rebuilt:
    return Rebuilt(
        facts=size,
        projects=projects,
        seconds=median(run.seconds for run in runs),
        cost_us=_MICROSECONDS / median(run.per_second for run in runs),
        processor_us=median(run.processor_us for run in runs),
        memory_mib=max(run.memory_mib for run in runs),
    )


def _figures(found: list[Rebuilt]) -> Figures:
    first, last = found[0], found[-1]
    growth = last.cost_us / first.cost_us
    return Figures(
        title="Rebuild of all follow-up models from the first fact",
        columns=("facts", "projects", "facts/s", "µs a fact", "of processor", "seconds", "MiB"),
        rows=tuple(
            (
                *(number(each.facts), number(each.projects), number(_MICROSECONDS / each.cost_us)),
                *(number(each.cost_us), number(each.processor_us), number(each.seconds), f"{each.memory_mib:.0f}"),
            )
            for each in found
        ),
        notes=(
            f"A million: {number(last.seconds)} s, {judged(last.seconds, at_most(60, 's'))}.",
            f"A fact among a million costs {growth:.2f} × one among ten thousand, {judged(growth, at_most(1.1, '×'))}.",
            f"Memory: {last.memory_mib:.0f} MiB, {judged(last.memory_mib, at_most(300, 'MiB'))}.",
            f"Some {last.facts // last.projects} facts a project; {programme.PROJECTS_PER_CALL} projects at a time.",
            "Seconds count from the start of the process, µs from the first checkpoint on. Medians of "
            + ", ".join(str(runs) for _, runs in SIZES)
            + " runs.",
            "Compared: projects, enrolments, activities, requests, payouts and sums with what was published.",
        ),
    )


def compare(rows: Iterable[Mapping[str, Any]], tally: programme.Tally) -> None:
    """Check that every fact that was published had its effect once. Raises NotTheSameError."""
    totals: Counter[str] = Counter()
    for row in rows:
        totals.update(_counted(row))
    facts = tally.facts
    expected = {
        "projects": len(tally.projects),
        "enrolments": facts["CompanyEnrolled"],
        "withdrawn": facts["EnrolmentWithdrawn"],
        "representatives": facts["RepresentativeNamed"],
        "activities": facts["ActivityPlanned"],
        "held": facts["ActivityHeld"],
        "cancelled": facts["ActivityCancelled"],
        "requests": facts["CostsReported"],
        "verified": facts["CostsVerified"],
        "payments": facts["PayoutApproved"],
        "co_funding_ore": tally.co_funding_ore,
        "paid_ore": tally.paid_ore,
        "assessments": facts["ApplicationAssessed"],
        "signed": facts["ApplicationSigned"],
    }
    if dict(totals) != expected:
        raise NotTheSameError(f"expected {expected}, found {dict(totals)}")


def _counted(row: Mapping[str, Any]) -> dict[str, int]:
    enrolments, activities = row["enrolments"].values(), row["activities"].values()
    requests, account = row["requests"].values(), row["account"]
    return {
        "projects": 1,
        "enrolments": len(enrolments),
        "withdrawn": sum(part["withdrawn"] for part in enrolments),
        "representatives": sum(len(part["representatives"]) for part in enrolments),
        "activities": len(activities),
        "held": sum(part["status"] == "held" for part in activities),
        "cancelled": sum(part["status"] == "cancelled" for part in activities),
        "requests": len(requests),
        "verified": sum(part["approved"] is not None for part in requests),
        "payments": account["payments"],
        "co_funding_ore": account["co_funding_ore"],
        "paid_ore": account["paid_ore"],
        "assessments": row["assessments"],
        "signed": int(row["signed"]),
    }
