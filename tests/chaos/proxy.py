"""A TCP proxy between any two parts: it passes whole messages on, and cuts, slows, silences, resets or swallows."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from deploy.local.layout import HOST, free_ports
from tests.chaos.wire import Wire

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
_GONE: Final = (OSError, EOFError)
_MESSAGE_BYTES: Final = 2**20


@dataclass(slots=True)
class Link:
    """All connections of one process to one kind of server, and what is wrong with them now.

    `ports` are {the server's own port: ours}, for every server of that kind.
    """

    name: str
    wire: Wire
    ports: dict[int, int]
    delay_s: float = 0.0
    """How long every message waits, in both directions."""
    is_cut: bool = False
    """Connections end, new ones are reset."""
    swallowing: int = 0
    """How many answers of commits are still to be swallowed; each takes its connection with it."""
    swallowed: int = 0
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)
    _connections: "set[_Connection]" = field(default_factory=set)

    def __post_init__(self) -> None:
        self._flowing.set()

    def silence(self) -> None:
        """Let nothing through; what was sent waits, as on a network that lost its way."""
        self._flowing.clear()

    def cut(self) -> None:
        """End every connection and take no new ones."""
        self.is_cut = True
        self.reset()

    def reset(self) -> None:
        """End every connection at once, without goodbye."""
        for connection in list(self._connections):
            connection.reset()

    def mend(self) -> None:
        """Let everything flow again."""
        self.is_cut, self.delay_s, self.swallowing = False, 0.0, 0
        self._flowing.set()

    async def hold(self) -> None:
        """Wait as long as a message has to wait now."""
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        await self._flowing.wait()

    async def serve(self, port: int, client: "_Stream") -> None:
        """Carry one connection to the server at `port` until either side ends it."""
        if self.is_cut:
            _reset(client.writer)
            return
        try:
            server = _Stream(*await asyncio.open_connection(HOST, port, limit=_MESSAGE_BYTES))
        except OSError:
            _reset(client.writer)
            return
        connection = _Connection(self, client, server)
        self._connections.add(connection)
        try:
            await connection.carry()
        finally:
            self._connections.discard(connection)
            connection.reset()


@dataclass(frozen=True, slots=True)
class _Stream:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class _Connection:
    """One connection through the proxy: requests one way, answers the other."""

    def __init__(self, link: Link, client: _Stream, server: _Stream) -> None:
        self._link = link
        self._client = client
        self._server = server
        self._committing: set[int] = set()

    async def carry(self) -> None:
        """Carry messages both ways until one way ends."""
        ways = [asyncio.create_task(self._requests()), asyncio.create_task(self._answers())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    def reset(self) -> None:
        """End both sides at once."""
        _reset(self._client.writer)
        _reset(self._server.writer)

    async def _requests(self) -> None:
        wire, link = self._link.wire, self._link
        with suppress(*_GONE):
            while True:
                request = await wire.read(self._client.reader)
                if (number := wire.committing(request)) is not None:
                    self._committing.add(number)
                await link.hold()
                self._server.writer.write(request)
                await self._server.writer.drain()

    async def _answers(self) -> None:
        wire, link = self._link.wire, self._link
        with suppress(*_GONE):
            while True:
                answer = await wire.read(self._server.reader)
                number = wire.answered(answer)
                commits = number in self._committing
                self._committing.discard(number)
                if commits and link.swallowing:
                    link.swallowing -= 1
                    link.swallowed += 1
                    return  # the server has done it, and nobody hears of it
                await link.hold()
                self._client.writer.write(wire.rewritten(answer, link.ports))
                await self._client.writer.drain()


@asynccontextmanager
async def a_link(name: str, wire: Wire, servers: Sequence[int]) -> AsyncIterator[Link]:
    """Provide a link to the servers at these ports for the length of the block."""
    link = Link(name, wire, dict(zip(servers, free_ports(len(servers)), strict=True)))
    under_way: set[asyncio.Task[None]] = set()

    async def listen(real: int, ours: int) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            under_way.add(task)
            try:
                with suppress(asyncio.CancelledError):  # the end of the block: nobody waits for this task's outcome
                    await link.serve(real, _Stream(reader, writer))
            finally:
                under_way.discard(task)

        return await asyncio.start_server(serve, HOST, ours, limit=_MESSAGE_BYTES)

    listeners = [await listen(real, ours) for real, ours in link.ports.items()]
    try:
        yield link
    finally:
        for listener in listeners:
            listener.close()
        for task in list(under_way):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for listener in listeners:
            await listener.wait_closed()


def addresses(ports: Mapping[int, int]) -> str:
    """Return the proxy's own addresses, as clients are given them."""
    return ",".join(f"{HOST}:{ours}" for ours in ports.values())


def _reset(writer: asyncio.StreamWriter) -> None:
    if not writer.transport.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()
