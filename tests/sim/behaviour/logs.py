"""A service's database as log and relay see it: what is inserted is followed, paged, remembered, and fenced."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.eventlog.documents import CommitDocument, PublishedEvent, published_events
from shared.eventlog.store import CommitStore, Outcome
from shared.lease import Lease
from shared.relay.ports import (
    Checkpoint,
    Checkpoints,
    Commits,
    CommitStream,
    LeaseLost,
    Requests,
    SweepCause,
    TokenGone,
)
from tests.unit.relay.fakes import commit

_BATCHES_MAX = 60


class LogBench(ABC):
    """One service's database, and who uses it."""

    store: CommitStore
    commits: Commits
    requests: Requests

    @abstractmethod
    async def ask(self, stream: str, first: int) -> None:
        """Ask for a stream to be sent again."""

    @abstractmethod
    def new_lease(self, owner: str) -> Lease:
        """Return the relay's lease, as this owner asks for it."""

    @abstractmethod
    def checkpoints(self, lease: Lease) -> Checkpoints:
        """Return the relay's checkpoint, as the holder of this lease writes it."""

    @abstractmethod
    async def lose_lease(self, lease: Lease) -> None:
        """Let a lease be lost without its holder noticing."""

    async def record(self, *commits: CommitDocument) -> None:
        """Append to the log."""
        assert set(await self.store.insert(commits)) == {Outcome.WRITTEN}

    async def leading(self, owner: str = "a") -> Checkpoints:
        """Return the checkpoint of a relay that has just taken over."""
        lease = self.new_lease(owner)
        assert await lease.acquire()
        checkpoints = self.checkpoints(lease)
        await checkpoints.take_over()
        return checkpoints

    async def noted(self) -> Any:  # noqa: ANN401 - opaque
        """Return an operation time after everything that was recorded."""
        return await (await self.leading()).begin_sweep(Checkpoint(sweep=SweepCause.FIRST_START))

    async def paged(self, since: Any) -> list[PublishedEvent]:  # noqa: ANN401 - opaque
        """Return the whole log, page by page."""
        found: list[PublishedEvent] = []
        last: str | None = ""
        while last is not None:
            events, last = await self.commits.page(after_id=last, since=since)
            found += events
        return found


