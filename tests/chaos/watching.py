"""What is looked at all the time while things break: no checkpoint of a projection ever goes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from deploy.services import SERVICES
from shared.mongo import Client, DatabaseError, find_all
from shared.projector.collections import CHECKPOINTS

_EVERY_S: Final = 0.25
_LINEARIZABLE: Final = MappingProxyType({"level": "linearizable"})
_FIELDS: Final = {"next": 1}


@dataclass(slots=True)
class CheckpointWatch:
    """Looks at every checkpoint of a namespace, several times a second. `went_back` says which one did."""

    client: Client
    namespace: str
    went_back: list[str] = field(default_factory=list)
    looks: int = 0
    _next: dict[str, int] = field(default_factory=dict)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Look until cancelled; while there is no primary there is nothing to see."""
        while True:
            async with self._looking:
                for service in SERVICES:
                    await self._look(service)
            await asyncio.sleep(_EVERY_S)

    @asynccontextmanager
    async def restoring(self, projection: str) -> AsyncIterator[None]:
        """Let the checkpoints of one projection be put back for the length of the block."""
        async with self._looking:
            yield
            self._next = {name: at for name, at in self._next.items() if not name.startswith(f"{projection}/")}

    async def _look(self, service: str) -> None:
        try:
            found = await find_all(
                self.client[f"{self.namespace}_{service}"], CHECKPOINTS, {}, options={"projection": _FIELDS}
            )
        except DatabaseError:
            return
        self.looks += 1
        for document in found:
            name, position = str(document["_id"]), int(document["next"])
            before = self._next.get(name, 0)
            if position < before:
                await self._look_again(service, name, before)
            else:
                self._next[name] = position

    async def _look_again(self, service: str, name: str, before: int) -> None:
        """Ask the primary that has a majority behind it: one that was deposed and does not know it shows what was."""
        try:
            found = await find_all(
                self.client[f"{self.namespace}_{service}"], CHECKPOINTS, {"_id": name}, read_concern=_LINEARIZABLE
            )
        except DatabaseError:
            return  # the next look tells
        position = int(found[0]["next"]) if found else 0
        if position < before:
            self.went_back.append(f"{name} from {before} to {position}")
        self._next[name] = position


@asynccontextmanager
async def watching(watch: CheckpointWatch) -> AsyncIterator[CheckpointWatch]:
    """Look for the length of the block."""
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
