"""The state directory: who holds it, and the ports and ids that its data is tied to from one start to the next."""

import asyncio
import base64
import fcntl
import os
import secrets
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from deploy.local.failures import PortTakenError, StateDirInUseError, StateDirMismatchError

HOST: Final = "127.0.0.1"
PORT_FREE_S_MAX: Final = 10.0
_PORT_FIRST: Final = 15_000
_PORT_LAST: Final = 32_000  # Linux gives outgoing connections 32768 and above
_PORT_FREE_EVERY_S: Final = 0.2

_given: Final[set[int]] = set()
"""Ports that this process has chosen for parts which may not listen yet."""


class Node(BaseModel):
    """One process of a part: its number from 1, its ports by purpose, and an id for its data directory."""

    number: int
    ports: dict[str, int]
    directory_id: str


class Layout(BaseModel):
    """What a part's data depends on; kept in `layout.json` beside the data."""

    cluster_id: str
    nodes: list[Node]


@contextmanager
def held(state_dir: Path) -> Iterator[None]:
    """Hold the state directory for this process, creating it where needed; the kernel lets go if we are killed.

    Raises:
        StateDirInUseError: another process holds it.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateDirInUseError(state_dir) from None
        yield


def remembered_layout(part_dir: Path, count: int, purposes: Sequence[str]) -> Layout:
    """Return the layout that the data in `part_dir` was made with; at the first start choose and keep one.

    Raises:
        StateDirMismatchError: the data was made by another number of processes than `count`.
    """
    path = part_dir / "layout.json"
    if path.exists():
        layout = Layout.model_validate_json(path.read_bytes())
        if len(layout.nodes) != count:
            raise StateDirMismatchError(part_dir, held=len(layout.nodes), wanted=count)
        return layout
    layout = _new_layout(count, purposes)
    write_whole(path, layout.model_dump_json(indent=2))
    return layout


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or none, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


async def ports_are_free(name: str, node: Node, *, within_s: float = PORT_FREE_S_MAX) -> None:
    """Wait until the node's ports are free: the remembered port may be lent to some passing connection just now.

    Raises:
        PortTakenError: one is still taken after `within_s` seconds.
    """
    deadline = time.monotonic() + within_s
    for port in node.ports.values():
        while not _is_free(port):
            if time.monotonic() > deadline:
                raise PortTakenError(port, name)
            await asyncio.sleep(_PORT_FREE_EVERY_S)


async def accepts_connections(port: int) -> bool:
    """Tell whether somebody listens on the port."""
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


def free_ports(count: int) -> list[int]:
    """Return that many different ports which nobody uses now, and which the system gives to no outgoing connection.

    From the range of those, a client that tries again and again to reach a part that is away is given the part's own
    port one day, and reaches itself: the part then finds its port taken and never comes back.
    """
    ports: list[int] = []
    with ExitStack() as stack:
        while len(ports) < count:
            port = _PORT_FIRST + secrets.randbelow(_PORT_LAST - _PORT_FIRST)
            if port in _given:
                continue
            bound = stack.enter_context(socket.socket())
            try:
                bound.bind((HOST, port))
            except OSError:
                continue
            ports.append(port)
    _given.update(ports)
    return ports


def _new_layout(count: int, purposes: Sequence[str]) -> Layout:
    ports = free_ports(count * len(purposes))
    return Layout(
        cluster_id=new_kafka_id(),
        nodes=[
            Node(
                number=index + 1,
                ports=dict(zip(purposes, ports[index * len(purposes) :], strict=False)),
                directory_id=new_kafka_id(),
            )
            for index in range(count)
        ],
    )


def new_kafka_id() -> str:
    """Return 16 random bytes as Kafka writes its ids: 22 characters, never beginning with a hyphen."""
    while (text := base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()).startswith("-"):
        continue
    return text


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections in TIME_WAIT do not count
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
