"""Reconciling on real parts: what was damaged by hand or lost is found, and mended while a worker runs."""

from collections.abc import Sequence

import pytest

from shared.eventlog.documents import COMMITS, PublishedEvent, document_id
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, heads_of
from shared.projector.definition import Projection
from shared.projector.reconcile import Bounds, Reconciliation, Report, TooMuchToRepairError, UnknownStreamError
from shared.projector.reconcile_findings import Kind
from tests.integration.projector.conftest import House, until
from tests.unit.projector.things import BY_KEY, IN_DOCUMENTS, MIXED, PROJECTIONS, counted, noted, published

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

FACTS = [counted(f"thing/{letter}{number}", at, at) for at in (1, 2) for letter in "abcd" for number in range(5)]


async def record(house: House, events: Sequence[PublishedEvent]) -> None:
    """Write the log that the facts come from: one commit for each."""
    await house.database[COMMITS].insert_many(
        [
            {
                "_id": document_id(event.stream, event.sequence),
                "commit_id": event.ce_id.rpartition(".")[0],
                "stream": event.stream,
                "key": event.key,
                "first": event.sequence,
                "last": event.sequence,
                "events": [{"type": event.ce_type, "data": event.data.decode()}],
                "at": event.at,
            }
            for event in events
        ]
    )


async def reconcile(
    house: House, projection: Projection, *, repair: bool = False, stream: str | None = None, writes_max: int = 100
) -> Report:
    reconciliation = Reconciliation(
        house.client,
        house.database,
        projection,
        [house.database],
        bounds=Bounds(commits_per_pass=7, writes_max=writes_max, patience_s=0.0),
    )
    return await reconciliation.run(repair=repair, stream=stream)


def told(report: Report) -> list[tuple[Kind, str]]:
    return sorted((found.kind, found.place) for found in report.findings)


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_a_row_damaged_by_hand_is_found_and_repaired_while_its_worker_runs(
    house: House, projection: Projection
) -> None:
    await record(house, FACTS)
    collection = projection.views[0].collection
    async with house.worker(projection):
        await house.publish(*FACTS)
        await house.folded(projection)
        before = await house.rows(collection)
        assert told(await reconcile(house, projection)) == []
        damaged = min(before)
        await house.database[collection].update_one({"_id": damaged}, {"$set": {"total": 1_000_000}})
        report = await reconcile(house, projection, repair=True)
        assert [(found.kind, found.place, found.detail) for found in report.findings] == [
            (Kind.DIFFERS, f"{collection}/{damaged}", "total")
        ]
        assert report.left == []
        assert await house.rows(collection) == before
        # The worker had the damaged row in its cache: what it folds next must rest on the mended one.
        later = [counted(f"thing/{letter}0", 3, 7) for letter in "abcd"]
        await record(house, later)
        await house.publish(*later)
        await house.folded(projection)
        assert told(await reconcile(house, projection)) == []


async def test_a_row_and_its_head_that_were_removed_come_back(house: House) -> None:
    await record(house, FACTS)
    await house.fold(MIXED, FACTS)
    before = {name: await house.rows(name) for name in ("things", "totals", "shares")}
    await house.database["things"].delete_many({"_id": {"$in": ["a1", "b2"]}})
    await house.database["totals"].delete_one({"_id": "owner-c"})
    await house.database["shares"].insert_one({"_id": "all/p99", "total": 3})
    report = await reconcile(house, MIXED, repair=True)
    # With its head a stream is as if never folded, so that what it has added to others differs too.
    assert [found for found in told(report) if found[0] is not Kind.DIFFERS] == [
        (Kind.BEHIND, "thing/a1"),
        (Kind.BEHIND, "thing/b2"),
        (Kind.MISSING, "totals/owner-c"),
        (Kind.UNEXPLAINED, "shares/all/p99"),
    ]
    assert report.left == []
    assert {name: await house.rows(name) for name in before} == before


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_a_last_fact_that_never_reached_the_topic_is_found_and_folded_once(
    house: House, projection: Projection
) -> None:
    await record(house, FACTS)
    lost = counted("thing/a1", 2, 2)
    await house.fold(projection, [fact for fact in FACTS if fact != lost])
    assert told(await reconcile(house, projection)) == [(Kind.BEHIND, "thing/a1")]
    assert (await reconcile(house, projection, repair=True)).left == []
    assert told(await reconcile(house, projection)) == []
    mended = {view.collection: await house.rows(view.collection) for view in projection.views}
    await house.fold(projection, [lost])  # it comes after all, and is a duplicate
    assert {name: await house.rows(name) for name in mended} == mended


