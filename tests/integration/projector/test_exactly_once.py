"""Every fact has exactly one effect: duplicates, holes, restarts, zombies and a log that begins anew."""

import asyncio

import pytest
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from typing_extensions import override

from shared.eventlog.documents import PublishedEvent
from shared.lease import Lease
from shared.messaging import delete_topics, ensure_topics
from shared.mongo import Timestamp, connect
from shared.projector.changes import Advance, Changes, Partition
from shared.projector.collections import CHECKPOINTS, HELD, heads_of
from shared.projector.commit import MissedError
from shared.projector.definition import Projection
from shared.projector.ownership import RENEW_S
from shared.projector.store import MongoStore
from tests.integration.projector.conftest import House, until
from tests.unit.projector.things import BY_KEY, IN_DOCUMENTS, MIXED, PROJECTIONS, counted, noted

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

FACTS = [counted(f"thing/a{number}", sequence, number) for sequence in (1, 2, 3) for number in range(20)]
LATE = counted("thing/a99", 1, 9)
"""Of the same record key, and so on the same partition."""


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_facts_that_are_published_twice_are_folded_once(house: House, projection: Projection) -> None:
    await house.fold(projection, [*FACTS, *FACTS])
    if projection is not BY_KEY:
        assert {row["total"] for row in (await house.rows("things")).values()} == {3 * number for number in range(20)}
    if projection is not IN_DOCUMENTS:
        assert (await house.rows("totals"))["owner-a"]["total"] == 3 * sum(range(20))


async def test_a_restart_continues_from_the_checkpoint(house: House) -> None:
    await house.fold(MIXED, FACTS)
    positions = await house.positions(MIXED)
    await house.database["totals"].update_one({"_id": "owner-a"}, {"$set": {"mark": "kept"}})
    await house.fold(MIXED, [counted("thing/a1", 4, 100)])
    row = (await house.rows("totals"))["owner-a"]
    assert (row["total"], row["mark"]) == (3 * sum(range(20)) + 100, "kept")
    assert sum((await house.positions(MIXED)).values()) == sum(positions.values()) + 1


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_a_hole_is_held_and_drains_in_order_when_the_missing_fact_comes(
    house: House, projection: Projection
) -> None:
    async with house.worker(projection):
        await house.publish(counted("thing/a1", 1, 1), counted("thing/a1", 3, 3), counted("thing/a1", 4, 4))
        await house.publish(counted("thing/a2", 1, 5))
        await house.folded(projection)
        assert [held["sequence"] async for held in house.database[HELD].find({}).sort("_id")] == [3, 4]
        await house.publish(counted("thing/a1", 2, 2))
        await house.folded(projection)
    assert await house.database[HELD].count_documents({}) == 0
    if projection is not BY_KEY:
        assert (await house.rows("things"))["a1"]["amounts"] == [1, 2, 3, 4]
    if projection is not IN_DOCUMENTS:
        assert (await house.rows("totals"))["owner-a"]["total"] == 15


async def test_heads_are_kept_in_the_document_or_by_record_key(house: House) -> None:
    await house.fold(IN_DOCUMENTS, [counted("thing/a1", 1), noted("thing/a1", 2), noted("x.y/a$1", 1)])
    row = (await house.rows("things"))["a1"]
    assert (row["_stream"], row["_head"], row["_head_id"]) == ("thing/a1", 2, "c-a1.2")
    heads = await house.rows(heads_of(IN_DOCUMENTS.name))
    assert heads == {"owner-a": {"_id": "owner-a", "streams": {"x%2Ey/a%241": {"sequence": 1, "id": "c-a$1.1"}}}}


@pytest.mark.parametrize("facts", [[*FACTS[:20], LATE], [LATE, *FACTS]], ids=["shorter", "filled-beyond"])
async def test_a_log_that_was_recreated_is_read_from_its_beginning(house: House, facts: list[PublishedEvent]) -> None:
    await house.fold(MIXED, FACTS)
    await delete_topics(house.parts.kafka_bootstrap_servers, [house.topic])

    async def created() -> bool:
        await ensure_topics(house.parts.kafka_bootstrap_servers, [house.topic])
        return True

    await until(created)
    await house.producer.close()
    await house.producer.publish(facts)
    async with house.worker(MIXED):
        await until(lambda: _has(house, "things", "a99"))
    rows = await house.rows("things")
    assert {row["total"] for name, row in rows.items() if name != "a99"} == {3 * number for number in range(20)}


