"""The relay on real parts: in order, with its checkpoint after the acknowledgement, swept when it must be."""

import asyncio

import pytest

from shared.eventlog.documents import COMMITS
from shared.messaging import delete_topics, ensure_topics, partition_of
from shared.mongo import Timestamp
from shared.relay.checkpoints import COLLECTION
from shared.relay.commits import MongoCommits, MongoCommitStream
from shared.relay.ports import TokenGone
from tests.integration.relay.conftest import DEADLINE_S, SERVICE, World
from tests.unit.relay.fakes import commit

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def has_followed(world: World) -> None:
    """Give the world a relay that has published two facts, and stop it."""
    await world.record([commit("a/1", 1), commit("a/2", 1)])
    relay = world.start()
    await world.wait_for(2)
    await relay.stop()


async def cause_of_the_sweep(world: World, facts: int) -> None:
    relay = world.start("relay-2")
    await world.wait_for(facts)
    await relay.stop()


async def test_everything_recorded_before_and_after_the_start_is_published_once_and_in_order(world: World) -> None:
    await world.record([commit("a/1", 1, 3), commit("a/2", 1)])
    relay = world.start()
    await world.wait_for(4)
    await world.wait_for_checkpoint()
    await world.record([commit("a/1", 4), commit("a/3", 1), commit("a/1", 5, 2)])
    await world.wait_for(8)
    await relay.stop()
    await world.check(duplicates=False)
    first = next(envelope for envelope in await world.published() if envelope.stream == "a/1")
    assert (first.source, first.type, first.key, first.id) == ("/lotsen/tested", "se.lotsen.test.v1", "1", "a/1:1.1")


async def test_a_stopped_relay_repeats_nothing_when_it_starts_again(world: World) -> None:
    await has_followed(world)
    await world.record([commit("a/1", 2)])
    relay = world.start("relay-2")
    await world.wait_for(3)
    await relay.stop()
    await world.check(duplicates=False)


async def test_the_checkpoint_says_which_cluster_and_which_offsets_were_acknowledged(world: World) -> None:
    await has_followed(world)
    checkpoint = await world.checkpoint()
    assert checkpoint["offsets"] == {str(partition_of("1")): 0, str(partition_of("2")): 0}
    assert checkpoint["token"]
    assert checkpoint["cluster_id"]
    assert checkpoint["sweep"] is None
    assert checkpoint["epoch"] == 1


@pytest.mark.parametrize(
    "token", [{"_data": "bogus"}, {"_data": "8265"}, {"_data": "ff00"}, {}, {"_data": None}], ids=str
)
async def test_a_damaged_token_leads_to_a_sweep(world: World, token: dict[str, str | None]) -> None:
    await has_followed(world)
    await world.database[COLLECTION].update_one({"_id": SERVICE}, {"$set": {"token": token}})
    await world.record([commit("a/1", 2)])
    await cause_of_the_sweep(world, 5)
    await world.check(duplicates=True)


async def test_a_log_that_was_dropped_and_made_again_is_followed_after_a_sweep(world: World) -> None:
    await world.record([commit("a/1", 1)])
    relay = world.start()
    await world.wait_for(1)
    await world.wait_for_checkpoint()
    await world.database.drop_collection(COMMITS)  # what is recorded is forgotten; the stream is invalidated
    await world.record([commit("b/1", 1), commit("b/1", 2)])
    await world.wait_for(3)
    await relay.stop()
    await world.check(duplicates=True)


async def test_a_token_of_a_dropped_log_is_gone_and_not_an_outage(world: World) -> None:
    await world.record([commit("a/1", 1)])
    stream = await MongoCommits(world.database).watch(since=await noted_time(world))
    await world.database.drop_collection(COMMITS)
    with pytest.raises(TokenGone):
        await read_for_ever(stream)
    await stream.close()


async def test_another_cluster_is_filled_from_the_beginning(world: World) -> None:
    await has_followed(world)
    await world.database[COLLECTION].update_one({"_id": SERVICE}, {"$set": {"cluster_id": "another"}})
    await cause_of_the_sweep(world, 4)
    assert (await world.checkpoint())["cluster_id"] != "another"
    await world.check(duplicates=True)


async def test_a_topic_that_was_made_again_while_the_relay_was_away_is_filled_from_the_beginning(world: World) -> None:
    await has_followed(world)
    await make_topic_again(world)
    await cause_of_the_sweep(world, 2)
    await world.check(duplicates=False)


