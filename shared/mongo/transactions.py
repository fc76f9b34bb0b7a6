"""Transactions: as a whole or not at all, retried as a whole, and committed until the answer is definite."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.mongo.connection import WRITE_TIMEOUT_MS
from shared.mongo.names import Client, Session, in_transaction

T = TypeVar("T")

DEADLINE_S: Final = 20.0
_PAUSE_S_FIRST: Final = 0.002
_PAUSE_S_MAX: Final = 0.5
_SNAPSHOT: Final = ReadConcern("snapshot")
_MAJORITY: Final = WriteConcern("majority", wtimeout=WRITE_TIMEOUT_MS, j=True)


async def run_transaction(
    client: Client, body: Callable[[Session], Awaitable[T]], *, deadline_s: float = DEADLINE_S
) -> T:
    """Run `body` in one transaction (snapshot, majority) and return what it returns.

    `body` may run several times and must have no effect outside of the session. A TransientTransactionError (write
    conflict, step-down) repeats it as a whole; UnknownTransactionCommitResult repeats the commit. Neither goes on
    past `deadline_s`: then the driver's error is raised, and if `is_transient(error)` the outcome may be unknown.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + deadline_s
    pause_s = _PAUSE_S_FIRST
    async with await client.start_session() as session:
        while True:
            try:
                return await _attempt(session, body, give_up_at)
            except PyMongoError as error:
                if not error.has_error_label("TransientTransactionError") or loop.time() >= give_up_at:
                    raise
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, guards no secret
            pause_s = min(pause_s * 2, _PAUSE_S_MAX)


async def _attempt(session: Session, body: Callable[[Session], Awaitable[T]], give_up_at: float) -> T:
    session.start_transaction(read_concern=_SNAPSHOT, write_concern=_MAJORITY, max_commit_time_ms=WRITE_TIMEOUT_MS)
    try:
        result = await body(session)
        await _commit(session, give_up_at)
    except BaseException:
        if in_transaction(session):
            # The server ends it by itself if this does not arrive.
            with contextlib.suppress(PyMongoError):
                await session.abort_transaction()
        raise
    return result


async def _commit(session: Session, give_up_at: float) -> None:
    loop = asyncio.get_running_loop()
    pause_s = _PAUSE_S_FIRST
    while True:
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult") or loop.time() >= give_up_at:
                raise
        else:
            return
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _PAUSE_S_MAX)
