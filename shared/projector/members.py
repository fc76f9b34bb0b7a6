"""The workers of a projection, and the leases that they share, in MongoDB."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shared.lease import COLLECTION as LEASES
from shared.lease import LEASE_TTL_S, Lease, is_alive
from shared.mongo import Database, find_all
from shared.projector.changes import Partition
from shared.projector.collections import WORKERS


class MongoMembers:
    """Implements Members. Who is alive, and what is held, is decided by the server's clock."""

    def __init__(
        self,
        database: Database,
        projection: str,
        *,
        ttl_s: float = LEASE_TTL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._projection = projection
        self._ttl_s = ttl_s
        self._clock = clock

    def lease(self, number: int, owner: str) -> Lease:
        """Return the lease of a partition number."""
        name = f"projection/{self._projection}/{number}"
        return Lease(self._database, name, owner=owner, ttl_s=self._ttl_s, clock=self._clock)

    async def beat(self, owner: str, ends: Mapping[Partition, int], age_s: float) -> None:
        """Tell that the owner is alive and, if any are given, which ends it saw `age_s` seconds ago."""
        alive: dict[str, Any] = {
            "projection": self._projection,
            "owner": owner,
            "seen_at": "$$NOW",
            "expires_at": {"$add": ["$$NOW", int(self._ttl_s * 1000)]},
        }
        if ends:
            seen = [{"topic": topic, "partition": number, "end": end} for (topic, number), end in ends.items()]
            alive |= {"ends": seen, "looked_at": {"$subtract": ["$$NOW", int(age_s * 1000)]}}
        await self._database[WORKERS].update_one({"_id": self._identifier(owner)}, [{"$set": alive}], upsert=True)

    async def renew(self, leases: Sequence[Lease]) -> None:
        """Hold the leases for another while; what was lost is not `held` any more."""
        await Lease.renew_all(leases)

    async def alive(self) -> list[str]:
        """Return the owners that gave a sign of life, in order."""
        condition = {"projection": self._projection, "$expr": is_alive(self._ttl_s)}
        found = await find_all(self._database, WORKERS, condition, options={"projection": {"owner": 1}})
        return sorted(worker["owner"] for worker in found)

    async def taken(self, leases: Iterable[Lease]) -> set[str]:
        """Return the names of those leases that somebody holds."""
        condition = {"_id": {"$in": [lease.name for lease in leases]}, "$expr": is_alive(self._ttl_s)}
        return {found["_id"] for found in await find_all(self._database, LEASES, condition)}

    async def leave(self, owner: str) -> None:
        """Tell that the owner has gone."""
        await self._database[WORKERS].delete_one({"_id": self._identifier(owner)})

    def _identifier(self, owner: str) -> str:
        return f"{self._projection}/{owner}"
