"""A replay shared by two workers, killed in the middle, or begun by a zombie: each fact is folded once all the same."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.lease import COLLECTION as LEASES
from shared.lease import Lease
from shared.projector.changes import Changes
from shared.projector.collections import CHECKPOINTS, PARKED, REQUESTS
from shared.projector.commit import MissedError
from shared.projector.definition import Projection
from shared.projector.replay_part import Part
from shared.projector.replay_requests import (
    Outcome,
    answers,
    parked_streams,
)
from shared.projector.replay_store import MongoShelf
from shared.projector.store import MongoStore
from tests.integration.projector.conftest import House, until
from tests.integration.projector.replaying import (
    DEADLINE_S,
    PROMPT,
    SMALL,
    answered,
    ask_all,
    check_all_once,
    with_bugs,
)
from tests.unit.projector.things import MIXED, counted, published

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def test_facts_that_come_during_a_replay_and_two_workers_that_share_it(house: House) -> None:
    bugs = {1}
    projection = with_bugs(MIXED, bugs)
    things = tuple(f"{letter}1" for letter in "abcdefgh")
    async with (
        house.worker(projection, owner="first", replay_bounds=SMALL),
        house.worker(projection, owner="second", replay_bounds=SMALL),
    ):
        await until(lambda: _both_own_half(house))
        await house.publish(*(counted(f"thing/{it}", sequence, sequence) for sequence in range(1, 31) for it in things))
        await house.folded(projection)
        bugs.clear()
        requests = await ask_all(house)
        for first in range(31, 71, 10):
            coming = range(first, first + 10)
            await house.publish(*(counted(f"thing/{it}", sequence, sequence) for sequence in coming for it in things))
        found = await answered(house, *requests)
        await house.folded(projection)
        assert {answer.outcome for answer in found} == {Outcome.REPLAYED}
    rows = await house.rows("things")
    assert {it: rows[it]["amounts"] for it in things} == {it: [*range(1, 71)] for it in things}
    totals = await house.rows("totals")
    assert {row["total"] for row in totals.values()} == {2485}
    assert await house.database[PARKED].count_documents({}) == 0
    owners = {request["owner"] async for request in house.database[REQUESTS].find({})}
    assert owners <= {"first", "second"}


async def _both_own_half(house: House) -> bool:
    found = [lease["owner"] async for lease in house.database[LEASES].find({"owner": {"$ne": None}})]
    return sorted(found.count(owner) for owner in set(found)) == [6, 6]


@asynccontextmanager
async def _worker_process(
    house: House, projection: Projection, owner: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    module = "tests.integration.projector.worker_process"
    place = (house.parts.mongodb_uri, house.database.name, house.parts.kafka_bootstrap_servers, house.topic)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *place, projection.name, owner)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_worker_that_is_killed_in_the_middle_leaves_a_replay_that_the_next_one_ends(house: House) -> None:
    bugs, last = {1}, 1_000
    projection = with_bugs(MIXED, bugs)
    async with house.worker(projection, replay_bounds=PROMPT):
        await house.publish(*(counted("thing/a1", sequence, sequence) for sequence in range(1, last + 1)))
        await house.folded(projection)
    [request] = await ask_all(house)
    assert await house.database[PARKED].count_documents({}) == last
    async with _worker_process(house, MIXED, "killed") as process:

        async def has_begun() -> bool:
            return await house.database[PARKED].count_documents({}) < last

        await until(has_begun, within_s=DEADLINE_S)
        process.send_signal(signal.SIGKILL)
        await process.wait()

    async def agrees() -> bool:
        left = await house.database[PARKED].count_documents({})
        return bool((await house.rows("things"))["a1"]["_head"] == last - left)

    await until(agrees)  # what is folded is no longer parked, and the other way about; a last commit may be on its way
    async with house.worker(MIXED, owner="successor", replay_bounds=PROMPT):
        [answer] = await answered(house, request)
    assert (answer.outcome, answer.facts) == (Outcome.REPLAYED, last)
    await check_all_once(house, last)


async def test_a_zombie_that_replays_writes_nothing(house: House) -> None:
    await house.fold(MIXED, [published("thing/a1", 1, b"{"), counted("thing/b1", 1, 1)])
    [parked] = await parked_streams(house.database)
    leases = {parked.partition: Lease(house.database, f"projection/mixed/{parked.partition}", owner="zombie")}
    assert await leases[parked.partition].acquire()
    found = await house.database[CHECKPOINTS].find_one({"partition": parked.partition})
    assert found is not None
    zombie = MongoStore(house.client, house.database, MIXED)
    positions = (await zombie.claim(leases, [house.topic], found["cluster_id"])).next
    await leases[parked.partition].release()
    successor = {parked.partition: Lease(house.database, f"projection/mixed/{parked.partition}", owner="successor")}
    assert await successor[parked.partition].acquire()
    await MongoStore(house.client, house.database, MIXED).claim(successor, [house.topic], found["cluster_id"])
    [request] = await ask_all(house)
    [asked] = await MongoShelf(house.database, "mixed").asked([parked.partition])
    part = Part(asked, "zombie", verdict=Outcome.NOTHING_PARKED)
    changes = Changes()
    part.settle(changes)
    with pytest.raises(MissedError):
        await zombie.apply(part.standing(positions), changes)
    assert not await answers(house.database, [request])