async def _has(house: House, collection: str, identifier: str) -> bool:
    return await house.database[collection].find_one({"_id": identifier}) is not None


class _Seen(CommandListener):
    """Notes for each find after which time it asks, and when the last write before it was."""

    def __init__(self) -> None:
        self.written_at: Timestamp | None = None
        self.finds: list[tuple[Timestamp | None, Timestamp | None]] = []

    @override
    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "find":
            self.finds.append((event.command["readConcern"].get("afterClusterTime"), self.written_at))

    @override
    def succeeded(self, event: CommandSucceededEvent) -> None:
        if event.command_name in {"update", "commitTransaction"}:
            self.written_at = event.reply["operationTime"]

    @override
    def failed(self, event: CommandFailedEvent) -> None:
        raise AssertionError(event.failure)


async def test_a_worker_reads_nothing_that_is_older_than_its_last_write_whoever_is_primary_by_then(
    house: House,
) -> None:
    await house.fold(MIXED, FACTS)
    seen, place = _Seen(), Partition(house.topic, 0)
    client = connect(house.parts.mongodb_uri, app_name="projector-test", event_listeners=[seen])
    store = MongoStore(client, client[house.database.name], MIXED)
    leases = {0: Lease(house.database, "projection/mixed/0", owner="successor")}
    assert await leases[0].acquire()
    position = (await store.claim(leases, [house.topic], await _cluster(house))).next[place]
    await store.heads(["owner-a"])
    await store.apply({place: Advance(position, position + 1, None)}, Changes())
    await store.documents(0, ["a1"])
    await store.held(["thing/a1"])
    client.close()
    assert len(seen.finds) > 4
    assert all(after is not None and after >= written_at for after, written_at in seen.finds)


async def test_a_worker_that_lost_its_claim_writes_nothing(house: House) -> None:
    await house.fold(MIXED, FACTS)
    place = Partition(house.topic, 0)
    leases = {0: Lease(house.database, "projection/mixed/0", owner="zombie")}
    zombie = MongoStore(house.client, house.database, MIXED)
    assert await leases[0].acquire()
    position = (await zombie.claim(leases, [house.topic], await _cluster(house))).next[place]
    await leases[0].release()

    successor = {0: Lease(house.database, "projection/mixed/0", owner="successor")}
    assert await successor[0].acquire()
    store = MongoStore(house.client, house.database, MIXED)
    await store.claim(successor, [house.topic], await _cluster(house))
    before = await house.rows(CHECKPOINTS)

    # The position is right, only the claim is gone: another topic's facts may have been folded meanwhile.
    with pytest.raises(MissedError):
        await zombie.apply({place: Advance(position, position + 1, None)}, Changes())
    # It cannot claim again either, because the successor's lease is newer.
    assert not (await zombie.claim(leases, [house.topic], await _cluster(house))).next
    assert await house.rows(CHECKPOINTS) == before
    await store.apply({place: Advance(position, position + 1, None)}, Changes())
    with pytest.raises(MissedError):  # the claim is right, the position is not
        await store.apply({place: Advance(position, position + 1, None)}, Changes())


async def _cluster(house: House) -> str:
    found = await house.database[CHECKPOINTS].find_one({})
    assert found is not None
    return str(found["cluster_id"])


async def test_workers_that_take_the_partitions_from_each_other_fold_each_fact_once(house: House) -> None:
    # Leases that are shorter than their renewal: every worker goes on believing for a while after another took over.
    async with house.worker(MIXED, lease_ttl_s=0.2):
        # Half a renewal apart: in step with each other, both would always take up again what was theirs.
        await asyncio.sleep(RENEW_S / 2)
        async with house.worker(MIXED, lease_ttl_s=0.2):
            for first in range(0, len(FACTS), 20):
                before = await _epochs(house)
                await house.publish(*FACTS[first : first + 20])
                await until(lambda before=before: _taken_over_since(house, before))  # type: ignore[misc]  # bound now
            await house.folded(MIXED)
    assert (await house.rows("totals"))["owner-a"]["total"] == 3 * sum(range(20))


async def _epochs(house: House) -> int:
    return sum([found.get("epoch", 0) async for found in house.database[CHECKPOINTS].find({})])


async def _taken_over_since(house: House, before: int) -> bool:
    return await _epochs(house) > before
