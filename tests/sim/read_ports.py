"""The projector's store and its share of the partition numbers, over a read database in memory."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from shared.kernel.ids import new_id
from shared.lease import LEASE_TTL_S, Lease
from shared.mongo import DatabaseError, Document
from shared.projector.changes import Advance, Changes, Exceptions, HeadEntry, Loaded, Partition
from shared.projector.decoding import StoredRecord
from shared.projector.ownership import RENEW_S, TICK_S, fair_share
from shared.projector.replay_requests import Request
from tests.sim.broker import PARTITIONS
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
        return Loaded(positions, await self._ask(lambda: self._server.exceptions(numbers)))

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


class SimNumbers:
    """Implements Numbers: leases shared out fairly among those who gave a sign of life, as `Ownership` does."""

    def __init__(self, net: Net, server: ReadServer, owner: str, *, ttl_s: float = LEASE_TTL_S) -> None:
        self._net = net
        self._server = server
        self._owner = owner
        self._ttl_s = ttl_s
        name = server.projection.name
        self._leases = {
            number: SimLease(net, server, server.leases, f"projection/{name}/{number}", owner=owner, ttl_s=ttl_s)
            for number in range(PARTITIONS)
        }
        self._mine: dict[int, SimLease] = {}
        self._leaving: set[int] = set()
        self._renewed_at_s = float("-inf")
        self.changed = False

    async def settle(self) -> Mapping[int, Lease]:
        self.changed = False
        for number in sorted(self._leaving):
            lease = self._mine.pop(number, None)
            self._leaving.discard(number)
            if lease is not None:
                await lease.release()
        return dict(self._mine)

    async def keep(self) -> None:
        while True:
            try:
                await self._tick()
            except DatabaseError:
                self._forget_expired()
            await asyncio.sleep(TICK_S)

    async def leave(self) -> None:
        self._leaving = set(self._mine)
        await self.settle()
        await self._ask(lambda: self._server.alive.pop(self._owner, None))

    def saw_ends(self, ends: Mapping[Partition, int]) -> None:
        assert all(end >= 0 for end in ends.values())

    async def _tick(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._renewed_at_s >= RENEW_S:
            await self._renew(now_s)
        self._forget_expired()
        alive, free = await self._ask(self._look)
        if self._owner not in alive:
            return
        rank = alive.index(self._owner)
        surplus = len(self._mine) - len(self._leaving) - fair_share(rank, len(alive), PARTITIONS)
        if surplus > 0:
            self._leaving.update(sorted(self._mine.keys() - self._leaving)[-surplus:])
            self.changed = True
        elif surplus < 0 and not self._leaving:
            await self._take_up(-surplus, free)

    async def _renew(self, now_s: float) -> None:
        mine = list(self._mine.values())

        def renewed() -> list[bool]:
            self._server.alive[self._owner] = asyncio.get_running_loop().time() + self._ttl_s
            return [self._server.leases.renew(lease.name, self._owner, lease.epoch, self._ttl_s) for lease in mine]

        for lease, kept in zip(mine, await self._ask(renewed), strict=True):
            lease.believe(now_s, kept=kept)
        self._renewed_at_s = now_s

    def _look(self) -> tuple[list[str], set[str]]:
        now_s = asyncio.get_running_loop().time()
        alive = sorted(owner for owner, until_s in self._server.alive.items() if until_s > now_s)
        return alive, self._server.leases.free([lease.name for lease in self._leases.values()])

    async def _take_up(self, count: int, free: set[str]) -> None:
        for number, lease in self._leases.items():
            if count and lease.name in free and await lease.acquire():
                self._mine[number] = lease
                self.changed = True
                count -= 1

    def _forget_expired(self) -> None:
        for number in [number for number, lease in self._mine.items() if not lease.held]:
            del self._mine[number]
            self._leaving.discard(number)
            self.changed = True

    async def _ask(self, effect: Callable[[], T]) -> T:
        return await self._net.ask(self._server, effect, DatabaseError)
