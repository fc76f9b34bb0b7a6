"""What is recorded and not yet published: asked of the database, past the relay, which may be hanging or away."""

import asyncio
from datetime import datetime
from typing import Final, NamedTuple

from shared.eventlog.documents import COMMITS
from shared.lease import COLLECTION as LEASES
from shared.mongo import Database, DatabaseError, find_all
from shared.relay import metrics
from shared.relay.checkpoints import COLLECTION as CHECKPOINTS
from shared.relay.commits import MongoCommits
from shared.relay.ports import CommitsUnavailable, Token, TokenGone
from shared.watchdog import Progress

LOOK_S: Final = 5.0
COUNTED_MAX: Final = 1_000

_NEWEST: Final = {"sort": {"$natural": -1}, "limit": 1, "projection": {"at": 1, "asked_at": "$$NOW"}}


class Waiting(NamedTuple):
    """What lies behind a service's relay, counted from its stored checkpoint, which under load is a second old.

    `facts` are those of the first `COUNTED_MAX` commits that wait: from that number on there may be more. None when
    nobody can count: before the first start, during a sweep, when the checkpoint's token is gone. Ages in seconds, of
    the first fact that waits and of the newest one; 0 when none waits. `leader` is who leads now, if anybody does.
    """

    facts: int | None
    oldest_age_s: float
    newest_age_s: float
    leader: str | None
    saved_at: datetime | None


async def waiting(database: Database, service: str, *, commits_max: int = COUNTED_MAX) -> Waiting:
    """Return what waits in a service's log. Raises CommitsUnavailable."""
    try:
        [checkpoint] = await find_all(database, CHECKPOINTS, {"_id": service}) or [{}]
        leases = await find_all(
            database, LEASES, {"_id": f"relay/{service}", "$expr": {"$gt": ["$expires_at", "$$NOW"]}}
        )
        newest = await find_all(database, COMMITS, {}, options=_NEWEST)
        leader, saved_at = (leases[0]["owner"] if leases else None), checkpoint.get("saved_at")
        if not newest:
            return Waiting(0, 0.0, 0.0, leader, saved_at)
        newest_age_s, now = _age_s(newest[0]["at"], newest[0]["asked_at"]), newest[0]["asked_at"]
        facts, oldest_at = await _behind(database, checkpoint.get("token"), commits_max)
    except DatabaseError as error:
        raise CommitsUnavailable(str(error)) from error
    if facts == 0:
        return Waiting(0, 0.0, 0.0, leader, saved_at)
    oldest_age_s = newest_age_s if oldest_at is None else _age_s(oldest_at, now)
    return Waiting(facts, max(oldest_age_s, newest_age_s), newest_age_s, leader, saved_at)


async def _behind(database: Database, token: Token | None, commits_max: int) -> tuple[int | None, datetime | None]:
    """Return how many facts come after the token, and when the first of them was recorded."""
    if token is None:
        return None, None
    try:
        stream = await MongoCommits(database, batch_commits_max=commits_max).watch(after=token)
        try:
            events = (await stream.next()).events
        finally:
            await stream.close()
    except TokenGone:
        return None, None
    return len(events), events[0].at if events else None


def _age_s(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds())


async def observe(database: Database, service: str, owner: str, progress: Progress) -> None:
    """Show what waits, and tell `progress` of it, until cancelled. A relay that another one leads for is idle."""
    while True:
        try:
            found = await waiting(database, service, commits_max=1)
        except CommitsUnavailable:
            progress.excused()
        else:
            _show(service, found)
            another_leads = found.leader is not None and found.leader != owner
            steps = {} if another_leads else {service: progress.steps}
            progress.saw(steps, {service: progress.steps + (found.facts != 0)})
        await asyncio.sleep(LOOK_S)


def _show(service: str, found: Waiting) -> None:
    metrics.OLDEST_WAITING_AGE_S.labels(service).set(found.oldest_age_s)
    metrics.NEWEST_WAITING_AGE_S.labels(service).set(found.newest_age_s)
