"""Reads a request's body within its limits, and says once and for all what type it has."""

import asyncio
from collections.abc import MutableMapping
from typing import Any, Final

from starlette.types import Message, Receive, Scope

from shared.web.exchange import JSON
from shared.web.refusals import BodyTooLarge, BodyTooSlow, MalformedRequest, Overloaded

BODY_SECONDS_MAX: Final = 30
FORM: Final = "application/x-www-form-urlencoded"


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


class Held:
    """The body of one request as far as it has come: its bytes count against the gate until the answer is sent."""

    def __init__(self, gate: Gate, limit: int) -> None:
        self._gate = gate
        self._limit = limit
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, part: bytes) -> None:
        """Keep one more part. Raises BodyTooLarge (413), Overloaded (503)."""
        if self.size + len(part) > self._limit:
            raise BodyTooLarge(limit=self._limit)
        self._gate.hold(len(part))
        self.size += len(part)
        self._parts.append(part)

    def content(self) -> bytes:
        """Return the whole body."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


def media_type_of(content_type: str) -> str:
    """Return the media type, lower-case and without its parameters."""
    return content_type.partition(";")[0].strip().lower()


async def read_body(receive: Receive, held: Held) -> None:
    """Read the body to its end. Raises BodyTooLarge, BodyTooSlow, Overloaded; MalformedRequest if the caller leaves."""
    message = await receive()
    if not _take(message, held):
        return  # nearly always: one message, and no timer to set up
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            while _take(await receive(), held):
                pass
    except TimeoutError:
        raise BodyTooSlow(seconds=BODY_SECONDS_MAX) from None


def _take(message: Message, held: Held) -> bool:
    if message["type"] == "http.disconnect":
        raise MalformedRequest
    if part := message.get("body", b""):
        held.add(part)
    return bool(message.get("more_body", False))


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once more, in one piece, and then what comes after it."""
    message: MutableMapping[str, Any] | None = {"type": "http.request", "body": body, "more_body": False}

    async def again() -> Message:
        nonlocal message
        if message is None:
            return await receive()
        first, message = message, None
        return first

    return again


def limit_of(media_type: str, json_max: int, file_max: int) -> int:
    """Return how many bytes a body of this type may have: files more than JSON and forms."""
    return json_max if media_type in {JSON, FORM, ""} else file_max


def without_content_type(scope: Scope) -> None:
    """Take the content type away so that FastAPI hands the model the bytes themselves and not another parser's work."""
    scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"content-type"]
