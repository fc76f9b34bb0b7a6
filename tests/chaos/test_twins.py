"""A checker that has never been seen to fail measures nothing: each twin breaks one guarantee and must be caught."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from deploy.local.parts import Parts
from tests.chaos.checks import PromiseBrokenError, check_all
from tests.chaos.running import Run, a_run, working
from tests.chaos.system import TWINS, Process, running

pytestmark = [pytest.mark.chaos, pytest.mark.real_parts, pytest.mark.asyncio]

_LAG_S_MAX = 8.0
_WARM_S_MAX = 30.0
_FROZEN_S = 7.5
"""Longer than a lease: whoever is thawed then is a zombie."""
_AFTERWARDS_S = 1.5


async def test_a_projector_without_compare_and_set_and_sequence_check_is_caught(
    doomed: Parts, state_dir: Path, seed: int
) -> None:
    processes = (
        Process("relay", "relay"),
        Process("twin-1", "project", TWINS),
        Process("twin-2", "project", TWINS),
    )

    async def freeze_in_turn(run: Run) -> None:
        for name in ("twin-1", "twin-2"):
            run.system.children[name].send(signal.SIGSTOP)
            await asyncio.sleep(_FROZEN_S)
            run.system.children[name].send(signal.SIGCONT)
            await _until_more_is_recorded(run)
            run.system.children["relay"].send(signal.SIGKILL)  # its successor sends again what had no checkpoint yet
            await asyncio.sleep(_AFTERWARDS_S)

    found = await _caught(doomed, state_dir, seed, processes, freeze_in_turn)
    assert "pages-are-the-log" in found.checks


async def test_a_relay_that_keeps_the_token_before_the_ack_is_caught(doomed: Parts, state_dir: Path, seed: int) -> None:
    processes = (Process("twin", "relay", TWINS), Process("projector", "project"))
    (broker,) = doomed.brokers

    async def kill_with_unacknowledged_facts(run: Run) -> None:
        broker.freeze()  # what is sent now is never acknowledged, and lost with the broker
        await _until_more_is_recorded(run)
        await asyncio.sleep(_AFTERWARDS_S)
        run.system.children["twin"].send(signal.SIGKILL)
        await broker.kill()
        await broker.start()
        await asyncio.sleep(_AFTERWARDS_S)

    found = await _caught(doomed, state_dir, seed, processes, kill_with_unacknowledged_facts)
    assert "log-is-on-topic" in found.checks


async def _caught(
    parts: Parts,
    state_dir: Path,
    seed: int,
    processes: tuple[Process, ...],
    trouble: Callable[[Run], Awaitable[None]],
) -> PromiseBrokenError:
    """Return what the checker finds after the trouble that a twin cannot stand."""
    namespace = f"chaos-{processes[0].name}"
    async with running(state_dir, parts, namespace, processes) as system, a_run(system, "twin", state_dir, seed) as run:
        async with working(run, applicants=2, owners=4, pause_s=0.5):
            await _until(lambda: len(run.clients.effects) > 5)
            await trouble(run)
        await run.heal(lag_s_max=_LAG_S_MAX)
        evidence = await run.evidence()
    with pytest.raises(PromiseBrokenError) as caught:
        check_all(evidence)
    return caught.value


async def _until_more_is_recorded(run: Run) -> None:
    """Wait until some more commands are accepted."""
    known = len(run.clients.acknowledged_s)
    await _until(lambda: len(run.clients.acknowledged_s) > known + 5)


async def _until(condition: Callable[[], bool]) -> None:
    """Wait until facts flow: what we wait for happens in other processes."""
    async with asyncio.timeout(_WARM_S_MAX):
        while not condition():  # noqa: ASYNC110 - there is nothing here that could be set
            await asyncio.sleep(0.1)
