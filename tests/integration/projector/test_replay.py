"""Parked facts are folded again by the worker that owns them: in order, with an answer that says what came of it."""

from dataclasses import replace

import pytest

from shared.eventlog.port import Position
from shared.projector.collections import PARKED, REQUESTS, prepare
from shared.projector.definition import Projection
from shared.projector.reads import Reads, StreamParkedOrHeld
from shared.projector.replay_requests import (
    Action,
    Outcome,
    ask_for_record,
    ask_for_replay,
    hole_in,
    parked_record,
    parked_streams,
)
from shared.projector.replay_store import MongoShelf
from shared.projector.status import parked_list
from tests.integration.projector.conftest import House, until
from tests.integration.projector.replaying import (
    DEADLINE_S,
    PROMPT,
    answered,
    ask_all,
    check_all_once,
    reasons,
    with_bugs,
)
from tests.unit.projector.things import MIXED, Counted, counted, published

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def test_after_a_mended_fold_nothing_is_parked_and_what_was_written_can_be_read(house: House) -> None:
    bugs = {3}
    projection = with_bugs(MIXED, bugs)
    reads = Reads(house.database, [projection])
    sixth = [Position("thing/a1", 6, "owner-a")]
    async with house.worker(projection, replay_bounds=PROMPT):
        await house.publish(*(counted("thing/a1", sequence, sequence) for sequence in range(1, 7)))
        await house.folded(projection)
        with pytest.raises(StreamParkedOrHeld):
            await reads.wait(projection.name, sixth, 30)
        bugs.clear()
        [request] = await ask_all(house)
        await reads_again(reads, projection, sixth)
        [answer] = await answered(house, request)
        assert (answer.outcome, answer.facts, answer.again) == (Outcome.REPLAYED, 4, None)
        await house.publish(counted("thing/a1", 7, 7))
        await house.folded(projection)
    await reads.close()
    await check_all_once(house, 7)
    kept = await house.database[REQUESTS].find_one({"_id": request})
    assert kept is not None
    assert (kept["asked_by"], kept["asked_at"] <= kept["done_at"]) == ("an operator", True)


async def reads_again(reads: Reads, projection: Projection, positions: list[Position]) -> None:
    """Wait until a receipt that was refused is honoured."""

    async def honoured() -> bool:
        try:
            await reads.wait(projection.name, positions, 10)
        except StreamParkedOrHeld:
            return False
        return True

    await until(honoured, within_s=DEADLINE_S)


async def test_a_later_fact_that_fails_is_parked_again_with_its_reason_and_can_be_replayed_again(house: House) -> None:
    bugs = {2, 4}
    projection = with_bugs(MIXED, bugs)
    async with house.worker(projection, replay_bounds=PROMPT):
        await house.publish(*(counted("thing/a1", sequence, sequence) for sequence in range(1, 7)))
        await house.folded(projection)
        before = {row["_id"]: row async for row in house.database[PARKED].find({})}
        bugs.discard(2)
        [answer] = await answered(house, *await ask_all(house))
        assert (answer.outcome, answer.facts) == (Outcome.PARKED_AGAIN, 2)
        assert answer.again is not None
        assert (answer.again["sequence"], answer.again["reason"]) == (4, "fold-failed")
        assert await reasons(house) == [(4, "fold-failed"), (5, "follows-parked"), (6, "follows-parked")]
        # It stands as it came, but for the reason.
        row = await house.database[PARKED].find_one({"sequence": 4})
        assert row is not None
        changed = {"reason", "detail", "at"}
        assert {name: row[name] for name in row.keys() - changed} == {
            name: value for name, value in before[row["_id"]].items() if name not in changed
        }
        bugs.clear()
        await answered(house, *await ask_all(house))
    await check_all_once(house, 6)


async def test_a_hole_behind_what_was_parked_is_named_and_drains_when_the_stream_is_sent_again(house: House) -> None:
    bugs = {2}
    projection = with_bugs(MIXED, bugs)
    everything = [counted("thing/a1", sequence, sequence) for sequence in range(1, 9)]
    async with house.worker(projection, replay_bounds=PROMPT):
        await house.publish(*(fact for fact in everything if fact.sequence not in {5, 6}))
        await house.folded(projection)
        bugs.clear()
        [answer] = await answered(house, *await ask_all(house))
        assert (answer.outcome, answer.facts) == (Outcome.REPLAYED, 5)
        assert await hole_in(house.database, "mixed", "thing/a1") == (house.topic, 7)
        assert await house.database[PARKED].count_documents({}) == 0
        await house.publish(*everything[1:])
        await house.folded(projection)
    assert await hole_in(house.database, "mixed", "thing/a1") is None
    await check_all_once(house, 8)


