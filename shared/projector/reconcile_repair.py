"""Writes what mends a read model: in one transaction, fenced against the worker that owns it, or not at all."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

from shared.kernel.ids import new_id
from shared.mongo import Client, Database, Document, Session, raise_write_error, run_transaction
from shared.projector.collections import CHECKPOINTS, HELD, field_of, heads_of
from shared.projector.decoding import Target
from shared.projector.definition import Projection
from shared.projector.heads import parts, read_heads
from shared.projector.instants import read_documents
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

    async def body(session: Session) -> None:
        await _fence(database, projection, plan.numbers, session)
        heads = await read_heads(database, projection, plan.key_of, session=session)
        if any(heads.get(stream) != head for stream, head in plan.before.items()):
            raise _MovedError
        if await read_documents(database, projection, plan.found, session=session) != _existing(plan.found):
            raise _MovedError
        await _write_documents(database, projection, plan.writes, session)
        await _write_heads(database, projection, plan, session)

    return await _unless_moved(client, body)


async def remove(client: Client, database: Database, projection: Projection, found: Mapping[Target, Document]) -> bool:
    """Remove documents that no fact explains, if they still are as they were found; fenced against every worker."""

    async def body(session: Session) -> None:
        await _fence(database, projection, None, session)
        if await read_documents(database, projection, found, session=session) != found:
            raise _MovedError
        await _write_documents(database, projection, dict.fromkeys(found), session)

    return await _unless_moved(client, body)


async def _unless_moved(client: Client, body: Callable[[Session], Awaitable[None]]) -> bool:
    try:
        await run_transaction(client, body)
    except _MovedError:
        return False
    return True


async def _fence(database: Database, projection: Projection, numbers: Collection[int] | None, session: Session) -> None:
    """Put a new claim on the checkpoints of the numbers (None: of all)."""
    owned = {} if numbers is None else {"partition": {"$in": sorted(numbers)}}
    condition = {"projection": projection.name, **owned}
    await _write(database, CHECKPOINTS, [{"q": condition, "u": {"$set": {"claim": new_id()}}, "multi": True}], session)


async def _write_documents(
    database: Database, projection: Projection, writes: Mapping[Target, Document | None], session: Session
) -> None:
    for view in sorted({view for view, _ in writes}):
        collection = projection.views[view].collection
        mine = {identifier: document for (number, identifier), document in writes.items() if number == view}
        replaced = [
            {"q": {"_id": identifier}, "u": {"_id": identifier, **document}, "upsert": True}
            for identifier, document in mine.items()
            if document is not None
        ]
        await _write(database, collection, replaced, session)
        if gone := [identifier for identifier, document in mine.items() if document is None]:
            command = {"delete": collection, "deletes": [{"q": {"_id": {"$in": gone}}, "limit": 0}]}
            raise_write_error(await database.command(command, session=session))


async def _write_heads(database: Database, projection: Projection, plan: Plan, session: Session) -> None:
    """Write the heads that no document keeps; what was held of the streams until now has been folded."""
    updates = [
        {
            "q": {"_id": plan.key_of[stream]},
            "u": {"$set": {f"streams.{field_of(stream)}": head._asdict()}},
            "upsert": True,
        }
        for stream, head in plan.heads.items()
    ]
    await _write(database, heads_of(projection.name), updates, session)
    for stream, sequence in plan.moved.items():
        folded = {"projection": projection.name, "stream": stream, "sequence": {"$lte": sequence}}
        command = {"delete": HELD, "deletes": [{"q": folded, "limit": 0}]}
        raise_write_error(await database.command(command, session=session))


async def _write(database: Database, collection: str, updates: list[Document], session: Session) -> None:
    for some in parts(updates, _AT_ONCE):
        command = {"update": collection, "updates": list(some), "ordered": False}
        raise_write_error(await database.command(command, session=session))


def _existing(found: Mapping[Target, Document | None]) -> dict[Target, Document]:
    return {target: document for target, document in found.items() if document is not None}
