"""Partition numbers are shared fairly, handed over when planned, and taken over after a crash."""

import asyncio
import time
from collections.abc import Callable

import pytest

from shared.kernel.ids import new_id
from shared.lease import COLLECTION as LEASES
from shared.lease import LEASE_TTL_S
from shared.messaging import PARTITIONS
from shared.mongo import Database, connect
from shared.projector.collections import WORKERS, prepare
from shared.projector.members import MongoMembers
from shared.projector.ownership import Ownership, fair_share
from tests.integration.projector.conftest import House, until
from tests.unit.projector.things import MIXED, counted

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


def _ownership(database: Database, owner: str, clock: Callable[[], float] = time.monotonic) -> Ownership:
    return Ownership(MongoMembers(database, MIXED.name, clock=clock), MIXED.name, owner, clock=clock)


async def _owned(house: House) -> dict[str, int]:
    counts: dict[str, int] = {}
    async for lease in house.database[LEASES].find({"owner": {"$ne": None}}):
        counts[lease["owner"]] = counts.get(lease["owner"], 0) + 1
    return counts


async def test_workers_share_the_partitions_fairly_and_a_leaving_one_is_followed_within_seconds(house: House) -> None:
    async def shares(*expected: int) -> bool:
        return sorted((await _owned(house)).values()) == sorted(expected)

    async with house.worker(MIXED, owner="first"):
        await until(lambda: shares(12))
        async with house.worker(MIXED, owner="second"):
            await until(lambda: shares(6, 6))
            async with house.worker(MIXED, owner="third"):
                await until(lambda: shares(4, 4, 4))
                await house.publish(*(counted(f"thing/{letter}1", 1) for letter in "abcdefgh"))
                await house.folded(MIXED)
            left_at = time.monotonic()
            await until(lambda: shares(6, 6))
            # Handed over, not left to expire: how fast that is, the benchmark of takeovers measures.
            assert time.monotonic() - left_at < LEASE_TTL_S - 1
    assert len(await house.rows("things")) == 8
    assert await house.database[WORKERS].count_documents({}) == 0


async def test_a_crashed_workers_partitions_are_taken_over_within_twelve_seconds(house: House) -> None:
    await prepare(house.database, MIXED)
    crashed = _ownership(house.database, "crashed")
    started = time.monotonic()
    await crashed.tick()
    assert len(await crashed.settle()) == PARTITIONS
    await house.publish(counted("thing/a1", 1))
    async with house.worker(MIXED):
        await house.folded(MIXED)
        taken_over_s = time.monotonic() - started
    assert LEASE_TTL_S - 0.5 <= taken_over_s <= 15  # not before the lease ends; 12 s, and 3 for a machine under test


async def test_a_dead_worker_that_a_servers_wrong_clock_has_put_far_ahead_owns_nothing(house: House) -> None:
    await prepare(house.database, MIXED)
    dead, successor = (_ownership(house.database, name) for name in ("dead", "successor"))
    await dead.tick()
    assert len(await dead.settle()) == PARTITIONS
    ahead = [{"$set": {"expires_at": {"$add": ["$$NOW", 3_600_000]}}}]
    for collection in (LEASES, WORKERS):
        await house.database[collection].update_many({}, ahead)
    await successor.tick()
    assert len(await successor.settle()) == PARTITIONS


async def test_a_worker_whose_lease_was_taken_forgets_the_number(house: House) -> None:
    now = 0.0
    ownership = _ownership(house.database, new_id(), lambda: now)
    await prepare(house.database, MIXED)
    await ownership.tick()
    await ownership.settle()
    await house.database[LEASES].update_one({"_id": "projection/mixed/3"}, {"$set": {"owner": "somebody else"}})
    now = 2.5
    await ownership.tick()
    assert ownership.changed
    assert set(await ownership.settle()) == set(range(PARTITIONS)) - {3}


async def test_a_worker_that_cannot_renew_stops_believing_when_its_lease_ends(house: House) -> None:
    now = 0.0
    client = connect(house.parts.mongodb_uri, app_name="projector-test")
    ownership = _ownership(client[house.database.name], new_id(), lambda: now)
    await prepare(house.database, MIXED)
    await ownership.tick()
    assert len(await ownership.settle()) == PARTITIONS
    client.close()  # from now on every request fails, as in an outage
    keeping = asyncio.create_task(ownership.keep())
    now = LEASE_TTL_S + 0.1
    await until(lambda: asyncio.sleep(0, ownership.changed))
    keeping.cancel()
    assert not await ownership.settle()


@pytest.mark.parametrize("workers", range(1, 15))
async def test_shares_add_up_and_differ_by_one_at_most(workers: int) -> None:
    shares = [fair_share(rank, workers) for rank in range(workers)]
    assert sum(shares) == PARTITIONS
    assert max(shares) - min(shares) <= 1
