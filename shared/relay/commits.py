"""The log as a relay reads it: a change stream in whole batches, and pages in `_id` order for a sweep."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from shared.eventlog.documents import COMMITS, PublishedEvent, published_events
from shared.mongo import (
    Database,
    DatabaseError,
    OperationFailure,
    Session,
    Timestamp,
    forget_sessionless,
    is_transient,
)
from shared.relay.ports import Batch, CommitsUnavailable, Token, TokenGone

BATCH_COMMITS_MAX = 2_000  # and 16 MB, the database's own limit for one answer
AWAIT_MS = 1_000  # how long an idle getMore waits: also the longest that a planned stop waits for it
_READ_MS_MAX = 10_000
_HISTORY_LOST = frozenset({286, 280})  # ChangeStreamHistoryLost, ChangeStreamFatalError
_NOT_ALLOWED = frozenset({13, 18})  # Unauthorized, AuthenticationFailed: says nothing of the token
FIELDS = ("commit_id", "stream", "key", "first", "events", "trace", "at")
_INSERTS: list[dict[str, Any]] = [
    {"$match": {"operationType": "insert"}},
    {"$project": {f"fullDocument.{name}": 1 for name in FIELDS}},
]


class MongoCommits:
    """The `commits` of one service's database."""

    def __init__(self, database: Database, *, batch_commits_max: int = BATCH_COMMITS_MAX) -> None:
        self._database = database
        self._batch_commits_max = batch_commits_max

    async def watch(self, *, after: Token | None = None, since: Timestamp | None = None) -> "MongoCommitStream":
        """Follow the log (from now on, without a place to begin).

        The cursor and its getMore share one explicit session, or the server refuses (50738).
        """
        places = {"resumeAfter": after, "startAtOperationTime": since}
        where = {name: place for name, place in places.items() if place is not None}
        try:
            session = await self._database.client.start_session(causal_consistency=False)
            stream = MongoCommitStream(self._database, session, self._batch_commits_max)
        except DatabaseError as error:
            raise CommitsUnavailable(str(error)) from error
        try:
            await stream.open(where)
        except OperationFailure as error:
            await stream.close()
            # A damaged token gives a different code for each way in which it is damaged.
            if after is not None and error.code not in _NOT_ALLOWED and not is_transient(error):
                raise TokenGone(f"{error.code}: {error}") from error
            raise CommitsUnavailable(str(error)) from error
        except DatabaseError as error:
            await stream.close()
            raise CommitsUnavailable(str(error)) from error
        return stream

    async def mark(self) -> Token:
        """Return the token of this moment: whoever has reached it has seen all that is recorded before."""
        stream = await self.watch()
        try:
            token = (await stream.next()).token
        finally:
            await stream.close()
        assert token is not None
        return token

    async def page(self, *, after_id: str, since: Timestamp) -> tuple[list[PublishedEvent], str | None]:
        """Read one page. Each is a query of its own, so that no cursor is lost while the broker is away.

        Waiting for `since` at majority closes the gap between sweep and stream: what is recorded before it is on
        these pages, what is recorded later is in the stream.
        """
        command = {
            "find": COMMITS,
            "filter": {"_id": {"$gt": after_id}},
            "sort": {"_id": 1},
            "limit": self._batch_commits_max,
            "batchSize": self._batch_commits_max,
            "singleBatch": True,
            "projection": dict.fromkeys(FIELDS, 1),
            "readConcern": {"level": "majority", "afterClusterTime": since},
            "maxTimeMS": _READ_MS_MAX,
        }
        try:
            answer = await self._database.command(command, codec_options=self._database.codec_options)
        except DatabaseError as error:
            raise CommitsUnavailable(str(error)) from error
        commits = answer["cursor"]["firstBatch"]
        return _events(commits), commits[-1]["_id"] if commits else None


class MongoCommitStream:
    """An open change stream, read by raw commands: one thread hop for a batch instead of one for a document."""

    def __init__(self, database: Database, session: Session, batch_commits_max: int) -> None:
        self._database = database
        self._session = session
        self._batch_commits_max = batch_commits_max
        self._cursor_id: Any = 0
        self._first: Batch | None = None

    async def open(self, where: Mapping[str, Any]) -> None:
        """Open the cursor; called once."""
        answer = await self._command(
            {
                "aggregate": COMMITS,
                "pipeline": [{"$changeStream": dict(where)}, *_INSERTS],
                "cursor": {"batchSize": self._batch_commits_max},
            }
        )
        self._first = self._batch(answer["cursor"], "firstBatch")

    async def next(self) -> Batch:
        """Return the next batch; its token is the server's `postBatchResumeToken`, so it moves also without facts."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        command = {
            "getMore": self._cursor_id,
            "collection": COMMITS,
            "batchSize": self._batch_commits_max,
            "maxTimeMS": AWAIT_MS,
        }
        try:
            answer = await self._command(command)
        except OperationFailure as error:
            if error.code in _HISTORY_LOST:
                raise TokenGone(f"{error.code}: {error}") from error
            raise CommitsUnavailable(str(error)) from error
        except DatabaseError as error:
            raise CommitsUnavailable(str(error)) from error
        return self._batch(answer["cursor"], "nextBatch")

    async def close(self) -> None:
        """Drop the cursor on the server, also while a getMore waits in it, and end the session."""
        with suppress(DatabaseError):  # else the server drops it by itself in half an hour
            if self._cursor_id:
                await self._database.command({"killCursors": COMMITS, "cursors": [self._cursor_id]})
        await self._session.end_session()

    async def _command(self, command: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = await self._database.command(
                command, session=self._session, codec_options=self._database.codec_options
            )
        except DatabaseError as error:
            forget_sessionless(self._database.client.delegate, error)
            raise
        return answer

    def _batch(self, cursor: Mapping[str, Any], part: str) -> Batch:
        self._cursor_id = cursor["id"]
        if self._cursor_id == 0:
            raise TokenGone("the stream was invalidated: its collection was dropped or renamed")
        return Batch(_events(change["fullDocument"] for change in cursor[part]), cursor["postBatchResumeToken"])


def _events(commits: Iterable[Any]) -> list[PublishedEvent]:
    return [event for commit in commits for event in published_events(commit)]
