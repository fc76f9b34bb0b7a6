"""Many clients at once over HTTP, each on its own connection, who come back as they are told."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from time import monotonic
from typing import Final, NamedTuple
from urllib.parse import urlsplit

_AGAIN: Final = frozenset({429, 503})
_ANSWER_S_MAX: Final = 60.0
_WORK_S_MAX: Final = 240.0
_REFUSED_S: Final = 0.5
_COME_AT_ONCE_S: Final = 0.2


class Command(NamedTuple):
    """What a client sends: a path, a body (JSON) and the idempotency key that it keeps through all its attempts."""

    path: str
    body: str
    key: str


class Answer(NamedTuple):
    """A status and what Retry-After says (seconds), if anything."""

    status: int
    retry_after_s: float | None


@dataclass(slots=True)
class Arrived:
    """What came of it: answers by status, connections that were refused or cut, and instants (monotonic clock).

    `unguided` are answers 429 and 503 that did not say when to come back; `undone` commands that were never answered
    by a 2xx. Latencies in seconds, of the attempt that succeeded.
    """

    statuses: dict[str, int] = field(default_factory=dict)
    cut: int = 0
    unguided: int = 0
    undone: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    p50_s: float = 0.0
    p99_s: float = 0.0

    def as_json(self) -> str:
        """Return it as one line."""
        return json.dumps(asdict(self))


class _Client:
    """One client with one connection, which it opens again when it is cut."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, command: Command) -> Answer:
        """Send once and return the answer. Raises OSError, asyncio.IncompleteReadError, TimeoutError."""
        async with asyncio.timeout(_ANSWER_S_MAX):
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port)
            reader, writer = self._streams
            writer.write(self._request(command))
            await writer.drain()
            return await self._answer(reader)

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    def _request(self, command: Command) -> bytes:
        body = command.body.encode()
        lines = (
            f"POST {command.path} HTTP/1.1",
            f"Host: {self._host}:{self._port}",
            f"Authorization: Bearer {self._token}",
            f"Idempotency-Key: {command.key}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        return "\r\n".join((*lines, "", "")).encode() + body

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        after = headers.get("retry-after")
        return Answer(int(head[0].split(" ")[1]), None if after is None else float(after))


async def arrive(address: str, token: str, path: Path) -> Arrived:
    """Send the work that `path` lists (a JSON list of commands per client, one client a line), all clients at once.

    A client sends its commands one after the other; after 429 and 503 it waits as Retry-After says, after a cut
    connection half a second, and sends the same again. Any other answer than a 2xx ends its work.
    """
    works = _works(path)
    found = Arrived()
    statuses: Counter[int] = Counter()
    took_s: list[float] = []

    async def work(commands: Sequence[Command]) -> None:
        client = _Client(address, token)
        await asyncio.sleep(random.uniform(0, _COME_AT_ONCE_S))  # noqa: S311 - spreads load, guards no secret
        try:
            for command in commands:
                if not await _until_done(client, command, found, statuses, took_s):
                    return
        finally:
            client.close()

    async with asyncio.TaskGroup() as group:
        for commands in works:
            group.create_task(work(commands))
    found.statuses = {str(status): count for status, count in sorted(statuses.items())}
    found.undone = sum(len(commands) for commands in works) - len(took_s)
    cuts = quantiles(took_s, n=100, method="inclusive") if len(took_s) > 1 else [0.0] * 99
    found.p50_s, found.p99_s = cuts[49], cuts[98]
    return found


def _works(path: Path) -> list[list[Command]]:
    return [[Command(*command) for command in json.loads(line)] for line in path.read_text().splitlines()]


async def _until_done(
    client: _Client, command: Command, found: Arrived, statuses: Counter[int], took_s: list[float]
) -> bool:
    give_up_at = monotonic() + _WORK_S_MAX
    while monotonic() < give_up_at:
        began = monotonic()
        try:
            answer = await client.send(command)
        except (OSError, asyncio.IncompleteReadError):  # a timeout is an OSError too
            client.close()
            found.cut += 1
            await asyncio.sleep(_REFUSED_S)
            continue
        statuses[answer.status] += 1
        if answer.status in _AGAIN:
            found.unguided += answer.retry_after_s is None
            await asyncio.sleep(_REFUSED_S if answer.retry_after_s is None else answer.retry_after_s)
            continue
        if not 200 <= answer.status < 300:
            return False
        now = monotonic()
        found.first_at = found.first_at or now
        found.last_at = now
        took_s.append(now - began)
        return True
    return False
