"""A stream that is sent again on request: from the position asked for, in order, until it is acknowledged."""

import asyncio
from contextlib import suppress

import pytest

from shared.messaging import BrokerUnavailable
from shared.relay.ports import Checkpoint, CommitsUnavailable
from shared.relay.republish import LOOK_S
from tests.unit.relay.fakes import assert_nothing_skipped, commit
from tests.unit.relay.world import DEADLINE_S, World, followed

pytestmark = pytest.mark.asyncio


async def followed_world(*lengths: int) -> World:
    """Return a relay that has published the stream `a/1`, with so many facts in each commit, and nothing else."""
    world = World()
    position = 1
    for length in lengths:
        world.commits.log.append(commit("a/1", position, length))
        position += length
    await world.run_until_caught_up()
    return world


async def test_a_stream_is_sent_again_from_the_position_asked_for_even_inside_a_commit() -> None:
    world = await followed_world(2, 3, 1, 4)
    request = world.requests.ask("a/1", 4)
    await world.run_until_answered()
    assert world.published("a/1") == [*range(1, 11), *range(4, 11)]
    assert world.requests.answers == {request: 7}


async def test_requests_are_served_one_after_the_other_and_only_once() -> None:
    world = await followed_world(3)
    world.requests.ask("a/1", 3)
    world.requests.ask("a/1", 1)
    await world.run_until_answered()
    await world.run_until_caught_up()
    assert world.published("a/1") == [1, 2, 3, 3, 1, 2, 3]


async def test_nobody_is_asked_more_often_than_every_two_seconds() -> None:
    world = await followed_world(1)
    running = asyncio.ensure_future(world.relay.run())
    world.stop.clear()
    async with asyncio.timeout(DEADLINE_S):
        world.commits.caught_up.clear()
        await world.commits.caught_up.wait()
        world.requests.ask("a/1", 1)
        for now_s in (0.0, LOOK_S - 0.1):
            world.now_s = now_s
            world.commits.caught_up.clear()
            await world.commits.caught_up.wait()
            assert not world.requests.answers
        world.now_s = LOOK_S
        while not world.requests.answers:  # noqa: ASYNC110 - the relay runs between the turns
            await asyncio.sleep(0)
        world.stop.set()
        await running


async def test_a_stream_that_does_not_exist_is_answered_with_no_facts() -> None:
    world = await followed_world(1)
    request, beyond = world.requests.ask("a/2", 1), world.requests.ask("a/1", 2)
    await world.run_until_answered()
    assert world.requests.answers == {request: 0, beyond: 0}


async def test_what_is_recorded_and_not_published_yet_comes_first() -> None:
    world = World(stored=followed(token=0))
    world.commits.log = [commit("a/1", position) for position in range(1, 10)]
    request = world.requests.ask("a/1", 7)
    await world.run_until_answered()
    assert_nothing_skipped(world.topic, world.commits.log)
    assert world.published("a/1") == [*range(1, 10), 7, 8, 9]
    assert world.requests.answers == {request: 3}


async def test_a_sweep_serves_nobody_and_its_end_does() -> None:
    world = World(stored=Checkpoint())
    world.commits.log = [commit("a/1", position) for position in range(1, 6)]
    world.requests.ask("a/1", 5)
    await world.run_until_answered()
    assert world.published("a/1") == [1, 2, 3, 4, 5, 5]


async def test_a_long_stream_leaves_room_for_what_is_recorded_meanwhile() -> None:
    world = await followed_world(*([1] * 40))
    world.requests.ask("a/1", 1)
    running = asyncio.ensure_future(world.run_until_answered())
    async with asyncio.timeout(DEADLINE_S):
        while len(world.topic.sent) == 40:  # noqa: ASYNC110 - until the request is begun
            await asyncio.sleep(0)
        world.commits.log.append(commit("a/2", 1))
        await running
    order = [(event.stream, event.sequence) for event in world.topic.sent]
    assert order.index(("a/2", 1)) < len(order) - 10
    assert world.published("a/1") == [*range(1, 41), *range(1, 41)]


@pytest.mark.parametrize("fault", ["ack lost", "outage", "answer lost"])
async def test_a_request_is_done_when_it_is_acknowledged_and_repeated_otherwise(fault: str) -> None:
    world = await followed_world(1, 1, 1, 1, 1, 1)
    request = world.requests.ask("a/1", 2)
    match fault:
        case "ack lost":
            world.topic.lost_acks = 1
        case "outage":
            world.topic.outages = 1
        case _:
            world.requests.failures = 1
    with pytest.raises((BrokerUnavailable, CommitsUnavailable)):
        await world.run_until_answered()
    assert not world.requests.answers
    await world.run_until_answered()
    assert world.requests.answers == {request: 5}
    assert world.published("a/1")[-5:] == [2, 3, 4, 5, 6]


async def test_killed_in_the_middle_the_next_leader_repeats_it() -> None:
    world = await followed_world(*([1] * 12))
    request = world.requests.ask("a/1", 1)
    for turns in range(1, 60, 3):
        world.stop.clear()
        running = asyncio.ensure_future(world.relay.run())
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        if world.requests.answers:
            break
    assert world.requests.answers == {request: 12}
    assert world.published("a/1")[-12:] == list(range(1, 13))
    assert len(world.published("a/1")) > 24  # it was begun before, and not finished
