"""The relay's logic on fakes: when it sweeps, and that it never skips."""

import asyncio

import pytest

from shared.messaging import BrokerUnavailable
from shared.relay.ports import Checkpoint, CommitsUnavailable, SweepCause, TopicState
from shared.relay.relay import sweep_cause
from tests.unit.relay.fakes import FakeCommits, FakeTopic, assert_nothing_skipped, commit
from tests.unit.relay.world import DEADLINE_S, World, followed

pytestmark = pytest.mark.asyncio


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
