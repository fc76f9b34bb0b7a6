"""Troubles: what is done to a system in a trial, so that the guarantee on trial is what everything hangs on."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from deploy.local.mongod import has_primary
from deploy.local.part import Part
from shared.lease import LEASE_TTL_S
from tests.chaos.running import Run
from tests.waiting import eventually_async

_WARM_S_MAX: Final = 60.0
_AFTERWARDS_S: Final = 1.5
_KILLS: Final = 3
_TAKEN_OVER_LEASES: Final = 2.5
"""After so many lives of a lease another has taken over, and has written."""
_GATHERED_S: Final = 0.9
"""How long a relay is stopped, so that its next batch has facts for every partition: less than its lease.

Also longer than a follower's request waits at its leader (0.5 s), or the first records would reach it all the same.
"""
_FENCED_S: Final = 10.0
"""After this the other brokers have taken over from one that is gone."""
_WORK_S: Final = 12.0
_ALONE_S: Final = 1.8
"""The longest that a primary goes on alone: less than until it notices (2 s)."""
_TAKEN_ALONE: Final = 8
"""So many commands acknowledged by a primary that is alone are enough: none of them can be there afterwards."""


async def work_on(_: Run) -> None:
    """Nothing is done: impatient clients are trouble enough."""
    await asyncio.sleep(_WORK_S)


async def freeze_projectors_in_turn(run: Run) -> None:
    """Freeze each projector longer than a lease, so that it wakes up as a zombie; repeat facts by killing the relay."""
    for name in run.system.named("projector"):
        run.system.children[name].send(signal.SIGSTOP)
        await asyncio.sleep(run.system.cast.scale.frozen_s[1])
        run.system.children[name].send(signal.SIGCONT)
        await until_more_is_recorded(run)
        await _kill(run, "relay")
        await asyncio.sleep(_AFTERWARDS_S)


async def silence_projectors_in_turn(run: Run) -> None:
    """Hold up what each projector writes until another has taken over: then it arrives too late."""
    for name in run.system.named("projector"):
        link = run.system.links[f"{name} mongod"]
        link.silence()
        await asyncio.sleep(_TAKEN_OVER_LEASES * (run.system.cast.scale.lease_s or LEASE_TTL_S))
        await until_more_is_recorded(run)
        link.mend()
        await asyncio.sleep(_AFTERWARDS_S)


async def kill_relays(run: Run) -> None:
    """Kill the relay under load: its successor sends again what had no checkpoint yet."""
    for _ in range(_KILLS):
        await until_more_is_recorded(run)
        await _kill(run, "relay")
        await asyncio.sleep(_AFTERWARDS_S)


async def kill_projectors_in_a_transaction(run: Run) -> None:
    """Kill the projectors while what they have polled is not written yet."""
    links = [link for name, link in run.system.links.items() if name.startswith("projector") and "mongod" in name]
    for link in links:
        link.silence()
    await until_more_is_recorded(run)
    await asyncio.sleep(_AFTERWARDS_S)
    await _kill(run, "projector")
    for link in links:
        link.reset()
        link.mend()
    await until_more_is_recorded(run)


async def kill_with_unacknowledged_facts(run: Run) -> None:
    """Let the relay send to brokers that never answer, and lose both."""
    brokers = run.system.parts.brokers
    for broker in brokers:
        broker.freeze()  # what is sent now is never acknowledged, and lost with the broker
    try:
        await until_more_is_recorded(run)
        await asyncio.sleep(_AFTERWARDS_S)
        await _kill(run, "relay")
        await asyncio.gather(*(broker.kill() for broker in brokers))
    finally:  # they serve the next trial too, whatever became of this one
        for broker in brokers:
            broker.thaw()
    await asyncio.gather(*(broker.start() for broker in brokers))
    await asyncio.sleep(_AFTERWARDS_S)


async def kill_the_leader_behind_frozen_followers(run: Run) -> None:
    """Let one broker alone take what a relay sends, and lose it before any other has it."""
    first, *others = run.system.parts.brokers
    relays = [run.system.children[name] for name in run.system.named("relay")]
    for relay in relays:
        relay.send(signal.SIGSTOP)
    for broker in others:
        broker.freeze()
    await asyncio.sleep(_GATHERED_S)
    for relay in relays:
        relay.send(signal.SIGCONT)
    await asyncio.sleep(_AFTERWARDS_S)
    await first.kill()
    for broker in others:
        broker.thaw()
    await asyncio.sleep(_FENCED_S)
    await first.start()


async def cut_off_the_primary(run: Run) -> None:
    """Let the primary take commands that no other member hears of, and lose it."""
    members = run.system.parts.members
    primary = await _primary(members)
    others = [member for member in members if member is not primary]
    # Killed, not frozen: a frozen member finds in its socket's buffer all that the primary has streamed to it.
    await asyncio.gather(*(member.kill() for member in others))
    known = len(run.clients.acknowledged_s)
    with suppress(TimeoutError):  # a sound process acknowledges nothing now
        async with asyncio.timeout(_ALONE_S):
            while len(run.clients.acknowledged_s) < known + _TAKEN_ALONE:  # noqa: ASYNC110 - as in `until`
                await asyncio.sleep(0.02)
    await primary.kill()
    await asyncio.gather(*(member.start() for member in others))
    await eventually_async(lambda: has_primary([member.port for member in others]), within_s=_WARM_S_MAX)
    await primary.start()


async def until_more_is_recorded(run: Run) -> None:
    """Wait until some more commands are accepted."""
    known = len(run.clients.acknowledged_s)
    await until(lambda: len(run.clients.acknowledged_s) > known + 5)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until facts flow: what we wait for happens in other processes."""
    async with asyncio.timeout(_WARM_S_MAX):
        while not condition():  # noqa: ASYNC110 - there is nothing here that could be set
            await asyncio.sleep(0.1)


async def _kill(run: Run, beginning: str) -> None:
    for name in run.system.named(beginning):
        run.system.children[name].send(signal.SIGKILL)


async def _primary(members: tuple[Part, ...]) -> Part:
    for member in members:
        if await has_primary([member.port]):
            return member
    raise AssertionError("there is no primary")
