"""The relay's logic on fakes: when it sweeps, what it stores and when, and that it never skips."""

import asyncio
from dataclasses import dataclass, field

import pytest

from shared.messaging import BrokerUnavailable
from shared.relay.ports import Checkpoint, CommitsUnavailable, LeaseLost, SweepCause, TopicState
from shared.relay.relay import Clocks, Relay, sweep_cause
from tests.unit.relay.fakes import FakeCheckpoints, FakeCommits, FakeTopic, assert_nothing_skipped, commit

pytestmark = pytest.mark.asyncio

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
        clocks = Clocks(lambda: self.now_s, lambda: 0.0)
        self.relay = Relay(
            "test",
            commits=self.commits,
            topic=self.topic,
            checkpoints=self.checkpoints,
            stop=self.stop,
            clocks=clocks,
        )

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


async def test_the_first_start_publishes_the_whole_log_and_then_what_comes() -> None:
    world = World()
    world.commits.log = [commit("a/1", 1, 3), commit("a/2", 1), commit("a/1", 4)]
    await world.run_until_caught_up()
    world.commits.log += [commit("a/2", 2), commit("a/3", 1)]
    await world.run_until_caught_up()
    assert world.causes == [SweepCause.FIRST_START]
    assert world.published("a/1") == [1, 2, 3, 4]
    assert world.published("a/2") == [1, 2]
    assert world.checkpoints.stored.token == {"n": 5}


async def test_a_sweep_goes_through_the_log_in_stream_order_whatever_the_order_of_recording() -> None:
    world = World()
    world.commits.log = [commit("b/1", 1), commit("a/1", 1), commit("b/1", 2), commit("a/1", 2), commit("a/1", 3)]
    await world.run_until_caught_up()
    assert world.commits.page_reads == ["", "a/1/0000000002", "b/1/0000000001", "b/1/0000000002"]
    assert_nothing_skipped(world.topic, world.commits.log)


async def test_what_is_recorded_during_a_sweep_behind_its_back_comes_from_the_stream() -> None:
    world = World()
    world.commits.log = [commit("b/1", 1), commit("b/2", 1), commit("b/3", 1)]
    world.commits.arriving = [commit("a/1", 1), commit("b/1", 2), commit("z/1", 1)]
    await world.run_until_caught_up()
    assert_nothing_skipped(world.topic, world.commits.log)


async def test_with_a_token_only_what_came_after_it_is_published() -> None:
    world = World(stored=followed(token=1))
    world.commits.log = [commit("a/1", 1), commit("a/1", 2)]
    world.topic.partitions[3] = []
    world.checkpoints._commits = FakeCommits()  # the first commit was published by an earlier relay
    await world.run_until_caught_up()
    assert world.published("a/1") == [2]
    assert world.causes == []


async def test_a_sweep_that_was_not_finished_is_begun_again() -> None:
    world = World(stored=Checkpoint(cluster_id="cluster-1", sweep=SweepCause.TOPIC_BEHIND))
    world.commits.log = [commit("a/1", 1), commit("a/1", 2)]
    await world.run_until_caught_up()
    assert world.causes == [SweepCause.UNFINISHED]
    assert world.published("a/1") == [1, 2]


async def test_a_token_that_is_gone_at_the_start_leads_to_a_sweep() -> None:
    world = World(stored=followed(token=1))
    world.commits.log = [commit("a/1", 1), commit("a/1", 2)]
    world.commits.forgotten = 2
    await world.run_until_caught_up()
    assert world.causes == [SweepCause.TOKEN_GONE]
    assert world.published("a/1") == [1, 2]
    assert world.checkpoints.stored.sweep is None


async def test_a_token_that_is_gone_while_following_leads_to_a_sweep() -> None:
    world = World()
    world.commits.log = [commit("a/1", 1)]
    world.topic.gate = asyncio.Event()
    running = asyncio.ensure_future(world.run_until_caught_up())
    async with asyncio.timeout(DEADLINE_S):
        while not world.commits.page_reads:  # noqa: ASYNC110 - let the relay come to the gate
            await asyncio.sleep(0)
        world.commits.log.append(commit("a/1", 2))
        world.commits.forgotten = 2
        world.topic.gate.set()
        await running
    assert world.causes == [SweepCause.FIRST_START, SweepCause.TOKEN_GONE]
    assert_nothing_skipped(world.topic, world.commits.log)


