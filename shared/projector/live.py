"""Which edition of each read model a process reads: it follows the alias within seconds."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog

from shared.mongo import AliasedDatabase, Client, Database, DatabaseError
from shared.projector.definition import Projection
from shared.projector.editions import edition_name, edition_of, editions_of

LOOK_S: Final = 3.0
STALE_S: Final = 30.0
"""Well below the time after a flip within which nothing is dropped."""

log = structlog.get_logger()


class LiveUnknownError(DatabaseError):
    """The database has not said for too long which edition is live: reading might show one that is gone."""


class Switch:
    """One projection's way from one edition to the next, in two looks.

    Between them whoever waits for a receipt waits for both editions. So an answer that was waited for on either is
    on the one that is read afterwards.
    """

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.reading = 1
        self._coming: int | None = None

    def look(self, shown: int, *, first: bool) -> bool:
        """Hear which edition is to be read; True when this look was the one that switched to it."""
        if shown == self.reading:
            self._coming = None
            return False
        if first or shown == self._coming:
            self.reading, self._coming = shown, None
            return True
        self._coming = shown
        return False

    def awaited(self) -> tuple[Projection, ...]:
        """Return the editions that a receipt must have reached."""
        numbers = (self.reading,) if self._coming is None else (self.reading, self._coming)
        return tuple(edition_of(self.projection, number) for number in numbers)


class Live:
    """The editions that one process reads of one service's projections. Used from one event loop."""

    def __init__(
        self, database: Database, projections: Sequence[Projection], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._clock = clock
        self._switches = {projection.name: Switch(projection) for projection in projections}
        self._switch_of = {
            view.collection: self._switches[projection.name] for projection in projections for view in projection.views
        }
        self._looked_at: float | None = None

    async def look(self) -> None:
        """Ask the database once. Raises the driver's errors."""
        asked_at = self._clock()
        found = await editions_of(self._database, self._switches)
        for name, switch in self._switches.items():
            shown = found[name].shown(switch.projection.version)
            if switch.look(shown, first=self._looked_at is None):
                log.info("edition_switched", projection=name, edition=shown)
        self._looked_at = asked_at

    async def keep(self) -> None:
        """Ask again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except DatabaseError as error:
                log.warning("editions_unknown", error=type(error).__name__)

    def collection(self, name: str) -> str:
        """Return the collection that a view's collection is read from now. Raises LiveUnknownError."""
        switch = self._switch_of.get(name)
        return name if switch is None else edition_name(name, self._known(switch).reading)

    def projection(self, name: str) -> str:
        """Return the edition that is read of a projection. Raises LiveUnknownError."""
        switch = self._switches.get(name)
        return name if switch is None else edition_name(name, self._known(switch).reading)

    def awaited(self, projection: Projection) -> tuple[Projection, ...]:
        """Return the editions that a receipt must have reached. Raises LiveUnknownError."""
        return self._known(self._switches[projection.name]).awaited()

    def _known(self, switch: Switch) -> Switch:
        if self._looked_at is None or self._clock() - self._looked_at > STALE_S:
            raise LiveUnknownError("which edition of the read models is live is not known")
        return switch


class ReadDatabase(AliasedDatabase):
    """A service's database as its queries see it: read models by the names that their views have, whatever is live."""

    def __init__(self, client: Client, name: str, live: Live) -> None:
        super().__init__(client, name, live.collection)
        self.live = live


def read_edition(database: Database, projection: str) -> str:
    """Return the edition of a projection that is read through `database`. Raises LiveUnknownError."""
    return database.live.projection(projection) if isinstance(database, ReadDatabase) else projection


@asynccontextmanager
async def following(client: Client, name: str, projections: Sequence[Projection]) -> AsyncIterator[ReadDatabase]:
    """Return the database `name` for queries, which follow the alias for the length of the block."""
    live = Live(client[name], projections)
    with contextlib.suppress(DatabaseError):  # it is asked again in a moment
        await live.look()
    keeping = asyncio.create_task(live.keep())
    try:
        yield ReadDatabase(client, name, live)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
