"""Poison is parked with its reason and its followers, in the same transaction; everything else flows."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

import pytest
from aiokafka import AIOKafkaProducer

from shared.messaging import encode, partition_of
from shared.projector.changes import Advance, Changes, Partition
from shared.projector.collections import PARKED
from shared.projector.commit import Transaction, WriteRefusedError
from shared.projector.definition import Document, Projection, Recorded, View
from shared.projector.feed import KafkaFeed
from shared.projector.status import held_list, parked_list, parked_show
from tests.integration.projector.conftest import House
from tests.unit.projector.things import IN_DOCUMENTS, MIXED, Counted, counted, published, raw

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def _reasons(house: House) -> dict[str, str]:
    return {found["_id"]: found["reason"] for found in await parked_list(house.database)}


async def test_each_kind_of_poison_is_parked_and_the_rest_flows(house: House) -> None:
    poison = {
        "b1": published("thing/b1", 2, b"{not json"),
        "b2": published("thing/b2", 2, raw("NaN", "thing/b2")),
        "b3": published("thing/b3", 2, raw(str(2**63), "thing/b3")),
        "b4": published("thing/b4", 2, b"{}", ce_type="se.lotsen.counted.v2"),
        "b5": counted("thing/b5", 2, -1),
        "b6": published("thing/b6", 2, raw('"\\ud800"', "thing/b6")),
    }
    healthy = [counted(f"thing/b{number}", sequence, 1) for sequence in (1, 2, 3) for number in (7, 8, 9)]
    spoiled = [
        fact
        for name, bad in poison.items()
        for fact in (counted(f"thing/{name}", 1, 5), bad, counted(f"thing/{name}", 3, 7))
    ]
    await house.fold(MIXED, [*spoiled[:9], *healthy, *spoiled[9:]])
    rows = await house.rows("things")
    assert {name: row["total"] for name, row in rows.items()} == dict.fromkeys(poison, 5) | {"b7": 3, "b8": 3, "b9": 3}
    assert (await house.rows("totals"))["owner-b"]["total"] == 6 * 5 + 9
    found = await _reasons(house)
    assert [found[f"mixed/thing/b{number}/{2:018d}"] for number in range(1, 7)] == [
        "not-json",
        "not-as-agreed",
        "cannot-be-stored",
        "unknown-version",
        "fold-failed",
        "not-json",
    ]
    assert {found[f"mixed/thing/b{number}/{3:018d}"] for number in range(1, 7)} == {"follows-parked"}
    shown = await parked_show(house.database, f"mixed/thing/b1/{2:018d}")
    assert shown is not None
    assert (shown["value"], shown["record_key"], shown["at"].tzinfo is not None) == (b"{not json", "owner-b", True)


async def test_what_follows_a_parked_fact_later_is_parked_too(house: House) -> None:
    await house.fold(IN_DOCUMENTS, [published("thing/a1", 1, b"{")])
    await house.fold(IN_DOCUMENTS, [counted("thing/a1", 2), counted("thing/a2", 1)])
    assert list((await _reasons(house)).values()) == ["not-json", "follows-parked"]
    assert set(await house.rows("things")) == {"a2"}


async def test_a_fork_is_parked(house: House) -> None:
    facts = [counted("thing/a1", 1), counted("thing/a1", 1, commit="other"), counted("thing/a1", 2)]
    await house.fold(IN_DOCUMENTS, facts)
    assert list((await _reasons(house)).values()) == ["fork", "follows-parked"]


def _nested(row: Document | None, fact: Counted, _: Recorded) -> Document:
    highest = max(fact.amount, (row or {"highest": 0})["highest"])
    depth: list[object] = []
    for _level in range(300 if highest == 14 else 0):  # BSON has no limit, the server has
        depth = [depth]
    return {"_id": fact.thing, "highest": highest, "depth": depth}


def _growing(row: Document | None, fact: Counted, _: Recorded) -> Document:
    size = 6 * 1024 * 1024
    return {"_id": fact.thing, "parts": [*(row or {"parts": []})["parts"], "x" * size if fact.amount else ""]}


def _by_thing(fact: Counted, _: Recorded) -> Iterable[str]:
    return (fact.thing,)


@pytest.mark.parametrize("amount", [13, 14], ids=["validator", "depth"])
async def test_what_only_the_database_refuses_is_found_and_parked(house: House, amount: int) -> None:
    view: View[Document, Counted] = View("odd", (Counted,), _by_thing, _nested, one_stream=True)
    await house.database.create_collection("odd", validator={"highest": {"$ne": 13}})
    facts = [counted(f"thing/{letter}{number}", 1, number) for letter in "abcdef" for number in range(5)]
    later = [counted("thing/c3", 2, amount), counted("thing/c3", 3, 4), counted("thing/c4", 2, 4)]
    await house.fold(Projection("odd", 1, ("things",), (view,)), [*facts, *later])
    assert await _reasons(house) == {
        f"odd/thing/c3/{2:018d}": "refused-by-database",
        f"odd/thing/c3/{3:018d}": "follows-parked",
    }
    rows = await house.rows("odd")
    assert len(rows) == 30
    assert (rows["c3"]["_head"], rows["c4"]["_head"]) == (1, 2)


async def test_a_document_that_would_be_too_large_parks_the_fact_that_makes_it_so(house: House) -> None:
    view: View[Document, Counted] = View("large", (Counted,), _by_thing, _growing, one_stream=True)
    projection = Projection("large", 1, ("things",), (view,))
    await house.fold(projection, [counted("thing/a1", sequence) for sequence in (1, 2, 3)])
    assert await _reasons(house) == {f"large/thing/a1/{3:018d}": "cannot-be-stored"}
    assert len((await house.rows("large"))["a1"]["parts"]) == 2


async def test_a_record_without_usable_headers_is_parked_by_offset(house: House) -> None:
    await house.publish(counted("thing/a1", 1))
    await house.publish(counted("thing/a1", 2)._replace(ce_id=""), counted("thing/a1", 2))
    async with house.worker(IN_DOCUMENTS):
        await house.folded(IN_DOCUMENTS)
    found = await house.database[PARKED].find_one({})
    assert found is not None
    assert found["_id"] == f"in-documents/{house.topic}/{found['partition']}/1"
    assert (await house.rows("things"))["a1"]["_head"] == 2


async def _send_with(house: House, header: str, value: bytes) -> None:
    """Publish, as somebody else would, a record that is in order but for one header."""
    event = counted("thing/a1", 2)
    headers = dict(encode(event, b"/lotsen/things")) | {header: value}
    async with AIOKafkaProducer(bootstrap_servers=house.parts.kafka_bootstrap_servers) as client:
        place = {"key": event.key.encode(), "partition": partition_of(event.key)}
        await client.send_and_wait(house.topic, event.data, headers=list(headers.items()), **place)
    house.sent += 1


async def test_a_record_whose_headers_mongodb_could_not_hold_is_parked_by_offset(house: House) -> None:
    await house.publish(counted("thing/a1", 1))
    await _send_with(house, "ce_subject", b"thing/a1\x00")
    await _send_with(house, "ce_time", b"0001-01-01T00:00:00+14:00")
    await house.publish(counted("thing/a1", 2))
    async with house.worker(IN_DOCUMENTS):
        await house.folded(IN_DOCUMENTS)
    number = partition_of("owner-a")
    assert await _reasons(house) == {
        f"in-documents/{house.topic}/{number}/{offset}": "bad-headers" for offset in (1, 2)
    }
    assert (await house.rows("things"))["a1"]["_head"] == 2


async def test_what_the_driver_cannot_encode_is_refused_and_not_a_crash(house: House) -> None:
    far_away = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    transaction = Transaction(house.client, house.database, IN_DOCUMENTS)
    with pytest.raises(WriteRefusedError, match="OverflowError"):
        await transaction.run("c", {Partition(house.topic, 0): Advance(0, 1, far_away)}, Changes())


async def test_holes_are_listed_for_the_operator(house: House) -> None:
    await house.fold(IN_DOCUMENTS, [counted("thing/a1", 3), counted("thing/a1", 4), counted("thing/b1", 2)])
    assert await held_list(house.database, "in-documents") == [
        {"_id": "thing/a1", "missing_before": 3, "held": 2},
        {"_id": "thing/b1", "missing_before": 2, "held": 1},
    ]


async def test_a_poll_hands_out_no_more_than_its_bounds(house: House) -> None:
    value = b'{"thing":"a1","amount":1,"filling":"' + b"x" * 1_000 + b'"}'
    await house.publish(*(published("thing/a1", sequence, value) for sequence in range(1, 101)))
    feed = KafkaFeed(house.parts.kafka_bootstrap_servers, group_id=None, poll_bytes_max=10_000)
    await feed.start()
    try:
        places = [Partition(house.topic, number) for number in range(12)]
        feed.assign(dict.fromkeys(places, 0))
        offsets: list[int] = []
        while len(offsets) < 100:
            records = await feed.poll(records_max=50, timeout_ms=200)
            assert sum(len(record.value or b"") for record in records) <= 10_000
            offsets += [record.offset for record in records]
        assert offsets == list(range(100))
    finally:
        await feed.stop()
