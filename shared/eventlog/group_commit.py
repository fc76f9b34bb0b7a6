"""Group commit: appends that arrive while a write is in flight go together, and each gets its own true outcome."""

import asyncio
from collections import deque
from collections.abc import Sequence
from time import perf_counter

from shared.eventlog import metrics
from shared.eventlog.documents import CommitDocument
from shared.eventlog.gathering import Gathering, Waiting
from shared.eventlog.pauses import Pauses
from shared.eventlog.refusals import LogUnavailable, OutcomeUnknown
from shared.eventlog.settings import LogSettings
from shared.eventlog.store import CommitStore, Outcome, StoreUnavailableError

Append = Waiting[CommitDocument, Outcome]


class GroupCommit:
    """Appends commits in batches: unordered, one write in flight, at most one commit per stream in a batch."""

    def __init__(self, store: CommitStore, settings: LogSettings) -> None:
        self._store = store
        self._settings = settings
        self._gathering: Gathering[CommitDocument, Outcome] = Gathering(
            self._take, self._send, wait_s_max=settings.outcome_s_max, waiting_max=settings.waiting_max
        )

    def append(self, commit: CommitDocument) -> "asyncio.Future[Outcome]":
        """Put `commit` in line; await the future shielded.

        It raises OutcomeUnknown when no definite answer came in time, LogUnavailable when it was never sent, and
        whatever says that this commit can never be stored.
        """
        return self._gathering.ask(commit)

    async def drained(self) -> None:
        """Wait until nothing is in line or in flight."""
        await self._gathering.drained()

    def _take(self, line: deque[Append]) -> list[Append]:
        batch: list[Append] = []
        later: list[Append] = []
        streams: set[str] = set()
        size = 0
        while line and len(batch) < self._settings.batch_commits_max and size < self._settings.batch_bytes_max:
            append = line.popleft()
            stream = append.item["stream"]
            if stream in streams:
                later.append(append)
            else:
                streams.add(stream)
                size += sum(len(entry["data"]) for entry in append.item["events"])
                batch.append(append)
        line.extendleft(reversed(later))
        return batch

    async def _send(self, batch: list[Append]) -> None:
        pauses = Pauses(self._settings)
        waiting = _unexpired(batch)
        while waiting:
            try:
                await self._insert(waiting)
            except StoreUnavailableError:
                metrics.RETRIES.labels("commit").inc()
                for append in waiting:
                    append.doubtful = True
            waiting = _unexpired([append for append in waiting if not append.answer.done()])
            if waiting:
                await pauses.pause()

    async def _insert(self, waiting: list[Append]) -> None:
        started = perf_counter()
        outcomes = await self._store.insert([append.item for append in waiting])
        metrics.BATCH_SECONDS.observe(perf_counter() - started)
        metrics.BATCH_COMMITS.observe(len(waiting))
        doubtful: list[tuple[Append, Outcome]] = []
        for append, outcome in zip(waiting, outcomes, strict=True):
            if isinstance(outcome, Exception):
                append.fail(outcome)
            elif append.doubtful and outcome is not Outcome.WRITTEN:
                doubtful.append((append, outcome))
            else:
                append.settle(outcome)
        if doubtful:
            await self._tell_own_from_others(doubtful)

    async def _tell_own_from_others(self, doubtful: Sequence[tuple[Append, Outcome]]) -> None:
        """Answer those that were sent before: a duplicate that carries our `commit_id`, at majority, is success."""
        found = await self._store.commits_at([append.item["_id"] for append, _ in doubtful])
        holders = {commit["_id"]: commit["commit_id"] for commit in found}
        for append, outcome in doubtful:
            holder = holders.get(append.item["_id"])
            if holder == append.item["commit_id"]:
                append.settle(Outcome.WRITTEN)
            elif holder is not None:
                append.settle(Outcome.POSITION_TAKEN)
            elif outcome is Outcome.KEY_USED:
                append.settle(Outcome.KEY_USED)
            # else: what holds the position is not on a majority yet; it is asked again


def _unexpired(batch: list[Append]) -> list[Append]:
    """Answer those whose time is up, by whether they were ever sent, and return the others."""
    now = asyncio.get_running_loop().time()
    left: list[Append] = []
    for append in batch:
        if now < append.expires_at:
            left.append(append)
        elif append.doubtful:
            metrics.OUTCOMES_UNKNOWN.inc()
            append.fail(OutcomeUnknown())
        else:
            append.fail(LogUnavailable())
    return left
