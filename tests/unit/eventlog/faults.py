"""A store with faults: answers lost, writes that never happened, answers that are late, rivals in between."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto

from shared.eventlog.documents import CommitDocument
from shared.eventlog.store import (
    CommitStore,
    FailedClaim,
    JointCommit,
    Outcome,
    SavedState,
    StoreUnavailableError,
)

WAIT_S_MAX = 5.0
"""How long a test waits for what ought to be answered at once."""


class Fault(Enum):
    """What happens to the next write."""

    ANSWER_LOST = auto()
    """It takes place, but the answer does not arrive."""
    NOT_WRITTEN = auto()
    """It does not take place, and no answer arrives."""
    TAKEN = auto()
    """Somebody else is always first."""
    BUG = auto()
    """The store breaks in a way that nobody foresaw."""


class FaultyStore:
    """Passes everything on to another store, with the faults that a test asks for, and notes what was asked."""

    def __init__(self, inner: CommitStore) -> None:
        self.inner = inner
        self.faults: deque[Fault] = deque()
        self.writing = asyncio.Event()
        self.write_gate = asyncio.Event()
        self.write_gate.set()
        self.reading = asyncio.Event()
        self.read_gate = asyncio.Event()
        self.read_gate.set()
        self.before_write: deque[Callable[[], Awaitable[object]]] = deque()
        self.batches: list[list[str]] = []
        self.unstorable: set[str] = set()
        self.joints = 0
        self.ranges = 0

    def heal(self) -> None:
        """Let everything through from now on."""
        self.faults.clear()
        self.write_gate.set()
        self.read_gate.set()

    async def insert(self, commits: Sequence[CommitDocument]) -> Sequence[Outcome | Exception]:
        self.batches.append([commit["stream"] for commit in commits])
        fault = await self._write_begins()
        if fault is Fault.TAKEN:
            return [Outcome.POSITION_TAKEN] * len(commits)
        outcomes = await self.inner.insert(commits)
        self._write_ends(fault)
        return [
            ValueError(commit["stream"]) if commit["stream"] in self.unstorable else outcome
            for outcome, commit in zip(outcomes, commits, strict=True)
        ]

    async def insert_together(self, joint: JointCommit) -> Outcome | FailedClaim:
        self.joints += 1
        fault = await self._write_begins()
        outcome = await self.inner.insert_together(joint)
        self._write_ends(fault)
        return outcome

    async def commits_at(self, ids: Sequence[str]) -> list[CommitDocument]:
        found = await self.inner.commits_at(ids)
        self.reading.set()
        await self.read_gate.wait()
        return found

    async def commits_from(self, positions: Sequence[tuple[str, int]]) -> list[CommitDocument]:
        self.ranges += 1
        return await self.inner.commits_from(positions)

    async def commit_of_key(self, tenant: str, client: str, key: str) -> CommitDocument | None:
        return await self.inner.commit_of_key(tenant, client, key)

    async def claimant(self, claim_id: str) -> str | None:
        return await self.inner.claimant(claim_id)

    async def states(self, streams: Sequence[str]) -> list[SavedState]:
        return await self.inner.states(streams)

    async def save_states(self, states: Sequence[SavedState]) -> None:
        await self.inner.save_states(states)

    async def _write_begins(self) -> Fault | None:
        self.writing.set()
        await self.write_gate.wait()
        if self.before_write:
            await self.before_write.popleft()()
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.NOT_WRITTEN:
            raise StoreUnavailableError
        if fault is Fault.BUG:
            raise ZeroDivisionError
        return fault

    def _write_ends(self, fault: Fault | None) -> None:
        if fault is Fault.ANSWER_LOST:
            raise StoreUnavailableError


async def everybody_waits() -> None:
    """Let every task run until it waits for something outside of the event loop's own queue."""
    for _ in range(20):
        await asyncio.sleep(0)
