"""What is recorded and not yet published, as the database tells it: for `lotsen lag`, metrics and the watchdog."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from typing_extensions import override

from shared.lease import Lease
from shared.mongo import connect
from shared.relay.checkpoints import COLLECTION
from shared.relay.ports import CommitsUnavailable
from shared.relay.waiting import observe, waiting
from shared.watchdog import Place, Progress
from tests.integration.relay.conftest import SERVICE, World
from tests.unit.relay.fakes import AT, commit
from tests.waiting import eventually, eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

YEAR_2023_AGE_S = (datetime(2026, 1, 1, tzinfo=UTC) - AT) // timedelta(seconds=1)


async def published_once(world: World) -> None:
    """Record two facts, let a relay publish them and stop, as planned."""
    relay = world.start()
    await world.record([commit("a/1", 1), commit("a/2", 1)])
    await world.wait_for(2)
    await world.wait_for_checkpoint()
    await relay.stop()


async def test_an_empty_log_keeps_nobody_waiting(world: World) -> None:
    found = await waiting(world.database, SERVICE)
    assert (found.facts, found.oldest_age_s, found.newest_age_s, found.leader) == (0, 0, 0, None)


async def test_before_the_first_start_nobody_can_count_and_the_newest_age_is_told(world: World) -> None:
    await world.record([commit("a/1", 1)])
    found = await waiting(world.database, SERVICE)
    assert found.facts is None
    assert found.oldest_age_s == found.newest_age_s > YEAR_2023_AGE_S


async def test_what_was_published_does_not_wait_and_what_came_after_does(world: World) -> None:
    await published_once(world)
    found = await waiting(world.database, SERVICE)
    assert (found.facts, found.oldest_age_s, found.newest_age_s) == (0, 0, 0)
    assert found.saved_at is not None
    later = {**commit("a/1", 2, events=3), "at": AT + timedelta(hours=1)}
    await world.record([later])  # type: ignore[list-item]  # a commit document with another instant
    await world.record([commit("a/2", 2) | {"at": AT + timedelta(hours=3)}])
    found = await waiting(world.database, SERVICE)
    assert found.facts == 4
    assert round(found.oldest_age_s - found.newest_age_s) == 2 * 3600


async def test_counting_ends_at_a_bound(world: World) -> None:
    await published_once(world)
    await world.record([commit("b/1", position) for position in range(1, 8)])
    assert (await waiting(world.database, SERVICE, commits_max=5)).facts == 5


async def test_a_token_that_is_none_is_told_as_unknown(world: World) -> None:
    await published_once(world)
    await world.database[COLLECTION].update_one({"_id": SERVICE}, {"$set": {"token": {"_data": "00"}}})
    assert (await waiting(world.database, SERVICE)).facts is None


async def test_a_database_that_is_away_is_told_as_such(world: World) -> None:
    client = connect(world.parts.mongodb_uri, app_name="test-relay")
    client.close()
    with pytest.raises(CommitsUnavailable):
        await waiting(client[world.database.name], SERVICE)


class Told(Progress):
    """Counts how often it was told something."""

    looks = 0

    @override
    def saw(self, positions: Mapping[Place, int], ends: Mapping[Place, int]) -> None:
        super().saw(positions, ends)
        self.looks += 1


@asynccontextmanager
async def observed(world: World, owner: str) -> AsyncIterator[Told]:
    progress = Told("relay tested")
    task = asyncio.create_task(observe(world.database, SERVICE, owner, progress))
    try:
        yield progress
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_work_that_waits_is_seen_by_who_leads_and_by_who_could_lead_but_not_beside_a_leader(
    world: World,
) -> None:
    await published_once(world)
    await world.record([commit("a/1", 2)])
    lease = Lease(world.database, f"relay/{SERVICE}", owner="leader", ttl_s=3_600)
    async with observed(world, "anybody") as progress:
        await eventually(lambda: progress.still_s() > 0)
    assert await lease.acquire()
    async with observed(world, "leader") as leading, observed(world, "another") as idle:
        await eventually(lambda: leading.still_s() > 0)
        await eventually(lambda: idle.looks > 0)
        assert idle.still_s() == 0
    shown = REGISTRY.get_sample_value("lotsen_relay_oldest_waiting_age_seconds", {"service": SERVICE})
    assert shown is not None
    assert shown > YEAR_2023_AGE_S


async def test_a_relay_that_publishes_makes_progress_and_shows_that_nothing_waits(world: World) -> None:
    relay = world.start()
    await world.record([commit("a/1", 1)])
    await world.wait_for(1)

    async def nothing_waits() -> bool:
        return (await waiting(world.database, SERVICE)).facts == 0

    await eventually_async(nothing_waits)
    assert (await waiting(world.database, SERVICE)).leader == "relay-1"
    await relay.stop()
