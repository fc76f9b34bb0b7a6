"""Clocks that can be stepped: a small library, built with the machine's compiler, between a process and its clock."""

import mmap
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).with_name("clock_shim.c")
_OFFSET: Final = struct.Struct("q")
_BUILD_S_MAX: Final = 60.0
_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock of one process, by the file that holds its offset."""

    library: Path
    path: Path

    def environment(self) -> dict[str, str]:
        """Return what makes a process read this clock."""
        return {"LD_PRELOAD": str(self.library), "CHAOS_CLOCK_FILE": str(self.path)}

    def step(self, seconds: float) -> None:
        """Let the wall clock be that far from the machine's from now on; time that is measured flows on."""
        with self.path.open("r+b") as file, mmap.mmap(file.fileno(), _OFFSET.size) as offset:
            _OFFSET.pack_into(offset, 0, round(seconds * _NS))


def built_library(directory: Path) -> Path | None:
    """Build the library; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = directory / "clock_shim.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
    built = subprocess.run(command, check=False, capture_output=True, timeout=_BUILD_S_MAX)
    return library if built.returncode == 0 else None


def a_clock(library: Path, directory: Path, name: str) -> Clock:
    """Return a clock that goes right."""
    path = directory / f"{name}.clock"
    path.write_bytes(_OFFSET.pack(0))
    return Clock(library, path)
