"""Who folds which partition numbers: leases shared out fairly among the live workers of a projection."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from shared.lease import Lease
from shared.messaging import PARTITIONS
from shared.mongo import DatabaseError
from shared.projector.changes import Partition
from shared.projector.ports import Members

TICK_S: Final = 0.5  # a planned release is taken up within a second
RENEW_S: Final = 2.0

log = structlog.get_logger()


def fair_share(rank: int, workers: int, numbers: int = PARTITIONS) -> int:
    """Return how many of the numbers the worker of this rank (from 0) should own."""
    return numbers // workers + (1 if rank < numbers % workers else 0)


class Ownership:
    """The partition numbers of one worker, out of those that all workers of a projection share.

    `keep` runs beside the worker and takes nothing from under its hands: it marks what is to be left, and `settle`,
    called by the worker between transactions, leaves it.
    """

    def __init__(
        self,
        members: Members,
        projection: str,
        owner: str,
        *,
        numbers: int = PARTITIONS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._members = members
        self._projection = projection
        self._owner = owner
        self._clock = clock
        self._leases = {number: members.lease(number, owner) for number in range(numbers)}
        self._mine: dict[int, Lease] = {}
        self._leaving: set[int] = set()
        self._renewed_at = float("-inf")
        self._ends: Mapping[Partition, int] = {}
        self._looked_at = float("-inf")
        self.changed = False

    async def keep(self) -> None:
        """Stay alive, keep what is ours, aim at a fair share. Runs until cancelled."""
        while True:
            try:
                await self.tick()
            except DatabaseError as error:
                log.warning("ownership_unknown", projection=self._projection, error=type(error).__name__)
                self._forget_expired()
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Do once what `keep` does all the time. Raises the driver's errors."""
        if self._clock() - self._renewed_at >= RENEW_S:
            asked_at = self._clock()
            await self._beat()
            await self._members.renew(list(self._mine.values()))
            self._renewed_at = asked_at
        self._forget_expired()
        alive = await self._members.alive()
        if self._owner not in alive:
            return
        rank = alive.index(self._owner)
        aim = fair_share(rank, len(alive), len(self._leases))
        surplus = len(self._mine) - len(self._leaving) - aim
        if surplus > 0:
            self._leaving.update(sorted(self._mine.keys() - self._leaving)[-surplus:])
            self.changed = True
        elif surplus < 0 and not self._leaving:
            await self._take_up(-surplus, rank * len(self._leases) // len(alive))

    async def settle(self) -> Mapping[int, Lease]:
        """Give away what is to be left, and return what is ours now. The worker must be using nothing of it."""
        self.changed = False
        for number in sorted(self._leaving):
            lease = self._mine.pop(number, None)
            self._leaving.discard(number)
            if lease is not None:
                await lease.release()
        return dict(self._mine)

    async def leave(self) -> None:
        """Give everything away at once: a planned stop."""
        self._leaving = set(self._mine)
        await self.settle()
        await self._members.leave(self._owner)

    def saw_ends(self, ends: Mapping[Partition, int]) -> None:
        """Remember the partitions' ends, to be told with the next sign of life: freshness is counted from them."""
        self._ends = dict(ends)
        self._looked_at = self._clock()

    async def _beat(self) -> None:
        ends, self._ends = self._ends, {}
        await self._members.beat(self._owner, ends, self._clock() - self._looked_at if ends else 0.0)

    def _forget_expired(self) -> None:
        for number in [number for number, lease in self._mine.items() if not lease.held]:
            del self._mine[number]
            self._leaving.discard(number)
            self.changed = True

    async def _take_up(self, count: int, first: int) -> None:
        """Acquire up to `count` free numbers, beginning where no other worker begins."""
        taken = await self._members.taken(self._leases.values())
        order = sorted(self._leases, key=lambda number: (number - first) % len(self._leases))
        for number in order:
            lease = self._leases[number]
            if count and lease.name not in taken and await lease.acquire():
                self._mine[number] = lease
                self.changed = True
                count -= 1