async def test_a_topic_that_was_deleted_under_a_running_relay_is_made_again_and_filled(world: World) -> None:
    world.publish_timeout_s = 3.0
    await world.record([commit("a/1", 1), commit("a/2", 1)])
    relay = world.start()
    await world.wait_for(2)
    await world.wait_for_checkpoint()
    await make_topic_again(world)
    await world.record([commit("a/1", 2), commit("a/2", 2)])
    await world.wait_for_all()
    await relay.stop()  # 2 may stand before 1 in the new topic: followers hold it until the sweep brings 1


async def test_an_unfinished_sweep_is_begun_again(world: World) -> None:
    await has_followed(world)
    await world.database[COLLECTION].update_one(
        {"_id": SERVICE}, {"$set": {"token": None, "offsets": {}, "sweep": "topic behind"}}
    )
    await cause_of_the_sweep(world, 4)
    await world.check(duplicates=True)


async def test_what_is_recorded_while_a_sweep_runs_is_published_too(world: World) -> None:
    await world.record([commit(f"a/{number}", 1) for number in range(3_000)])
    relay = world.start()
    for position in range(2, 12):
        await world.record([commit(f"a/{number}", position) for number in range(0, 3_000, 30)])
    await world.wait_for(3_000 + 10 * 100)
    await relay.stop()
    await world.check(duplicates=True)


async def test_pages_go_through_the_log_in_stream_order_and_hold_what_was_recorded_before(world: World) -> None:
    await world.record([commit("b/1", 1), commit("a/1", 1), commit("b/1", 2), commit("a/1", 2, 9), commit("a/1", 11)])
    commits = MongoCommits(world.database, batch_commits_max=2)
    since = await noted_time(world)
    last: str | None = ""
    pages = []
    while last is not None:
        events, last = await commits.page(after_id=last, since=since)
        pages.append([(event.stream, event.sequence) for event in events])
    assert pages == [
        [("a/1", number) for number in range(1, 11)],
        [("a/1", 11), ("b/1", 1)],
        [("b/1", 2)],
        [],
    ]


async def test_a_stream_is_read_in_batches_of_bounded_size(world: World) -> None:
    stream = await MongoCommits(world.database, batch_commits_max=10).watch(since=await noted_time(world))
    await world.record([commit("a/1", number) for number in range(1, 36)])
    sizes: list[int] = []
    async with asyncio.timeout(DEADLINE_S):
        while sum(sizes) < 35:
            sizes.append(len((await stream.next()).events))
    await stream.close()
    assert max(sizes) <= 10


async def test_a_stream_keeps_its_own_session_whatever_others_do(world: World) -> None:
    stream = await MongoCommits(world.database).watch(since=await noted_time(world))
    await world.record([commit("a/1", 1)])
    others = [await world.database.client.start_session() for _ in range(8)]  # takes all that lie in the pool
    for session in others:
        await world.database.command("ping", session=session)
    await world.record([commit("a/1", 2)])
    seen: list[int] = []
    async with asyncio.timeout(DEADLINE_S):
        while len(seen) < 2:
            seen += [event.sequence for event in (await stream.next()).events]
    assert seen == [1, 2]
    await stream.close()
    for session in others:
        await session.end_session()


async def test_the_token_moves_also_when_nothing_of_ours_is_recorded(world: World) -> None:
    await world.record([commit("a/1", 1)])
    stream = await MongoCommits(world.database).watch(since=await noted_time(world))
    tokens: set[str] = set()
    async with asyncio.timeout(DEADLINE_S):
        while len(tokens) < 3:
            batch = await stream.next()
            tokens.add(str(batch.token))
            await world.database["other"].insert_one({})
    await stream.close()


async def noted_time(world: World) -> Timestamp:
    """Return the operation time of a write, as a sweep notes it: what is recorded from now on comes after it."""
    async with await world.database.client.start_session() as session:
        await world.database["other"].insert_one({}, session=session)
        noted: Timestamp = session.delegate.operation_time
        return noted


async def read_for_ever(stream: MongoCommitStream) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            await stream.next()


async def make_topic_again(world: World) -> None:
    await delete_topics(world.parts.kafka_bootstrap_servers, [world.topic])
    async with asyncio.timeout(DEADLINE_S):
        while True:
            await ensure_topics(world.parts.kafka_bootstrap_servers, [world.topic])
            if await world.count() == 0:
                return
