"""Reconciling: streams are folded again from their owners' logs, compared with a read model, and mended on demand."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from shared.eventlog.documents import COMMITS, stream_range
from shared.messaging import PARTITIONS, partition_of
from shared.mongo import Client, Database
from shared.projector.collections import HELD, heads_of
from shared.projector.decoding import Target
from shared.projector.definition import Document, Projection
from shared.projector.heads import heads_of_document, parts, read_heads
from shared.projector.instants import instant, parked_streams, read_documents
from shared.projector.recomputing import Decoding, Facts, facts_of_logs
from shared.projector.reconcile_findings import Finding, Kind, State, findings, place_of, planned, positions
from shared.projector.reconcile_repair import mend, remove

_ROUNDS_MAX: Final = 5
_PAUSE_S: Final = 0.1
_REMOVED_AT_ONCE: Final = 500
_BEYOND_REPAIR: Final = frozenset({Kind.AHEAD, Kind.FORK})


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept in memory, how much is written at once, and how long a worker may be late."""

    commits_per_pass: int = 100_000
    writes_max: int = 5_000
    patience_s: float = 10.0


_BOUNDS: Final = Bounds()


class UnknownStreamError(LookupError):
    """No log that the projection follows has this stream."""


class TooMuchToRepairError(RuntimeError):
    """So much differs that the read model is to be rebuilt, not repaired."""


@dataclass(slots=True)
class Report:
    """What was compared and found; `repaired` and `left` are parts of `findings`."""

    streams: int = 0
    documents: int = 0
    parked: int = 0
    held: int = 0
    findings: list[Finding] = field(default_factory=list)
    repaired: list[Finding] = field(default_factory=list)

    @property
    def left(self) -> list[Finding]:
        """What is still wrong."""
        repaired = set(self.repaired)
        return [found for found in self.findings if found not in repaired]


class _Examined(NamedTuple):
    facts: Facts
    state: State
    findings: list[Finding]


