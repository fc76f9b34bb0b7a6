"""Resolves Maven coordinates in a process of its own: `resolve_jars.py [--alone] COORDINATES CACHE_DIR`.

Of its own, because a download that hangs can then be ended. It prints one JSON list of paths as its last line.
"""

import json
import sys
from pathlib import Path

import jgo
from jgo.maven import MavenContext


def main(coordinates: str, cache_dir: str) -> None:
    """Download what is missing, and print the paths of all the jars."""
    environment = jgo.build(coordinates, cache_dir=Path(cache_dir))
    _print([str(jar) for jar in environment.all_jars])


def alone(coordinate: str, cache_dir: str) -> None:
    """Download one file, nothing that it depends on, and print its path: `group:artifact:version:classifier:type`."""
    group, artifact, version, classifier, packaging = coordinate.split(":")
    context = MavenContext(repo_cache=Path(cache_dir) / "repository")
    found = context.project(group, artifact).at_version(version).artifact(classifier, packaging)
    _print([str(found.resolve())])


def _print(paths: list[str]) -> None:
    sys.stdout.write(f"\n{json.dumps(paths)}\n")


if __name__ == "__main__":
    if sys.argv[1] == "--alone":
        alone(*sys.argv[2:])
    else:
        main(*sys.argv[1:])
