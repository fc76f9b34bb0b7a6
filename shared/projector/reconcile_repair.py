"""Writes what mends a read model: in one transaction, fenced against the worker that owns it, or not at all."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from shared.kernel.ids import new_id
from shared.mongo import Client, Command, Database, Document, raise_write_error, run_transaction
from shared.projector.collections import CHECKPOINTS, HELD, field_of, heads_of
from shared.projector.decoding import Target
from shared.projector.definition import Projection
from shared.projector.heads import parts, read_heads_in
from shared.projector.instants import read_documents_in
from shared.projector.reconcile_findings import Plan

_AT_ONCE: Final = 200


class _MovedError(Exception):
    """The read model is no longer as it was found: nothing is written."""


async def mend(client: Client, database: Database, projection: Projection, plan: Plan) -> bool:
    """Write what `plan` says if everything is as it was found; False (and nothing written) when it is not.

    The transaction puts a new claim on the checkpoints of the owned numbers first. So a transaction of the worker
    that is under way conflicts with it, and a later one misses: the worker then forgets what it remembered, claims
    again and goes on. Raises the driver's errors; after one the outcome may be unknown, and doing it again harms
    nothing.
    """

    def body(send: Command) -> None:
        _fence(projection, plan.numbers, send)
        heads = read_heads_in(send, projection, plan.key_of)
        if any(heads.get(stream) != head for stream, head in plan.before.items()):
            raise _MovedError
        if read_documents_in(send, projection, plan.found) != _existing(plan.found):
            raise _MovedError
        _write_documents(projection, plan.writes, send)
        _write_heads(projection, plan, send)

    return await _unless_moved(client, database, body)


async def remove(client: Client, database: Database, projection: Projection, found: Mapping[Target, Document]) -> bool:
    """Remove documents that no fact explains, if they still are as they were found; fenced against every worker."""

    def body(send: Command) -> None:
        _fence(projection, None, send)
        if read_documents_in(send, projection, found) != found:
            raise _MovedError
        _write_documents(projection, dict.fromkeys(found), send)

    return await _unless_moved(client, database, body)


async def _unless_moved(client: Client, database: Database, body: Callable[[Command], None]) -> bool:
    try:
        await run_transaction(client, database, body)
    except _MovedError:
        return False
    return True


def _fence(projection: Projection, numbers: Collection[int] | None, send: Command) -> None:
    """Put a new claim on the checkpoints of the numbers (None: of all)."""
    owned = {} if numbers is None else {"partition": {"$in": sorted(numbers)}}
    condition = {"projection": projection.name, **owned}
    _write(CHECKPOINTS, [{"q": condition, "u": {"$set": {"claim": new_id()}}, "multi": True}], send)


def _write_documents(projection: Projection, writes: Mapping[Target, Document | None], send: Command) -> None:
    for view in sorted({view for view, _ in writes}):
        collection = projection.views[view].collection
        mine = {identifier: document for (number, identifier), document in writes.items() if number == view}
        replaced = [
            {"q": {"_id": identifier}, "u": {"_id": identifier, **document}, "upsert": True}
            for identifier, document in mine.items()
            if document is not None
        ]
        _write(collection, replaced, send)
        if gone := [identifier for identifier, document in mine.items() if document is None]:
            raise_write_error(send({"delete": collection, "deletes": [{"q": {"_id": {"$in": gone}}, "limit": 0}]}))


def _write_heads(projection: Projection, plan: Plan, send: Command) -> None:
    """Write the heads that no document keeps; what was held of the streams until now has been folded."""
    updates = [
        {
            "q": {"_id": plan.key_of[stream]},
            "u": {"$set": {f"streams.{field_of(stream)}": head._asdict()}},
            "upsert": True,
        }
        for stream, head in plan.heads.items()
    ]
    _write(heads_of(projection.name), updates, send)
    for stream, sequence in plan.moved.items():
        folded = {"projection": projection.name, "stream": stream, "sequence": {"$lte": sequence}}
        raise_write_error(send({"delete": HELD, "deletes": [{"q": folded, "limit": 0}]}))


def _write(collection: str, updates: list[Document], send: Command) -> None:
    for some in parts(updates, _AT_ONCE):
        raise_write_error(send({"update": collection, "updates": list(some), "ordered": False}))


def _existing(found: Mapping[Target, Document | None]) -> dict[Target, Document]:
    return {target: document for target, document in found.items() if document is not None}