async def test_another_cluster_is_filled_from_the_beginning() -> None:
    world = World(topic=FakeTopic(cluster_id="cluster-2"), stored=followed(token=1))
    world.commits.log = [commit("a/1", 1)]
    await world.run_until_caught_up()
    assert world.causes == [SweepCause.OTHER_CLUSTER]
    assert world.published("a/1") == [1]
    assert world.checkpoints.stored.cluster_id == "cluster-2"


@pytest.mark.parametrize(
    ("end", "cause"), [(5, SweepCause.TOPIC_BEHIND), (6, None), (7, None), (0, SweepCause.TOPIC_BEHIND)]
)
async def test_a_topic_is_behind_when_it_ends_at_or_before_what_was_acknowledged(
    end: int, cause: SweepCause | None
) -> None:
    assert sweep_cause(followed(token=9, offsets={3: 5}), TopicState("cluster-1", {3: end})) is cause


async def test_a_partition_that_is_missing_counts_as_behind() -> None:
    assert sweep_cause(followed(token=9, offsets={3: 0}), TopicState("cluster-1", {})) is SweepCause.TOPIC_BEHIND


async def test_a_topic_that_was_made_again_is_filled_from_the_beginning() -> None:
    world = World()
    world.commits.log = [commit("a/1", 1), commit("a/2", 1)]
    await world.run_until_caught_up()
    world.topic.recreate()
    await world.run_until_caught_up()
    assert world.causes == [SweepCause.FIRST_START, SweepCause.TOPIC_BEHIND]
    assert_nothing_skipped(world.topic, world.commits.log)


async def test_an_offset_given_twice_leads_to_a_sweep_without_a_restart() -> None:
    world = World()
    world.commits.log = [commit("a/1", 1), commit("a/1", 2)]
    world.topic.gate = asyncio.Event()
    world.topic.gate.set()
    running = asyncio.ensure_future(world.relay.run())
    async with asyncio.timeout(DEADLINE_S):
        await world.commits.caught_up.wait()
        world.topic.recreate()
        world.commits.log.append(commit("a/1", 3, 4))  # more than the partition had: its last offset is a new one
        while len(world.published("a/1")) < 6:  # noqa: ASYNC110 - the relay runs between the turns
            await asyncio.sleep(0)
        world.stop.set()
        await running
    assert world.causes == [SweepCause.FIRST_START, SweepCause.TOPIC_BEHIND]


async def test_records_lost_where_nothing_is_written_any_more_are_found_within_a_minute() -> None:
    world = World()
    world.commits.log = [commit("a/1", 1)]
    running = asyncio.ensure_future(world.relay.run())
    async with asyncio.timeout(DEADLINE_S):
        await world.commits.caught_up.wait()
        world.topic.recreate()
        world.now_s = 59.9
        world.commits.caught_up.clear()
        await world.commits.caught_up.wait()
        assert world.causes == [SweepCause.FIRST_START]
        world.now_s = 60.0
        while not world.published("a/1"):  # noqa: ASYNC110 - the relay runs between the turns
            await asyncio.sleep(0)
        world.stop.set()
        await running
    assert world.causes == [SweepCause.FIRST_START, SweepCause.TOPIC_BEHIND]


async def test_what_was_not_acknowledged_is_published_again_and_not_remembered_as_done() -> None:
    world = World()
    await world.run_until_caught_up()
    world.commits.log = [commit("a/1", 1), commit("a/1", 2), commit("a/1", 3)]
    world.topic.lost_acks = 1
    with pytest.raises(BrokerUnavailable):
        await world.run_until_caught_up()
    assert world.checkpoints.stored.token == {"n": 0}
    await world.run_until_caught_up()
    assert world.published("a/1") == [1, 2, 1, 2, 3]


