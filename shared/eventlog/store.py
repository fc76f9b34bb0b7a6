"""The narrow port under the log: what it needs of a database. Tests and simulations put faults in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol, TypedDict

from shared.eventlog.documents import CommitDocument


class StoreUnavailableError(Exception):
    """The store did not answer. After a write this says nothing about whether it took place."""


class Outcome(Enum):
    """A definite answer to the wish to insert one commit."""

    WRITTEN = auto()
    POSITION_TAKEN = auto()
    """Another commit holds this position of the stream (or a stream that was only read has moved on)."""
    KEY_USED = auto()
    """Another commit carries this idempotency key."""


class SavedState(TypedDict):
    """A folded state in the cache: JSON text of the state of stream `_id` at `version`, folded by `fold_version`."""

    _id: str
    fold_version: int
    version: int
    key: str
    state: str


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A claim as it is stored: `id` is `<kind>/<keyed hash of the value>`. `limit_ore` None: one stream only."""

    id: str
    stream: str
    amount_ore: int
    limit_ore: int | None


@dataclass(frozen=True, slots=True)
class FailedClaim:
    """The claim of this number (in the order given) could not be met; nothing was written."""

    number: int


@dataclass(frozen=True, slots=True)
class JointCommit:
    """What one transaction writes or leaves: one or two commits, claims, and the streams decided on.

    `unmoved` are (stream, version) that were read but not appended to, and must still be at that version.
    `guarded` are the streams on which decisions over several streams exclude each other.
    """

    commits: tuple[CommitDocument, ...]
    claims: tuple[StoredClaim, ...] = ()
    unmoved: tuple[tuple[str, int], ...] = ()
    guarded: tuple[str, ...] = ()


class CommitStore(Protocol):
    """Stores commits for ever and states for as long as it likes. Reads are at majority.

    Every method raises StoreUnavailableError when there is no answer; writes are then of unknown outcome, and the
    same commits (same `_id` and `commit_id`) may be given again.
    """

    async def insert(self, commits: Sequence[CommitDocument]) -> Sequence[Outcome | Exception]:
        """Insert each commit by itself, durably on a majority; one outcome each, in order.

        An exception among the outcomes says that this commit can never be stored.
        """
        ...

    async def insert_together(self, joint: JointCommit) -> Outcome | FailedClaim:
        """Insert all or nothing, with its claims and guards, in one transaction.

        A commit that is there already with the same `commit_id` counts as written.
        """
        ...

    async def commits_at(self, ids: Sequence[str]) -> list[CommitDocument]:
        """Return those of the commits with these `_id` that exist, in any order."""
        ...

    async def commits_from(self, positions: Sequence[tuple[str, int]]) -> list[CommitDocument]:
        """Return, for every (stream, first), the commits that begin there or later, ordered within each stream."""
        ...

    async def commit_of_key(self, tenant: str, client: str, key: str) -> CommitDocument | None:
        """Return the commit that carries this idempotency key."""
        ...

    async def claimant(self, claim_id: str) -> str | None:
        """Return the stream that holds the claim of this id, or None."""
        ...

    async def states(self, streams: Sequence[str]) -> list[SavedState]:
        """Return what is saved of these streams' states."""
        ...

    async def save_states(self, states: Sequence[SavedState]) -> None:
        """Save states, each over what is there; they may be lost."""
        ...
