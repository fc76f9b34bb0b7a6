"""The virtual loop: time jumps, each process keeps its order, the frozen wait, the dead reach nothing."""

import asyncio
import os
import random
import subprocess
import sys
import time

import pytest

from tests.sim.loop import Process, StandstillError, drawn_by, virtually
from tests.sim.net import Fate, Net, Server
from tests.sim.running import simulate


def _net(**weights: float) -> Net:
    net = Net(drawn_by(1))
    net.weights = {Fate[name]: weight for name, weight in weights.items()}
    return net


def test_a_day_passes_at_once_and_timers_keep_their_order() -> None:
    async def main() -> list[int]:
        order: list[int] = []

        async def after(hours: int) -> None:
            await asyncio.sleep(hours * 3600)
            order.append(hours)

        await asyncio.gather(*(after(hours) for hours in (24, 1, 12)))
        assert asyncio.get_running_loop().time() == 24 * 3600
        return order

    began_s = time.monotonic()
    assert virtually(main, drawn_by(1)) == [1, 12, 24]
    assert time.monotonic() - began_s < 3600


def test_somebody_who_waits_for_what_never_comes_is_found() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(StandstillError):
        virtually(main, drawn_by(1))


def test_processes_take_turns_as_the_seed_says_and_each_keeps_its_own_order() -> None:
    async def main() -> str:
        said: list[str] = []

        async def speak(words: str) -> None:
            for word in words:
                asyncio.get_running_loop().call_soon(said.append, word)

        await asyncio.gather(Process("one").start(speak("abcde")), Process("two").start(speak("12345")))
        await asyncio.sleep(0.1)
        return "".join(said)

    heard = {virtually(main, drawn_by(seed)) for seed in range(20)}
    assert len(heard) > 5
    for said in heard:
        assert ("".join(filter(str.isalpha, said)), "".join(filter(str.isdigit, said))) == ("abcde", "12345")


def test_the_frozen_run_nothing_until_they_thaw_and_then_go_on_as_if_nothing_had_happened() -> None:
    async def main() -> list[float]:
        beats: list[float] = []
        process = Process("frozen")

        async def beat() -> None:
            while True:
                await asyncio.sleep(1)
                beats.append(asyncio.get_running_loop().time())

        beating = process.start(beat())
        await asyncio.sleep(1.5)
        _net().freeze(process, 5)
        await asyncio.sleep(6.4)
        process.kill()
        await asyncio.wait([beating])
        return beats

    assert virtually(main, drawn_by(1)) == [1.0, 6.5, 7.5]


def test_the_dead_reach_nothing_however_they_try() -> None:
    async def main() -> list[str]:
        net, server, reached = _net(), Server("server"), list[str]()
        process = Process("dead")

        async def work() -> None:
            try:
                await net.ask(server, lambda: reached.append("before"), ConnectionError)
                await asyncio.sleep(100)
            finally:
                await net.ask(server, lambda: reached.append("after"), ConnectionError)

        working = process.start(work())
        await asyncio.sleep(1)
        process.kill()
        await asyncio.wait([working])
        await asyncio.sleep(0)
        assert not process.tasks
        return reached

    assert virtually(main, drawn_by(1)) == ["before"]


@pytest.mark.parametrize(
    ("fate", "effects", "error"),
    [("NOT_SENT", 0, True), ("ANSWER_LOST", 1, True), ("LATE", 1, True), ("FROZEN_BEFORE", 1, False)],
)
def test_a_request_meets_its_fate(fate: str, effects: int, error: bool) -> None:  # noqa: FBT001 - one row of a table
    async def main() -> None:
        net, server, reached = _net(**{fate: 1.0}), Server("server"), list[int]()

        async def work() -> None:
            await net.ask(server, lambda: reached.append(1), ConnectionError)

        asked = Process("asking").start(work())
        await asyncio.wait([asked])
        await asyncio.sleep(20)
        assert isinstance(asked.exception(), ConnectionError) == error
        assert len(reached) == effects

    virtually(main, drawn_by(1))


def test_a_seed_is_the_same_in_every_process() -> None:
    script = "from tests.sim.running import simulate; print([simulate(seed).digest for seed in range(3)])"
    told = {
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            text=True,
            env={"PATH": os.defpath, "PYTHONHASHSEED": salt},
        ).stdout.strip()
        for salt in ("1", "2")
    }
    assert told == {str([simulate(seed).digest for seed in range(3)])}


def test_the_interpreters_own_chance_is_left_as_it_was() -> None:
    before = random.getstate()
    virtually(lambda: asyncio.sleep(1), drawn_by(1))
    assert random.getstate() == before
