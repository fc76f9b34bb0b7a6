"""A server that nobody has made a replica set yet: `lotsen init` does that, and waits until it takes writes."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.child import Command, until_ready
from deploy.local.layout import HOST, accepts_connections, free_ports
from deploy.local.mongod import find_mongod, replica_set_uri
from deploy.local.supervisor import Supervisor
from shared.mongo import DatabaseError, connect
from shared.mongo.replica_set import NoReplicaSetNamed, ensure_replica_set

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def bare(tmp_path: Path) -> AsyncIterator[str]:
    """Return the `host:port` of a mongod that knows the name of its set and nothing else."""
    data = tmp_path / "data"
    data.mkdir()
    [port] = free_ports(1)
    argv = (
        *(await find_mongod(), "--dbpath", str(data), "--bind_ip", HOST, "--port", str(port), "--replSet", "lotsen"),
        *("--nounixsocket", "--quiet", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "32"),
    )
    async with Supervisor(tmp_path / "logs") as supervisor:
        child = await supervisor.start(Command("mongod-bare", argv))
        await until_ready(child, partial(accepts_connections, port))
        yield f"{HOST}:{port}"


async def test_a_bare_server_is_initiated_once_and_takes_writes_when_the_answer_comes(bare: str) -> None:
    uri = replica_set_uri(bare)
    assert await ensure_replica_set(uri) is True
    hello = await _asked_directly(bare)
    assert (hello["isWritablePrimary"], hello["setName"], hello["hosts"]) == (True, "lotsen", [bare])
    assert await ensure_replica_set(uri) is False


async def test_an_address_under_another_name_is_refused_and_leaves_the_server_bare(bare: str) -> None:
    with pytest.raises(DatabaseError):
        await ensure_replica_set(f"mongodb://{bare}/?replicaSet=another")
    assert "setName" not in await _asked_directly(bare)
    with pytest.raises(NoReplicaSetNamed):
        await ensure_replica_set(f"mongodb://{bare}/")


async def test_a_set_without_a_primary_is_waited_for_no_longer_than_agreed(bare: str) -> None:
    uri = replica_set_uri(bare)
    assert await ensure_replica_set(uri)
    with pytest.raises(DatabaseError):
        await ensure_replica_set(uri.replace("=lotsen&", "=other&"), primary_within_s=0.5)


async def _asked_directly(address: str) -> dict[str, object]:
    client = connect(f"mongodb://{address}/?directConnection=true", app_name="replica-set-test")
    try:
        return dict(await client.admin.command({"hello": 1}))
    finally:
        client.close()
