"""Fixtures that every kind of test may ask for: real parts (started once), and a namespace of its own for each test."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from shared.kernel.ids import new_id
from tests.parts import tested_parts


@dataclass(frozen=True)
class Parts:
    """Addresses of a real Kafka and a real MongoDB, and a namespace nobody else uses (topics, databases)."""

    kafka_bootstrap_servers: str
    mongodb_uri: str
    namespace: str


@pytest_asyncio.fixture(scope="session")
async def _addresses() -> AsyncIterator[tuple[str, str]]:
    async with tested_parts() as parts:
        yield parts.kafka_bootstrap_servers, parts.mongodb_uri


@pytest_asyncio.fixture
async def parts(_addresses: tuple[str, str]) -> Parts:
    """Return real parts with a namespace of this test's own."""
    kafka_bootstrap_servers, mongodb_uri = _addresses
    return Parts(kafka_bootstrap_servers, mongodb_uri, f"t{new_id().replace('-', '')[-12:]}")
