"""The parked rows and the requests about them in a service's database, as the owning worker reads them."""

from collections.abc import Collection
from itertools import accumulate
from typing import Final

from shared.mongo import Database, Document, find_all
from shared.projector.collections import PARKED, REQUESTS, place_id
from shared.projector.replay_requests import Action, Request

ASKED_MAX: Final = 100
_LAST_POSITION: Final = 10**18 - 1


class MongoShelf:
    """What is parked in one edition of a projection."""

    def __init__(self, database: Database, projection: str) -> None:
        self._database = database
        self._projection = projection

    async def asked(self, numbers: Collection[int]) -> list[Request]:
        """Return open requests for these partition numbers, oldest first."""
        where = {"projection": self._projection, "done_at": None, "partition": {"$in": list(numbers)}}
        found = await find_all(self._database, REQUESTS, where, options={"sort": {"_id": 1}, "limit": ASKED_MAX})
        return [
            Request(
                asked["_id"],
                Action(asked["action"]),
                asked["partition"],
                asked.get("stream", ""),
                asked.get("record", ""),
            )
            for asked in found
        ]

    async def of_unknown_version(self, numbers: Collection[int], types: Collection[str]) -> list[tuple[str, int]]:
        """Return the streams (with their partition number) parked by a fact of one of these types, then unknown."""
        where = {
            "projection": self._projection,
            "partition": {"$in": list(numbers)},
            "reason": "unknown-version",
            "type": {"$in": list(types)},
        }
        found = await find_all(self._database, PARKED, where, options={"projection": {"stream": 1, "partition": 1}})
        return [(row["stream"], row["partition"]) for row in found]

    async def rows(self, stream: str, *, facts_max: int, bytes_max: int) -> tuple[list[Document], bool]:
        """Return the first parked rows of a stream by position, within the bounds, and whether there are more.

        Sizes are looked at first: a thousand facts can be a quarter of a gigabyte.
        """
        size = {"$binarySize": {"$ifNull": ["$value", ""]}}
        options = {"sort": {"_id": 1}, "limit": facts_max + 1, "projection": {"size": size}}
        sizes = await find_all(self._database, PARKED, self._of(stream), options=options)
        total = accumulate(int(found["size"]) for found in sizes)
        chosen = [
            found["_id"]
            for number, (found, size_so_far) in enumerate(zip(sizes, total, strict=True))
            if number < facts_max and (number == 0 or size_so_far <= bytes_max)
        ]
        rows = await find_all(self._database, PARKED, {"_id": {"$in": chosen}}, options={"sort": {"_id": 1}})
        return rows, len(sizes) > len(chosen)

    async def row(self, identifier: str) -> Document | None:
        """Return one parked row of this projection."""
        found = await find_all(self._database, PARKED, {"_id": identifier, "projection": self._projection})
        return found[0] if found else None

    async def count(self, stream: str, *, reason: str | None = None, limit: int) -> int:
        """Return how many rows (with this reason) are parked of a stream, counting to `limit`."""
        where = {**self._of(stream), **({} if reason is None else {"reason": reason})}
        return await self._database[PARKED].count_documents(where, limit=limit)

    def _of(self, stream: str) -> Document:
        """Return the condition of a stream's rows, in whose ids the position is last: read in order by `_id`."""
        first, last = (place_id(self._projection, stream, position) for position in (0, _LAST_POSITION))
        return {"_id": {"$gte": first, "$lte": last}, "stream": stream}