class LogPortsBehaviour:
    """Whoever runs the suite defines the fixture `bench`, with a log of its own for each test."""

    async def test_of_two_at_one_position_the_second_is_told_so_and_its_neighbours_are_written(
        self, bench: LogBench
    ) -> None:
        await bench.record(commit("a/1", 1))
        rival = commit("a/1", 1) | {"commit_id": "rival"}
        outcomes = await bench.store.insert([commit("b/1", 1), rival, commit("c/1", 1)])
        assert list(outcomes) == [Outcome.WRITTEN, Outcome.POSITION_TAKEN, Outcome.WRITTEN]
        assert {it["commit_id"] for it in await bench.store.commits_at([rival["_id"]])} == {"a/1:1"}

    async def test_a_key_is_used_once(self, bench: LogBench) -> None:
        await bench.record({**commit("a/1", 1), "idempotency": "key"})
        assert list(await bench.store.insert([{**commit("b/1", 1), "idempotency": "key"}])) == [Outcome.KEY_USED]
        found = await bench.store.commit_of_key("t", "c", "key")
        assert found is not None
        assert found["_id"] == "a/1/0000000001"
        assert await bench.store.commit_of_key("t", "another", "key") is None

    async def test_a_commit_that_is_given_again_finds_itself(self, bench: LogBench) -> None:
        """As after a lost answer: the outcome is told by the `commit_id` that holds the position."""
        again = commit("a/1", 1)
        assert list(await bench.store.insert([again])) == [Outcome.WRITTEN]
        assert list(await bench.store.insert([commit("a/1", 1)])) == [Outcome.POSITION_TAKEN]
        (holder,) = await bench.store.commits_at([again["_id"]])
        assert holder["commit_id"] == again["commit_id"]

    async def test_from_a_noted_time_exactly_what_is_recorded_later_comes_in_order(self, bench: LogBench) -> None:
        await bench.record(commit("a/1", 1))
        since = await bench.noted()
        later = [commit("b/1", 1, 3), commit("a/1", 2), commit("b/1", 4)]
        for one in later:
            await bench.record(one)
        stream = await bench.commits.watch(since=since)
        assert await _read(stream, 5) == _facts(later)
        await stream.close()

    async def test_after_a_token_nothing_is_repeated_and_nothing_left_out(self, bench: LogBench) -> None:
        stream = await bench.commits.watch(since=await bench.noted())
        token = (await stream.next()).token  # of an empty batch
        await stream.close()
        sent = [commit("a/1", position) for position in range(1, 6)]
        for one in sent:
            await bench.record(one)
        received: list[str] = []
        for _ in range(_BATCHES_MAX):
            following = await bench.commits.watch(after=token)
            batch = await following.next()
            await following.close()
            received += [event.ce_id for event in batch.events]
            token = batch.token
            if len(received) >= len(sent):
                break
        assert received == _facts(sent)

    async def test_a_token_that_is_none_is_gone(self, bench: LogBench) -> None:
        with pytest.raises(TokenGone):
            await bench.commits.watch(after={"_data": "not a token"})

    async def test_pages_go_through_the_log_in_the_order_of_ids(self, bench: LogBench) -> None:
        for one in (commit("b/1", 1), commit("a/1", 1, 2), commit("b/1", 2), commit("a/1", 3)):
            await bench.record(one)
        paged = await bench.paged(await bench.noted())
        assert [(event.stream, event.sequence) for event in paged] == [
            ("a/1", 1),
            ("a/1", 2),
            ("a/1", 3),
            ("b/1", 1),
            ("b/1", 2),
        ]

    async def test_between_pages_and_stream_nothing_falls_through(self, bench: LogBench) -> None:
        await bench.record(commit("m/1", 1))
        since = await bench.noted()
        await bench.record(commit("a/1", 1))
        paged = {event.ce_id for event in await bench.paged(since)}
        await bench.record(commit("b/1", 1))
        stream = await bench.commits.watch(since=since)
        followed = await _read(stream, 2)
        await stream.close()
        assert "m/1:1.1" in paged
        assert followed == ["a/1:1.1", "b/1:1.1"]

    async def test_the_checkpoint_is_what_was_saved_last(self, bench: LogBench) -> None:
        lease = bench.new_lease("a")
        assert await lease.acquire()
        checkpoints = bench.checkpoints(lease)
        assert await checkpoints.take_over() == Checkpoint()
        swept = Checkpoint(cluster_id="cluster", sweep=SweepCause.FIRST_START)
        await checkpoints.begin_sweep(swept)
        assert await checkpoints.take_over() == swept
        saved = Checkpoint({"_data": "token"}, "cluster", {0: 5, 11: 0})
        await checkpoints.save(saved)
        assert await checkpoints.take_over() == saved

    async def test_once_a_later_relay_has_taken_over_the_earlier_one_writes_nothing(self, bench: LogBench) -> None:
        lease = bench.new_lease("a")
        assert await lease.acquire()
        zombie = bench.checkpoints(lease)
        before = Checkpoint({"_data": "token"}, "cluster", {0: 5})
        await zombie.take_over()
        await zombie.save(before)
        await bench.lose_lease(lease)
        successor = await bench.leading("b")
        for write in (zombie.save, zombie.begin_sweep):
            with pytest.raises(LeaseLost):
                await write(replace(before, token=None))
        assert await successor.take_over() == before
        with pytest.raises(LeaseLost):
            await zombie.take_over()

    async def test_a_stream_that_is_asked_for_is_read_from_the_position_on_until_its_answer_is_kept(
        self, bench: LogBench
    ) -> None:
        for one in (commit("a/1", 1, 3), commit("a/10", 1), commit("a/1", 4, 2), commit("b/1", 1)):
            await bench.record(one)
        await bench.ask("a/1", 2)
        (asked,) = await bench.requests.open()
        assert (asked.stream, asked.first) == ("a/1", 2)
        assert await bench.requests.last("a/1") == 5
        found: list[int] = []
        while page := await bench.requests.page("a/1", asked.first + len(found)):
            found += [event.sequence for event in page]
        assert found == [2, 3, 4, 5]
        await bench.requests.done(asked, 4)
        assert await bench.requests.open() == []

    async def test_who_has_read_on_has_reached_the_mark_of_a_request_and_who_has_not_has_not(
        self, bench: LogBench
    ) -> None:
        stream = await bench.commits.watch(since=await bench.noted())
        before = (await stream.next()).token
        assert before is not None
        await bench.record(commit("a/1", 1))
        await bench.ask("a/1", 1)
        mark = await bench.requests.begin(await bench.requests.open())
        assert not bench.requests.reached(before, mark)
        seen: list[str] = []
        for _ in range(_BATCHES_MAX):
            batch = await stream.next()
            seen += [event.ce_id for event in batch.events]
            if batch.token is not None and bench.requests.reached(batch.token, mark):
                break
        await stream.close()
        assert seen == ["a/1:1.1"]


async def _read(stream: CommitStream, facts: int) -> list[str]:
    found: list[str] = []
    for _ in range(_BATCHES_MAX):
        if len(found) >= facts:
            break
        found += [event.ce_id for event in (await stream.next()).events]
    return found


def _facts(commits: Sequence[CommitDocument]) -> list[str]:
    return [event.ce_id for one in commits for event in published_events(one)]
