"""The machine and the versions that figures belong to."""

import contextlib
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.parts import Parts
from deploy.local.settings import KAFKA_VERSION
from shared.mongo import Client


@dataclass(frozen=True, slots=True)
class Machine:
    """Where figures were measured. Memory in GiB; `load` is the load average over a minute when the run began."""

    processor: str
    cores: int
    memory_gib: int
    system: str
    python: str
    kafka: str
    mongod: str
    load: float

    def sentence(self) -> str:
        """Return the machine in one line."""
        return (
            f"{self.cores} × {self.processor}, {self.memory_gib} GiB, {self.system}, Python {self.python}, "
            f"Kafka {self.kafka}, mongod {self.mongod}; load average {self.load:.1f} at the start"
        )


async def this_machine(parts: Parts, client: Client, load: float) -> Machine:
    """Describe the machine and the running parts."""
    found = await client.admin.command({"buildInfo": 1})
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 0,
        memory_gib=round(psutil.virtual_memory().total / 2**30),
        system=platform.freedesktop_os_release()["PRETTY_NAME"],
        python=platform.python_version(),
        kafka=KAFKA_VERSION if parts.kafka_road == "local" else "as given",
        mongod=str(found["version"]),
        load=load,
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


class Others:
    """How much of the machine somebody else took since this was made: figures of a busy machine are no figures."""

    def __init__(self) -> None:
        self._began = self._now()

    def share(self) -> float:
        """Return the processor time of processes that are not ours, as a share of all processors' time."""
        busy, own, whole = (now - then for now, then in zip(self._now(), self._began, strict=True))
        return max(0.0, busy - own) / whole if whole else 0.0

    @staticmethod
    def _now() -> tuple[float, float, float]:
        """Return the seconds that processors were busy, that they were for us, and that there were in all."""
        times = psutil.cpu_times()
        whole = sum(times) - times.guest - times.guest_nice
        me = psutil.Process()
        own = 0.0
        for process in (me, *me.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended, and counts as its parent's child
                used = process.cpu_times()
                own += used.user + used.system + used.children_user + used.children_system
        return whole - times.idle - times.iowait, own, whole
