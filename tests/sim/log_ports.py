"""The log's and the relay's ports to a service's database in memory."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from shared.eventlog.documents import CommitDocument, PublishedEvent
from shared.eventlog.store import FailedClaim, JointCommit, Outcome, SavedState, StoreUnavailableError
from shared.lease import Lease
from shared.relay.ports import Batch, Checkpoint, CommitsUnavailable, Request, Token, TokenGone
from tests.sim.log_server import LogServer
from tests.sim.net import Net

T = TypeVar("T")

_AWAIT_S: Final = 1.0


class SimCommitStore:
    """Implements CommitStore."""

    def __init__(self, net: Net, server: LogServer) -> None:
        self._net = net
        self._server = server

    async def insert(self, commits: Sequence[CommitDocument]) -> Sequence[Outcome | Exception]:
        return await self._write(lambda: self._server.insert(commits))

    async def insert_together(self, joint: JointCommit) -> Outcome | FailedClaim:
        return await self._write(lambda: self._server.insert_together(joint))

    async def commits_at(self, ids: Sequence[str]) -> list[CommitDocument]:
        return await self._read(lambda: self._server.commits_at(ids))

    async def commits_from(self, positions: Sequence[tuple[str, int]]) -> list[CommitDocument]:
        return await self._read(lambda: self._server.commits_from(positions))

    async def commit_of_key(self, tenant: str, client: str, key: str) -> CommitDocument | None:
        return await self._read(lambda: self._server.commit_of_key((tenant, client, key)))

    async def claimant(self, claim_id: str) -> str | None:
        held = await self._read(lambda: self._server.claims.get(claim_id))
        return None if held is None else held["stream"]

    async def states(self, streams: Sequence[str]) -> list[SavedState]:
        saved = self._server.saved
        return await self._read(lambda: [saved[stream] for stream in streams if stream in saved])

    async def save_states(self, states: Sequence[SavedState]) -> None:
        await self._read(lambda: self._server.saved.update({state["_id"]: state for state in states}))

    async def _write(self, effect: "Callable[[], T | asyncio.Future[T]]") -> T:
        return await self._net.ask(self._server, effect, StoreUnavailableError, writes=True)

    async def _read(self, effect: Callable[[], T]) -> T:
        return await self._net.ask(self._server, effect, StoreUnavailableError)


class SimCommits:
    """Implements the relay's Commits; a resume token and an operation time are places in the oplog."""

    def __init__(self, net: Net, server: LogServer) -> None:
        self._net = net
        self._server = server

    async def watch(self, *, after: Token | None = None, since: int | None = None) -> "SimCommitStream":
        at = since if after is None else after.get("n")

        def begin() -> int:
            if not isinstance(at, int) or (after is not None and at < self._server.forgotten):
                raise TokenGone(f"{after} is no place in the oplog")
            return at

        return SimCommitStream(self._net, self._server, await self._net.ask(self._server, begin, CommitsUnavailable))

    async def page(self, *, after_id: str, since: int) -> tuple[list[PublishedEvent], str | None]:
        assert since <= len(self._server.oplog)
        return await self._net.ask(self._server, lambda: self._server.page(after_id), CommitsUnavailable)


class SimCommitStream:
    """Implements CommitStream."""

    def __init__(self, net: Net, server: LogServer, at: int) -> None:
        self._net = net
        self._server = server
        self._at = at
        self._first = True

    async def next(self) -> Batch:
        if not self._first and self._at == len(self._server.oplog):
            await self._server.bell.heard(_AWAIT_S)
        self._first = False
        batch, self._at = await self._net.ask(self._server, lambda: self._server.changes(self._at), CommitsUnavailable)
        return batch

    async def close(self) -> None:
        self._at = -1


class SimCheckpoints:
    """Implements the relay's Checkpoints, fenced by the lease's epoch."""

    def __init__(self, net: Net, server: LogServer, lease: Lease) -> None:
        self._net = net
        self._server = server
        self._lease = lease

    async def take_over(self) -> Checkpoint:
        return (await self._write(None))[0]

    async def begin_sweep(self, checkpoint: Checkpoint) -> int:
        return (await self._write(checkpoint))[1]

    async def save(self, checkpoint: Checkpoint) -> None:
        await self._write(checkpoint)

    async def _write(self, checkpoint: Checkpoint | None) -> tuple[Checkpoint, int]:
        epoch = self._lease.epoch
        return await self._net.ask(
            self._server, lambda: self._server.relay_writes(epoch, checkpoint), CommitsUnavailable, writes=True
        )


class SimRequests:
    """Implements the relay's Requests."""

    def __init__(self, net: Net, server: LogServer) -> None:
        self._net = net
        self._server = server

    async def open(self) -> list[Request]:
        server = self._server
        return await self._ask(lambda: [asked for asked in server.asked if asked.id not in server.answered])

    async def begin(self, requests: Sequence[Request]) -> Token:
        assert requests
        return await self._ask(lambda: {"n": len(self._server.oplog)})

    def reached(self, token: Token, mark: Token) -> bool:
        return bool(token["n"] >= mark["n"])

    async def last(self, stream: str) -> int:
        return await self._ask(
            lambda: max((commit["last"] for commit in self._server.commits_from([(stream, 1)])), default=0)
        )

    async def page(self, stream: str, first: int) -> list[PublishedEvent]:
        return await self._ask(lambda: self._server.rest_of(stream, first))

    async def done(self, request: Request, facts: int) -> None:
        await self._ask(lambda: self._server.answered.setdefault(request.id, facts))

    async def _ask(self, effect: Callable[[], T]) -> T:
        return await self._net.ask(self._server, effect, CommitsUnavailable)
