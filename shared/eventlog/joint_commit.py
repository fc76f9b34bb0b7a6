"""Decisions that take a transaction: several streams, or claims. Each is driven to its true outcome."""

import asyncio
from time import perf_counter

from shared.eventlog import metrics
from shared.eventlog.pauses import Pauses
from shared.eventlog.refusals import LogUnavailable, OutcomeUnknown
from shared.eventlog.settings import LogSettings
from shared.eventlog.store import CommitStore, FailedClaim, JointCommit, Outcome, StoreUnavailableError


class JointCommits:
    """Runs joint commits, a few at a time, each in a task of its own that nobody's cancellation stops."""

    def __init__(self, store: CommitStore, settings: LogSettings) -> None:
        self._store = store
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.joint_commits_max)
        self._tasks: set[asyncio.Task[Outcome | FailedClaim]] = set()

    def write(self, joint: JointCommit) -> "asyncio.Task[Outcome | FailedClaim]":
        """Start writing; await the task shielded.

        It raises OutcomeUnknown when no definite answer came in time, LogUnavailable when it was never sent.
        """
        task = asyncio.get_running_loop().create_task(self._write(joint))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drained(self) -> None:
        """Wait until nothing is in flight."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _write(self, joint: JointCommit) -> Outcome | FailedClaim:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._settings.outcome_s_max
        pauses = Pauses(self._settings)
        async with self._slots:
            if loop.time() >= give_up_at:
                raise LogUnavailable
            while True:
                started = perf_counter()
                try:
                    # Given again after a lost answer it finds its own commits, and that is success.
                    outcome = await self._store.insert_together(joint)
                except StoreUnavailableError:
                    metrics.RETRIES.labels("joint").inc()
                else:
                    metrics.JOINT_SECONDS.observe(perf_counter() - started)
                    return outcome
                if loop.time() >= give_up_at:
                    metrics.OUTCOMES_UNKNOWN.inc()
                    raise OutcomeUnknown from None
                await pauses.pause()
