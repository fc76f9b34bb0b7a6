"""A steady pulse on every partition, and the instants at which each was seen to move."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from time import perf_counter
from typing import Final

from shared.kernel.ids import new_id
from shared.messaging import PARTITIONS, BrokerUnavailable, partition_of
from shared.mongo import DatabaseError

BEAT_S: Final = 0.05
_LOOK_S: Final = 0.02
_AWAY: Final = (BrokerUnavailable, DatabaseError)

Send = Callable[[], Awaitable[None]]
"""Sends one fact to every partition; is called again after an outage."""
Look = Callable[[], Awaitable[Mapping[int, int]]]
"""Returns how far each partition is."""


def one_project_per_partition() -> list[str]:
    """Return the ids of projects whose facts go to partition 0, to partition 1, and so on."""
    found: dict[int, str] = {}
    while len(found) < PARTITIONS:
        project = new_id()
        found.setdefault(partition_of(project), project)
    return [found[number] for number in range(PARTITIONS)]


@dataclass
class Pulse:
    """When (by `perf_counter`) each partition was seen to have moved."""

    moves: dict[int, list[float]] = field(default_factory=lambda: {number: [] for number in range(PARTITIONS)})

    def longest_rest_s(self, numbers: Iterable[int], since_s: float, until_s: float) -> float:
        """Return for how long one of these partitions stood still at most, between two moves around that time."""
        return max((rest_s for number in numbers for rest_s in self._rests_s(number, since_s, until_s)), default=0.0)

    def _rests_s(self, number: int, since_s: float, until_s: float) -> Iterable[float]:
        for earlier, later in pairwise(self.moves[number]):
            if later >= since_s and earlier <= until_s:
                yield later - earlier

    def has_moved(self, since_s: float) -> bool:
        """Tell whether every partition has moved since."""
        return all(moves and moves[-1] > since_s for moves in self.moves.values())


@asynccontextmanager
async def beating(send: Send, look: Look) -> AsyncIterator[Pulse]:
    """Send twenty times a second and look fifty times, for the length of the block; outages are waited out."""
    pulse = Pulse()
    tasks = [asyncio.create_task(_beat(send)), asyncio.create_task(_watch(look, pulse))]
    try:
        yield pulse
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _beat(send: Send) -> None:
    while True:
        begun_s = perf_counter()
        try:
            await send()
        except _AWAY:
            continue  # the same facts again, until somebody takes them
        finally:
            await asyncio.sleep(max(0.0, BEAT_S - (perf_counter() - begun_s)))


async def _watch(look: Look, pulse: Pulse) -> None:
    seen: dict[int, int] = {}
    while True:
        try:
            found = await look()
        except _AWAY:
            found = {}
        now_s = perf_counter()
        for number, position in found.items():
            if seen.get(number) != position:
                seen[number] = position
                pulse.moves[number].append(now_s)
        await asyncio.sleep(_LOOK_S)
