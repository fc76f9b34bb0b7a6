"""What clients saw while it happened: their own writes, and no answer that an outage does not explain."""

from collections.abc import Iterator, Sequence
from typing import Final

from tests.chaos.bug import struck
from tests.chaos.checks.finding import Finding
from tests.chaos.checks.money import BUDGET_EXCEEDED
from tests.chaos.evidence import Evidence
from tests.chaos.journal import Read

_BEHIND: Final = frozenset({429, 503})
_EXPECTED: Final = frozenset({BUDGET_EXCEEDED, "AlreadyDecided"})
_ASIDE: Final = "StreamParkedOrHeld"
_BUGGED: Final = _EXPECTED | {_ASIDE}


def own_writes_are_read(evidence: Evidence) -> Iterator[Finding]:
    """A query with a receipt shows that state or a newer one, or says that it cannot yet; never an older one."""
    for read in evidence.journal.reads:
        if read.status in _BEHIND or _meets(read, evidence.restored):
            continue
        if read.code == _ASIDE and evidence.bugged and struck(read.stream):
            continue
        shown = f"{read.path} after {read.stream}@{read.version}"
        if not 200 <= read.status < 300:
            yield Finding("own-writes-are-read", f"{shown}: {read.status} {read.code}")
        elif 0 <= read.seen < read.version:
            yield Finding("own-writes-are-read", f"{shown}: version {read.seen}")


def _meets(read: Read, restored: Sequence[tuple[float, float]]) -> bool:
    """Tell whether a query was under way while read models were put back: what it saw is of two times."""
    return any(read.asked_s <= until and read.at_s >= since for since, until in restored)


def answers_are_expected(evidence: Evidence) -> Iterator[Finding]:
    """Clients are refused for the ceiling and for deciding twice, never get a fault, and never wait for ever."""
    for entry in evidence.journal.entries.values():
        if entry.refusal is not None and entry.refusal.code not in (_BUGGED if evidence.bugged else _EXPECTED):
            yield Finding("answers-are-expected", f"{entry.first.operation} {entry.first.key}: {entry.refusal.code}")
    for fault in evidence.journal.faults:
        if fault.code == _ASIDE and evidence.bugged:
            continue  # a file that waits for a project, which a bug's fold has put aside
        yield Finding("answers-are-expected", f"{fault.key}: {fault.status} {fault.code}")
