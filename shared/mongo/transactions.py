"""Transactions: as a whole or not at all, retried as a whole, and committed until the answer is definite."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.mongo.connection import WRITE_TIMEOUT_MS
from shared.mongo.names import Client, Database, Document, Timestamp
from shared.mongo.sessions import forget_sessionless

T = TypeVar("T")


class Committed(NamedTuple, Generic[T]):
    """What a transaction's body returned, and the operation time of its commit, for reads that must not be older."""

    result: T
    at: Timestamp


Command: TypeAlias = Callable[[Document], Document]
"""Runs one command in the transaction and returns its answer; raises the driver's errors."""

_MayRepeat: TypeAlias = Callable[[PyMongoError, str], bool]

DEADLINE_S: Final = 20.0
_NO_OPTIONS: Final[Mapping[str, Any]] = {}
_PAUSE_S_FIRST: Final = 0.002
_PAUSE_S_MAX: Final = 0.5
_OPTIONS: Final[dict[str, Any]] = {
    "read_concern": ReadConcern("snapshot"),
    "write_concern": WriteConcern("majority", wtimeout=WRITE_TIMEOUT_MS, j=True),
    "max_commit_time_ms": WRITE_TIMEOUT_MS,
}


async def run_transaction(
    client: Client, database: Database, body: Callable[[Command], T], *, deadline_s: float = DEADLINE_S
) -> Committed[T]:
    """Run `body` in one transaction (snapshot, majority) on one worker thread; return what it returns, and when.

    `body` sends commands to `database` and may run several times, so it must have no other effect. A
    TransientTransactionError (write conflict, step-down) repeats it as a whole; UnknownTransactionCommitResult repeats
    the commit. Neither goes on past `deadline_s`: then the driver's error is raised, and if `is_transient(error)` the
    outcome may be unknown. Whoever stops waiting does not stop it: the outcome is then unknown too.

    One thread, because each await of the driver is a change of threads there and back, which costs more than a small
    command.
    """
    return await asyncio.to_thread(_run, client.delegate, database.name, body, time.monotonic() + deadline_s)


def find_in(
    send: Command, collection: str, condition: Mapping[str, Any], *, options: Mapping[str, Any] = _NO_OPTIONS
) -> list[Document]:
    """Return every document that meets `condition`, in the snapshot of the transaction that `send` belongs to.

    `options` are fields of the find command (`projection`, `sort`, `limit`).
    """
    cursor = send({"find": collection, "filter": condition, **options})["cursor"]
    documents: list[Document] = cursor["firstBatch"]
    while cursor["id"]:
        cursor = send({"getMore": cursor["id"], "collection": collection})["cursor"]
        documents += cursor["nextBatch"]
    return documents


def _run(client: Any, name: str, body: Callable[[Command], T], give_up_at: float) -> Committed[T]:  # noqa: ANN401 - motor gives its inner client no type
    database = client[name]
    with client.start_session() as session:

        def command(document: Document) -> Document:
            answer: Document = database.command(document, session=session, codec_options=database.codec_options)
            return answer

        def may_repeat(error: PyMongoError, label: str) -> bool:
            passes = error.has_error_label(label) or forget_sessionless(client, error)
            return passes and time.monotonic() < give_up_at

        pauses = _pauses()
        while True:
            try:
                result = _attempt(session, body, command, may_repeat)
                return Committed(result, session.operation_time)
            except PyMongoError as error:
                if not may_repeat(error, "TransientTransactionError"):
                    raise
            time.sleep(next(pauses))  # backs off in a worker thread: blocks no event loop


def _attempt(session: ClientSession, body: Callable[[Command], T], command: Command, may_repeat: _MayRepeat) -> T:
    session.start_transaction(**_OPTIONS)
    try:
        result = body(command)
        _commit(session, may_repeat)
    except BaseException:
        if session.in_transaction:
            # The server ends it by itself if this does not arrive.
            with contextlib.suppress(PyMongoError):
                session.abort_transaction()
        raise
    return result


def _commit(session: ClientSession, may_repeat: _MayRepeat) -> None:
    for pause_s in _pauses():
        try:
            session.commit_transaction()
        except PyMongoError as error:
            if not may_repeat(error, "UnknownTransactionCommitResult"):
                raise
        else:
            return
        time.sleep(pause_s)  # backs off in a worker thread: blocks no event loop


def _pauses() -> Generator[float, None, None]:
    """Yield ever longer pauses in seconds, spread so that those who met once do not meet again."""
    pause_s = _PAUSE_S_FIRST
    while True:
        yield pause_s * random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, guards no secret
        pause_s = min(pause_s * 2, _PAUSE_S_MAX)
