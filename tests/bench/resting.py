"""The whole system at rest: what it takes of the machine while nothing happens."""

import asyncio
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Final, NamedTuple

import psutil

from deploy.local.layout import free_ports
from deploy.system import System, running_system
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_most, judged, number

_SETTLE_S: Final = 20.0
_NAMESPACE: Final = "rest"


class Taken(NamedTuple):
    """What one process took: its share of one core, and resident memory at the beginning and at the end (MiB)."""

    share: float
    before_mib: float
    after_mib: float


async def measure(stage: Stage) -> Figures:
    """Run everything, wait until it has settled, and watch it."""
    (port,) = free_ports(1)
    folder = stage.state_dir / "rest"
    stage.on_step("Starting the whole system")
    async with running_system(folder, port=port, namespace=_NAMESPACE, given=stage.given) as system:
        await asyncio.sleep(_SETTLE_S)
        stage.on_step(f"Watching it at rest for {stage.idle_minutes:g} min")
        processes = _processes(system)
        parts = {part.name: part.pid for part in (*stage.parts.brokers, *stage.parts.members) if part.pid is not None}
        taken = await _watched({**processes, **parts}, 60 * stage.idle_minutes)
    return _figures(stage.idle_minutes, taken, list(processes), list(parts))


def _processes(system: System) -> dict[str, int]:
    return {child.name: child.pid for child in (system.api, *system.workers.values()) if child.pid is not None}


async def _watched(pids: Mapping[str, int], seconds: float) -> dict[str, Taken]:
    """Return what each process took over some seconds. A process that ends meanwhile raises psutil.NoSuchProcess."""
    processes = {name: psutil.Process(pid) for name, pid in pids.items()}
    before = {name: _used(process) for name, process in processes.items()}
    began_s = perf_counter()
    await asyncio.sleep(seconds)
    lasted_s = perf_counter() - began_s
    taken = {}
    for name, process in processes.items():
        (processor_s, memory_mib), (processor_before_s, memory_before_mib) = _used(process), before[name]
        taken[name] = Taken((processor_s - processor_before_s) / lasted_s, memory_before_mib, memory_mib)
    return taken


def _used(process: psutil.Process) -> tuple[float, float]:
    times = process.cpu_times()
    return times.user + times.system, process.memory_info().rss / 2**20


def _figures(minutes: float, taken: Mapping[str, Taken], ours: Sequence[str], parts: Sequence[str]) -> Figures:
    share = 100 * sum(taken[name].share for name in ours)
    before_gib = sum(taken[name].before_mib for name in ours) / 1024
    memory_gib = sum(taken[name].after_mib for name in ours) / 1024
    return Figures(
        title=f"The whole system at rest, {minutes:g} minutes",
        columns=("", "of a core", "goal", "memory", "goal"),
        rows=(
            *(_row(name, taken[name]) for name in ours),
            (
                *("all of ours", f"{share:.1f}%", judged(share, at_most(3, "%"))),
                *(f"{number(memory_gib)} GiB", judged(memory_gib, at_most(1.2, "GiB"))),
            ),
            *(_row(f"  beside: {name}", taken[name]) for name in parts),
        ),
        notes=(
            "One API process with all four services, one worker process each. Memory is resident memory, and what",
            f"processes share counts in each; when the watch began it was {number(before_gib)} GiB.",
        ),
    )


def _row(name: str, taken: Taken) -> tuple[str, ...]:
    return (name, f"{100 * taken.share:.1f}%", "", f"{taken.after_mib:.0f} MiB", "")
