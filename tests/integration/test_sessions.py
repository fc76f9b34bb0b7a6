"""A connection opened while its server was neither primary nor secondary does not stay without sessions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.child import Command
from deploy.local.layout import HOST, accepts_connections, remembered_layout
from deploy.local.mongod import REPLICA_SET, find_mongod
from deploy.local.supervisor import Supervisor
from shared.lease import Lease
from shared.mongo import Client, connect, find_in, run_transaction
from shared.relay.checkpoints import MongoCheckpoints
from shared.relay.commits import MongoCommits
from shared.relay.ports import Checkpoint, CommitsUnavailable
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client whose only connection was opened before its server was part of a set."""
    (node,) = remembered_layout(tmp_path, 1, ("client",)).nodes
    port = node.ports["client"]
    argv = (await find_mongod(), "--dbpath", str(tmp_path), "--port", str(port), "--replSet", REPLICA_SET)
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(Command("mongod", (*argv, "--bind_ip", HOST, "--nounixsocket", "--quiet")))
        await eventually_async(lambda: accepts_connections(port))
        client = connect(f"mongodb://{HOST}:{port}/?directConnection=true", app_name="tests", maxPoolSize=1)
        config = {"_id": REPLICA_SET, "members": [{"_id": 0, "host": f"{HOST}:{port}"}]}
        await client["admin"].command({"replSetInitiate": config})

        async def is_primary() -> bool:
            return bool((await client["admin"].command({"hello": 1}))["isWritablePrimary"])

        await eventually_async(is_primary)
        yield client
        client.close()


async def test_a_transaction_goes_on_on_another_connection(client: Client) -> None:
    done = await run_transaction(client, client["log"], lambda send: find_in(send, "commits", {}))
    assert done.result == []


async def test_a_relay_finds_its_stream_and_notes_its_sweep_when_it_asks_again(client: Client) -> None:
    commits = MongoCommits(client["log"])
    with pytest.raises(CommitsUnavailable):
        await commits.watch()
    stream = await commits.watch()
    assert (await stream.next()).token is not None
    await stream.close()


async def test_a_sweep_is_noted_when_the_relay_asks_again(client: Client) -> None:
    lease = Lease(client["log"], "relay/x", owner="relay")
    assert await lease.acquire()
    checkpoints = MongoCheckpoints(client["log"], "x", lease)
    with pytest.raises(CommitsUnavailable):
        await checkpoints.begin_sweep(Checkpoint(cluster_id="c"))
    assert await checkpoints.begin_sweep(Checkpoint(cluster_id="c")) is not None
