"""Fakes of the relay's ports: a log, a topic and a checkpoint in memory that can fail the way the real ones do."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from shared.eventlog.documents import CommitDocument, PublishedEvent, document_id, published_events
from shared.messaging import BrokerUnavailable, Span, partition_of
from shared.relay.ports import Batch, Checkpoint, CommitsUnavailable, LeaseLost, Request, Token, TokenGone, TopicState

AT = datetime(2023, 3, 1, 12, tzinfo=UTC)
IDLE_TURNS = 3  # empty batches after which a fake stream says that the relay has caught up


def commit(stream: str, first: int, events: int = 1) -> CommitDocument:
    """Return a commit of `events` facts at position `first` of `stream`; its key is the stream's identifier."""
    return {
        "_id": document_id(stream, first),
        "commit_id": f"{stream}:{first}",
        "stream": stream,
        "key": stream.split("/")[1],
        "first": first,
        "last": first + events - 1,
        "events": [{"type": "se.lotsen.test.v1", "data": f'{{"n":{first + number}}}'} for number in range(events)],
        "actor": "a",
        "tenant": "t",
        "client": "c",
        "request_hash": "h",
        "at": AT,
    }


class FakeCommits:
    """A log whose resume tokens are counts of commits. `forgotten`: tokens below it are gone."""

    def __init__(self, *, batch_commits: int = 2) -> None:
        self.log: list[CommitDocument] = []
        self.forgotten = 0
        self.failures = 0
        self.reads = 0
        self.page_reads: list[str] = []
        self.arriving: list[CommitDocument] = []  # recorded while a sweep reads its first page
        self.caught_up = asyncio.Event()
        self._batch_commits = batch_commits

    async def watch(self, *, after: Token | None = None, since: int | None = None) -> "FakeStream":
        start = after["n"] if after is not None else since
        assert start is not None
        if after is not None and start < self.forgotten:
            raise TokenGone("286")
        return FakeStream(self, start, self._batch_commits)

    async def page(self, *, after_id: str, since: int) -> tuple[list[PublishedEvent], str | None]:
        assert since is not None
        self.page_reads.append(after_id)
        found = sorted((c for c in self.log if c["_id"] > after_id), key=lambda c: c["_id"])[: self._batch_commits]
        self.log += self.arriving
        self.arriving = []
        return [event for c in found for event in published_events(c)], found[-1]["_id"] if found else None


class FakeStream:
    """A stream over a fake log: never blocks, gives empty batches when there is nothing."""

    def __init__(self, commits: FakeCommits, at: int, batch_commits: int) -> None:
        self._commits = commits
        self._at = at
        self._batch_commits = batch_commits
        self._idle = 0
        self.closed = False

    async def next(self) -> Batch:
        await asyncio.sleep(0)
        self._commits.reads += 1
        if self._commits.failures:
            self._commits.failures -= 1
            raise CommitsUnavailable("the primary is gone")
        if self._at < self._commits.forgotten:
            raise TokenGone("286")
        found = self._commits.log[self._at : self._at + self._batch_commits]
        self._at += len(found)
        self._idle = 0 if found else self._idle + 1
        if self._idle >= IDLE_TURNS:
            self._commits.caught_up.set()
        return Batch([event for c in found for event in published_events(c)], {"n": self._at})

    async def close(self) -> None:
        self.closed = True


