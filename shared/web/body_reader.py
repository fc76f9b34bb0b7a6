"""Reads a request's body when a route asks for it and within its limits, and says what type it has."""

import asyncio
from typing import Final

from starlette.types import Message, Receive, Scope

from shared.web.refusals import BodyTooLarge, BodyTooSlow, MalformedRequest, Overloaded

BODY_SECONDS_MAX: Final = 30


class Gate:
    """Counts what is under way in this process and lets no more in: requests, and bytes of bodies held in memory."""

    def __init__(self, requests_max: int, bytes_max: int) -> None:
        self._requests_max = requests_max
        self._bytes_max = bytes_max
        self._requests = 0
        self._bytes = 0

    def enter(self) -> None:
        """Take a place. Raises Overloaded (503)."""
        if self._requests >= self._requests_max:
            raise Overloaded
        self._requests += 1

    def leave(self, body_bytes: int) -> None:
        """Give back a place and the memory of its body."""
        self._requests -= 1
        self._bytes -= body_bytes

    def hold(self, body_bytes: int) -> None:
        """Take memory for a part of a body; the caller gives it back by `leave`. Raises Overloaded (503)."""
        if self._bytes + body_bytes > self._bytes_max:
            raise Overloaded
        self._bytes += body_bytes


class Incoming:
    """The body of one request, left in the connection until a route asks for it: nobody unknown fills our memory.

    What has been read counts against the gate until the answer is sent. It is itself the `receive` of what comes
    after: the body once more, in one piece, and then whatever the connection says.
    """

    __slots__ = ("_body", "_gate", "_receive", "_replayed", "limit", "size")

    def __init__(self, receive: Receive, gate: Gate, limit: int) -> None:
        self._receive = receive
        self._gate = gate
        self._body: bytes | None = None
        self._replayed = False
        self.limit = limit
        self.size = 0

    async def read(self) -> bytes:
        """Return the whole body. Raises BodyTooLarge (413), BodyTooSlow (408), Overloaded (503).

        Raises MalformedRequest (400) if the caller leaves.
        """
        if self._body is None:
            parts: list[bytes] = []
            if self._take(await self._receive(), parts):  # seldom: nearly always one message is all, without a timer
                await self._take_all(parts)
            self._body = parts[0] if len(parts) == 1 else b"".join(parts)
        return self._body

    async def __call__(self) -> Message:
        """Give the body, then what comes after it; a body that nobody has read yet is read within the limit."""
        if self._replayed:
            return await self._receive()
        body = self._body if self._body is not None else await self.read()
        self._replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def _take_all(self, parts: list[bytes]) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS_MAX):
                while self._take(await self._receive(), parts):
                    pass
        except TimeoutError:
            raise BodyTooSlow(seconds=BODY_SECONDS_MAX) from None

    def _take(self, message: Message, parts: list[bytes]) -> bool:
        if message["type"] == "http.disconnect":
            raise MalformedRequest
        if part := message.get("body", b""):
            if self.size + len(part) > self.limit:
                raise BodyTooLarge(limit=self.limit)
            self._gate.hold(len(part))
            self.size += len(part)
            parts.append(part)
        return bool(message.get("more_body", False))


def media_type_of(content_type: str) -> str:
    """Return the media type, lower-case and without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def without_content_type(scope: Scope) -> None:
    """Take the content type away so that FastAPI hands the model the bytes themselves and not another parser's work."""
    scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"content-type"]
