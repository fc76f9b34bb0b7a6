"""Leases: who may do a thing that one process at a time should do, decided by the database server's clock."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from shared.mongo import Database

COLLECTION = "leases"
LEASE_TTL_S = 9.5
"""Longer, by one renewal, than a server needs to end what a killed process had open (5 s, and 2 s to its next look):

whoever takes over finds nothing locked, and the partitions that it has go on meanwhile.
"""
_LIVES_AHEAD_MAX = 2


def is_alive(ttl_s: float) -> dict[str, Any]:
    """Return the expression on a document's `expires_at` that says whether it is still to come.

    An instant further ahead than anybody could have set it was set by a server whose clock was wrong, and does not
    count: its owner may be long dead. Clocks of servers may differ by one `ttl_s` before that takes a live lease away,
    and then its owner's writes are refused as any late ones. A missing instant is before all others.
    """
    latest = {"$add": ["$$NOW", int(ttl_s * 1000) * _LIVES_AHEAD_MAX]}
    return {"$and": [{"$gt": ["$expires_at", "$$NOW"]}, {"$lte": ["$expires_at", latest]}]}


class Lease:
    """One named lease. The document is `{_id: name, owner, epoch, expires_at}` in the database's `leases`.

    `owner` must be unique per process (an id made at its start). The server's time decides, so clocks of processes do
    not matter; `clock` (monotonic, seconds) only tells this process when it should stop believing in its own lease.
    `epoch` grows at each change of owner and fences: a write that carries `guard()` and sets `epoch` is refused once
    a later owner has written. A lease alone protects nothing: a frozen process wakes up believing in it.

    Errors of the driver pass through; after one the lease is not known to be held.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        owner: str,
        ttl_s: float = LEASE_TTL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._leases = database[COLLECTION]
        self.name = name
        self.owner = owner
        self.ttl_s = ttl_s
        self.epoch = 0
        self._clock = clock
        self._held_until = float("-inf")

    @property
    def held(self) -> bool:
        """Whether the lease is ours beyond doubt: counted from before the last successful request was sent."""
        return self._clock() < self._held_until

    async def acquire(self) -> bool:
        """Take the lease if it is free, expired or already ours. False when somebody else holds it."""
        asked_at = self._clock()
        found = await self._leases.find_one_and_update(
            {"_id": self.name}, [{"$set": self._claim()}], upsert=True, return_document=True
        )
        if found["owner"] != self.owner:
            self._held_until = float("-inf")
            return False
        self.epoch = found["epoch"]
        self._held_until = asked_at + self.ttl_s
        return True

    async def renew(self) -> bool:
        """Hold the lease for another `ttl_s`. False when it was taken over: then stop what it allowed, at once."""
        asked_at = self._clock()
        ours = {"_id": self.name, "owner": self.owner, "epoch": self.epoch}
        answer = await self._leases.update_one(ours, [{"$set": {"expires_at": self._expiry()}}])
        held = answer.matched_count == 1
        self._held_until = asked_at + self.ttl_s if held else float("-inf")
        return held

    @staticmethod
    async def renew_all(leases: "Sequence[Lease]") -> "list[Lease]":
        """Renew several leases of one owner and database in one write; return those that were taken over."""
        if not leases:
            return []
        first = leases[0]
        collection, asked_at = first._leases, first._clock()  # noqa: SLF001 - an instance of this very class
        names = [lease.name for lease in leases]
        # By epoch, or one that was another's meanwhile would be kept under an epoch whose writes are all refused.
        held = [{"_id": lease.name, "epoch": lease.epoch} for lease in leases]
        ours = {"_id": {"$in": names}, "owner": first.owner, "$or": held}
        later = [{"$set": {"expires_at": first._expiry()}}]  # noqa: SLF001 - the same
        answer = await collection.update_many(ours, later)
        kept = set(names)
        if answer.matched_count < len(names):
            kept = {found["_id"] async for found in collection.find(ours, {"_id": 1})}
        for lease in leases:
            lease._held_until = asked_at + lease.ttl_s if lease.name in kept else float("-inf")  # noqa: SLF001 - the same
        return [lease for lease in leases if lease.name not in kept]

    async def release(self) -> None:
        """Give the lease away at once, if it is still ours. The next owner gets the next epoch."""
        self._held_until = float("-inf")
        await self._leases.update_one(
            {"_id": self.name, "owner": self.owner, "epoch": self.epoch},
            [{"$set": {"owner": None, "expires_at": "$$NOW"}}],
        )

    def guard(self) -> dict[str, Any]:
        """Return the filter of a guarded write: no later owner has written here. Also set `epoch` in that write."""
        return {"epoch": {"$not": {"$gt": self.epoch}}}

    def _claim(self) -> dict[str, Any]:
        """Return the fields as they are when the lease is ours or free."""
        ours = {"$eq": ["$owner", self.owner]}
        free = {"$not": [is_alive(self.ttl_s)]}
        next_epoch = {"$add": [{"$ifNull": ["$epoch", 0]}, 1]}
        return {
            "owner": {"$cond": [{"$or": [ours, free]}, self.owner, "$owner"]},
            "epoch": {"$cond": [{"$and": [free, {"$not": [ours]}]}, next_epoch, "$epoch"]},
            "expires_at": {"$cond": [{"$or": [ours, free]}, self._expiry(), "$expires_at"]},
        }

    def _expiry(self) -> dict[str, Any]:
        return {"$add": ["$$NOW", int(self.ttl_s * 1000)]}
