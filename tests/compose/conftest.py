"""One stack for all tests: built, started, and gone at the end."""

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio
from rich.console import Console

from deploy.demo.comparing import Line
from deploy.demo.run import play_scenes
from deploy.demo.stage import Stage
from tests.compose.stack import Stack, made


@dataclass(frozen=True)
class Year:
    """A year that was played through the front: the stage with its books, and every figure that was compared."""

    stage: Stage
    lines: list[Line]


@pytest_asyncio.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Return the running stack."""
    stack = await made(tmp_path_factory.mktemp("stack"))
    try:
        took_s = await stack.up()
        sys.stderr.write(f"\nfrom nothing to healthy: {took_s:.0f} s\n")
        yield stack
    finally:
        await stack.down()


@pytest_asyncio.fixture(scope="session")
async def year(stack: Stack) -> AsyncIterator[Year]:
    """Play the programme's year once, before other clients claim voucher rows of the same organisations."""
    async with httpx2.AsyncClient(base_url=stack.address, timeout=30.0) as http:
        stage = Stage.open(stack.clients(), http, lambda _: None)
        yield Year(stage, await play_scenes(stage, Console(quiet=True)))
