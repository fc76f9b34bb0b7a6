"""Two relays of one service: one leads, the other waits; killed and frozen ones lose nothing and reorder nothing."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.lease import LEASE_TTL_S, Lease
from shared.mongo import Timestamp
from shared.relay.checkpoints import COLLECTION, MongoCheckpoints
from shared.relay.ports import Checkpoint, LeaseLost
from shared.relay.run import lead_in_turns
from tests.integration.relay.conftest import DEADLINE_S, SERVICE, World
from tests.unit.relay.fakes import commit
from tests.waiting import eventually

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

TAKEOVER_S_MAX = 12.0
STREAMS = [f"a/{number}" for number in range(40)]


@asynccontextmanager
async def relay_process(world: World, owner: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a relay in a process of its own; it is killed at the end if it still lives."""
    module = "tests.integration.relay.process"
    place = (world.parts.mongodb_uri, world.database.name, world.parts.kafka_bootstrap_servers, world.topic)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *place, SERVICE, owner)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def leader(world: World) -> str | None:
    document = await world.database["leases"].find_one({"_id": f"relay/{SERVICE}"})
    return document["owner"] if document else None


async def wait_for_leader(world: World, owner: str) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while await leader(world) != owner:  # noqa: ASYNC110 - the database is asked again
            await asyncio.sleep(0.05)


async def record_round(world: World, position: int) -> None:
    await world.record([commit(stream, position) for stream in STREAMS])


async def test_the_second_relay_waits_and_a_planned_hand_over_does_not_wait_for_the_lease_to_end(world: World) -> None:
    first = world.start("first")
    await record_round(world, 1)
    await world.wait_for(40)
    second = world.start("second")
    await record_round(world, 2)
    await world.wait_for(80)
    assert await leader(world) == "first"
    await first.stop()
    stopped_at_s = asyncio.get_running_loop().time()
    await wait_for_leader(world, "second")
    # A second on a quiet machine; how fast it is, the benchmark of takeovers measures.
    assert asyncio.get_running_loop().time() - stopped_at_s < LEASE_TTL_S - 1
    await record_round(world, 3)
    await world.wait_for(120)
    await second.stop()
    await world.check(duplicates=False)


async def test_killed_at_any_moment_nothing_is_skipped_and_the_next_takes_over(world: World) -> None:
    position = 0
    async with relay_process(world, "owner-0") as process:
        await wait_for_leader(world, "owner-0")
        for _ in range(20):
            position += 1
            await record_round(world, position)
        await world.wait_for(1)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    successor = world.start("owner-1")
    for _ in range(5):
        position += 1
        await record_round(world, position)
    await wait_for_leader(world, "owner-1")
    await world.wait_for_all()
    await successor.stop()
    await world.check(duplicates=True)


async def test_a_frozen_relay_that_wakes_up_changes_nothing(world: World) -> None:
    async with relay_process(world, "frozen") as process:
        await wait_for_leader(world, "frozen")
        for position in range(1, 11):
            await record_round(world, position)
        await world.wait_for(1)
        process.send_signal(signal.SIGSTOP)
        frozen_at_s = asyncio.get_running_loop().time()
        successor = world.start("successor")
        await record_round(world, 11)
        await wait_for_leader(world, "successor")
        assert asyncio.get_running_loop().time() - frozen_at_s < TAKEOVER_S_MAX
        await world.wait_for_all()
        process.send_signal(signal.SIGCONT)
        await record_round(world, 12)
        await world.wait_for_all()
        assert await leader(world) == "successor"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DEADLINE_S):
            assert await process.wait() == 0
    await successor.stop()
    assert (await world.checkpoint())["epoch"] == 2
    await world.check(duplicates=True)


class Work:
    """Stands for a relay: counts how often it was begun and ended."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0

    async def run(self) -> None:
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.ended += 1


async def test_a_lease_is_kept_beyond_its_first_time_as_long_as_the_relay_works(world: World) -> None:
    work, stop = Work(), asyncio.Event()
    lease = Lease(world.database, "relay/x", owner="me", ttl_s=0.6)
    leading = asyncio.ensure_future(lead_in_turns(work.run, lease, "x", stop))
    other = Lease(world.database, "relay/x", owner="other")
    loop = asyncio.get_running_loop()
    until_s = loop.time() + 2.0
    while loop.time() < until_s:
        await asyncio.sleep(0.05)
        assert work.begun == 0 or not await other.acquire()
    assert (work.begun, work.ended, lease.epoch) == (1, 0, 1)
    stop.set()
    await leading
    assert await other.acquire()  # given back, not left to expire


async def test_work_ends_when_its_lease_was_taken(world: World) -> None:
    work, stop = Work(), asyncio.Event()
    lease = Lease(world.database, "relay/x", owner="me", ttl_s=6.0)
    leading = asyncio.ensure_future(lead_in_turns(work.run, lease, "x", stop))
    await eventually(lambda: work.begun == 1)
    later = {"$add": ["$$NOW", 11_000]}  # as far ahead as the other's clock could have set it
    await world.database["leases"].update_one(
        {"_id": "relay/x"}, [{"$set": {"owner": "other", "epoch": 2, "expires_at": later}}]
    )
    await eventually(lambda: work.ended == 1)
    assert not lease.held
    stop.set()
    await leading
    assert (await world.database["leases"].find_one({"_id": "relay/x"}) or {})["owner"] == "other"


async def test_a_zombies_checkpoint_is_refused_once_its_successor_has_taken_over(world: World) -> None:
    zombie_lease = Lease(world.database, "relay/x", owner="zombie", ttl_s=0.1)
    successor_lease = Lease(world.database, "relay/x", owner="successor")
    zombie = MongoCheckpoints(world.database, "x", zombie_lease)
    successor = MongoCheckpoints(world.database, "x", successor_lease)
    assert await zombie_lease.acquire()
    await zombie.take_over()
    await zombie.save(Checkpoint({"_data": "1"}, "c", {3: 7}))
    async with asyncio.timeout(DEADLINE_S):
        while not await successor_lease.acquire():  # noqa: ASYNC110 - the lease has to expire
            await asyncio.sleep(0.02)
    assert await successor.take_over() == Checkpoint({"_data": "1"}, "c", {3: 7})
    with pytest.raises(LeaseLost):
        await zombie.save(Checkpoint({"_data": "2"}, "c", {3: 8}))
    with pytest.raises(LeaseLost):
        await zombie.begin_sweep(Checkpoint(cluster_id="c"))
    with pytest.raises(LeaseLost):
        await zombie.take_over()
    document = await world.database[COLLECTION].find_one({"_id": "x"}) or {}
    assert (document["token"], document["epoch"]) == ({"_data": "1"}, 2)


async def test_the_noted_time_of_a_sweep_is_that_of_a_majority_write(world: World) -> None:
    lease = Lease(world.database, "relay/x", owner="me")
    assert await lease.acquire()
    noted = await MongoCheckpoints(world.database, "x", lease).begin_sweep(Checkpoint(cluster_id="c"))
    later = await MongoCheckpoints(world.database, "x", lease).begin_sweep(Checkpoint(cluster_id="c"))
    assert isinstance(noted, Timestamp)
    assert later > noted
