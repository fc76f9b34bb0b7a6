"""Requests to send a stream again: how one is asked for, read by the relay that leads, and answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast

from shared.eventlog.documents import (
    COMMITS,
    CommitDocument,
    PublishedEvent,
    document_id,
    published_events,
    stream_range,
)
from shared.kernel.ids import new_id
from shared.mongo import Database, DatabaseError, find_all
from shared.relay.commits import FIELDS, MongoCommits
from shared.relay.ports import CommitsUnavailable, Request, Token

REQUESTS: Final = "relay_requests"
"""`{_id, stream, first, asked_by, asked_at, began_at, owner, done_at, facts}`: open until `done_at`, then kept."""

PAGE_COMMITS_MAX: Final = 500  # and 16 MB, the database's own limit for one answer
OPEN_MAX: Final = 100


class NothingRecordedError(LookupError):
    """The stream does not exist, or ends before the position. Its text says which."""


class Answer(NamedTuple):
    """What became of a request: so many facts were acknowledged by the broker, sent by the relay `owner`."""

    facts: int
    owner: str
    done_at: datetime


class MongoRequests:
    """The requests of one service, for the relay `owner`."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._commits = MongoCommits(database)
        self._owner = owner

    async def open(self) -> list[Request]:
        """Return what is asked for and not answered, oldest first."""
        try:
            found = await find_all(
                self._database, REQUESTS, {"done_at": None}, options={"sort": {"_id": 1}, "limit": OPEN_MAX}
            )
        except DatabaseError as error:
            raise CommitsUnavailable(str(error)) from error
        return [Request(request["_id"], request["stream"], int(request["first"])) for request in found]

    async def begin(self, requests: Sequence[Request]) -> Token:
        """Mark the moment, then write: else the stream of an idle database would not pass it for seconds."""
        mark = await self._commits.mark()
        try:
            await self._database[REQUESTS].update_many(
                {"_id": {"$in": [request.id for request in requests]}, "done_at": None},
                {"$set": {"owner": self._owner}, "$currentDate": {"began_at": True}},
            )
        except DatabaseError as error:
            raise CommitsUnavailable(str(error)) from error
        return mark

    def reached(self, token: Token, mark: Token) -> bool:
        """Compare tokens: the server writes them as text that sorts as the changes do."""
        return bool(token["_data"] >= mark["_data"])

    async def last(self, stream: str) -> int:
        """Return the stream's newest position; 0 when there is none."""
        try:
            return await last_position(self._database, stream)
        except DatabaseError as error:
            raise CommitsUnavailable(str(error)) from error

    async def page(self, stream: str, first: int) -> list[PublishedEvent]:
        """Return the facts of the next commits."""
        try:
            commits = await self._page(stream, first)
        except DatabaseError as error:
            raise CommitsUnavailable(str(error)) from error
        return [event for commit in commits for event in published_events(commit) if event.sequence >= first]

    async def _page(self, stream: str, first: int) -> Sequence[CommitDocument]:
        # The position may lie inside a commit: begin with the newest one that begins at it or before.
        within = {"$gte": document_id(stream, 0), "$lte": document_id(stream, first)}
        found = await find_all(
            self._database,
            COMMITS,
            {"_id": within},
            options={"sort": {"_id": -1}, "limit": 1, "projection": {"_id": 1}},
        )
        if not found:
            return []
        options = {
            "sort": {"_id": 1},
            "limit": PAGE_COMMITS_MAX,
            "singleBatch": True,
            "projection": dict.fromkeys(FIELDS, 1),
        }
        from_there = {"_id": {**stream_range(stream, 0), "$gte": found[0]["_id"]}}
        return cast("list[CommitDocument]", await find_all(self._database, COMMITS, from_there, options=options))

    async def done(self, request: Request, facts: int) -> None:
        """Keep the outcome, unless another relay has answered meanwhile."""
        try:
            await self._database[REQUESTS].update_one(
                {"_id": request.id, "done_at": None},
                {"$set": {"facts": facts, "owner": self._owner}, "$currentDate": {"done_at": True}},
            )
        except DatabaseError as error:
            raise CommitsUnavailable(str(error)) from error


async def last_position(database: Database, stream: str) -> int:
    """Return the newest position of a stream as a majority has it; 0 when there is none. Raises the driver's errors."""
    found = await find_all(
        database,
        COMMITS,
        {"_id": stream_range(stream, 0)},
        options={"sort": {"_id": -1}, "limit": 1, "projection": {"last": 1}},
    )
    return int(found[0]["last"]) if found else 0


async def ask(database: Database, stream: str, first: int, *, by: str) -> str:
    """Ask the service's relay to send a stream again from position `first`; return the request's id.

    Raises NothingRecordedError, the driver's errors.
    """
    last = await last_position(database, stream)
    if not last:
        raise NothingRecordedError(f"there is no stream {stream} in this service")
    if last < first:
        raise NothingRecordedError(f"the stream {stream} ends at position {last}")
    identifier = new_id()
    request = {"stream": stream, "first": first, "asked_by": by, "done_at": None}
    await database[REQUESTS].update_one(
        {"_id": identifier}, {"$setOnInsert": request, "$currentDate": {"asked_at": True}}, upsert=True
    )
    return identifier


async def answer(database: Database, identifier: str) -> Answer | None:
    """Return what became of a request; None while it is open. Raises the driver's errors."""
    found = await find_all(database, REQUESTS, {"_id": identifier, "done_at": {"$ne": None}})
    return Answer(int(found[0]["facts"]), found[0]["owner"], found[0]["done_at"]) if found else None
