"""Leases in memory, by the server's own clock; the client side is the engine's `Lease` with another way of asking."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from typing_extensions import override

from shared.lease import LEASE_TTL_S, Lease
from shared.mongo import DatabaseError
from tests.sim.net import Net, Server

T = TypeVar("T")


@dataclass
class _Row:
    owner: str | None = None
    epoch: int = 0
    expires_at_s: float = float("-inf")


class Leases:
    """The rows of a server's leases."""

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}

    def acquire(self, name: str, owner: str, ttl_s: float) -> int | None:
        """Take a lease that is free, expired or already the owner's; return its epoch, or None."""
        row, now_s = self._rows.setdefault(name, _Row()), _now_s()
        if row.owner != owner:
            if row.expires_at_s > now_s:
                return None
            row.owner, row.epoch = owner, row.epoch + 1
        row.expires_at_s = now_s + ttl_s
        return row.epoch

    def renew(self, name: str, owner: str, epoch: int, ttl_s: float) -> bool:
        """Prolong a lease that is still the owner's."""
        row = self._rows.get(name)
        if row is None or (row.owner, row.epoch) != (owner, epoch):
            return False
        row.expires_at_s = _now_s() + ttl_s
        return True

    def release(self, name: str, owner: str, epoch: int) -> None:
        """Free a lease that is still the owner's."""
        row = self._rows.get(name)
        if row is not None and (row.owner, row.epoch) == (owner, epoch):
            row.owner, row.expires_at_s = None, _now_s()

    def free(self, names: Sequence[str]) -> set[str]:
        """Return those of the names that nobody holds."""
        rows = {name: self._rows.get(name) for name in names}
        return {name for name, row in rows.items() if row is None or row.expires_at_s <= _now_s()}

    def expire_all(self) -> None:
        """Let every lease be lost, as if its holder had not been heard of for long."""
        for row in self._rows.values():
            row.expires_at_s = _now_s()


class SimLease(Lease):
    """A lease at a server in memory: what it believes, and how it fences, is the engine's own."""

    def __init__(
        self, net: Net, server: Server, leases: Leases, name: str, *, owner: str, ttl_s: float = LEASE_TTL_S
    ) -> None:
        self._net = net
        self._server = server
        self._rows = leases
        self.name = name
        self.owner = owner
        self.ttl_s = ttl_s
        self.epoch = 0
        self._clock = _now_s
        self._held_until = float("-inf")

    @override
    async def acquire(self) -> bool:
        asked_at_s = _now_s()
        epoch = await self._ask(lambda: self._rows.acquire(self.name, self.owner, self.ttl_s))
        self._held_until = float("-inf") if epoch is None else asked_at_s + self.ttl_s
        self.epoch = self.epoch if epoch is None else epoch
        return epoch is not None

    @override
    async def renew(self) -> bool:
        asked_at_s = _now_s()
        kept = await self._ask(lambda: self._rows.renew(self.name, self.owner, self.epoch, self.ttl_s))
        self._held_until = asked_at_s + self.ttl_s if kept else float("-inf")
        return kept

    @override
    async def release(self) -> None:
        self._held_until = float("-inf")
        await self._ask(lambda: self._rows.release(self.name, self.owner, self.epoch))

    def believe(self, asked_at_s: float, *, kept: bool) -> None:
        """Take the answer to a renewal of several leases at once."""
        self._held_until = asked_at_s + self.ttl_s if kept else float("-inf")

    async def _ask(self, effect: Callable[[], T]) -> T:
        return await self._net.ask(self._server, effect, DatabaseError, writes=True)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
