"""Group commit by itself: what one batch may hold."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.eventlog.documents import CommitDocument, document_id
from shared.eventlog.group_commit import GroupCommit
from shared.eventlog.memory import MemoryCommitStore
from shared.eventlog.settings import LogSettings
from shared.eventlog.store import Outcome
from tests.unit.eventlog.faults import WAIT_S_MAX, Fault, FaultyStore
from tests.unit.eventlog.test_documents import a_commit

pytestmark = pytest.mark.asyncio


def a_commit_of(stream: str, first: int = 1, data: str = "{}") -> CommitDocument:
    events = [{"type": "t", "data": data}]
    return a_commit(_id=document_id(stream, first), commit_id=f"{stream}.{first}", stream=stream, events=events)


async def outcomes_of(group: GroupCommit, commits: Sequence[CommitDocument]) -> list[Outcome]:
    return await asyncio.gather(*(group.append(commit) for commit in commits))


async def test_two_appends_on_one_stream_never_share_a_batch() -> None:
    store = FaultyStore(MemoryCommitStore())
    group = GroupCommit(store, LogSettings())
    commits = [a_commit_of("a", 1), a_commit_of("a", 2), a_commit_of("b"), a_commit_of("a", 3), a_commit_of("c")]
    assert set(await outcomes_of(group, commits)) == {Outcome.WRITTEN}
    assert store.batches == [["a", "b", "c"], ["a"], ["a"]]


async def test_a_batch_has_a_limit_in_commits() -> None:
    store = FaultyStore(MemoryCommitStore())
    group = GroupCommit(store, LogSettings(batch_commits_max=3))
    await outcomes_of(group, [a_commit_of(str(number)) for number in range(7)])
    assert [len(batch) for batch in store.batches] == [3, 3, 1]


async def test_a_batch_has_a_limit_in_bytes_but_takes_at_least_one() -> None:
    store = FaultyStore(MemoryCommitStore())
    group = GroupCommit(store, LogSettings(batch_bytes_max=100))
    await outcomes_of(
        group, [a_commit_of(str(number), data="x" * size) for number, size in enumerate([500, 60, 60, 1])]
    )
    assert [len(batch) for batch in store.batches] == [1, 2, 1]


async def test_one_that_can_never_be_stored_fails_alone() -> None:
    store = FaultyStore(MemoryCommitStore())
    store.unstorable = {"b"}
    group = GroupCommit(store, LogSettings())
    results = await asyncio.gather(*(group.append(a_commit_of(stream)) for stream in "abc"), return_exceptions=True)
    assert [type(result) for result in results] == [Outcome, ValueError, Outcome]


async def test_a_bug_under_a_batch_leaves_nobody_waiting_and_the_next_batch_goes() -> None:
    store = FaultyStore(MemoryCommitStore())
    store.faults.append(Fault.BUG)
    group = GroupCommit(store, LogSettings())
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(group.append(a_commit_of("a")), WAIT_S_MAX)
    assert await group.append(a_commit_of("a")) is Outcome.WRITTEN
