"""What runs print: operations, faults by kind, time to the first effect after healing, seeds that failed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.chaos.evidence import Evidence
from tests.chaos.faults import Fault, Healed, Kind
from tests.chaos.running import Run

_WIDTH: Final = 110
_BLOCKING: Final = frozenset({Kind.OUTAGE, Kind.PRIMARY_LOSS, Kind.RESTORE})
"""While one of these lasts no fault's healing can be seen in a read model."""

Effects = Sequence[tuple[float, float]]


def plan_text(seed: int, faults: Sequence[Fault]) -> str:
    """Return the seed and its faults, for whoever has to run it again."""
    lines = [f"  {fault.at_s:6.1f} s  {fault.kind.value} {fault.target} ({fault.lasts_s:.1f} s)" for fault in faults]
    return "\n".join([f"seed {seed}", *lines])


def effect_times(healed: Sequence[Healed], effects: Effects) -> dict[Kind, list[float]]:
    """Return, by kind, how long after each healing a read model first showed what was commanded since the fault.

    `effects` are (acknowledged, seen) in seconds of the run. A wait in which something was away that nothing goes
    without is counted from its return. A fault after which nothing was seen is left out.
    """
    times: dict[Kind, list[float]] = {}
    returns_s = [one.over_s for one in healed if one.fault.kind in _BLOCKING]
    for one in healed:
        seen = [at for acknowledged, at in effects if acknowledged >= one.began_s and at >= one.over_s]
        if seen:
            since_s = max([one.over_s, *(back_s for back_s in returns_s if one.over_s <= back_s <= min(seen))])
            times.setdefault(one.fault.kind, []).append(min(seen) - since_s)
    return times


def accepted_between(run: Run, first_s: float, last_s: float) -> int:
    """Return how many commands were accepted in that time of the run."""
    return sum(first_s <= at <= last_s for at in run.clients.acknowledged_s)


@dataclass(slots=True)
class Totals:
    """The figures of one run, or of many added together."""

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    faults: Counter[Kind] = field(default_factory=Counter)
    effects: dict[Kind, list[float]] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    caught_up_s: list[float] = field(default_factory=list)

    def add(self, run: Run, evidence: Evidence) -> None:
        """Add a finished run."""
        for entry in evidence.journal.entries.values():
            operation = entry.first.operation
            self.accepted[operation] += entry.receipt is not None
            self.refused[operation] += entry.refusal is not None
            self.again[operation] += entry.attempts > 1
        self.faults.update(one.fault.kind for one in run.healed)
        for kind, times in effect_times(run.healed, run.clients.effects).items():
            self.effects.setdefault(kind, []).extend(times)
        self.compared.update(_compared(run, evidence))
        self.slowest_s = max(self.slowest_s, run.clients.longest_s)
        self.caught_up_s.append(run.caught_up_s)

    def text(self) -> str:
        """Return the tables."""
        return _printed(self._operations(), self._faults(), self._summary())

    def _operations(self) -> Table:
        table = Table("operation", title="Commands by what their clients were told")
        for name in ("accepted", "refused", "sent again"):
            table.add_column(name, justify="right")
        counts = (self.accepted, self.refused, self.again)
        for operation in self.accepted:
            table.add_row(operation, *(str(count[operation]) for count in counts))
        table.add_row("all", *(str(count.total()) for count in counts))
        return table

    def _faults(self) -> Table:
        table = Table("fault", title="Faults, and seconds from healing to the first effect in a read model")
        for name in ("times", "median", "max"):
            table.add_column(name, justify="right")
        for kind in Kind:
            table.add_row(kind.value, str(self.faults[kind]), *_median_and_max(self.effects.get(kind, [])))
        together = [time for times in self.effects.values() for time in times]
        table.add_row("all", str(self.faults.total()), *_median_and_max(together))
        return table

    def _summary(self) -> Table:
        table = Table("after healing", title="What was compared")
        table.add_column("", justify="right")
        for what, figure in self.compared.items():
            table.add_row(what, str(figure))
        table.add_row("seconds that the slowest answer took", f"{self.slowest_s:.1f}")
        table.add_row("seconds until every read model had every fact (median, max)", _shown(self.caught_up_s))
        return table


def verdicts(failed: Mapping[int, str], caught_up_s_max: float) -> str:
    """Return the table of seeds that failed, with the bound that all others kept."""
    table = Table("seed", "what was found", title=f"Seeds that failed (bound for lag 0: {caught_up_s_max:.0f} s)")
    for seed, why in failed.items():
        table.add_row(str(seed), why)
    if not failed:
        table.add_row("–", "none")
    return _printed(table)


def _compared(run: Run, evidence: Evidence) -> dict[str, int]:
    facts = sum(len(commit["events"]) for log in evidence.logs.values() for commit in log)
    records = sum(len(topic) for topic in evidence.topics.values())
    return {
        "commits in the logs": sum(len(log) for log in evidence.logs.values()),
        "facts in the logs": facts,
        "records on the topics, beyond one each": records - facts,
        "records of poison": sum(len(topic) for topic in evidence.poison.values()),
        "records parked, in all read models": sum(len(model.parked) for model in evidence.models),
        "documents recomputed": sum(len(rows) for model in evidence.models for rows in model.collections.values()),
        "queries that carried a receipt": len(evidence.journal.reads),
        "requests that were never answered, asked again": run.retried,
        "answers of commits swallowed": sum(link.swallowed for link in run.system.links.values()),
        "looks at every checkpoint": run.system.watch.looks,
    }


def _median_and_max(times: Sequence[float]) -> tuple[str, str]:
    return (f"{median(times):.1f}", f"{max(times):.1f}") if times else ("–", "–")


def _shown(times: Sequence[float]) -> str:
    return f"{median(times):.1f}, {max(times):.1f}" if times else "–"


def _printed(*tables: Table) -> str:
    text = StringIO()
    console = Console(file=text, width=_WIDTH, highlight=False)
    for table in tables:
        console.print(table)
    return text.getvalue()
