"""What a killed process leaves open in the database holds nobody up for longer than a takeover may take."""

import time
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from deploy.local.mongod import members_uri, start_members
from deploy.local.supervisor import Supervisor

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

_TAKEOVER_S_MAX = 12.0


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
