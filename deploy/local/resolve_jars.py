"""Resolves Maven coordinates in a process of its own: `resolve_jars.py COORDINATES CACHE_DIR`.

Of its own, because a download that hangs can then be ended. It prints one JSON list of paths as its last line.
"""

import json
import sys
from pathlib import Path

import jgo


def main(coordinates: str, cache_dir: str) -> None:
    """Download what is missing, and print the paths of all the jars."""
    environment = jgo.build(coordinates, cache_dir=Path(cache_dir))
    sys.stdout.write(f"\n{json.dumps([str(jar) for jar in environment.all_jars])}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
