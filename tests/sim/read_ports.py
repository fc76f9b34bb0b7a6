"""The projector's store, and what its workers know of each other, over a read database in memory."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from shared.kernel.ids import new_id
from shared.lease import LEASE_TTL_S, Lease
from shared.mongo import DatabaseError, Document
from shared.projector.changes import Advance, Changes, Exceptions, HeadEntry, Loaded, Partition
from shared.projector.decoding import StoredRecord
from shared.projector.replay_requests import Request
from tests.sim.leases import SimLease
from tests.sim.net import Net
from tests.sim.read_server import ReadServer

T = TypeVar("T")


class SimStore:
    """Implements Store; a claim is as many commands, with the world going on between them, as it is in MongoDB."""

    def __init__(self, net: Net, server: ReadServer) -> None:
        self._net = net
        self._server = server
        self._claim = ""

    async def claim(self, owned: Mapping[int, Lease], topics: Sequence[str], cluster_id: str) -> Loaded:
        self._claim = claim = new_id()
        epochs = {Partition(topic, number): lease.epoch for number, lease in owned.items() for topic in topics}
        if not epochs:
            return Loaded({}, Exceptions())
        await self._ask(lambda: self._server.insert_missing(epochs, cluster_id))
        await self._fence(epochs, claim)
        found = await self._ask(lambda: self._server.claimed(epochs, claim))
        moved = [partition for partition, stored in found.items() if stored.cluster_id != cluster_id]
        if moved:
            await self.restart(moved, cluster_id)
        positions = {partition: 0 if partition in moved else stored.next for partition, stored in found.items()}
        numbers = {partition.number for partition in positions}
        marks = {partition: stored.mark for partition, stored in found.items() if stored.mark}
        return Loaded(positions, await self._ask(lambda: self._server.exceptions(numbers)), marks)

    async def restart(self, partitions: Iterable[Partition], cluster_id: str) -> None:
        chosen, claim = list(partitions), self._claim
        await self._ask(lambda: self._server.restart(chosen, cluster_id, claim))

    async def documents(self, view: int, ids: Sequence[str]) -> list[Document]:
        return await self._ask(lambda: self._server.documents(view, ids))

    async def heads(self, keys: Sequence[str]) -> dict[str, dict[str, HeadEntry]]:
        return await self._ask(lambda: self._server.heads(keys))

    async def held(self, streams: Sequence[str]) -> list[StoredRecord]:
        return await self._ask(lambda: self._server.held(streams))

    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        claim = self._claim
        await self._write(lambda: self._server.apply(claim, advances, changes))

    async def _write(self, effect: Callable[[], None]) -> None:
        await self._net.ask(self._server, effect, DatabaseError, writes=True)

    async def _fence(self, epochs: Mapping[Partition, int], claim: str) -> None:
        await self._write(lambda: self._server.fence(epochs, claim))

    async def _ask(self, effect: Callable[[], T]) -> T:
        return await self._net.ask(self._server, effect, DatabaseError)


class SimShelf:
    """Implements Shelf."""

    def __init__(self, net: Net, server: ReadServer) -> None:
        self._net = net
        self._server = server

    async def asked(self, numbers: Collection[int]) -> list[Request]:
        return await self._ask(lambda: self._server.open_requests(numbers))

    async def of_unknown_version(self, numbers: Collection[int], types: Collection[str]) -> list[tuple[str, int]]:
        return await self._ask(lambda: self._server.of_unknown_version(numbers, types))

    async def rows(self, stream: str, *, facts_max: int, bytes_max: int) -> tuple[list[Document], bool]:
        assert bytes_max > 0
        found = await self._ask(lambda: self._server.parked_of(stream))
        return found[:facts_max], len(found) > facts_max

    async def row(self, identifier: str) -> Document | None:
        return await self._ask(lambda: self._server.parked.get(identifier))

    async def count(self, stream: str, *, reason: str | None = None, limit: int) -> int:
        return len((await self._ask(lambda: self._server.parked_of(stream, reason)))[:limit])

    async def _ask(self, effect: Callable[[], T]) -> T:
        return await self._net.ask(self._server, effect, DatabaseError)


class SimMembers:
    """Implements Members."""

    def __init__(self, net: Net, server: ReadServer, *, ttl_s: float = LEASE_TTL_S) -> None:
        self._net = net
        self._server = server
        self._ttl_s = ttl_s

    def lease(self, number: int, owner: str) -> Lease:
        name = f"projection/{self._server.projection.name}/{number}"
        return SimLease(self._net, self._server, self._server.leases, name, owner=owner, ttl_s=self._ttl_s)

    async def beat(self, owner: str, ends: Mapping[Partition, int], age_s: float) -> None:
        assert age_s >= 0
        assert all(end >= 0 for end in ends.values())

        def alive() -> None:
            self._server.alive[owner] = asyncio.get_running_loop().time() + self._ttl_s

        await self._ask(alive)

    async def renew(self, leases: Sequence[Lease]) -> None:
        mine = [lease for lease in leases if isinstance(lease, SimLease)]
        asked_at_s = asyncio.get_running_loop().time()

        def renewed() -> list[bool]:
            return [self._server.leases.renew(lease.name, lease.owner, lease.epoch, self._ttl_s) for lease in mine]

        for lease, kept in zip(mine, await self._ask(renewed), strict=True):
            lease.believe(asked_at_s, kept=kept)

    async def alive(self) -> list[str]:
        return await self._ask(self._alive)

    async def taken(self, leases: Iterable[Lease]) -> set[str]:
        names = [lease.name for lease in leases]
        return await self._ask(lambda: set(names) - self._server.leases.free(names))

    async def leave(self, owner: str) -> None:
        await self._ask(lambda: self._server.alive.pop(owner, None))

    def _alive(self) -> list[str]:
        now_s = asyncio.get_running_loop().time()
        return sorted(owner for owner, until_s in self._server.alive.items() if until_s > now_s)

    async def _ask(self, effect: Callable[[], T]) -> T:
        return await self._net.ask(self._server, effect, DatabaseError)
