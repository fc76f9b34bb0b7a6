"""The log in memory, for unit tests: the same log over a store of dictionaries, proved by the same suite."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from shared.contracts.event import Event
from shared.eventlog.claims import HeldClaim, all_claimed
from shared.eventlog.documents import CommitDocument, PublishedEvent, document_id, published_events
from shared.eventlog.facts import decoded_events
from shared.eventlog.log import StoredEventLog
from shared.eventlog.port import CommandContext, Receipt
from shared.eventlog.settings import LogSettings
from shared.eventlog.store import CommitStore, FailedClaim, JointCommit, Outcome, SavedState
from shared.eventlog.streams import S, Stream
from shared.kernel.ids import OrganisationId

_HISTORY: Final = CommandContext(
    actor="history",
    client="history",
    tenant=OrganisationId("history"),
    now=datetime(2023, 1, 1, tzinfo=UTC),
    request_hash="history",
)
_CHECKED: Final = LogSettings(check_states=True)
_KEY_OF_TESTS: Final = b"claims of a log in memory"


class MemoryCommitStore:
    """Implements CommitStore with dictionaries. Every call gives way to others once, as a real one does."""

    def __init__(self) -> None:
        self.commits: dict[str, CommitDocument] = {}
        self.saved: dict[str, SavedState] = {}
        self.claims: dict[str, HeldClaim] = {}

    async def insert(self, commits: Sequence[CommitDocument]) -> Sequence[Outcome | Exception]:
        """Insert each commit by itself."""
        await asyncio.sleep(0)
        return [self._insert(commit) for commit in commits]

    async def insert_together(self, joint: JointCommit) -> Outcome | FailedClaim:
        """Insert all or nothing."""
        await asyncio.sleep(0)
        held = [self.commits.get(commit["_id"]) for commit in joint.commits]
        if all(
            found and found["commit_id"] == own["commit_id"] for found, own in zip(held, joint.commits, strict=True)
        ):
            return Outcome.WRITTEN
        if any(held) or any(document_id(stream, version + 1) in self.commits for stream, version in joint.unmoved):
            return Outcome.POSITION_TAKEN
        if any(self._key_used(commit) for commit in joint.commits):
            return Outcome.KEY_USED
        after = all_claimed(self.claims, joint.claims)
        if isinstance(after, int):
            return FailedClaim(after)
        self.claims = after
        for commit in joint.commits:
            self._insert(commit)
        return Outcome.WRITTEN

    async def commits_at(self, ids: Sequence[str]) -> list[CommitDocument]:
        """Read commits by their exact ids."""
        await asyncio.sleep(0)
        return [self.commits[id_] for id_ in ids if id_ in self.commits]

    async def commits_from(self, positions: Sequence[tuple[str, int]]) -> list[CommitDocument]:
        """Read the rest of each stream."""
        await asyncio.sleep(0)
        first = dict(positions)
        found = [it for it in self.commits.values() if it["stream"] in first and it["first"] >= first[it["stream"]]]
        return sorted(found, key=lambda commit: commit["_id"])

    async def commit_of_key(self, tenant: str, client: str, key: str) -> CommitDocument | None:
        """Read the commit that carries an idempotency key."""
        await asyncio.sleep(0)
        wanted = (tenant, client, key)
        return next((commit for commit in self.commits.values() if _key_of(commit) == wanted), None)

    async def claimant(self, claim_id: str) -> str | None:
        """Read who holds a claim."""
        await asyncio.sleep(0)
        held = self.claims.get(claim_id)
        return None if held is None else held["stream"]

    async def states(self, streams: Sequence[str]) -> list[SavedState]:
        """Read saved states by stream id."""
        await asyncio.sleep(0)
        return [self.saved[stream] for stream in streams if stream in self.saved]

    async def save_states(self, states: Sequence[SavedState]) -> None:
        """Keep states."""
        await asyncio.sleep(0)
        self.saved |= {state["_id"]: state for state in states}

    def _insert(self, commit: CommitDocument) -> Outcome:
        if commit["_id"] in self.commits:
            return Outcome.POSITION_TAKEN
        if self._key_used(commit):
            return Outcome.KEY_USED
        self.commits[commit["_id"]] = commit
        return Outcome.WRITTEN

    def _key_used(self, commit: CommitDocument) -> bool:
        return "idempotency" in commit and any(_key_of(other) == _key_of(commit) for other in self.commits.values())


class InMemoryEventLog(StoredEventLog):
    """The log for unit tests, with ways to set up a history and to look at what was recorded.

    A folded state that does not survive its way to JSON and back fails the command at once.
    """

    def __init__(self, store: CommitStore | None = None, *, settings: LogSettings = _CHECKED) -> None:
        self.store = MemoryCommitStore()
        super().__init__(store or self.store, claims_key=_KEY_OF_TESTS, settings=settings)

    async def given(self, stream: Stream[S], *events: Event) -> Receipt:
        """Record `events` as history, without asking any rule."""
        return await self.decide(stream, lambda _: events, _HISTORY)

    def events_of(self, stream: Stream[Any]) -> tuple[Event, ...]:
        """Return all facts of one stream, in order."""
        commits = sorted(
            (commit for commit in self.store.commits.values() if commit["stream"] == stream.id),
            key=lambda commit: commit["first"],
        )
        return tuple(event for commit in commits for event in decoded_events(stream.type, commit))

    def published(self) -> list[PublishedEvent]:
        """Return what a relay would publish of everything recorded, in the order of recording."""
        return [event for commit in self.store.commits.values() for event in published_events(commit)]


def _key_of(commit: CommitDocument) -> tuple[str, str, str] | None:
    return (commit["tenant"], commit["client"], commit["idempotency"]) if "idempotency" in commit else None
