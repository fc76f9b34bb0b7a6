"""A database of the service's own on the real MongoDB, the service and logs on it, and its pages on a port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
import uvicorn

from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.mongo_log import MongoEventLog, prepare
from shared.mongo import Client, Database, connect
from tests.conftest import Parts
from tests.integration.applications.projected import Desk
from tests.integration.applications.site import Site
from tests.unit.applications.desk import client_with

_PROCESSES: Final = 4


@dataclass(frozen=True)
class Place:
    """Where the service's data is: an address that more clients can connect to, and the database."""

    uri: str
    client: Client
    db: Database


@pytest_asyncio.fixture
async def place(parts: Parts) -> AsyncIterator[Place]:
    """Return an empty, prepared database of this test's own."""
    client = connect(parts.mongodb_uri, app_name="tests")
    db = client[f"{parts.namespace}_applications"]
    await prepare(db)
    yield Place(parts.mongodb_uri, client, db)
    await client.drop_database(db.name)
    client.close()


@pytest.fixture
def log() -> InMemoryEventLog:
    """Return the log behind `desk`."""
    return InMemoryEventLog()


@pytest_asyncio.fixture
async def desk(place: Place, log: InMemoryEventLog) -> AsyncIterator[Desk]:
    """Return the service with the pilot's call published, and nothing projected yet."""
    async with client_with(log=log, db=place.db) as client:
        desk = Desk(client, log, place.db)
        assert (await desk.publish()).status_code == 201
        yield desk


@pytest_asyncio.fixture
async def logs(place: Place) -> AsyncIterator[Sequence[MongoEventLog]]:
    """Return a log for each process: a client, a cache and queues of its own."""
    clients = [connect(place.uri, app_name=f"process-{number}") for number in range(_PROCESSES)]
    yield [MongoEventLog(client, client[place.db.name], claims_key=bytes(32)) for client in clients]
    for client in clients:
        client.close()


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """Serve the stage on a free port, by the name that browsers trust without a certificate."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        base = f"http://localhost:{listener.getsockname()[1]}"
        found = Site(tmp_path, base)
        found.base = base
        server = uvicorn.Server(uvicorn.Config(found.api, log_config=None, lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        async with found.client:
            await found.publish()
            yield found
        server.should_exit = True
        await task