async def test_a_hole_is_filled_from_the_log_and_what_was_held_is_folded(house: House) -> None:
    await record(house, [*FACTS, *(counted("thing/a1", at, at) for at in (3, 4, 5))])
    async with house.worker(IN_DOCUMENTS):
        await house.publish(*FACTS, counted("thing/a1", 4, 4), counted("thing/a1", 5, 5))
        await house.folded(IN_DOCUMENTS)
        assert await house.database[HELD].count_documents({}) == 2
        report = await reconcile(house, IN_DOCUMENTS, repair=True, stream="thing/a1")
        assert told(report) == [(Kind.BEHIND, "thing/a1")]
        assert (report.left, report.held) == ([], 0)
        assert (await house.rows("things"))["a1"]["amounts"] == [1, 2, 3, 4, 5]
        # The worker has heard that nothing is held any more.
        await record(house, [counted("thing/a1", 6, 6)])
        await house.publish(counted("thing/a1", 6, 6))

        async def folded() -> bool:
            return bool((await house.rows("things"))["a1"]["amounts"] == [1, 2, 3, 4, 5, 6])

        await until(folded)


async def test_one_stream_is_looked_at_alone(house: House) -> None:
    await record(house, FACTS)
    await house.fold(MIXED, FACTS)
    await house.database["things"].update_many({"_id": {"$in": ["a1", "a2"]}}, {"$set": {"total": 0}})
    report = await reconcile(house, MIXED, repair=True, stream="thing/a1")
    assert told(report) == [(Kind.DIFFERS, "things/a1")]
    assert report.streams == 1
    assert told(await reconcile(house, MIXED)) == [(Kind.DIFFERS, "things/a2")]
    with pytest.raises(UnknownStreamError):
        await reconcile(house, MIXED, stream="thing/nobody")


async def test_what_is_parked_is_counted_and_left_alone(house: House) -> None:
    bad = published("thing/a1", 2, b"{")
    await record(house, [counted("thing/a1", 1), bad, counted("thing/a1", 3), noted("note/a1", 1)])
    await house.fold(BY_KEY, [counted("thing/a1", 1), bad, counted("thing/a1", 3), noted("note/a1", 1)])
    parked = await house.database[PARKED].count_documents({})
    report = await reconcile(house, BY_KEY, repair=True)
    assert (told(report), report.parked) == ([], 1)
    assert await house.database[PARKED].count_documents({}) == parked == 2


async def test_what_the_log_has_lost_is_told_and_nothing_is_written(house: House) -> None:
    await record(house, FACTS[:20])
    await house.fold(MIXED, FACTS)
    await house.database["things"].update_one({"_id": "d4"}, {"$set": {"total": 0}})
    before = [await house.rows(name) for name in ("things", "totals", "shares", heads_of("mixed"))]
    report = await reconcile(house, MIXED, repair=True)
    assert {found.kind for found in report.findings} == {Kind.AHEAD}
    assert len(report.left) == 20
    assert [await house.rows(name) for name in ("things", "totals", "shares", heads_of("mixed"))] == before


async def test_a_read_model_that_is_all_wrong_is_to_be_rebuilt(house: House) -> None:
    await record(house, FACTS)
    await house.fold(IN_DOCUMENTS, FACTS)
    before = await house.rows(CHECKPOINTS)
    await house.database["things"].update_many({}, {"$set": {"total": 0}})
    with pytest.raises(TooMuchToRepairError, match="rebuild"):
        await reconcile(house, IN_DOCUMENTS, repair=True, writes_max=1)
    assert await house.rows(CHECKPOINTS) == before
