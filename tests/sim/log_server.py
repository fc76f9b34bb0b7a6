"""A service's database in memory: commits with their lock and key index, states, claims, oplog, relay checkpoint.

What is written is first on the primary and a little later on a majority, in the order in which it was written. A
step-down loses nothing that was on a majority, and of the rest a tail. Answers to writes are given at majority.
"""

import asyncio
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shared.eventlog.claims import HeldClaim, all_claimed
from shared.eventlog.documents import CommitDocument, PublishedEvent, document_id, published_events
from shared.eventlog.store import FailedClaim, JointCommit, Outcome, SavedState
from shared.relay.ports import Batch, Checkpoint, LeaseLost, Request, TokenGone
from tests.sim.leases import Leases
from tests.sim.net import Bell, Server, later

Key = tuple[str, str, str]
_AT_ONCE: Final = 0.5
_ANSWERED: Final = 0.3


@dataclass
class _Write:
    """What one write did, to be taken back if it is lost; `done` is answered at majority."""

    commits: tuple[CommitDocument, ...]
    claims_before: dict[str, HeldClaim]
    done: "asyncio.Future[None]"


@dataclass
class _RelayDocument:
    epoch: int = 0
    checkpoint: Checkpoint = field(default_factory=Checkpoint)


class LogServer(Server):
    """The replica set that keeps one service's log. `lag_s_max`: how long a write may need to reach a majority."""

    def __init__(self, name: str, chance: random.Random, *, lag_s_max: float = 0.01) -> None:
        super().__init__(name)
        self.oplog: list[CommitDocument] = []
        self.saved: dict[str, SavedState] = {}
        self.claims: dict[str, HeldClaim] = {}
        self.forgotten = 0
        self.asked: list[Request] = []
        self.answered: dict[str, int] = {}
        self.batch_commits_max = 3
        self.bell = Bell()
        self.leases = Leases()
        self._chance = chance
        self._lag_s_max = lag_s_max
        self._primary: dict[str, CommitDocument] = {}
        self._keys: dict[Key, str] = {}
        self._ids: list[str] = []  # on a majority, in order
        self._on_majority: dict[str, CommitDocument] = {}
        self._under_way: list[_Write] = []
        self._majority_at_s = 0.0
        self._falls_for_s: float | None = None
        self._relay = _RelayDocument()

    # What the log writes and reads.

    def insert(self, commits: Sequence[CommitDocument]) -> "list[Outcome] | asyncio.Future[list[Outcome]]":
        """Insert each by itself. That nothing could be inserted may be answered before it is a majority's answer."""
        outcomes, done = self.insert_on_primary(commits)
        if Outcome.WRITTEN not in outcomes and self._chance.random() < _AT_ONCE:
            return outcomes
        return self._answered_at_majority(done, outcomes)

    def insert_on_primary(self, commits: Sequence[CommitDocument]) -> "tuple[list[Outcome], asyncio.Future[None]]":
        """Insert each by itself; the future is done when a majority has them."""
        outcomes = [self._judged(commit) for commit in commits]
        fresh = tuple(commit for commit, outcome in zip(commits, outcomes, strict=True) if outcome is Outcome.WRITTEN)
        return outcomes, self._write(fresh)

    def insert_together(self, joint: JointCommit) -> "asyncio.Future[Outcome | FailedClaim]":
        """Insert all or nothing, with claims."""
        answer = self._judged_together(joint)
        own = joint.commits[0]
        fresh = answer is Outcome.WRITTEN and own["_id"] not in self._primary
        before = dict(self.claims)
        if fresh:
            after = all_claimed(self.claims, joint.claims)
            if isinstance(after, int):
                return self._answered_at_majority(self._write(()), FailedClaim(after))
            self.claims = after
            for commit in joint.commits:
                self._keep(commit)
        return self._answered_at_majority(self._write(joint.commits if fresh else (), before), answer)

    def commits_at(self, ids: Sequence[str]) -> list[CommitDocument]:
        """Read by id, at majority."""
        return [self._on_majority[id_] for id_ in ids if id_ in self._on_majority]

    def commits_from(self, positions: Sequence[tuple[str, int]]) -> list[CommitDocument]:
        """Read the rest of streams, at majority."""
        first = dict(positions)
        found = (self._on_majority[id_] for id_ in self._ids)
        return [commit for commit in found if commit["first"] >= first.get(commit["stream"], commit["last"] + 1)]

    def commit_of_key(self, key: Key) -> CommitDocument | None:
        """Read by idempotency key, at majority."""
        return self._on_majority.get(self._keys.get(key, ""))

    # What the relay reads and writes.

    def page(self, after_id: str) -> tuple[list[PublishedEvent], str | None]:
        """Read on in the order of ids, at majority."""
        at = bisect_right(self._ids, after_id)
        ids = self._ids[at : at + self.batch_commits_max]
        events = [event for id_ in ids for event in published_events(self._on_majority[id_])]
        return events, ids[-1] if ids else None

    def changes(self, at: int) -> tuple[Batch, int]:
        """Read on in the oplog. Raises TokenGone."""
        if at < self.forgotten:
            raise TokenGone(f"the oplog begins at {self.forgotten}")
        found = self.oplog[at : at + self.batch_commits_max]
        after = at + len(found)
        return Batch([event for commit in found for event in published_events(commit)], {"n": after}), after

    def relay_writes(self, epoch: int, checkpoint: Checkpoint | None) -> tuple[Checkpoint, int]:
        """Store the relay's checkpoint (None: only its epoch); return it and the operation time.

        Raises LeaseLost when a later relay has written.
        """
        if self._relay.epoch > epoch:
            raise LeaseLost(f"the checkpoint belongs to epoch {self._relay.epoch}")
        self._relay.epoch = epoch
        if checkpoint is not None:
            self._relay.checkpoint = checkpoint
        return self._relay.checkpoint, len(self.oplog)

    def ask_again(self, stream: str, first: int) -> None:
        """Ask the relay to send a stream again from a position on."""
        request = Request(f"request-{len(self.asked)}", stream, first)
        self.asked.append(request)

    def rest_of(self, stream: str, first: int) -> list[PublishedEvent]:
        """Read the next facts of a stream from a position on, at majority."""
        found = [commit for commit in self.commits_from([(stream, 1)]) if commit["last"] >= first]
        page = found[: self.batch_commits_max]
        return [event for commit in page for event in published_events(commit) if event.sequence >= first]

    # What happens to it.

    def step_down_at_next_write(self, away_s: float) -> None:
        """Step down before the next write has reached a majority: the moment at which it matters."""
        self._falls_for_s = away_s

    def step_down(self, away_s: float) -> None:
        """Go away for a while; of what is not on a majority yet a tail is lost, and the rest is mostly not answered."""
        self.away = True
        later(away_s, self._returns)
        kept = self._chance.randint(0, len(self._under_way))
        for write in self._under_way[:kept]:
            self._replicated(write, answers=self._chance.random() < _ANSWERED)
        for write in reversed(self._under_way):
            for commit in write.commits:
                del self._primary[commit["_id"]]
                if "idempotency" in commit:
                    del self._keys[_key_of(commit)]
            self.claims = write.claims_before
            write.done.set_exception(ConnectionError("stepped down"))
        self._under_way = []

    def _returns(self) -> None:
        self.away = False

    @property
    def is_replicating(self) -> bool:
        """Whether something is on the primary and not yet on a majority."""
        return bool(self._under_way)

    def forget_tokens(self) -> None:
        """Let the oplog begin now: every older resume token is of no more use."""
        self.forgotten = len(self.oplog)

    def _judged(self, commit: CommitDocument) -> Outcome:
        if commit["_id"] in self._primary:
            return Outcome.POSITION_TAKEN
        if self._key_used(commit):
            return Outcome.KEY_USED
        self._keep(commit)
        return Outcome.WRITTEN

    def _judged_together(self, joint: JointCommit) -> Outcome:
        held = [self._primary.get(commit["_id"]) for commit in joint.commits]
        if any(
            found and found["commit_id"] == own["commit_id"] for found, own in zip(held, joint.commits, strict=True)
        ):
            return Outcome.WRITTEN
        if any(held) or any(document_id(stream, version + 1) in self._primary for stream, version in joint.unmoved):
            return Outcome.POSITION_TAKEN
        return Outcome.KEY_USED if any(self._key_used(commit) for commit in joint.commits) else Outcome.WRITTEN

    def _key_used(self, commit: CommitDocument) -> bool:
        return "idempotency" in commit and _key_of(commit) in self._keys

    def _keep(self, commit: CommitDocument) -> None:
        self._primary[commit["_id"]] = commit
        if "idempotency" in commit:
            self._keys[_key_of(commit)] = commit["_id"]

    def _write(
        self, commits: tuple[CommitDocument, ...], claims_before: dict[str, HeldClaim] | None = None
    ) -> "asyncio.Future[None]":
        """Send to the other members what the primary has; the answer waits for everything before it as well."""
        loop = asyncio.get_running_loop()
        write = _Write(commits, self.claims if claims_before is None else claims_before, loop.create_future())
        self._under_way.append(write)
        lag_s = self._chance.uniform(0, self._lag_s_max)
        self._majority_at_s = max(self._majority_at_s, loop.time() + lag_s)
        later(self._majority_at_s - loop.time(), self._reached, write)
        if self._falls_for_s is not None and commits:
            later(lag_s * self._chance.random(), self.step_down, self._falls_for_s)
            self._falls_for_s = None
        return write.done

    def _reached(self, write: _Write) -> None:
        """A majority has this write, and so everything before it."""
        while write in self._under_way:
            self._replicated(self._under_way[0])

    def _replicated(self, write: _Write, *, answers: bool = True) -> None:
        self._under_way.remove(write)
        for commit in write.commits:
            self.oplog.append(commit)
            self._on_majority[commit["_id"]] = commit
            self._ids.insert(bisect_right(self._ids, commit["_id"]), commit["_id"])
        if answers:
            write.done.set_result(None)
        else:
            write.done.set_exception(ConnectionError("stepped down"))
        self.bell.ring()

    @staticmethod
    def _answered_at_majority(done: "asyncio.Future[None]", answer: object) -> "asyncio.Future[Any]":
        answered = asyncio.get_running_loop().create_future()

        def tell(_: object) -> None:
            if (error := done.exception()) is not None:
                answered.set_exception(error)
            else:
                answered.set_result(answer)

        done.add_done_callback(tell)
        return answered


def _key_of(commit: CommitDocument) -> Key:
    return commit["tenant"], commit["client"], commit["idempotency"]
