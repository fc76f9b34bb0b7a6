"""One folded poll as one MongoDB transaction: checkpoints are compared and set first, everything else follows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, TypeVar

from shared.mongo import (
    UNENCODABLE,
    Client,
    Command,
    Database,
    Document,
    OperationFailure,
    Timestamp,
    is_duplicate_key,
    is_transient,
    is_transient_code,
    raise_write_error,
    run_transaction,
)
from shared.projector.aside import held_document, parked_document
from shared.projector.changes import Advance, Changes, HeadEntry, Partition
from shared.projector.collections import (
    CHECKPOINTS,
    HELD,
    PARKED,
    REQUESTS,
    checkpoint_id,
    field_of,
    heads_of,
    place_id,
)
from shared.projector.definition import Projection
from shared.projector.marks import mark_of

_COMMAND_BYTES_MAX: Final = 8 * 1024 * 1024
_UPDATE_BYTES: Final = 200  # names, id and flags around a document
_RECORD_BYTES: Final = 2_000  # headers and place of a record put aside
_STREAM_BYTES: Final = 300  # a head with its escaped stream id
_REFUSED_COMMAND_CODES: Final = frozenset(
    {
        2,  # BadValue
        9,  # FailedToParse
        15,  # Overflow (nested too deep)
        22,  # InvalidBSON
        52,  # DollarPrefixedFieldName
        10334,  # BSONObjectTooLarge
        17280,  # KeyTooLong
        17419,  # the resulting document is too large
        17420,  # the inserted document is too large
    }
)


T = TypeVar("T")
_Command: TypeAlias = tuple[Document, int]


class MissedError(Exception):
    """A checkpoint is not as expected: a zombie, a redelivery or a lost lease. Nothing was written."""


class WriteRefusedError(Exception):
    """The database (or already its driver) does not take a document, and never will. Nothing was written."""


class Transaction:
    """Writes the changes of one projection. `claim` is the token under which its partitions are owned now."""

    def __init__(self, client: Client, database: Database, projection: Projection) -> None:
        self._client = client
        self._database = database
        self._projection = projection

    async def run(self, claim: str, advances: Mapping[Partition, Advance], changes: Changes) -> Timestamp:
        """Write everything or nothing; return when. Raises MissedError, WriteRefusedError; the driver's errors.

        After an error of the driver the outcome may be unknown: claim again before anything else.
        """
        commands = [*self._checkpoints(claim, advances), *self._commands(changes)]

        def body(send: Command) -> None:
            for command, matching in commands:
                answer = self._write(command, send)
                if matching and answer["n"] != matching:
                    raise MissedError

        return (await run_transaction(self._client, self._database, body)).at

    @staticmethod
    def _write(command: Document, send: Command) -> Document:
        try:
            answer = send(command)
        except OperationFailure as error:
            if error.code in _REFUSED_COMMAND_CODES and not is_transient(error):
                raise WriteRefusedError(f"code {error.code}") from error
            raise
        except UNENCODABLE as error:  # the driver's no, before the command has left
            raise WriteRefusedError(type(error).__name__) from error
        for found in answer.get("writeErrors", ()):
            if is_duplicate_key(found["code"]) and "_id" in found.get("keyPattern", ()):
                raise MissedError  # somebody made the document that was not there
            if not is_transient_code(found["code"]):
                raise WriteRefusedError(f"code {found['code']}")
        raise_write_error(answer)
        return answer

    def _checkpoints(self, claim: str, advances: Mapping[Partition, Advance]) -> Iterator[_Command]:
        moves = [self._move(claim, partition, advance) for partition, advance in advances.items()]
        yield {"update": CHECKPOINTS, "updates": moves, "ordered": True}, len(moves)

    def _move(self, claim: str, partition: Partition, advance: Advance) -> Document:
        fresh: Document = {} if advance.fact_at is None else {"fact_at": advance.fact_at}
        if advance.last is not None:
            fresh["mark"] = mark_of(advance.last)
        return {
            "q": {
                "_id": checkpoint_id(self._projection.name, partition),
                "next": advance.expected,
                "claim": claim,
            },
            "u": {"$set": {"next": advance.next, **fresh}, "$currentDate": {"applied_at": True}},
        }

    def _commands(self, changes: Changes) -> Iterator[_Command]:
        """Yield each command with the number of documents that it must match (0: it makes what is not there)."""
        projection = self._projection
        yield from _updates(heads_of(projection.name), (_head_update(*entry) for entry in changes.heads.items()))
        for view, documents in changes.inserted.items():
            made = ((data, len(data.raw)) for data in documents.values())
            for new in _parts(made):
                yield {"insert": projection.views[view].collection, "documents": new, "ordered": False}, len(new)
        for view, documents in changes.replaced.items():
            replacing = (({"q": {"_id": found}, "u": data}, len(data.raw)) for found, data in documents.items())
            for part in _parts(replacing):
                yield {"update": projection.views[view].collection, "updates": part, "ordered": False}, len(part)
        yield from _updates(HELD, (_if_absent(held_document(projection, fact)) for fact in changes.held))
        if changes.released:
            places = [place_id(projection.name, *place) for place in changes.released]
            yield {"delete": HELD, "deletes": [{"q": {"_id": {"$in": places}}, "limit": 0}]}, len(places)
        if changes.unparked:  # before those that are parked again: their rows are written anew
            yield (
                {"delete": PARKED, "deletes": [{"q": {"_id": {"$in": changes.unparked}}, "limit": 0}]},
                len(changes.unparked),
            )
        yield from _updates(PARKED, (_if_absent(parked_document(projection, parked)) for parked in changes.parked))
        yield from _updates(REQUESTS, ((answer, _RECORD_BYTES) for answer in changes.answers))


def _head_update(key: str, heads: Mapping[str, HeadEntry]) -> tuple[Document, int]:
    fields = {f"streams.{field_of(stream)}": head._asdict() for stream, head in heads.items()}
    return {"q": {"_id": key}, "u": {"$set": fields}, "upsert": True}, _STREAM_BYTES * len(fields)


def _if_absent(document: Document) -> tuple[Document, int]:
    """Insert with the server's time; what is there already stays, because a redelivery says nothing new."""
    merged = {"$mergeObjects": [{"$literal": document}, {"at": "$$NOW"}, "$$ROOT"]}
    update = {"q": {"_id": document["_id"]}, "u": [{"$replaceWith": merged}], "upsert": True}
    return update, len(document["value"] or b"") + _RECORD_BYTES


def _updates(collection: str, updates: Iterable[tuple[Document, int]]) -> Iterator[_Command]:
    for part in _parts(updates):
        yield {"update": collection, "updates": part, "ordered": False}, 0


def _parts(sized: Iterable[tuple[T, int]]) -> Iterator[list[T]]:
    """Put what has a size in bytes into as few lists as the protocol allows for one command."""
    chosen: list[T] = []
    size = 0
    for item, added in sized:
        if chosen and size + added > _COMMAND_BYTES_MAX:
            yield chosen
            chosen, size = [], 0
        chosen.append(item)
        size += added + _UPDATE_BYTES
    if chosen:
        yield chosen
