"""Building an edition of a projection beside the live one, from the topics, and comparing the two."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shared.brokers import Address
from shared.kernel.ids import new_id
from shared.messaging import end_offsets
from shared.mongo import MAJORITY, Client, Database
from shared.projector.changes import Partition
from shared.projector.collections import PROJECTIONS
from shared.projector.definition import Projection
from shared.projector.editions import (
    Edition,
    Editions,
    begin_edition,
    edition_name,
    edition_of,
    editions_of,
    hand_over,
)
from shared.projector.instants import ReadConcern, checkpoints_at, instant
from shared.projector.rebuild_comparing import Comparison, Shelf, compare
from shared.projector.run import run_projector

COMPARED_WITHIN_S: Final = 60.0
"""So old may the instant be at which the live edition is compared: the server remembers it for five minutes."""
_ROUNDS_MAX: Final = 10
_LOOK_S: Final = 0.2

OnProgress = Callable[[int, int], None]
"""Called with the number of facts that are folded, and of those that are to be."""


class RebuildError(RuntimeError):
    """The edition cannot be built to the end. Its text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Built:
    """A built edition. `declared`: it has another version or other topics than the live one, so it may differ."""

    edition: int
    live: int
    facts: int
    declared: bool
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """Builds one projection of one service. `reads` gives the Kafka topic of each publisher that it follows now."""

    client: Client
    database: Database
    projection: Projection
    reads: Mapping[str, str]
    bootstrap_servers: Address

    async def run(self, on_progress: OnProgress, *, clock: Callable[[], float] = time.monotonic) -> Built:
        """Fold a new edition to where the live one is, compare the two, and hand it over to the workers.

        The live edition moves on meanwhile. So it is looked at as it was at one instant: its checkpoints then are
        where the new edition stops, partition by partition, and its documents then are what the new ones are compared
        with. When folding took so long that the instant may be forgotten, the next round begins at a later one, with
        less to fold. Raises RebuildError, BrokerUnavailable, the driver's errors; then what is built so far is kept,
        and the next run goes on with it.
        """
        edition = await begin_edition(self.database, self.projection, self.reads)
        for _ in range(_ROUNDS_MAX):
            began_at = clock()
            at = await instant(self.database)
            editions = (await editions_of(self.database, [self.projection.name]))[self.projection.name]
            until = await self._until(edition_name(self.projection.name, editions.live), at)
            await self._fold(edition_of(self.projection, edition.number), until, on_progress)
            if clock() - began_at < COMPARED_WITHIN_S:
                return await self._compare(edition, editions, until, at)
        raise RebuildError("the live edition moves on faster than a new one can be built: try when less is written")

    async def _until(self, live: str, at: ReadConcern) -> dict[Partition, int]:
        """Return where each partition is to be read to: where the live edition was, or all that there is."""
        live_at = await checkpoints_at(self.database, live, at)
        topics = {partition.topic for partition in live_at}
        ends = await end_offsets(self.bootstrap_servers, self.reads.values())
        return {
            Partition(*partition): live_at.get(Partition(*partition), 0) if partition.topic in topics else end
            for partition, end in ends.items()
        }

    async def _fold(self, green: Projection, until: Mapping[Partition, int], on_progress: OnProgress) -> None:
        """Run a worker in this process until every checkpoint is at its bound."""
        stop = asyncio.Event()
        working = asyncio.create_task(
            run_projector(
                client=self.client,
                database=self.database,
                projection=green,
                topics=self.reads,
                bootstrap_servers=self.bootstrap_servers,
                owner=new_id(),
                stop=stop,
                until=until,
            )
        )
        try:
            while await self._left(green.name, until, on_progress):
                if working.done():
                    working.result()
                    raise RebuildError("the worker ended by itself")
                await asyncio.wait([working], timeout=_LOOK_S)
        finally:
            stop.set()
            await asyncio.gather(working, return_exceptions=True)

    async def _left(self, name: str, until: Mapping[Partition, int], on_progress: OnProgress) -> int:
        """Return how many facts are to be folded still."""
        found = await checkpoints_at(self.database, name)
        beyond = [partition for partition, position in found.items() if position > until.get(partition, 0)]
        if beyond:
            raise RebuildError(
                f"{name} is further than the live edition in {len(beyond)} partitions: the live one began anew. "
                "Drop what is built, and rebuild"
            )
        left = sum(position - found.get(partition, 0) for partition, position in until.items())
        total = sum(until.values())
        on_progress(total - left, total)
        return left

    async def _compare(
        self, edition: Edition, editions: Editions, until: Mapping[Partition, int], at: ReadConcern
    ) -> Built:
        live = editions.find(editions.live)
        if live is None:
            raise RebuildError(f"{self.projection.name} has no live edition to compare with: run init first")
        green = edition_of(self.projection, edition.number)
        live_name = edition_name(self.projection.name, live.number)
        old = Shelf(live_name, await self._collections(live_name), at)
        new = Shelf(green.name, [view.collection for view in green.views], MAJORITY)
        comparison = await compare(self.database, old, new)
        declared = live.version != edition.version or dict(live.reads) != dict(edition.reads)
        differences = {} if declared else comparison.differences()
        await hand_over(self.database, self.projection.name, edition.number, differences)
        return Built(edition.number, live.number, sum(until.values()), declared, comparison)

    async def _collections(self, name: str) -> list[str]:
        found = await self.database[PROJECTIONS].find_one({"_id": name}) or {}
        return list(found.get("collections", ()))
