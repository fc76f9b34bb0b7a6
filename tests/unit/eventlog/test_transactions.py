"""Transactions without a server: what is repeated, and for how long."""

from collections import deque
from typing import Any, Self, cast

import pytest
from pymongo.errors import OperationFailure, PyMongoError

from shared.mongo import Client, Command, Database, Document, Timestamp, run_transaction

pytestmark = pytest.mark.asyncio


def _labelled(label: str) -> OperationFailure:
    return OperationFailure(label, 1, {"errorLabels": [label]})


CONFLICT = _labelled("TransientTransactionError")
UNKNOWN = _labelled("UnknownTransactionCommitResult")


class FakeSession:
    """A session whose commits go as scripted."""

    def __init__(self, commits: list[PyMongoError]) -> None:
        self.commits = deque(commits)
        self.done: list[str] = []
        self.in_transaction = False
        self.operation_time = Timestamp(1, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.done.append("end")

    def start_transaction(self, **options: Any) -> None:  # noqa: ANN401 - the driver's own options
        assert (options["read_concern"].level, options["write_concern"].document["w"]) == ("snapshot", "majority")
        self.in_transaction = True
        self.done.append("start")

    def commit_transaction(self) -> None:
        self.done.append("commit")
        if self.commits:
            raise self.commits.popleft()
        self.in_transaction = False

    def abort_transaction(self) -> None:
        self.in_transaction = False
        self.done.append("abort")


class FakeDatabase:
    """A database that answers every command with the command."""

    name = "house"
    codec_options = None

    def command(self, document: Document, **options: Any) -> Document:  # noqa: ANN401 - the driver's own options
        assert isinstance(options["session"], FakeSession)
        return document


class FakeClient:
    """A client that hands out one session."""

    def __init__(self, commits: list[PyMongoError] | None = None) -> None:
        self.session = FakeSession(commits or [])
        self.delegate = self

    def __getitem__(self, name: str) -> FakeDatabase:
        assert name == FakeDatabase.name
        return FakeDatabase()

    def start_session(self) -> FakeSession:
        return self.session


async def run(client: FakeClient, *errors: Exception, deadline_s: float = 5.0) -> int:
    script = deque(errors)

    def body(send: Command) -> int:
        assert send({"ping": 1}) == {"ping": 1}
        if script:
            raise script.popleft()
        return 7

    database = cast("Database", FakeDatabase())
    committed = await run_transaction(cast("Client", client), database, body, deadline_s=deadline_s)
    assert committed.at == client.session.operation_time
    return committed.result


async def test_a_transaction_gives_what_its_body_gives() -> None:
    client = FakeClient()
    assert await run(client) == 7
    assert client.session.done == ["start", "commit", "end"]


async def test_a_conflict_repeats_the_whole_transaction() -> None:
    client = FakeClient()
    assert await run(client, CONFLICT, CONFLICT) == 7
    assert client.session.done == ["start", "abort"] * 2 + ["start", "commit", "end"]


async def test_an_unknown_commit_repeats_the_commit_only() -> None:
    client = FakeClient([UNKNOWN, UNKNOWN])
    assert await run(client) == 7
    assert client.session.done == ["start", "commit", "commit", "commit", "end"]


async def test_a_conflict_on_commit_repeats_the_whole() -> None:
    client = FakeClient([CONFLICT])
    assert await run(client) == 7
    assert client.session.done == ["start", "commit", "abort", "start", "commit", "end"]


async def test_whatever_else_a_body_raises_ends_it_without_effect() -> None:
    client = FakeClient()
    with pytest.raises(ZeroDivisionError):
        await run(client, ZeroDivisionError())
    assert client.session.done == ["start", "abort", "end"]


@pytest.mark.parametrize("commits", [[UNKNOWN] * 10_000, []])
async def test_nothing_is_repeated_for_ever(commits: list[PyMongoError]) -> None:
    client = FakeClient(commits)
    with pytest.raises(OperationFailure):
        await run(client, *([] if commits else [CONFLICT] * 10_000), deadline_s=0.05)
