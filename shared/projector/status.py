"""What people ask a projection: how fresh it is, how far behind, and what was put aside."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from shared.mongo import Database, Document, find_all
from shared.projector.changes import Partition
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, WORKERS
from shared.projector.live import read_edition

PARKED_LIST_MAX = 100


class PartitionStatus(NamedTuple):
    """One partition of a projection.

    `as_of`: everything that was recorded until then is folded, as far as a live worker or the newest fact can tell;
    None before the first fact. `lag_facts` is None when nobody knows the partition's end. `lag_s` is the age of the
    newest folded fact while there are others behind it, else 0.
    """

    topic: str
    partition: int
    next: int
    end: int | None
    lag_facts: int | None
    lag_s: float
    as_of: datetime | None
    fact_at: datetime | None
    applied_at: datetime | None


class Freshness(NamedTuple):
    """A whole projection. `as_of` is that of its oldest partition that has any; `workers` are alive now.

    `parked` and `held` count facts that are put aside: with any, what is shown is incomplete.
    """

    projection: str
    as_of: datetime | None
    lag_facts: int | None
    lag_s: float
    workers: int
    parked: int
    held: int
    partitions: tuple[PartitionStatus, ...]


async def freshness(
    database: Database, projection: str, *, ends: Mapping[tuple[str, int], int] | None = None
) -> Freshness:
    """Return how fresh a projection (the edition of it that is read through `database`) is.

    `ends` are the partitions' ends as the broker says now; without them those that live workers saw within seconds.
    """
    where = {"projection": read_edition(database, projection)}
    checkpoints = await find_all(
        database, CHECKPOINTS, where, options={"sort": {"topic": 1, "partition": 1}, "projection": _CHECKPOINT}
    )
    workers = await find_all(
        database, WORKERS, {**where, "$expr": {"$gt": ["$expires_at", "$$NOW"]}}, options={"projection": _WORKER}
    )
    seen = {
        (found["topic"], found["partition"]): (found["end"], worker["looked_at"])
        for worker in workers
        for found in worker.get("ends", ())
    }
    partitions = tuple(_status(checkpoint, seen, ends) for checkpoint in checkpoints)
    known = [found.as_of for found in partitions if found.as_of is not None]
    lags = [found.lag_facts for found in partitions]
    return Freshness(
        projection,
        min(known, default=None),
        None if None in lags else sum(lag for lag in lags if lag is not None),
        max((found.lag_s for found in partitions), default=0.0),
        len(workers),
        await database[PARKED].count_documents(where),
        await database[HELD].count_documents(where),
        partitions,
    )


_CHECKPOINT = {"topic": 1, "partition": 1, "next": 1, "fact_at": 1, "applied_at": 1, "asked_at": "$$NOW"}
_WORKER = {"ends": 1, "looked_at": 1}


def _status(
    checkpoint: Document,
    seen: Mapping[tuple[str, int], tuple[int, datetime]],
    ends: Mapping[tuple[str, int], int] | None,
) -> PartitionStatus:
    place = Partition(checkpoint["topic"], checkpoint["partition"])
    position, fact_at = int(checkpoint["next"]), checkpoint.get("fact_at")
    end, looked_at = seen.get(place, (None, None))
    if ends is not None:
        end, looked_at = ends.get(place, end), checkpoint["asked_at"]
    caught_up = end is not None and end <= position
    return PartitionStatus(
        topic=place.topic,
        partition=place.number,
        next=position,
        end=end,
        lag_facts=None if end is None else max(0, end - position),
        lag_s=0.0 if caught_up or fact_at is None else (checkpoint["asked_at"] - fact_at).total_seconds(),
        as_of=_latest(looked_at, checkpoint.get("applied_at")) if caught_up else fact_at,
        fact_at=fact_at,
        applied_at=checkpoint.get("applied_at"),
    )


def _latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


async def parked_list(
    database: Database, projection: str | None = None, *, after: str = "", limit: int = PARKED_LIST_MAX
) -> list[Document]:
    """Return what is parked, in order of id, without headers and values: `{_id, reason, detail, at, stream, type, …}`.

    `after` is the last id of the page before. A fact that only follows a parked one has the reason `follows-parked`.
    """
    where: Document = {"_id": {"$gt": after}, **({} if projection is None else {"projection": projection})}
    fields = {"headers": 0, "value": 0, "key": 0}
    return await find_all(database, PARKED, where, options={"sort": {"_id": 1}, "limit": limit, "projection": fields})


async def parked_show(database: Database, identifier: str) -> Document | None:
    """Return one parked record whole, with headers and value as they came; None when there is no such record."""
    found = await find_all(database, PARKED, {"_id": identifier})
    return found[0] if found else None


async def held_list(database: Database, projection: str) -> list[Document]:
    """Return the holes: `{_id: stream, missing_before: first held position, held: number of facts}` by stream."""
    pipeline: list[Document] = [
        {"$match": {"projection": projection}},
        {"$group": {"_id": "$stream", "missing_before": {"$min": "$sequence"}, "held": {"$sum": 1}}},
        {"$sort": {"_id": 1}},
        {"$limit": PARKED_LIST_MAX},
    ]
    return [document async for document in database[HELD].aggregate(pipeline)]
