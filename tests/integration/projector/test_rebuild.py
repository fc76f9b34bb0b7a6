"""Blue and green on real parts: built beside the live edition, compared, flipped, flipped back, dropped by command."""

import asyncio

import pytest

from shared.eventlog.port import Position
from shared.lease import Lease
from shared.projector.collections import CHECKPOINTS, prepare
from shared.projector.definition import Document, Projection
from shared.projector.editions import (
    DropRefusedError,
    FlipRefusedError,
    LackingError,
    begin_edition,
    drop,
    edition_of,
    editions_of,
    flip,
)
from shared.projector.live import ReadDatabase, following, read_edition
from shared.projector.reads import Reads
from shared.projector.status import freshness
from shared.projector.store import MongoStore
from tests.integration.projector.conftest import House, until
from tests.integration.projector.rebuilding import NEWER, build, ends, flip_soon, keeper
from tests.unit.projector.things import IN_DOCUMENTS, MIXED, PROJECTIONS, counted, noted

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

FACTS = [counted(f"thing/{letter}{number}", at, at) for at in (1, 2) for letter in "abcd" for number in range(5)]


def amounts(rows: dict[str, Document], field: str = "total") -> int:
    return sum(row[field] for row in rows.values())


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_a_rebuild_is_equal_to_the_byte_while_the_live_edition_goes_on(
    house: House, projection: Projection
) -> None:
    async with keeper(house, projection):
        await house.publish(*FACTS)
        over = asyncio.Event()

        async def go_on_publishing() -> None:
            number = 0
            while not over.is_set():
                await house.publish(counted(f"thing/e{number}", 1, 5), noted(f"note/e{number}", 1))
                number += 1

        publishing = asyncio.create_task(go_on_publishing())
        try:
            await house.folded(projection, len(FACTS))
            built = await build(house, projection)
        finally:
            over.set()
            await publishing
        assert built.comparison.differences() == {}
        assert built.comparison.examples == []
        assert sum(counts.same for counts in built.comparison.counts.values()) > len(FACTS)
        assert (built.edition, built.live, built.declared) == (2, 1, False)
        assert built.facts >= len(FACTS)
        # What was published meanwhile is folded by the workers, which have taken the new edition over.
        await house.folded(edition_of(projection, 2))
        for view in projection.views:
            assert (await house.rows(f"{view.collection}@2")).keys() == (await house.rows(view.collection)).keys()


async def test_a_damaged_live_row_shows_in_the_comparison_and_the_flip_must_accept_it(house: House) -> None:
    async with keeper(house, MIXED):
        await house.publish(*FACTS)
        await house.folded(MIXED)
        await house.database["things"].update_one({"_id": "a1"}, {"$set": {"total": 1_000}})
        await house.database["totals"].delete_one({"_id": "owner-b"})
        await house.database["shares"].insert_one({"_id": "all/p99", "total": 1})
        built = await build(house, MIXED)
        assert built.comparison.differences().keys() == {"things", "totals", "shares"}
        assert sorted(built.comparison.examples) == [
            "shares/all/p99: removed",
            "things/a1: total",
            "totals/owner-b: added",
        ]
        with pytest.raises(FlipRefusedError, match="1 changed"):
            await flip(house.client, house.database, "mixed", 2, await ends(house))
        await flip(house.client, house.database, "mixed", 2, await ends(house), accept_differences=True)
        assert (await editions_of(house.database, ["mixed"]))["mixed"].live == 2


async def test_an_edition_becomes_live_only_when_it_is_as_far_and_queries_follow_and_go_back(house: House) -> None:
    async with keeper(house, IN_DOCUMENTS):
        await house.publish(*FACTS)
        await house.folded(IN_DOCUMENTS)
        await build(house, IN_DOCUMENTS)
    async with house.worker(IN_DOCUMENTS):  # nobody folds the new edition
        await house.publish(counted("thing/a1", 3, 100))
        await house.folded(IN_DOCUMENTS)
        with pytest.raises(LackingError, match="lacks 1 facts in 1 partitions"):
            await flip(house.client, house.database, "in-documents", 2, await ends(house))
    async with keeper(house, IN_DOCUMENTS), following(house.client, house.database.name, [IN_DOCUMENTS]) as db:
        reads = Reads(house.database, [IN_DOCUMENTS], live=db.live)
        await flip_soon(house, IN_DOCUMENTS, 2)
        assert await _read(db) == "things"
        await house.database["things@2"].update_one({"_id": "a1"}, {"$set": {"mark": "second"}})
        await switched(db, "things@2")
        found = await db["things"].find_one({"_id": "a1"})
        assert found is not None
        assert found["mark"] == "second"
        await house.publish(counted("thing/b1", 3, 100))
        await reads.wait("in-documents", [Position("thing/b1", 3, "owner-b")], 20)
        found = await db["things"].find_one({"_id": "b1"})
        assert found is not None
        assert found["_head"] == 3
        assert read_edition(db, "in-documents") == "in-documents@2"
        await house.database[CHECKPOINTS].update_many({"projection": "in-documents"}, {"$unset": {"fact_at": True}})
        assert (await freshness(db, "in-documents", ends={})).as_of is not None  # the other edition's
        # The old edition is still folded, so the way back is open.
        await flip_soon(house, IN_DOCUMENTS, 1)
        await switched(db, "things")
        await reads.close()


