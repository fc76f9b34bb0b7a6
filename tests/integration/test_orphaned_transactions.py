"""What a killed process leaves open in the database holds nobody up for longer than a takeover may take."""

import asyncio
import time
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from deploy.local.mongod import members_uri, start_members
from deploy.local.supervisor import Supervisor
from shared.mongo import OperationFailure, connect, end_abandoned

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

_TAKEOVER_S_MAX = 12.0
_OPEN_S_MAX = 0.5


async def test_a_transaction_that_nobody_ends_lets_go_within_a_takeover(tmp_path: Path) -> None:
    async with Supervisor(tmp_path / "logs") as supervisor:
        uri = members_uri(await start_members(tmp_path / "mongod", 1, supervisor=supervisor))
        async with AsyncMongoClient[dict[str, int]](uri) as killed, AsyncMongoClient[dict[str, int]](uri) as successor:
            await successor["house"]["guards"].insert_one({"_id": 1, "owner": 0})
            session = killed.start_session()
            await session.start_transaction()
            await killed["house"]["guards"].update_one({"_id": 1}, {"$set": {"owner": 1}}, session=session)
            began_s = time.monotonic()  # here its process is killed: the server hears nothing more of the session
            await successor["house"]["guards"].update_one({"_id": 1}, {"$set": {"owner": 2}})
            assert time.monotonic() - began_s < _TAKEOVER_S_MAX


async def test_where_the_server_ends_nothing_by_itself_we_end_what_is_abandoned_and_nothing_else(
    tmp_path: Path,
) -> None:
    async with Supervisor(tmp_path / "logs") as supervisor:
        uri = members_uri(await start_members(tmp_path / "mongod", 1, supervisor=supervisor))
        client = connect(uri, app_name="test-abandoned")
        await client.admin.command({"setParameter": 1, "transactionLifetimeLimitSeconds": 3600})
        guards = client["house"]["guards"]
        await guards.insert_many([{"_id": 1, "owner": 0}, {"_id": 2, "owner": 0}])
        async with await client.start_session() as abandoned, await client.start_session() as young:
            abandoned.start_transaction()
            await guards.update_one({"_id": 1}, {"$set": {"owner": 1}}, session=abandoned)
            await asyncio.sleep(_OPEN_S_MAX)
            young.start_transaction()
            await guards.update_one({"_id": 2}, {"$set": {"owner": 1}}, session=young)
            assert await end_abandoned(client, open_s_max=_OPEN_S_MAX) == 1
            await guards.update_one({"_id": 1}, {"$set": {"owner": 2}})
            await young.commit_transaction()
            with pytest.raises(OperationFailure):
                await abandoned.commit_transaction()
        assert [row["owner"] async for row in guards.find().sort("_id")] == [2, 1]
        client.close()
