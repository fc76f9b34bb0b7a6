"""The lease on a real database: one holder, a number that grows, and a zombie whose write is refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.lease import COLLECTION, Lease
from shared.mongo import Database, DuplicateKeyError, connect
from tests.conftest import Parts

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

TAKEOVER_DEADLINE_S = 10.0


@pytest_asyncio.fixture
async def database(parts: Parts) -> AsyncIterator[Database]:
    client = connect(parts.mongodb_uri, app_name="test-lease")
    database = client[f"{parts.namespace}_lease"]
    yield database
    await client.drop_database(database.name)
    client.close()


class Hands:
    """A monotonic clock that a test turns by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


async def take_over(lease: Lease) -> None:
    async with asyncio.timeout(TAKEOVER_DEADLINE_S):
        while not await lease.acquire():  # noqa: ASYNC110 - the lease is in another process's hands: ask again
            await asyncio.sleep(0.02)


async def test_one_of_two_holds_it_and_asking_again_keeps_the_epoch(database: Database) -> None:
    first, second = Lease(database, "relay", owner="a"), Lease(database, "relay", owner="b")
    assert await first.acquire()
    assert not await second.acquire()
    assert await first.acquire()
    assert (first.epoch, first.held, second.held) == (1, True, False)


async def test_of_many_that_ask_at_once_for_a_new_lease_one_gets_it(database: Database) -> None:
    leases = [Lease(database, "relay", owner=str(number)) for number in range(8)]
    assert sum(await asyncio.gather(*(lease.acquire() for lease in leases))) == 1


@pytest.mark.parametrize(("ahead_s", "is_free"), [(5.0, False), (3_600.0, True)])
async def test_a_lease_that_a_servers_wrong_clock_has_put_far_ahead_is_free(
    database: Database,
    ahead_s: float,
    is_free: bool,  # noqa: FBT001 - a row of the table
) -> None:
    dead, successor = Lease(database, "relay", owner="a"), Lease(database, "relay", owner="b")
    assert await dead.acquire()
    ahead = {"$add": ["$$NOW", int(ahead_s * 1000)]}
    await database[COLLECTION].update_one({"_id": "relay"}, [{"$set": {"expires_at": ahead}}])
    assert await successor.acquire() is is_free
    assert successor.held is is_free


async def test_leases_of_other_names_are_independent(database: Database) -> None:
    assert await Lease(database, "follow-up/3", owner="a").acquire()
    assert await Lease(database, "follow-up/4", owner="b").acquire()


async def test_an_expired_lease_is_taken_over_with_the_next_epoch_and_the_old_owner_cannot_renew(
    database: Database,
) -> None:
    first, second = Lease(database, "relay", owner="a", ttl_s=0.3), Lease(database, "relay", owner="b")
    assert await first.acquire()
    await take_over(second)
    assert second.epoch == 2
    assert not await first.renew()
    assert not first.held
    await first.release()  # what is no longer ours is not given away
    assert await second.renew()


async def test_renewing_keeps_it_beyond_its_first_time(database: Database) -> None:
    first, second = Lease(database, "relay", owner="a", ttl_s=0.6), Lease(database, "relay", owner="b")
    assert await first.acquire()
    before = (await database[COLLECTION].find_one({"_id": "relay"}) or {})["expires_at"]
    loop = asyncio.get_running_loop()
    until_s = loop.time() + 1.2
    while loop.time() < until_s:
        assert await first.renew()
        assert not await second.acquire()
        await asyncio.sleep(0.05)
    after = (await database[COLLECTION].find_one({"_id": "relay"}) or {})["expires_at"]
    assert after > before


async def test_a_released_lease_is_free_at_once(database: Database) -> None:
    first, second = Lease(database, "relay", owner="a"), Lease(database, "relay", owner="b")
    assert await first.acquire()
    await first.release()
    assert not first.held
    assert await second.acquire()
    assert second.epoch == 2


async def test_the_owner_that_comes_back_after_its_release_gets_a_new_epoch(database: Database) -> None:
    lease = Lease(database, "relay", owner="a")
    assert await lease.acquire()
    await lease.release()
    assert await lease.acquire()
    assert lease.epoch == 2


async def test_a_process_stops_believing_in_its_lease_when_the_time_has_passed(database: Database) -> None:
    hands = Hands()
    lease = Lease(database, "relay", owner="a", ttl_s=6.0, clock=hands)
    assert await lease.acquire()
    hands.now_s += 5.9
    assert lease.held
    hands.now_s += 0.2
    assert not lease.held


async def test_a_zombie_write_is_refused_once_the_next_owner_has_written(database: Database) -> None:
    zombie, successor = Lease(database, "relay", owner="a", ttl_s=0.2), Lease(database, "relay", owner="b")
    assert await zombie.acquire()
    await take_over(successor)
    guarded = database["checkpoints"]
    for lease, value in ((zombie, "before"), (successor, "after")):
        await guarded.update_one(
            {"_id": "c", **lease.guard()}, {"$set": {"value": value, "epoch": lease.epoch}}, upsert=True
        )
    with pytest.raises(DuplicateKeyError):
        await guarded.update_one(
            {"_id": "c", **zombie.guard()}, {"$set": {"value": "late", "epoch": zombie.epoch}}, upsert=True
        )
    assert (await guarded.find_one({"_id": "c"}) or {})["value"] == "after"
