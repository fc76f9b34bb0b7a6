"""Transactions that a killed process has left open: their locks hold up everybody who writes the same documents.

The server ends them by itself after `transactionLifetimeLimitSeconds`, but looks for them by its wall clock: one that
was stepped back looks no more until the time has come again, and an operator may have left the limit at a minute.
"""

import asyncio
import contextlib
from typing import Final

import structlog

from shared.mongo.errors import DatabaseError
from shared.mongo.names import Client

LOOK_S: Final = 10.0
OPEN_S_MAX: Final = 10.0
"""Twice what the server lets a transaction live; none of ours is open for as long."""

_AT_ONCE: Final = 100
_LOOK_MS_MAX: Final = 5_000

log = structlog.get_logger()


async def keep_ending_abandoned(client: Client, stop: asyncio.Event) -> None:
    """End what is abandoned now and then, until `stop`. An outage is waited out."""
    while not stop.is_set():
        try:
            if ended := await end_abandoned(client):
                log.warning("abandoned_transactions_ended", count=ended)
        except DatabaseError as error:
            log.warning("abandoned_transactions_unknown", error=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_S)


async def end_abandoned(client: Client, *, open_s_max: float = OPEN_S_MAX) -> int:
    """End this user's transactions that were open for longer and do nothing just now; return how many that were.

    Neither needs a privilege: a user sees and ends its own sessions. Raises the driver's errors.
    """
    idle = {"type": "idleSession", "transaction.timeOpenMicros": {"$gt": int(open_s_max * 1e6)}}
    look = [{"$currentOp": {"idleSessions": True}}, {"$match": idle}, {"$project": {"lsid.id": 1}}]
    found = await client.admin.command(
        {"aggregate": 1, "pipeline": look, "cursor": {"batchSize": _AT_ONCE}, "maxTimeMS": _LOOK_MS_MAX}
    )
    sessions = [{"id": session["lsid"]["id"]} for session in found["cursor"]["firstBatch"]]
    if sessions:
        await client.admin.command({"killSessions": sessions})
    return len(sessions)
