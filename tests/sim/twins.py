"""Spoiled twins: the engine with one guarantee broken on purpose, which the checks must find."""

from collections import deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from typing_extensions import override

from shared.eventlog.documents import CommitDocument
from shared.eventlog.group_commit import Append, GroupCommit
from shared.eventlog.log import StoredEventLog
from shared.eventlog.plans import Plan
from shared.eventlog.port import CommandContext, Receipt
from shared.eventlog.settings import LogSettings
from shared.eventlog.store import CommitStore, FailedClaim, Outcome, StoreUnavailableError
from shared.eventlog.streams import Stream
from shared.eventlog.turns import Turn
from shared.projector.changes import Advance, Changes, Loaded, Partition
from shared.projector.commit import MissedError
from shared.projector.worker import Worker
from tests.sim.log_ports import SimCommitStore
from tests.sim.parts import Parts
from tests.sim.read_ports import SimStore
from tests.spoiled import HastyRelay, UnsequencedWorker


class UncomparedStore(SimStore):
    """Writes without comparing anything: a zombie's late write is taken."""

    @override
    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        await self._write(lambda: self._server.write(advances, changes))


class ClaimlessStore(SimStore):
    """Compares positions, and not who claimed them: one topic's zombie writes what another topic's successor wrote."""

    @override
    async def apply(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        def write() -> None:
            if any(self._server.checkpoints[place].next != advance.expected for place, advance in advances.items()):
                raise MissedError
            self._server.write(advances, changes)

        await self._write(write)


class RememberingWorker(Worker):
    """Keeps its cache when it takes over: what others wrote meanwhile is not read."""

    @override
    async def _claim(self) -> Loaded:
        kept = self._cache._documents.copy(), self._cache._document_bytes
        loaded = await super()._claim()
        self._cache._documents, self._cache._document_bytes = kept
        return loaded


class CrowdedCommit(GroupCommit):
    """Puts several appends of one stream into one unordered batch."""

    @override
    def _take(self, line: deque[Append]) -> list[Append]:
        return [line.popleft() for _ in range(len(line))]


class HastyLog(StoredEventLog):
    """Decides on what it has not written yet, and so has several appends of one stream under way at once."""

    def __init__(self, store: CommitStore, *, claims_key: bytes, settings: LogSettings) -> None:
        super().__init__(store, claims_key=claims_key, settings=settings)
        self._group_commit = CrowdedCommit(store, settings)

    @override
    async def _write(self, plan: Plan, turn: Turn) -> Outcome | FailedClaim:
        for stream, state in plan.folded:
            self._recent.put(stream, state)
        turn.leave()
        turn._streams.clear()
        return await super()._write(plan, turn)


class ForgetfulLog(StoredEventLog):
    """Never looks an idempotency key up."""

    @override
    async def _earlier(self, streams: Sequence[Stream[Any]], context: CommandContext) -> Receipt | None:
        return None


class KeylessStore(SimCommitStore):
    """Stores commits without their idempotency keys, as if the index were missing."""

    @override
    async def insert(self, commits: Sequence[CommitDocument]) -> Sequence[Outcome | Exception]:
        for commit in commits:
            commit.pop("idempotency", None)
        return await super().insert(commits)


class PrimaryStore(SimCommitStore):
    """Takes the primary's word for a majority's."""

    @override
    async def insert(self, commits: Sequence[CommitDocument]) -> Sequence[Outcome | Exception]:
        return await self._net.ask(
            self._server, lambda: self._server.insert_on_primary(commits)[0], StoreUnavailableError
        )


class DoubtlessCommit(GroupCommit):
    """Takes a position that is held after a lost answer for another's, though it may be its own."""

    @override
    async def _tell_own_from_others(self, doubtful: Sequence[tuple[Append, Outcome]]) -> None:
        for append, outcome in doubtful:
            append.settle(outcome)


class DoubtlessLog(StoredEventLog):
    """Appends through `DoubtlessCommit`."""

    def __init__(self, store: CommitStore, *, claims_key: bytes, settings: LogSettings) -> None:
        super().__init__(store, claims_key=claims_key, settings=settings)
        self._group_commit = DoubtlessCommit(store, settings)


TWINS: Final = MappingProxyType(
    {
        "compare-and-set off": Parts(store=UncomparedStore),
        "claim not compared": Parts(store=ClaimlessStore),
        "sequence check off": Parts(worker=UnsequencedWorker),
        "cache kept at takeover": Parts(worker=RememberingWorker),
        "token kept before the ack": Parts(relay=HastyRelay),
        "two appends of a stream in a batch": Parts(log=HastyLog),
        "idempotency lookup missing": Parts(log=ForgetfulLog),
        "idempotency index missing": Parts(commit_store=KeylessStore),
        "no majority awaited": Parts(commit_store=PrimaryStore),
        "own commit taken for another's": Parts(log=DoubtlessLog),
    }
)