async def test_a_fork_stays_and_only_what_is_no_fact_is_dropped(house: House) -> None:
    await house.publish(counted("thing/a1", 1, 1), counted("thing/a1", 1, 9, commit="stranger"))
    await house.publish(counted("thing/a1", 2, 2), published("thing/b1", 1, b"{"))
    await house.publish(counted("thing/c1", 1)._replace(ce_id=""))
    async with house.worker(MIXED, replay_bounds=PROMPT):
        await house.folded(MIXED)
        forked = [found for found in await parked_streams(house.database) if found.stream == "thing/a1"]
        [answer] = await answered(house, *await ask_for_replay(house.database, forked, by="x"))
        assert answer.outcome is Outcome.FORKED
        rows = {row["reason"]: row["_id"] for row in await parked_list(house.database) if row["reason"] != "fork"}
        fork = f"mixed/thing/a1/{1:018d}"
        outcomes = {}
        for identifier in (fork, rows["bad-headers"], rows["not-json"]):
            row = await parked_record(house.database, identifier)
            assert row is not None
            request = await ask_for_record(house.database, row, Action.DROP, by="an operator", why="no fact of ours")
            [found] = await answered(house, request)
            outcomes[identifier] = (found.outcome, found.facts)
            kept = await house.database[REQUESTS].find_one({"_id": request})
            assert kept is not None
            assert (kept["asked_by"], kept["why"]) == ("an operator", "no fact of ours")
            if found.outcome is Outcome.DROPPED:
                assert (kept["dropped"]["offset"], kept["dropped"]["reason"]) == (row["offset"], row["reason"])
        assert list(outcomes.values()) == [(Outcome.DROPPED, 1), (Outcome.DROPPED, 1), (Outcome.NOT_DROPPABLE, 0)]
        await answered(house, *await ask_for_replay(house.database, forked, by="x"))
    assert (await house.rows("things"))["a1"]["amounts"] == [1, 2]
    assert await reasons(house) == [(1, "not-json")]


async def test_a_version_that_was_unknown_is_folded_by_itself_when_a_program_that_knows_it_starts(house: House) -> None:
    later = "se.lotsen.counted.v2"
    facts = [counted("thing/a1", 1, 1), published("thing/a1", 2, Counted(thing="a1", amount=2), ce_type=later)]
    await house.fold(MIXED, [*facts, counted("thing/a1", 3, 3)])
    assert await reasons(house) == [(2, "unknown-version"), (3, "follows-parked")]
    knows = type("CountedTwo", (Counted,), {"ce_type": classmethod(lambda _: later)})
    views = tuple(replace(view, facts=(*view.facts, knows)) for view in MIXED.views)
    async with house.worker(replace(MIXED, views=views)):

        async def is_empty() -> bool:
            return await house.database[PARKED].count_documents({}) == 0

        await until(is_empty, within_s=DEADLINE_S)
    await check_all_once(house, 3)


async def test_a_part_is_bounded_in_facts_and_in_bytes(house: House) -> None:
    await prepare(house.database, MIXED)
    filling = "x" * 1_000
    value = f'{{"thing":"a1","amount":1,"filling":"{filling}'.encode()
    await house.fold(MIXED, [published("thing/a1", sequence, value) for sequence in range(1, 21)])
    shelf = MongoShelf(house.database, "mixed")
    rows, more = await shelf.rows("thing/a1", facts_max=5, bytes_max=10**9)
    assert ([row["sequence"] for row in rows], more) == ([1, 2, 3, 4, 5], True)
    rows, more = await shelf.rows("thing/a1", facts_max=100, bytes_max=len(value) * 7)
    assert ([row["sequence"] for row in rows], more) == (list(range(1, 8)), True)
    rows, more = await shelf.rows("thing/a1", facts_max=100, bytes_max=1)
    assert ([row["sequence"] for row in rows], more) == ([1], True)
    rows, more = await shelf.rows("thing/a1", facts_max=20, bytes_max=10**9)
    assert (len(rows), more) == (20, False)
