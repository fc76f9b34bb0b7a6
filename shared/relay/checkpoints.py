"""The relay's checkpoint in the service's own database, written only while no later relay has taken over."""

from typing import Any

from shared.lease import Lease
from shared.mongo import (
    Database,
    DatabaseError,
    Document,
    DuplicateKeyError,
    Session,
    Timestamp,
    forget_sessionless,
)
from shared.relay.ports import Checkpoint, CommitsUnavailable, LeaseLost, SweepCause

COLLECTION = "relay"


class MongoCheckpoints:
    """One document `{_id: service, epoch, token, cluster_id, offsets, sweep, saved_at}`, guarded by `lease`."""

    def __init__(self, database: Database, service: str, lease: Lease) -> None:
        self._client = database.client
        self._checkpoints = database[COLLECTION]
        self._service = service
        self._lease = lease

    async def take_over(self) -> Checkpoint:
        """Raise the document's epoch to ours, which refuses earlier owners from now on, and return what it says."""
        found = await self._write({})
        return Checkpoint(
            token=found.get("token"),
            cluster_id=found.get("cluster_id"),
            offsets={int(number): offset for number, offset in found.get("offsets", {}).items()},
            sweep=SweepCause(found["sweep"]) if found.get("sweep") else None,
        )

    async def begin_sweep(self, checkpoint: Checkpoint) -> Timestamp:
        """Store `checkpoint` (without a token) and return the operation time of that write, a majority's."""
        async with await self._client.start_session(causal_consistency=False) as session:
            await self._write(_fields(checkpoint), session)
            noted: Timestamp = session.delegate.operation_time
            return noted

    async def save(self, checkpoint: Checkpoint) -> None:
        """Store `checkpoint`. Raises LeaseLost when a later relay has taken over."""
        await self._write(_fields(checkpoint))

    async def _write(self, fields: dict[str, Any], session: Session | None = None) -> Document:
        try:
            found: Document = await self._checkpoints.find_one_and_update(
                {"_id": self._service, **self._lease.guard()},
                {"$set": {"epoch": self._lease.epoch, **fields}, "$currentDate": {"saved_at": True}},
                upsert=True,
                return_document=True,
                session=session,
            )
        except DuplicateKeyError as error:  # it is there, but its epoch is a later one
            raise LeaseLost(f"the checkpoint of {self._service} belongs to a later relay") from error
        except DatabaseError as error:
            forget_sessionless(self._client.delegate, error)
            raise CommitsUnavailable(str(error)) from error
        return found


def _fields(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "token": checkpoint.token,
        "cluster_id": checkpoint.cluster_id,
        "offsets": {str(number): offset for number, offset in sorted(checkpoint.offsets.items())},
        "sweep": checkpoint.sweep,
    }
