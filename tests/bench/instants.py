"""Files in which the processes of a freshness run note who came to which version at what instant."""

from collections.abc import Iterable
from pathlib import Path

Instants = dict[tuple[str, int], float]
"""`{(document, version): seconds}` by the machine's monotonic clock, which all its processes share."""


def write_instants(path: Path, noted: Iterable[tuple[str, int, float]]) -> None:
    """Write one line for each."""
    path.write_text("".join(f"{document} {version} {at:.6f}\n" for document, version, at in noted), encoding="utf-8")


def read_instants(path: Path) -> Instants:
    """Read what `write_instants` wrote."""
    found: Instants = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        document, version, at = line.split()
        found[document, int(version)] = float(at)
    return found
