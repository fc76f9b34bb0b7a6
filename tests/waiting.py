"""Waiting in tests: for a condition, with a deadline, never for a length of time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

WAIT_S_MAX: Final = 30.0
_LOOK_EVERY_S: Final = 0.02


async def eventually(condition: Callable[[], bool], *, within_s: float = WAIT_S_MAX) -> None:
    """Wait until `condition` holds; an AssertionError after `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"{condition} did not hold within {within_s} s"
        await asyncio.sleep(_LOOK_EVERY_S)


async def eventually_async(condition: Callable[[], Awaitable[bool]], *, within_s: float = WAIT_S_MAX) -> None:
    """Wait until an awaited `condition` holds; an AssertionError after `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while not await condition():
        assert time.monotonic() < deadline, f"{condition} did not hold within {within_s} s"
        await asyncio.sleep(_LOOK_EVERY_S)
