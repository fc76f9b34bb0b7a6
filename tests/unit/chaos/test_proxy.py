"""The proxy between two parts, on loopback: what it passes, what it breaks, and what nobody hears of."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from deploy.local.layout import HOST, free_ports
from tests.chaos.proxy import Link, a_link
from tests.chaos.wire import KafkaWire, MongoWire, Wire
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio

WITHIN_S = 10.0
REAL, OURS = 40_001, 50_001


def bson_command(name: bytes, value: bytes) -> bytes:
    element = b"\x02" + name + b"\x00" + struct.pack("<i", len(value) + 1) + value + b"\x00"
    document = struct.pack("<i", len(element) + 5) + element + b"\x00"
    return struct.pack("<I", 0) + b"\x00" + document


def mongo(number: int, body: bytes, *, answers: int = 0) -> bytes:
    return struct.pack("<iiii", len(body) + 16, number, answers, 2013) + body


def kafka(kind: int, number: int, body: bytes = b"") -> bytes:
    return struct.pack(">ihhi", len(body) + 8, kind, 9, number) + body


INSERT = bson_command(b"insert", b"commits")
COMMIT = b"\x00\x00\x00\x00\x00" + b"\x1d\x00\x00\x00\x10commitTransaction\x00\x01\x00\x00\x00\x00"
FIND = bson_command(b"find", b"commits")
OTHER_INSERT = bson_command(b"insert", b"states")


@dataclass
class Server:
    """Answers every request with its own number and body; `taken` are the requests that reached it."""

    wire: Wire
    taken: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await self.wire.read(reader)
                self.taken.append(request)
                writer.write(self._answer(request))
                await writer.drain()
        except (OSError, EOFError):
            writer.transport.abort()

    def _answer(self, request: bytes) -> bytes:
        if isinstance(self.wire, MongoWire):
            (number,) = struct.unpack_from("<i", request, 4)
            return mongo(1_000, request[16:], answers=number)
        return struct.pack(">i", len(request) - 8) + request[8:]


@dataclass
class Client:
    """One connection through the proxy."""

    wire: Wire
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> bytes:
        self.writer.write(request)
        async with asyncio.timeout(WITHIN_S):
            return await self.wire.read(self.reader)


@asynccontextmanager
async def linked(wire: Wire) -> AsyncIterator[tuple[Link, Server]]:
    server = Server(wire)
    (port,) = free_ports(1)
    listener = await asyncio.start_server(server.serve, HOST, port)
    try:
        async with a_link("test", wire, [port]) as link:
            yield link, server
    finally:
        listener.close()
        await listener.wait_closed()


@asynccontextmanager
async def connected(link: Link) -> AsyncIterator[Client]:
    (port,) = link.ports.values()
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield Client(link.wire, reader, writer)
    finally:
        writer.transport.abort()


async def test_messages_pass_both_ways() -> None:
    async with linked(MongoWire()) as (link, server), connected(link) as client:
        assert await client.ask(mongo(7, FIND)) == mongo(1_000, FIND, answers=7)
        assert server.taken == [mongo(7, FIND)]


@pytest.mark.parametrize("body", [INSERT, COMMIT], ids=["insert", "commitTransaction"])
async def test_the_answer_of_a_commit_is_swallowed_after_the_server_has_done_it(body: bytes) -> None:
    async with linked(MongoWire()) as (link, server):
        link.swallowing = 1
        async with connected(link) as client:
            assert await client.ask(mongo(1, FIND))
            with pytest.raises((EOFError, OSError)):
                await client.ask(mongo(2, body))
        assert server.taken == [mongo(1, FIND), mongo(2, body)]
        assert (link.swallowing, link.swallowed) == (0, 1)
        async with connected(link) as client:
            assert await client.ask(mongo(3, body))


async def test_the_answer_of_another_write_is_not_swallowed() -> None:
    async with linked(MongoWire()) as (link, _):
        link.swallowing = 1
        async with connected(link) as client:
            assert await client.ask(mongo(1, OTHER_INSERT))
        assert link.swallowing == 1


async def test_the_acknowledgement_of_a_produce_request_is_swallowed() -> None:
    async with linked(KafkaWire()) as (link, server):
        link.swallowing = 1
        async with connected(link) as client:
            assert await client.ask(kafka(3, 1, b"metadata")) == struct.pack(">ii", 12, 1) + b"metadata"
            with pytest.raises((EOFError, OSError)):
                await client.ask(kafka(0, 2, b"records"))
        assert len(server.taken) == 2


async def test_a_cut_link_ends_what_is_open_and_takes_nothing_new_until_it_is_mended() -> None:
    async with linked(MongoWire()) as (link, server):
        async with connected(link) as client:
            assert await client.ask(mongo(1, FIND))
            link.cut()
            with pytest.raises((EOFError, OSError)):
                await client.ask(mongo(2, FIND))
        with pytest.raises((EOFError, OSError)):
            async with connected(link) as client:
                await client.ask(mongo(3, FIND))
        link.mend()
        async with connected(link) as client:
            assert await client.ask(mongo(4, FIND))
        assert [request[4] for request in server.taken] == [1, 4]


async def test_what_is_sent_into_silence_arrives_when_it_ends() -> None:
    async with linked(MongoWire()) as (link, server), a_link("beside", MongoWire(), list(link.ports)) as beside:
        link.silence()
        async with connected(link) as client, connected(beside) as other:
            asking = asyncio.create_task(client.ask(mongo(1, FIND)))
            for number in range(2, 6):  # by then the first would have arrived
                await other.ask(mongo(number, FIND))
            assert [request[4] for request in server.taken] == [2, 3, 4, 5]
            link.mend()
            await asking
        assert server.taken[-1][4] == 1


async def test_a_reset_ends_connections_and_takes_new_ones() -> None:
    async with linked(MongoWire()) as (link, _):
        async with connected(link) as client:
            assert await client.ask(mongo(1, FIND))
            link.reset()
            with pytest.raises((EOFError, OSError)):
                await client.ask(mongo(2, FIND))
        async with connected(link) as client:
            assert await client.ask(mongo(3, FIND))


async def test_a_connection_that_a_client_ends_is_ended_at_the_server() -> None:
    async with linked(MongoWire()) as (link, _):
        async with connected(link) as client:
            assert await client.ask(mongo(1, FIND))
        await eventually(lambda: not link._connections, within_s=WITHIN_S)


async def test_servers_are_told_by_the_proxys_ports() -> None:
    ports = {REAL: OURS}
    hosts = mongo(1, b'hosts: "127.0.0.1:40001", "127.0.0.1:40002"')
    assert MongoWire().rewritten(hosts, ports) == mongo(1, b'hosts: "127.0.0.1:50001", "127.0.0.1:40002"')
    broker = b"\x00\x0a127.0.0.1" + struct.pack(">i", REAL) + b"\x00"
    assert KafkaWire().rewritten(broker, ports) == b"\x00\x0a127.0.0.1" + struct.pack(">i", OURS) + b"\x00"
