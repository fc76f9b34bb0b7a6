"""Small disks that can be filled: file systems in memory, seen by this run and its processes only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BYTES: Final = 1_500 * 2**20
_FILLER: Final = "filler"
_STEP: Final = 2**20
_MOUNT_S_MAX: Final = 20.0
_ALONE: Final = "LOTSEN_CHAOS_ALONE"


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system of a gigabyte and a half."""

    path: Path

    def fill(self) -> None:
        """Take all the room there is."""
        with (self.path / _FILLER).open("wb", buffering=0) as file:
            block = bytes(_STEP)
            try:
                while file.write(block):
                    continue
            except OSError:  # it is full: that was the wish
                return

    def make_room(self) -> None:
        """Give the room back."""
        (self.path / _FILLER).unlink(missing_ok=True)


def alone_with_mounts(argv: Sequence[str]) -> None:
    """Become the same program with mounts of its own, which end with it however it ends; return where that is refused.

    Returns at once in the program that it became.
    """
    unshare = shutil.which("unshare")
    if unshare is None or os.environ.get(_ALONE):  # noqa: TID251 - told by ourselves, a moment ago
        return
    apart = [unshare, "--mount"] if os.geteuid() == 0 else [unshare, "--map-root-user", "--mount"]
    if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode == 0:
        environment = {**os.environ, _ALONE: "1"}  # noqa: TID251 - handed on as it is
        os.execvpe(unshare, [*apart, sys.executable, *argv], environment)  # noqa: S606 - becoming ourselves


def a_disk(path: Path) -> Disk | None:
    """Mount a small disk at `path`; None where this process has no mounts of its own."""
    if not os.environ.get(_ALONE):  # noqa: TID251 - told by ourselves, a moment ago
        return None
    path.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_BYTES}", "lotsen-chaos", str(path)]
    mounted = subprocess.run(command, check=False, capture_output=True, timeout=_MOUNT_S_MAX)
    return Disk(path) if mounted.returncode == 0 else None