class Reconciliation:
    """Compares one projection (an edition of it) with the logs of its publishers, and mends it.

    Facts are folded to where the read model's own heads stand at one instant, so that a worker may go on meanwhile.
    The logs are read a part of the partition numbers at a time: that bounds the memory. All methods
    raise the driver's errors.
    """

    def __init__(
        self,
        client: Client,
        database: Database,
        projection: Projection,
        logs: Sequence[Database],
        *,
        bounds: Bounds = _BOUNDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._database = database
        self._projection = projection
        self._logs = tuple(logs)
        self._bounds = bounds
        self._clock = clock

    async def run(self, *, repair: bool = False, stream: str | None = None) -> Report:
        """Compare everything, or one stream and the documents that it touches.

        Raises UnknownStreamError, TooMuchToRepairError (nothing more is written then).
        """
        report = Report()
        if stream is not None:
            await self._pass({partition_of(await self._key_of(stream))}, report, repair=repair, only=stream)
        else:
            documents, streams = await self._known()
            for numbers in await self._passes():
                facts = await self._pass(numbers, report, repair=repair, only=None)
                documents -= facts.touched.keys()
                streams -= facts.ids.keys()
            await self._unexplained(documents, streams, report, repair=repair)
        report.parked = len(await parked_streams(self._database, self._projection.name))
        report.held = await self._database[HELD].count_documents({"projection": self._projection.name})
        return report

    async def _key_of(self, stream: str) -> str:
        for log in self._logs:
            found = await log[COMMITS].find_one({"_id": stream_range(stream, 1)}, {"key": 1})
            if found is not None:
                return str(found["key"])
        raise UnknownStreamError(stream)

    async def _passes(self) -> list[set[int]]:
        commits = sum([await log[COMMITS].estimated_document_count() for log in self._logs])
        count = min(PARTITIONS, 1 + commits // self._bounds.commits_per_pass)
        return [set(range(first, PARTITIONS, count)) for first in range(count)]

    async def _known(self) -> tuple[set[Target], set[str]]:
        """Return every document and every stream that the read model has, before the logs are read."""
        documents: set[Target] = set()
        streams: set[str] = set()
        for number, view in enumerate(self._projection.views):
            async for document in self._database[view.collection].find({}, {"_stream": 1}):
                documents.add((number, document["_id"]))
                streams |= heads_of_document(document).keys()
        async for document in self._database[heads_of(self._projection.name)].find({}):
            streams |= heads_of_document(document).keys()
        return documents, streams

    async def _pass(self, numbers: Collection[int], report: Report, *, repair: bool, only: str | None) -> Facts:
        """Compare (and mend) what these partition numbers own."""
        examined = await self._examine(numbers)
        facts = examined.facts
        late = await self._still_behind(examined)
        wrong = [
            found
            for found in examined.findings
            if (found.kind is not Kind.BEHIND or found.place in late) and _concerns(found, facts, only)
        ]
        report.findings += wrong
        report.streams += len(facts.ids) if only is None else 1
        report.documents += sum(only is None or only in streams for streams in facts.touched.values())
        if repair and any(found.kind not in _BEYOND_REPAIR for found in wrong):
            report.repaired += await self._mend(numbers, wrong, examined)
        return facts

    async def _examine(self, numbers: Collection[int]) -> _Examined:
        """Read the read model as it is at one instant, and the logs, which have everything that it has folded."""
        at = await instant(self._database)
        decoding = Decoding(self._projection)
        async for event in facts_of_logs(self._logs, numbers):
            decoding.take(event)
        facts = decoding.facts
        state = State(
            await read_documents(self._database, self._projection, facts.touched, at=at),
            await read_heads(self._database, self._projection, facts.key_of, read_concern=at),
            await parked_streams(self._database, self._projection.name, at),
        )
        expected = facts.folded(positions(facts, state))
        return _Examined(facts, state, list(findings(facts, state, expected)))

    async def _still_behind(self, examined: _Examined) -> set[str]:
        """Return the streams that do not come to the end of the log within the patience: no worker will fold them."""
        facts = examined.facts
        behind = {found.place for found in examined.findings if found.kind is Kind.BEHIND}
        give_up_at = self._clock() + self._bounds.patience_s
        while behind:
            heads = await read_heads(
                self._database, self._projection, {stream: facts.key_of[stream] for stream in behind}
            )
            behind = {stream for stream in behind if stream not in heads or heads[stream].sequence < facts.last(stream)}
            if self._clock() >= give_up_at:
                break
            await asyncio.sleep(_PAUSE_S)
        return behind

    async def _mend(self, numbers: Collection[int], wrong: list[Finding], examined: _Examined) -> list[Finding]:
        """Mend until the read model is at rest for as long as that takes; return what was mended."""
        for _ in range(_ROUNDS_MAX):
            behind = {found.place for found in wrong if found.kind is Kind.BEHIND}
            plan = planned(examined.facts, examined.state, wrong, behind)
            if len(plan.writes) > self._bounds.writes_max:
                raise TooMuchToRepairError(
                    f"{len(plan.writes)} documents of {self._projection.name} would be written, "
                    f"more than {self._bounds.writes_max} at a time: rebuild it instead"
                )
            if await mend(self._client, self._database, self._projection, plan):
                return [found for found in wrong if found.target in plan.writes or found.place in plan.moved]
            examined = await self._examine(numbers)
        return []

    async def _unexplained(self, documents: set[Target], streams: set[str], report: Report, *, repair: bool) -> None:
        """Report, and remove, what no log explains. Nothing is removed while a log has lost what was folded."""
        report.findings += [Finding(Kind.AHEAD, stream, "folded, and in no log") for stream in sorted(streams)]
        found = await read_documents(self._database, self._projection, documents)
        strange = [
            Finding(Kind.UNEXPLAINED, place_of(self._projection, target), "no fact of any log makes it", target)
            for target in sorted(found)
        ]
        report.findings += strange
        if repair and not any(one.kind in _BEYOND_REPAIR for one in report.findings):
            report.repaired += await self._remove(strange, found)

    async def _remove(self, strange: list[Finding], found: Mapping[Target, Document]) -> list[Finding]:
        removed: list[Finding] = []
        for some in parts(strange, _REMOVED_AT_ONCE):
            documents = {one.target: found[one.target] for one in some if one.target is not None}
            if await remove(self._client, self._database, self._projection, documents):
                removed += some
        return removed


def _concerns(found: Finding, facts: Facts, only: str | None) -> bool:
    """Tell whether a finding is of the one stream that was asked for, or of a document that it touches."""
    if only is None or found.place == only:
        return True
    return found.target is not None and only in facts.touched[found.target]
