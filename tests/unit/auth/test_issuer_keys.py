"""Keys are fetched over HTTP within bounds: no redirects, no flood, no waiting for ever."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from shared.auth.issuer_keys import KeysUnavailableError, http_fetch

pytestmark = pytest.mark.asyncio
Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def issuer(answering: Answering) -> AsyncIterator[str]:
    """Serve one kind of answer on a free port."""
    conversations: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answering(writer)
        except (ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
    finally:
        server.close()
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations)
        await server.wait_closed()


def answer(content: bytes, status: str = "200 OK", *headers: str) -> Answering:
    async def write(writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(content)}", *headers, "", ""])
        writer.write(head.encode() + content)
        await writer.drain()

    return write


async def test_a_jwks_is_fetched() -> None:
    async with issuer(answer(json.dumps({"keys": []}).encode())) as address:
        assert await http_fetch(address)() == {"keys": []}


@pytest.mark.parametrize(
    "answering",
    [
        answer(b"{}"),
        answer(b"[]"),
        answer(b'{"keys": {}}'),
        answer(b"<html>"),
        answer(b'{"keys": []}', "500 Oops"),
        answer(b'{"keys": []}' + b" " * 256_000),
    ],
    ids=["no keys", "a list", "keys that are no list", "not JSON", "an error", "too much"],
)
async def test_what_is_no_jwks_is_no_answer(answering: Answering) -> None:
    async with issuer(answering) as address:
        with pytest.raises(KeysUnavailableError):
            await http_fetch(address)()


async def test_a_redirect_is_not_followed() -> None:
    async with (
        issuer(answer(b'{"keys": []}')) as elsewhere,
        issuer(answer(b"", "302 Found", f"location: {elsewhere}")) as address,
    ):
        with pytest.raises(KeysUnavailableError):
            await http_fetch(address)()


async def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(KeysUnavailableError):
        await http_fetch("http://127.0.0.1:1/jwks")()


async def test_an_answer_that_never_ends_is_given_up() -> None:
    async def hold(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        await writer.drain()
        await asyncio.Event().wait()

    async with issuer(hold) as address:
        started = asyncio.get_running_loop().time()
        with pytest.raises(KeysUnavailableError):
            await http_fetch(address, seconds=0.2)()
        assert asyncio.get_running_loop().time() - started < 5
