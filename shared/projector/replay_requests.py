"""Requests to fold parked facts again, or to drop what is no fact: asked for by people, kept with the answer."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from shared.kernel.ids import new_id
from shared.mongo import Database, Document, find_all
from shared.projector.collections import HELD, PARKED, REQUESTS

STREAMS_MAX: Final = 10_000


class Action(StrEnum):
    """What is asked for."""

    REPLAY = "replay"
    DROP = "drop"


class Outcome(StrEnum):
    """What became of a request."""

    REPLAYED = "replayed"
    PARKED_AGAIN = "parked again"
    FORKED = "forked"
    NOTHING_PARKED = "nothing parked"
    STILL_UNUSABLE = "still unusable"
    STILL_REFUSED = "still refused by the database"
    NOT_FOLLOWED = "topic no longer followed"
    DROPPED = "dropped"
    NOT_DROPPABLE = "not to be dropped"


class Request(NamedTuple):
    """A stream whose parked facts are to be folded again, or one parked record. `id` is empty when nobody asked."""

    id: str
    action: Action
    partition: int
    stream: str = ""
    record: str = ""


class ParkedStream(NamedTuple):
    """A stream with parked facts: in which projection, on which partition number."""

    projection: str
    stream: str
    partition: int


class Answer(NamedTuple):
    """What became of a request. `facts` were folded or dropped; `again` is `{sequence, reason, detail}` of one more."""

    outcome: Outcome
    facts: int
    again: Mapping[str, Any] | None


class Hole(NamedTuple):
    """Facts from position `first_held` on wait for one before it, which is missing on `topic`."""

    topic: str
    first_held: int


async def parked_streams(database: Database, stream: str | None = None) -> list[ParkedStream]:
    """Return the streams with parked facts (one of them, or all: at most 10 000). Raises the driver's errors."""
    where: Document = {"stream": {"$exists": True} if stream is None else stream}
    place = {"projection": "$projection", "stream": "$stream", "partition": "$partition"}
    pipeline: list[Document] = [
        {"$match": where},
        {"$group": {"_id": place}},
        {"$sort": {"_id": 1}},
        {"$limit": STREAMS_MAX},
    ]
    return [ParkedStream(**found["_id"]) async for found in database[PARKED].aggregate(pipeline)]


async def parked_record(database: Database, identifier: str) -> Document | None:
    """Return what a parked row says of itself, without headers and value. Raises the driver's errors."""
    fields = {"headers": 0, "value": 0, "key": 0}
    found = await find_all(database, PARKED, {"_id": identifier}, options={"projection": fields})
    return found[0] if found else None


async def hole_in(database: Database, projection: str, stream: str) -> Hole | None:
    """Return what a stream waits for in a projection; None when nothing of it is held. Raises the driver's errors."""
    where = {"projection": projection, "stream": stream}
    found = await find_all(database, HELD, where, options={"projection": {"topic": 1, "sequence": 1}})
    first = min(found, key=lambda held: int(held["sequence"]), default=None)
    return None if first is None else Hole(first["topic"], int(first["sequence"]))


async def ask_for_replay(database: Database, streams: Sequence[ParkedStream], *, by: str) -> list[str]:
    """Ask the owning workers to fold the parked facts of these streams again; return the requests' ids, in order."""
    asked = [
        {"projection": found.projection, "partition": found.partition, "stream": found.stream, "why": None}
        for found in streams
    ]
    return await _ask(database, Action.REPLAY, asked, by)


async def ask_for_record(database: Database, row: Document, action: Action, *, by: str, why: str | None) -> str:
    """Ask the owning worker to fold one parked record again, or to drop it; return the request's id."""
    asked = {"projection": row["projection"], "partition": row["partition"], "record": row["_id"], "why": why}
    return (await _ask(database, action, [asked], by))[0]


async def _ask(database: Database, action: Action, asked: Sequence[Document], by: str) -> list[str]:
    requests = [{"_id": new_id(), "action": action, "asked_by": by, "done_at": None, **request} for request in asked]
    if requests:
        at = {"$currentDate": {"asked_at": True}}
        updates = [{"q": {"_id": request["_id"]}, "u": {"$set": request, **at}, "upsert": True} for request in requests]
        await database.command({"update": REQUESTS, "updates": updates, "ordered": False})
    return [request["_id"] for request in requests]


async def answers(database: Database, identifiers: Sequence[str]) -> dict[str, Answer]:
    """Return what became of those requests that are done, by id. Raises the driver's errors."""
    found = await find_all(database, REQUESTS, {"_id": {"$in": list(identifiers)}, "done_at": {"$ne": None}})
    return {
        request["_id"]: Answer(Outcome(request["outcome"]), int(request.get("facts", 0)), request.get("again"))
        for request in found
    }
