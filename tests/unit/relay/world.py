"""A relay with fakes on all sides."""

import asyncio
from dataclasses import dataclass, field

from shared.relay.ports import Checkpoint, SweepCause
from shared.relay.relay import Clocks, Relay
from tests.unit.relay.fakes import FakeCheckpoints, FakeCommits, FakeRequests, FakeTopic

DEADLINE_S = 5.0


@dataclass
class World:
    """A relay with fakes on all sides. `now_s` is the hand that paces the checkpoint."""

    commits: FakeCommits = field(default_factory=FakeCommits)
    topic: FakeTopic = field(default_factory=FakeTopic)
    stored: Checkpoint | None = None
    now_s: float = 0.0

    def __post_init__(self) -> None:
        self.stop = asyncio.Event()
        self.checkpoints = FakeCheckpoints(self.commits, self.topic, self.stored)
        self.requests = FakeRequests(self.commits)
        clocks = Clocks(lambda: self.now_s, lambda: 0.0)
        self.relay = Relay(
            "test",
            commits=self.commits,
            topic=self.topic,
            checkpoints=self.checkpoints,
            stop=self.stop,
            clocks=clocks,
            requests=self.requests,
        )

    async def run_until_answered(self) -> None:
        """Run until every request has its answer."""
        self.stop.clear()
        async with asyncio.timeout(DEADLINE_S):
            running = asyncio.ensure_future(self.relay.run())
            while len(self.requests.answers) < len(self.requests.asked) and not running.done():  # noqa: ASYNC110 - turns
                await asyncio.sleep(0)
            self.stop.set()
            await running

    async def run_until_caught_up(self) -> None:
        self.commits.caught_up.clear()
        self.stop.clear()
        async with asyncio.timeout(DEADLINE_S):
            running = asyncio.ensure_future(self.relay.run())
            caught_up = asyncio.ensure_future(self.commits.caught_up.wait())
            await asyncio.wait({running, caught_up}, return_when=asyncio.FIRST_COMPLETED)
            self.stop.set()
            caught_up.cancel()
            await running

    @property
    def causes(self) -> list[SweepCause | None]:
        return [saved.sweep for saved in self.checkpoints.saves if saved.token is None]

    def published(self, stream: str) -> list[int]:
        return [event.sequence for event in self.topic.events if event.stream == stream]


def followed(*, token: int, offsets: dict[int, int] | None = None, cluster_id: str = "cluster-1") -> Checkpoint:
    return Checkpoint({"n": token}, cluster_id, offsets or {})