@dataclass
class FakeTopic:
    """A topic in memory. `lost_acks`: so many publishes are stored and not acknowledged; `outages`: not even stored."""

    cluster_id: str = "cluster-1"
    partitions: dict[int, list[PublishedEvent]] = field(default_factory=dict)
    lost_acks: int = 0
    outages: int = 0
    refused_opens: int = 0
    gate: asyncio.Event | None = None
    sent: list[PublishedEvent] = field(default_factory=list)  # over all partitions

    async def open(self) -> TopicState:
        await asyncio.sleep(0)
        if self.refused_opens:
            self.refused_opens -= 1
            raise BrokerUnavailable("connection refused")
        return TopicState(self.cluster_id, {number: len(self.partitions.get(number, ())) for number in range(12)})

    async def publish(self, events: Sequence[PublishedEvent]) -> dict[int, Span]:
        if self.gate is not None:
            await self.gate.wait()
        if self.outages:
            self.outages -= 1
            raise BrokerUnavailable("timed out")
        spans: dict[int, Span] = {}
        for event in events:
            number = partition_of(event.key)
            partition = self.partitions.setdefault(number, [])
            partition.append(event)
            self.sent.append(event)
            spans[number] = Span(spans[number].first if number in spans else len(partition) - 1, len(partition) - 1)
        if self.lost_acks:
            self.lost_acks -= 1
            raise BrokerUnavailable("no acknowledgement")
        return spans

    async def close(self) -> None:
        self.gate = None

    @property
    def events(self) -> list[PublishedEvent]:
        return [event for number in sorted(self.partitions) for event in self.partitions[number]]

    def recreate(self) -> None:
        """Lose everything, as a topic that somebody deleted and made again."""
        self.partitions = {}


class FakeCheckpoints:
    """A checkpoint in memory. At every save it proves that the topic holds what the token claims."""

    def __init__(self, commits: FakeCommits, topic: FakeTopic, stored: Checkpoint | None = None) -> None:
        self._commits = commits
        self._topic = topic
        self.stored = stored or Checkpoint()
        self.saves: list[Checkpoint] = []
        self.taken_over = False

    async def take_over(self) -> Checkpoint:
        return self.stored

    async def begin_sweep(self, checkpoint: Checkpoint) -> int:
        assert checkpoint.token is None
        await self.save(checkpoint)
        return len(self._commits.log)

    async def save(self, checkpoint: Checkpoint) -> None:
        if self.taken_over:
            raise LeaseLost("a later relay")
        if checkpoint.token is not None:
            there = {event.ce_id for event in self._topic.events}
            claimed = {e.ce_id for c in self._commits.log[: checkpoint.token["n"]] for e in published_events(c)}
            assert claimed <= there, "the token was kept before the acknowledgement"
        self.stored = checkpoint
        self.saves.append(checkpoint)


class FakeRequests:
    """Requests beside a fake log; a token is a count of commits here too. `failures`: so many answers are not kept."""

    def __init__(self, commits: FakeCommits, *, page_commits: int = 2) -> None:
        self._commits = commits
        self._page_commits = page_commits
        self.asked: list[Request] = []
        self.answers: dict[str, int] = {}
        self.failures = 0

    def ask(self, stream: str, first: int) -> str:
        request = Request(f"request-{len(self.asked)}", stream, first)
        self.asked.append(request)
        return request.id

    async def open(self) -> list[Request]:
        await asyncio.sleep(0)
        return [request for request in self.asked if request.id not in self.answers]

    async def begin(self, requests: Sequence[Request]) -> Token:
        await asyncio.sleep(0)
        assert requests
        return {"n": len(self._commits.log)}

    def reached(self, token: Token, mark: Token) -> bool:
        return bool(token["n"] >= mark["n"])

    async def last(self, stream: str) -> int:
        await asyncio.sleep(0)
        return max((found["last"] for found in self._commits.log if found["stream"] == stream), default=0)

    async def page(self, stream: str, first: int) -> list[PublishedEvent]:
        await asyncio.sleep(0)
        found = [c for c in self._commits.log if c["stream"] == stream and c["last"] >= first][: self._page_commits]
        return [event for c in found for event in published_events(c) if event.sequence >= first]

    async def done(self, request: Request, facts: int) -> None:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise CommitsUnavailable("the primary is gone")
        self.answers.setdefault(request.id, facts)


def assert_nothing_skipped(topic: FakeTopic, log: Sequence[CommitDocument]) -> None:
    """Check what the relay promises: everything is there, and per stream n is first seen before n + 1."""
    seen: dict[str, int] = {}
    for event in topic.events:
        assert event.sequence <= seen.get(event.stream, 0) + 1, f"{event.stream}: {event.sequence} came too early"
        seen[event.stream] = max(seen.get(event.stream, 0), event.sequence)
    heads = {c["stream"]: c["last"] for c in log}
    assert seen == {stream: max(c["last"] for c in log if c["stream"] == stream) for stream in heads}
