"""The projector's figures for Prometheus, each by projection, and what it shouts where somebody must act."""

import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.projector.changes import Advance, Changes, Exceptions, Parked, Partition

_BY: Final = ("projection",)
_BY_PARTITION: Final = ("projection", "topic", "partition")

FACTS = Counter("lotsen_projector_facts_total", "Facts that came, by what became of them", (*_BY, "outcome"))
UNKNOWN = Counter("lotsen_projector_unknown_names_total", "Facts skipped because their name means nothing here", _BY)
PARKED = Counter("lotsen_projector_parked_total", "Facts put aside, by reason", (*_BY, "reason"))
FORKS = Counter("lotsen_projector_forks_total", "Positions of a stream that exist twice with different ids: alarm", _BY)
MISSES = Counter("lotsen_projector_misses_total", "Transactions that found a checkpoint moved by somebody else", _BY)
OUTAGES = Counter("lotsen_projector_outages_total", "Times that the broker or the database failed and we waited", _BY)
TRANSACTION_SECONDS = Histogram(
    "lotsen_projector_transaction_seconds",
    "Time of one transaction",
    _BY,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20),
)
BATCH_FACTS = Histogram(
    "lotsen_projector_batch_facts", "Facts in one transaction", _BY, buckets=(1, 5, 20, 100, 500, 1000, 2000, 4000)
)
HELD_STREAMS = Gauge("lotsen_projector_held_streams", "Streams with a hole, on the owned partitions", _BY)
PARKED_STREAMS = Gauge("lotsen_projector_parked_streams", "Streams put aside, on the owned partitions", _BY)
OWNED = Gauge("lotsen_projector_owned_partitions", "Partition numbers that this worker owns", _BY)
LAG = Gauge("lotsen_projector_lag_facts", "Facts on the owned partitions that are not folded yet", _BY)
LAG_S = Gauge("lotsen_projector_lag_seconds", "For how long the owned partition that is furthest behind has been", _BY)
PARTITION_LAG = Gauge("lotsen_projector_partition_lag_facts", "The same facts by partition", _BY_PARTITION)
PARTITION_LAG_S = Gauge("lotsen_projector_partition_lag_seconds", "The same seconds by partition", _BY_PARTITION)

_REPORTED_MAX: Final = 1_000
_reported: set[tuple[str, str]] = set()

log = structlog.get_logger()


class Lag:
    """How far one worker is behind on the partitions that it owns; what it has given away is shown no longer.

    The seconds of a partition are counted from when it was last seen with nothing to fold, or are the age of the last
    folded fact where that is less: whatever was recorded before either is folded. Where neither is known yet, they are
    counted from the first look.
    """

    def __init__(
        self,
        projection: str,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._projection = projection
        self._clock = clock
        self._wall = wall
        self._caught_up_s: dict[Partition, float] = {}
        self._fact_at_s: dict[Partition, float] = {}
        self._first_seen_s: dict[Partition, float] = {}
        self._shown: set[Partition] = set()

    def claimed(self, positions: Mapping[Partition, int], exceptions: Exceptions) -> None:
        """Show what a claim found."""
        OWNED.labels(self._projection).set(len({partition.number for partition in positions}))
        FORKS.labels(self._projection)  # shown as 0: a series that begins with its first fork never rises
        _report_exceptions(self._projection, exceptions)

    def folded(self, advances: Mapping[Partition, Advance]) -> None:
        """Remember how old the last folded facts were."""
        for partition, advance in advances.items():
            if advance.fact_at is not None:
                self._fact_at_s[partition] = advance.fact_at.timestamp()

    def saw(self, positions: Mapping[Partition, int], ends: Mapping[Partition, int]) -> None:
        """Show the lag of each partition, and of the projection: facts in all, seconds of the furthest behind."""
        now_s, facts, seconds = self._clock(), 0, 0.0
        for given_away in self._shown - positions.keys():
            self._forget(given_away)
        for partition, position in positions.items():
            behind = max(0, ends.get(partition, position) - position)
            behind_s = self._behind_s(partition, now_s) if behind else 0.0
            if not behind:
                self._caught_up_s[partition] = now_s
            PARTITION_LAG.labels(self._projection, *partition).set(behind)
            PARTITION_LAG_S.labels(self._projection, *partition).set(behind_s)
            facts, seconds = facts + behind, max(seconds, behind_s)
        self._shown = set(positions)
        LAG.labels(self._projection).set(facts)
        LAG_S.labels(self._projection).set(seconds)

    def _behind_s(self, partition: Partition, now_s: float) -> float:
        known = []
        if (caught_up_s := self._caught_up_s.get(partition)) is not None:
            known.append(now_s - caught_up_s)
        if (fact_at_s := self._fact_at_s.get(partition)) is not None:
            known.append(max(0.0, self._wall() - fact_at_s))
        return min(known, default=now_s - self._first_seen_s.setdefault(partition, now_s))

    def _forget(self, partition: Partition) -> None:
        for remembered in (self._caught_up_s, self._fact_at_s, self._first_seen_s):
            remembered.pop(partition, None)
        for gauge in (PARTITION_LAG, PARTITION_LAG_S):
            gauge.remove(self._projection, *partition)


def _report_exceptions(projection: str, exceptions: Exceptions) -> None:
    HELD_STREAMS.labels(projection).set(len(exceptions.held))
    PARKED_STREAMS.labels(projection).set(len(exceptions.parked))


def report(projection: str, changes: Changes, exceptions: Exceptions) -> None:
    """Count what a transaction wrote; log what somebody must act on."""
    tally = changes.tally
    applied = {
        "applied": tally.applied,
        "duplicate": tally.duplicates,
        "unwanted": tally.unwanted,
        "held": len(changes.held),
    }
    for outcome, count in applied.items():
        FACTS.labels(projection, outcome).inc(count)
    BATCH_FACTS.labels(projection).observe(sum(applied.values()))
    _report_exceptions(projection, exceptions)
    for name, count in tally.unknown_names.items():
        UNKNOWN.labels(projection).inc(count)
        if (projection, name) not in _reported and len(_reported) < _REPORTED_MAX:
            _reported.add((projection, name))
            log.warning("unknown_name_skipped", projection=projection, name=name)
    for fork in tally.forks:
        FORKS.labels(projection).inc()
        log.critical("fork_found", projection=projection, stream=fork.stream, sequence=fork.sequence)
    for parked in changes.parked:
        _report_parked(projection, parked)


def _report_parked(projection: str, parked: Parked) -> None:
    PARKED.labels(projection, parked.problem.reason).inc()
    log.error(
        "fact_parked",
        projection=projection,
        reason=parked.problem.reason,
        detail=parked.problem.detail,
        topic=parked.record.topic,
        partition=parked.record.partition,
        offset=parked.record.offset,
    )
