"""Transactions: as a whole or not at all, retried as a whole, and committed until the answer is definite."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Final, TypeAlias, TypeVar

from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.mongo.connection import WRITE_TIMEOUT_MS
from shared.mongo.names import Client, Database, Document, Session, in_transaction

T = TypeVar("T")
Command: TypeAlias = Callable[[Document], Document]
"""Runs one command in the transaction and returns its answer; raises the driver's errors."""

DEADLINE_S: Final = 20.0
_PAUSE_S_FIRST: Final = 0.002
_PAUSE_S_MAX: Final = 0.5
_OPTIONS: Final[dict[str, Any]] = {
    "read_concern": ReadConcern("snapshot"),
    "write_concern": WriteConcern("majority", wtimeout=WRITE_TIMEOUT_MS, j=True),
    "max_commit_time_ms": WRITE_TIMEOUT_MS,
}


async def run_transaction(
    client: Client, body: Callable[[Session], Awaitable[T]], *, deadline_s: float = DEADLINE_S
) -> T:
    """Run `body` in one transaction (snapshot, majority) and return what it returns.

    `body` may run several times and must have no effect outside of the session. A TransientTransactionError (write
    conflict, step-down) repeats it as a whole; UnknownTransactionCommitResult repeats the commit. Neither goes on
    past `deadline_s`: then the driver's error is raised, and if `is_transient(error)` the outcome may be unknown.
    """
    give_up_at = time.monotonic() + deadline_s
    async with await client.start_session() as session:
        pauses = _pauses()
        while True:
            try:
                return await _attempt(session, body, give_up_at)
            except PyMongoError as error:
                if not _may_repeat(error, "TransientTransactionError", give_up_at):
                    raise
            await asyncio.sleep(next(pauses))


async def run_commands(
    client: Client, database: Database, body: Callable[[Command], T], *, deadline_s: float = DEADLINE_S
) -> T:
    """Run `body` in one transaction as `run_transaction` does, but all of it on one worker thread.

    For a body that only sends commands to `database`: each await of the driver is a change of threads there and back,
    which costs more than a small command. Whoever stops waiting does not stop it: the outcome is then unknown.
    """
    return await asyncio.to_thread(_run_commands, client.delegate, database.name, body, time.monotonic() + deadline_s)


def _run_commands(client: Any, name: str, body: Callable[[Command], T], give_up_at: float) -> T:  # noqa: ANN401 - motor gives its inner client no type
    database = client[name]
    with client.start_session() as session:

        def command(document: Document) -> Document:
            answer: Document = database.command(document, session=session)
            return answer

        pauses = _pauses()
        while True:
            try:
                return _attempt_at_once(session, body, command, give_up_at)
            except PyMongoError as error:
                if not _may_repeat(error, "TransientTransactionError", give_up_at):
                    raise
            time.sleep(next(pauses))


async def _attempt(session: Session, body: Callable[[Session], Awaitable[T]], give_up_at: float) -> T:
    session.start_transaction(**_OPTIONS)
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


def _attempt_at_once(session: ClientSession, body: Callable[[Command], T], command: Command, give_up_at: float) -> T:
    session.start_transaction(**_OPTIONS)
    try:
        result = body(command)
        _commit_at_once(session, give_up_at)
    except BaseException:
        if session.in_transaction:
            with contextlib.suppress(PyMongoError):  # the same
                session.abort_transaction()
        raise
    return result


async def _commit(session: Session, give_up_at: float) -> None:
    for pause_s in _pauses():
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if not _may_repeat(error, "UnknownTransactionCommitResult", give_up_at):
                raise
        else:
            return
        await asyncio.sleep(pause_s)


def _commit_at_once(session: ClientSession, give_up_at: float) -> None:
    for pause_s in _pauses():
        try:
            session.commit_transaction()
        except PyMongoError as error:
            if not _may_repeat(error, "UnknownTransactionCommitResult", give_up_at):
                raise
        else:
            return
        time.sleep(pause_s)


def _may_repeat(error: PyMongoError, label: str, give_up_at: float) -> bool:
    return error.has_error_label(label) and time.monotonic() < give_up_at


def _pauses() -> Generator[float, None, None]:
    """Yield ever longer pauses in seconds, spread so that those who met once do not meet again."""
    pause_s = _PAUSE_S_FIRST
    while True:
        yield pause_s * random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, guards no secret
        pause_s = min(pause_s * 2, _PAUSE_S_MAX)
