"""Pauses between tries: growing, spread by chance, bounded."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.eventlog import metrics
from shared.eventlog.refusals import LogUnavailable
from shared.eventlog.settings import LogSettings
from shared.eventlog.store import StoreUnavailableError

T = TypeVar("T")


class Pauses:
    """The pauses of one series of tries."""

    def __init__(self, settings: LogSettings) -> None:
        self._next_s = settings.pause_s_first
        self._max_s = settings.pause_s_max

    async def pause(self) -> None:
        """Wait half to one and a half times a length that doubles up to its limit."""
        await asyncio.sleep(self._next_s * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries, guards no secret
        self._next_s = min(self._next_s * 2, self._max_s)


async def answered(ask: Callable[[], Awaitable[T]], operation: str, settings: LogSettings) -> T:
    """Ask a question without effect until the store answers. Raises LogUnavailable after `outcome_s_max`."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + settings.outcome_s_max
    pauses = Pauses(settings)
    while True:
        try:
            return await ask()
        except StoreUnavailableError:
            metrics.RETRIES.labels(operation).inc()
            if loop.time() >= give_up_at:
                raise LogUnavailable from None
        await pauses.pause()
