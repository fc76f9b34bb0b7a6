"""One run: clients at work while things break, then healing, then every question that was left open, then evidence."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import httpx2

from shared.messaging import BrokerUnavailable
from shared.mongo import DatabaseError
from tests.chaos.client import Clients
from tests.chaos.evidence import Evidence
from tests.chaos.faults import Healed
from tests.chaos.journal import Journal, read_journal
from tests.chaos.load import Load
from tests.chaos.system import ChaosSystem, answers

_UP_S_MAX: Final = 60.0
_LOOK_EVERY_S: Final = 0.5
_STOP_S_MAX: Final = 45.0


class NotHealedError(AssertionError):
    """The system did not come back within its bound."""


@dataclass(slots=True)
class Run:
    """A run on a system: its clients and where their journal is."""

    system: ChaosSystem
    clients: Clients
    journal: Path
    retried: int = 0
    caught_up_s: float = 0.0
    """Seconds from the end of the load until every read model had every fact."""
    lacking: Sequence[str] = field(default=())
    healed: Sequence[Healed] = field(default=())
    restored: Sequence[tuple[float, float]] = field(default=())
    bugged: bool = False

    async def heal(self, *, lag_s_max: float, still_s: float | None = None) -> None:
        """Ask again what was never answered, then wait until every read model has come to the end of every log.

        A read model that does not get there within `lag_s_max`, or has not moved for `still_s`, is left as it is: the
        checker says what is wrong.
        """
        began_s = time.monotonic()
        await self._until_up()
        self.clients.stopping.clear()
        open_questions = read_journal(self.journal).unanswered()
        observer = self.system.observer
        await asyncio.gather(*(self.clients.retry(entry, observer, within_s=lag_s_max) for entry in open_questions))
        self.retried = len(open_questions)
        moved_s = time.monotonic()
        while lacking := await self._lacking():
            moved_s = moved_s if lacking == self.lacking else time.monotonic()
            self.lacking = lacking
            is_still = still_s is not None and time.monotonic() - moved_s > still_s
            if is_still or time.monotonic() - began_s > lag_s_max:
                return
            if self.bugged:
                await self.system.replay_parked()
            await asyncio.sleep(_LOOK_EVERY_S)
        self.lacking = ()
        self.caught_up_s = time.monotonic() - began_s

    async def evidence(self) -> Evidence:
        """Read back the journal and everything that the system holds."""
        found = await self.system.observer.evidence(read_journal(self.journal))
        went_back = tuple(self.system.watch.went_back)
        return replace(
            found, lacking=tuple(self.lacking), went_back=went_back, restored=tuple(self.restored), bugged=self.bugged
        )

    async def _lacking(self) -> Sequence[str]:
        try:
            return await self.system.observer.lacking()
        except (BrokerUnavailable, DatabaseError) as error:  # a part is still on its way back
            return (f"unknown: {error!r:.200}",)

    async def _until_up(self) -> None:
        deadline = time.monotonic() + _UP_S_MAX
        for base_url in self.system.base_urls:
            while not await answers(base_url):
                if time.monotonic() > deadline:
                    raise NotHealedError(f"{base_url} does not serve {_UP_S_MAX:.0f} s after the last fault")
                await asyncio.sleep(_LOOK_EVERY_S)


@asynccontextmanager
async def a_run(system: ChaosSystem, name: str, state_dir: Path, seed: int) -> AsyncIterator[Run]:
    """Provide a run with clients that are logged in."""
    path = state_dir / f"{name}.journal"
    journal = Journal(path)
    limits = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
    try:
        async with httpx2.AsyncClient(limits=limits) as http:
            rng = random.Random(seed)  # noqa: S311 - the same seed gives the same choices
            clients = Clients(http, system.base_urls, system.clients, journal, rng, f"{name}-{seed}")
            await clients.log_in()
            yield Run(system, clients, path)
    finally:
        journal.close()


@asynccontextmanager
async def working(run: Run, *, applicants: int, owners: int, pause_s: float) -> AsyncIterator[Load]:
    """Let clients work for the length of the block; afterwards none of them has a request under way."""
    load = Load(run.clients, pause_s)
    task = asyncio.create_task(load.run(applicants=applicants, owners=owners))
    try:
        yield load
    finally:
        run.clients.stopping.set()
        await asyncio.wait({task}, timeout=_STOP_S_MAX)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled():
            task.result()
