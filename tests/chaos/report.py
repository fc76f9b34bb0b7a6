"""What a run prints: operations, faults by kind, time to the first effect after healing."""

from collections import Counter
from collections.abc import Sequence
from io import StringIO
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.chaos.evidence import Evidence
from tests.chaos.faults import Fault, Healed, Kind
from tests.chaos.running import Run

_WIDTH: Final = 110


def plan_text(seed: int, faults: Sequence[Fault]) -> str:
    """Return the seed and its faults, for whoever has to run it again."""
    lines = [f"  {fault.at_s:6.1f} s  {fault.kind.value} {fault.target} ({fault.lasts_s:.1f} s)" for fault in faults]
    return "\n".join([f"CHAOS_SEED={seed}", *lines])


def effect_times(healed: Sequence[Healed], effects: Sequence[tuple[float, float]]) -> dict[Kind, list[float]]:
    """Return, by kind, how long after each healing a read model first showed what was commanded since the fault.

    `effects` are (acknowledged, seen) in seconds of the run. A wait in which the broker was away is counted from the
    broker's return. A fault after which nothing was seen is left out.
    """
    times: dict[Kind, list[float]] = {}
    returns_s = [one.over_s for one in healed if one.fault.kind is Kind.OUTAGE]
    for one in healed:
        seen = [at for acknowledged, at in effects if acknowledged >= one.began_s and at >= one.over_s]
        if seen:
            since_s = max([one.over_s, *(back_s for back_s in returns_s if one.over_s <= back_s <= min(seen))])
            times.setdefault(one.fault.kind, []).append(min(seen) - since_s)
    return times


def accepted_between(run: Run, first_s: float, last_s: float) -> int:
    """Return how many commands were accepted in that time of the run."""
    return sum(first_s <= at <= last_s for at in run.clients.acknowledged_s)


def tables(run: Run, healed: Sequence[Healed], evidence: Evidence) -> str:
    """Return the tables of a finished run."""
    text = StringIO()
    console = Console(file=text, width=_WIDTH, highlight=False)
    console.print(_operations(evidence))
    console.print(_faults(run, healed))
    console.print(_summary(run, evidence))
    return text.getvalue()


def _operations(evidence: Evidence) -> Table:
    table = Table("operation", title="Commands by what their clients were told")
    for name in ("accepted", "refused", "sent again"):
        table.add_column(name, justify="right")
    accepted, refused, again = Counter[str](), Counter[str](), Counter[str]()
    for entry in evidence.journal.entries.values():
        operation = entry.first.operation
        accepted[operation] += entry.receipt is not None
        refused[operation] += entry.refusal is not None
        again[operation] += entry.attempts > 1
    for operation in accepted:
        table.add_row(operation, *(str(count[operation]) for count in (accepted, refused, again)))
    table.add_row("all", *(str(count.total()) for count in (accepted, refused, again)))
    return table


def _faults(run: Run, healed: Sequence[Healed]) -> Table:
    table = Table("fault", title="Faults, and seconds from healing to the first effect in a read model")
    for name in ("times", "median", "max"):
        table.add_column(name, justify="right")
    times = effect_times(healed, run.clients.effects)
    for kind in Kind:
        found = times.get(kind, [])
        shown = (f"{median(found):.1f}", f"{max(found):.1f}") if found else ("–", "–")
        table.add_row(kind.value, str(sum(one.fault.kind is kind for one in healed)), *shown)
    return table


def _summary(run: Run, evidence: Evidence) -> Table:
    table = Table("after healing", title="What was compared")
    table.add_column("", justify="right")
    facts = sum(len(commit["events"]) for log in evidence.logs.values() for commit in log)
    records = sum(len(topic) for topic in evidence.topics.values())
    documents = sum(len(rows) for model in evidence.models for rows in model.collections.values())
    for what, figure in (
        ("commits in the logs", sum(len(log) for log in evidence.logs.values())),
        ("facts in the logs", facts),
        ("records on the topics, beyond one each", records - facts),
        ("documents recomputed", documents),
        ("queries that carried a receipt", len(evidence.journal.reads)),
        ("requests that were never answered, asked again", run.retried),
        ("seconds that the slowest answer took", f"{run.clients.longest_s:.1f}"),
        ("seconds until every read model had every fact", f"{run.caught_up_s:.1f}"),
    ):
        table.add_row(what, str(figure))
    return table