async def test_an_outage_of_the_database_is_reported_and_the_next_run_goes_on() -> None:
    world = World()
    await world.run_until_caught_up()
    world.commits.log = [commit("a/1", 1)]
    world.commits.failures = 1
    with pytest.raises(CommitsUnavailable):
        await world.run_until_caught_up()
    await world.run_until_caught_up()
    assert world.published("a/1") == [1]


async def test_the_next_batch_is_read_while_one_is_being_sent() -> None:
    world = World()
    await world.run_until_caught_up()
    world.commits.log = [commit("a/1", 1), commit("a/1", 2), commit("a/1", 3)]
    world.topic.gate = asyncio.Event()
    read_before = world.commits.reads
    running = asyncio.ensure_future(world.run_until_caught_up())
    async with asyncio.timeout(DEADLINE_S):
        while world.commits.reads < read_before + 2:  # noqa: ASYNC110 - the gate is shut: only the second read is left
            await asyncio.sleep(0)
    assert world.topic.events == []
    for _ in range(20):
        await asyncio.sleep(0)
    assert world.commits.reads == read_before + 2  # and not a third one: memory is bounded
    world.topic.gate.set()
    await running
    assert world.published("a/1") == [1, 2, 3]


async def test_while_the_clock_stands_still_the_checkpoint_is_stored_only_when_the_load_ends() -> None:
    world = World()
    await world.run_until_caught_up()
    before = len(world.checkpoints.saves)
    world.commits.log = [commit("a/1", number) for number in range(1, 21)]
    world.commits.caught_up.clear()
    world.stop.clear()
    running = asyncio.ensure_future(world.relay.run())
    async with asyncio.timeout(DEADLINE_S):
        await world.commits.caught_up.wait()
        assert [saved.token for saved in world.checkpoints.saves[before:]] == [{"n": 20}]
        world.stop.set()
        await running


async def test_a_planned_stop_waits_for_the_acknowledgement_and_leaves_nothing_to_repeat() -> None:
    world = World()
    await world.run_until_caught_up()
    world.commits.log = [commit("a/1", 1), commit("a/1", 2), commit("a/1", 3)]
    world.topic.gate = asyncio.Event()
    read_before = world.commits.reads
    world.stop.clear()
    running = asyncio.ensure_future(world.relay.run())
    async with asyncio.timeout(DEADLINE_S):
        while world.commits.reads < read_before + 2:  # noqa: ASYNC110 - until the first batch is at the gate
            await asyncio.sleep(0)
        world.stop.set()
        world.topic.gate.set()
        await running
    assert world.published("a/1") == [1, 2]
    assert world.checkpoints.stored.token == {"n": 2}


async def test_under_load_a_second_that_has_passed_stores_the_checkpoint() -> None:
    world = World()
    await world.run_until_caught_up()
    world.commits.log = [commit("a/1", number) for number in range(1, 5)]
    before = len(world.checkpoints.saves)
    world.relay._clocks = a_second_passes_at_each_look()
    await world.run_until_caught_up()
    tokens = [saved.token for saved in world.checkpoints.saves[before:]]
    assert tokens == [{"n": 2}, {"n": 4}]


def a_second_passes_at_each_look() -> Clocks:
    now_s = 0.0

    def tick() -> float:
        nonlocal now_s
        now_s += 1.0
        return now_s

    return Clocks(tick, lambda: 0.0)


async def test_a_token_that_moves_without_facts_is_stored_every_ten_seconds() -> None:
    world = World()
    await world.run_until_caught_up()
    world.relay._at = world.checkpoints.stored
    world.relay._saved = Checkpoint({"n": -1}, "cluster-1")
    before = len(world.checkpoints.saves)
    world.now_s = 9.9
    await world.relay._save_if_due(idle=True)
    assert len(world.checkpoints.saves) == before
    world.now_s = 10.0
    await world.relay._save_if_due(idle=True)
    assert len(world.checkpoints.saves) == before + 1


async def test_a_relay_that_was_overtaken_ends_at_its_next_save() -> None:
    world = World()
    await world.run_until_caught_up()
    world.commits.log = [commit("a/1", 1)]
    world.checkpoints.taken_over = True
    with pytest.raises(LeaseLost):
        await world.run_until_caught_up()
    assert world.checkpoints.stored.token == {"n": 0}
