"""What the relay stores and when: after the acknowledgement, not too often, and at the end."""

import asyncio

import pytest

from shared.relay.ports import Checkpoint, LeaseLost
from shared.relay.relay import Clocks
from tests.unit.relay.fakes import commit
from tests.unit.relay.world import DEADLINE_S, World

pytestmark = pytest.mark.asyncio


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
