"""The projector's figures for Prometheus, each by projection, and what it shouts where somebody must act."""

from typing import Final

import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.projector.changes import Changes, Exceptions, Parked

_BY: Final = ("projection",)

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

_REPORTED_MAX: Final = 1_000
_reported: set[tuple[str, str]] = set()

log = structlog.get_logger()


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
    HELD_STREAMS.labels(projection).set(len(exceptions.held))
    PARKED_STREAMS.labels(projection).set(len(exceptions.parked))
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
