"""What a worker needs of a broker and of a database, and no more: a simulation can stand in for both."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from shared.lease import Lease
from shared.mongo import Document
from shared.projector.changes import Advance, Changes, HeadEntry, Loaded, Partition
from shared.projector.decoding import Raw, StoredRecord


class Feed(Protocol):
    """Hands out records of assigned partitions. Raises BrokerUnavailable and (from `poll`) OffsetsOutOfRange."""

    async def cluster_id(self) -> str:
        """Return which cluster this is: positions of another one mean nothing here."""
        ...

    async def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Return the next offset of each partition, as the broker says now."""
        ...

    def assign(self, positions: Mapping[Partition, int]) -> None:
        """Read exactly these partitions from now on, each from its next offset."""
        ...

    async def poll(self, *, records_max: int, timeout_ms: int) -> list[Raw]:
        """Return what is there (at most 8 MiB), in order per partition; nothing after `timeout_ms`. Never cancelled."""
        ...

    async def commit_for_lag_tools(self, positions: Mapping[Partition, int]) -> bool:
        """Tell tools that show lag how far we are. Best effort."""
        ...


class Store(Protocol):
    """What the worker needs of a database; `MongoStore` is the real one. Errors of an outage pass through."""

    async def claim(self, owned: Mapping[int, Lease], topics: Sequence[str], cluster_id: str) -> Loaded:
        """Take over partitions; nothing that was begun under an earlier claim can be written any more."""
        ...

    async def restart(self, partitions: Iterable[Partition], cluster_id: str) -> None:
        """Begin claimed partitions anew."""
        ...

    async def documents(self, view: int, ids: Sequence[str]) -> list[Document]:
        """Return the documents of a view that exist."""
        ...

    async def heads(self, keys: Sequence[str]) -> dict[str, dict[str, HeadEntry]]:
        """Return the heads kept under record keys."""
        ...

    async def held(self, streams: Sequence[str]) -> list[StoredRecord]:
        """Return what is held of these streams."""
        ...

    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        """Write everything or nothing. Raises MissedError, WriteRefusedError."""
        ...


class Members(Protocol):
    """The workers of a projection and the leases that they share; `MongoMembers` is the real one."""

    def lease(self, number: int, owner: str) -> Lease:
        """Return the lease of a partition number."""
        ...

    async def beat(self, owner: str, ends: Mapping[Partition, int], age_s: float) -> None:
        """Tell that the owner is alive and, if any are given, which ends it saw `age_s` seconds ago."""
        ...

    async def renew(self, leases: Sequence[Lease]) -> None:
        """Hold the leases for another while; what was lost is not `held` any more."""
        ...

    async def alive(self) -> list[str]:
        """Return the owners that gave a sign of life, in order."""
        ...

    async def taken(self, leases: Iterable[Lease]) -> set[str]:
        """Return the names of those leases that somebody holds."""
        ...

    async def leave(self, owner: str) -> None:
        """Tell that the owner has gone."""
        ...


class Numbers(Protocol):
    """Which partition numbers a worker owns; `Ownership` is the real one."""

    changed: bool
    """Whether `settle` has something to do: the worker then stops between two transactions and calls it."""

    async def settle(self) -> Mapping[int, Lease]:
        """Give away what is to be left, and return what is ours now."""
        ...

    async def keep(self) -> None:
        """Stay alive and aim at a fair share, until cancelled."""
        ...

    async def leave(self) -> None:
        """Give everything away."""
        ...

    def saw_ends(self, ends: Mapping[Partition, int]) -> None:
        """Hear where the partitions end."""
        ...
