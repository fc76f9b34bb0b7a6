"""The machine and the versions that figures belong to."""

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
