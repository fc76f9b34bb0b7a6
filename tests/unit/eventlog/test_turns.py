"""Turns: first in, first out, and nobody waits for ever."""

import asyncio

import pytest

from shared.eventlog.refusals import StreamContended
from shared.eventlog.turns import Turns
from tests.unit.eventlog.faults import WAIT_S_MAX, everybody_waits

pytestmark = pytest.mark.asyncio


async def test_who_is_cancelled_when_its_turn_has_just_come_passes_it_on() -> None:
    turns = Turns(waiting_per_stream_max=10, wait_s_max=WAIT_S_MAX)
    first = await turns.take(["a"])
    second = asyncio.ensure_future(turns.take(["a"]))
    third = asyncio.ensure_future(turns.take(["a"]))
    await everybody_waits()
    first.leave()
    second.cancel()
    await everybody_waits()
    assert second.cancelled()
    assert third.done()


async def test_who_is_cancelled_in_line_for_its_second_stream_gives_back_the_first() -> None:
    turns = Turns(waiting_per_stream_max=10, wait_s_max=WAIT_S_MAX)
    holder = await turns.take(["b"])
    waiting = asyncio.ensure_future(turns.take(["a", "b"]))
    await everybody_waits()
    waiting.cancel()
    await everybody_waits()
    (await asyncio.wait_for(turns.take(["a"]), WAIT_S_MAX)).leave()
    holder.leave()
    (await turns.take(["b", "a"])).leave()


async def test_streams_taken_in_either_order_never_wait_in_a_ring() -> None:
    turns = Turns(waiting_per_stream_max=100, wait_s_max=WAIT_S_MAX)

    async def work(streams: list[str]) -> None:
        turn = await turns.take(streams)
        await asyncio.sleep(0)
        turn.leave()

    await asyncio.wait_for(asyncio.gather(*(work(["a", "b"][:: 1 - 2 * (n % 2)]) for n in range(50))), WAIT_S_MAX)


async def test_a_turn_is_kept_until_what_is_pending_is_done() -> None:
    turns = Turns(waiting_per_stream_max=10, wait_s_max=WAIT_S_MAX)
    turn = await turns.take(["a"])
    pending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    turn.hold_until(pending)
    turn.leave()
    following = asyncio.ensure_future(turns.take(["a"]))
    await everybody_waits()
    assert not following.done()
    pending.set_result(None)
    await everybody_waits()
    assert following.done()


async def test_who_stands_behind_a_blocked_decision_is_told_in_time_and_gives_back_what_it_had() -> None:
    turns = Turns(waiting_per_stream_max=10, wait_s_max=0.01)
    blocked = await turns.take(["b"])
    with pytest.raises(StreamContended):
        await asyncio.wait_for(turns.take(["a", "b"]), WAIT_S_MAX)
    (await asyncio.wait_for(turns.take(["a"]), WAIT_S_MAX)).leave()
    blocked.leave()
    (await asyncio.wait_for(turns.take(["b"]), WAIT_S_MAX)).leave()
