"""Parts of the engine with one guarantee broken on purpose, for the simulation and for the trials on real parts."""

import asyncio

from typing_extensions import override

from shared.projector.changes import Changes
from shared.projector.decoding import Incoming
from shared.projector.folding import Fold
from shared.projector.needs import Needs
from shared.projector.worker import Facts, Worker
from shared.relay.ports import Batch
from shared.relay.relay import Relay


class UnsequencedFold(Fold):
    """Folds every record as if it were the next of its stream."""

    @override
    def _take(self, fact: Incoming) -> None:
        self._advance(fact, self._heads.get(fact.recorded.stream) or self._find_head(fact))


class UnsequencedWorker(Worker):
    """Folds with `UnsequencedFold`."""

    @override
    async def _fold(self, facts: Facts, needs: Needs, refused: Incoming | None = None) -> Changes:
        return UnsequencedFold(self._projection, needs, self._exceptions).run()


class HastyRelay(Relay):
    """Keeps the token of a batch when it has been handed over, before the broker has acknowledged it."""

    _handed_over: asyncio.Task[None] | None = None

    @override
    async def _publish(self, batch: Batch) -> None:
        await super()._publish(Batch((), batch.token))
        await self._save()
        self._handed_over = asyncio.create_task(self._send(batch, after=self._handed_over))

    async def _send(self, batch: Batch, *, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await after
        await super()._publish(Batch(batch.events, None))