async def _read(db: ReadDatabase) -> str:
    return str(db["things"].name)


async def switched(db: ReadDatabase, collection: str) -> None:
    """Look until the queries of this process are answered from the collection."""

    async def follows() -> bool:
        await db.live.look()
        return await _read(db) == collection

    await until(follows)


async def test_a_newer_version_is_built_while_old_programs_serve_the_old_one(house: House) -> None:
    async with keeper(house, IN_DOCUMENTS), following(house.client, house.database.name, [IN_DOCUMENTS]) as old:
        await house.publish(*FACTS)
        await house.folded(IN_DOCUMENTS)
        before = await house.rows("things")
        built = await build(house, NEWER)
        assert built.declared
        counts = built.comparison.counts
        assert (counts["things"].changed, counts["owners"].added, counts["heads"].same) == (20, 4, 20)
        assert amounts(await house.rows("things@2"), "double") == 2 * amounts(before)
        assert await house.rows("things") == before
        async with keeper(house, NEWER), following(house.client, house.database.name, [NEWER]) as new:
            await house.publish(counted("thing/a1", 3, 100))
            await flip_soon(house, NEWER, 2)
            await switched(new, "things@2")
            for _ in range(3):
                await old.live.look()
            assert await _read(old) == "things"  # it would not understand the other
            await house.folded(IN_DOCUMENTS)
            assert amounts(await house.rows("things")) == amounts(before) + 100


async def test_what_was_begun_is_gone_on_with_and_never_folded_by_others(house: House) -> None:
    async with keeper(house, IN_DOCUMENTS):
        await house.publish(*FACTS)
        await house.folded(IN_DOCUMENTS)
        begun = await begin_edition(house.database, IN_DOCUMENTS, {"things": house.topic})
        with pytest.raises(FlipRefusedError, match="not built to the end"):
            await flip(house.client, house.database, "in-documents", begun.number, {})
        assert (await build(house, IN_DOCUMENTS)).edition == begun.number
        assert (await build(house, IN_DOCUMENTS)).edition == begun.number + 1


async def test_what_is_dropped_is_gone_and_a_worker_that_wakes_up_late_writes_nothing(house: House) -> None:
    async with keeper(house, IN_DOCUMENTS):
        await house.publish(*FACTS)
        await house.folded(IN_DOCUMENTS)
        await build(house, IN_DOCUMENTS)
        await flip_soon(house, IN_DOCUMENTS, 2)
        with pytest.raises(DropRefusedError, match="is live"):
            await drop(house.client, house.database, "in-documents", 2, switched_s=0)
        with pytest.raises(DropRefusedError, match="less than 60 s ago"):
            await drop(house.client, house.database, "in-documents", 1)
        await drop(house.client, house.database, "in-documents", 1, switched_s=0)
        await until(lambda: _no_worker(house))
        assert "things" not in await house.database.list_collection_names()
        await prepare(house.database, IN_DOCUMENTS)  # `lotsen init` does not bring it back
        assert "things" not in await house.database.list_collection_names()
        assert [one.number for one in (await editions_of(house.database, ["in-documents"]))["in-documents"].each] == [2]
        await house.publish(counted("thing/a1", 3, 100))
        await house.folded(edition_of(IN_DOCUMENTS, 2))
    lease = Lease(house.database, "projection/in-documents/0", owner="late")
    assert await lease.acquire()
    store = MongoStore(house.client, house.database, IN_DOCUMENTS)
    assert not (await store.claim({0: lease}, [house.topic], "any")).next
    with pytest.raises(FlipRefusedError, match="not there"):
        await flip(house.client, house.database, "in-documents", 1, {})
    assert (await build(house, IN_DOCUMENTS)).edition == 3


async def _no_worker(house: House) -> bool:
    return await house.database["projection_workers"].find_one({"projection": "in-documents"}) is None


async def test_a_build_that_was_interrupted_half_way_is_finished_by_the_next(house: House) -> None:
    async with keeper(house, MIXED):
        await house.publish(*FACTS)
        await house.folded(MIXED)
        begun = await begin_edition(house.database, MIXED, {"things": house.topic})
        half = {partition: end // 2 for partition, end in (await ends(house)).items()}
        green = edition_of(MIXED, begun.number)
        async with house.worker(green, until=half):
            await house.folded(green, sum(half.values()))
        assert await house.positions(green) == {partition.number: bound for partition, bound in half.items()}
        built = await build(house, MIXED)
        assert (built.edition, built.comparison.differences()) == (begun.number, {})
