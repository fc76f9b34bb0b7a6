"""A stream that is sent again on request: by the relay that leads, from the log, until it is acknowledged."""

import asyncio
import signal

import pytest

from shared.eventlog.documents import COMMITS
from shared.relay.commits import MongoCommits
from shared.relay.requests import REQUESTS, Answer, MongoRequests, NothingRecordedError, answer, ask
from tests.integration.relay.conftest import DEADLINE_S, World
from tests.integration.relay.test_two_relays import relay_process, wait_for_leader
from tests.unit.relay.fakes import commit
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def answered(world: World, request: str) -> Answer:
    async with asyncio.timeout(DEADLINE_S):
        while (found := await answer(world.database, request)) is None:  # noqa: ASYNC110 - the database is asked again
            await asyncio.sleep(0.05)
    return found


async def positions(world: World, stream: str) -> list[int]:
    return [envelope.sequence for envelope in await world.published() if envelope.stream == stream]


async def test_an_idle_relay_sends_a_stream_again_from_inside_a_commit_and_nothing_else(world: World) -> None:
    await world.record([commit("a/1", 1, 3), commit("a/1", 4), commit("a/10", 1, 2), commit("a/1", 5, 2)])
    relay = world.start("relay-1")
    await world.wait_for_all()
    request = await ask(world.database, "a/1", 2, by="an operator")
    found = await answered(world, request)
    assert (found.facts, found.owner) == (5, "relay-1")
    assert await positions(world, "a/1") == [1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6]
    assert await positions(world, "a/10") == [1, 2]
    await relay.stop()
    kept = await world.database[REQUESTS].find_one({"_id": request})
    assert kept is not None
    assert (kept["stream"], kept["first"], kept["asked_by"], kept["asked_at"] <= kept["done_at"]) == (
        "a/1",
        2,
        "an operator",
        True,
    )


async def test_what_does_not_exist_is_refused_when_it_is_asked_for(world: World) -> None:
    await world.record([commit("a/10", 1, 2)])
    with pytest.raises(NothingRecordedError, match="no stream a/1 "):
        await ask(world.database, "a/1", 1, by="x")
    with pytest.raises(NothingRecordedError, match="ends at position 2"):
        await ask(world.database, "a/10", 3, by="x")
    assert await world.database[REQUESTS].count_documents({}) == 0


async def test_under_load_a_stream_of_many_pages_is_sent_again_once_and_order_holds(world: World) -> None:
    await world.record([commit("a/1", position) for position in range(1, 1_201)])
    relay = world.start("relay-1")
    await world.wait_for(1_200)
    await ask(world.database, "a/1", 1, by="x")
    request = await ask(world.database, "a/1", 601, by="x")
    recorded = 1_200
    while await answer(world.database, request) is None:
        await world.record([commit("a/1", recorded + 1), commit(f"b/{recorded}", 1)])
        recorded += 1
    await world.wait_for_all()
    await relay.stop()
    await world.check(duplicates=True)
    seen = await positions(world, "a/1")
    assert min(seen.count(position) for position in range(1, 1_201)) >= 2
    assert min(seen.count(position) for position in range(601, 1_201)) >= 3


async def test_what_is_recorded_and_not_published_yet_comes_before_what_is_asked_for(world: World) -> None:
    relay = world.start("relay-1")
    await world.wait_for_checkpoint()
    await relay.stop()
    await world.record([commit("a/1", position) for position in range(1, 3_001)])
    request = await ask(world.database, "a/1", 2_500, by="x")
    second = world.start("relay-2")
    assert (await answered(world, request)).facts == 501
    await second.stop()
    await world.check(duplicates=True)


async def test_killed_in_the_middle_the_next_leader_repeats_the_request(world: World) -> None:
    await world.record([commit("a/1", position) for position in range(1, 4_001)])
    async with relay_process(world, "killed") as process:
        await wait_for_leader(world, "killed")
        await world.wait_for(4_000)
        request = await ask(world.database, "a/1", 1, by="x")
        await world.wait_for(4_001)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    # Wherever the kill found it: it is done, by whom it says, or it is open and done by the next.
    was_done = await answer(world.database, request) is not None
    successor = world.start("successor")
    found = await answered(world, request)
    assert found.owner == ("killed" if was_done else "successor")
    assert found.facts == 4_000
    await successor.stop()
    await world.check(duplicates=True)


async def test_of_two_relays_only_the_leader_serves(world: World) -> None:
    await world.record([commit("a/1", 1, 2)])
    first = world.start("first")
    await wait_for_leader(world, "first")
    second = world.start("second")
    requests = [await ask(world.database, "a/1", 1, by="x") for _ in range(3)]
    assert {(await answered(world, request)).owner for request in requests} == {"first"}
    await first.stop()
    last = await ask(world.database, "a/1", 2, by="x")
    assert await answered(world, last) == (1, "second", (await answered(world, last)).done_at)
    await second.stop()
    assert await positions(world, "a/1") == [1, 2, 1, 2, 1, 2, 1, 2, 2]


async def test_a_mark_is_reached_by_a_relay_that_has_passed_what_was_recorded_before_it(world: World) -> None:
    requests, commits = MongoRequests(world.database, "x"), MongoCommits(world.database)
    stream = await commits.watch()
    before = (await stream.next()).token
    await world.record([commit("a/1", 1)])
    mark = await requests.begin([])
    await world.database[REQUESTS].insert_one({"what": "another write, as `begin` makes one for each request"})
    assert before is not None
    assert not requests.reached(before, mark)

    async def reached() -> bool:
        batch = await stream.next()
        assert batch.token is not None
        return requests.reached(batch.token, mark)

    await eventually_async(reached)
    await stream.close()
    assert await world.database[COMMITS].count_documents({}) == 1
