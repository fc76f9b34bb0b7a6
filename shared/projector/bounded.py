"""A feed that ends: of each partition it hands out what lies before a given offset, and nothing after."""

from collections.abc import Iterable, Mapping

from shared.projector.changes import Partition
from shared.projector.decoding import Raw
from shared.projector.ports import Feed


class BoundedFeed:
    """Another feed up to `until`; partitions that are not named there are not read at all."""

    def __init__(self, feed: Feed, until: Mapping[Partition, int]) -> None:
        self._feed = feed
        self._until = until

    async def cluster_id(self) -> str:
        """Ask the feed."""
        return await self._feed.cluster_id()

    async def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Ask the feed: what lies behind the bound is there all the same."""
        return await self._feed.ends(partitions)

    def assign(self, positions: Mapping[Partition, int]) -> None:
        """Read those of the partitions that are not at their bound yet."""
        self._feed.assign({part: at for part, at in positions.items() if at < self._until.get(part, 0)})

    async def poll(self, *, records_max: int, timeout_ms: int) -> list[Raw]:
        """Return what is there before the bounds. What comes after is passed over, and fetched again by nobody."""
        records = await self._feed.poll(records_max=records_max, timeout_ms=timeout_ms)
        return [
            record
            for record in records
            if record.offset < self._until.get(Partition(record.topic, record.partition), 0)
        ]

    async def commit_for_lag_tools(self, positions: Mapping[Partition, int]) -> bool:
        """Tell nobody: an edition in the making is not what lag tools are to show."""
        return bool(positions)
