"""What does not simply flow: forks, holes, records that say nothing, unknown names, refusals of the database."""

import asyncio

import pytest

from shared.projector.changes import HELD_PER_STREAM_MAX
from shared.projector.decoding import StoredRecord
from shared.projector.definition import Document, Projection, View
from tests.unit.projector.memory import MemoryFeed, MemoryStore, drain, folded
from tests.unit.projector.things import (
    BY_KEY,
    IN_DOCUMENTS,
    MIXED,
    PROJECTIONS,
    Counted,
    counted,
    published,
    record,
    without,
)


def _reasons(store: MemoryStore) -> dict[str, str]:
    return {identifier: parked["reason"] for identifier, parked in sorted(store.parked.items())}


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_the_same_position_with_another_id_is_a_fork_and_parks_the_stream(projection: Projection) -> None:
    store = MemoryStore(projection)
    twin = counted("thing/a1", 2, 50, commit="other")
    folded(store, [record(fact) for fact in (counted("thing/a1", 1), counted("thing/a1", 2), twin)])
    assert list(_reasons(store).values()) == ["fork"]
    folded_later = MemoryFeed([record(counted("thing/a1", 3)), record(counted("thing/a2", 1))])
    store.checkpoints.clear()
    asyncio.run(drain(store, folded_later))
    assert list(_reasons(store).values()) == ["fork", "follows-parked"]
    assert store.transactions[0].tally.forks == [("thing/a1", 2)]


def test_a_held_position_with_another_id_is_a_fork_too() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    folded(store, [record(counted("thing/a1", 3)), record(counted("thing/a1", 3, commit="other"))], [1, 1])
    assert list(_reasons(store).values()) == ["fork"]


@pytest.mark.parametrize(
    ("later", "reasons"), [(HELD_PER_STREAM_MAX, []), (HELD_PER_STREAM_MAX + 1, ["too-many-held"])]
)
def test_a_thousand_facts_are_held_and_one_more_parks_the_stream(later: int, reasons: list[str]) -> None:
    store = MemoryStore(IN_DOCUMENTS)
    folded(store, [record(counted("thing/a1", sequence)) for sequence in range(2, later + 2)], [300] * 5)
    assert len(store.held_facts) == HELD_PER_STREAM_MAX
    assert list(_reasons(store).values()) == reasons
    asyncio.run(drain(store, _after(store, [record(counted("thing/a1", 1))])))
    # Once parked, the stream waits for its replay; else everything drains in order.
    assert len(store.held_facts) == (HELD_PER_STREAM_MAX if reasons else 0)


def _after(store: MemoryStore, records: list[StoredRecord]) -> MemoryFeed:
    """Return a feed whose log goes on where the store is."""
    feed = MemoryFeed([])
    store.marks.clear()
    for partition, position in store.checkpoints.items():
        feed.log[partition] = [records[0]] * position  # stands for what was folded, and is not handed out
    for found in records:
        feed.append(found)
    return feed


@pytest.mark.parametrize("header", ["ce_id", "ce_type", "ce_subject", "ce_sequence", "ce_time", "ce_specversion"])
def test_a_record_without_usable_headers_is_parked_by_its_offset(header: str) -> None:
    store = MemoryStore(IN_DOCUMENTS)
    bad = without(record(counted("thing/a2", 1)), header)
    folded(store, [record(counted("thing/a1", 1)), bad, record(counted("thing/a1", 2))])
    assert _reasons(store) == {f"in-documents/test.things/{bad.partition}/1": "bad-headers"}
    assert store.documents_of("things")["a1"]["_head"] == 2


def test_a_parked_record_is_kept_whole() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    bad = record(published("thing/a1", 1, b"{"))
    folded(store, [bad])
    parked = store.parked["in-documents/thing/a1/000000000000000001"]
    assert (parked["value"], parked["key"]) == (b"{", b"owner-a")
    assert tuple(map(tuple, parked["headers"])) == bad.headers
    assert (parked["projection"], parked["version"]) == ("in-documents", 1)


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_an_unknown_name_is_skipped_and_counted_and_the_stream_goes_on(projection: Projection) -> None:
    store = MemoryStore(projection)
    unheard = published("thing/a1", 2, b"not even json", ce_type="se.lotsen.unheard-of.v1")
    folded(store, [record(fact) for fact in (counted("thing/a1", 1), unheard, counted("thing/a1", 3))])
    assert store.transactions[0].tally.unknown_names == {"se.lotsen.unheard-of.v1": 1}
    assert not store.parked
    assert not store.held_facts


def test_an_unwanted_first_fact_makes_no_document() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    unheard = published("thing/a1", 1, b"{}", ce_type="se.lotsen.unheard-of.v1")
    folded(store, [record(unheard)])
    assert store.documents_of("things") == {}
    asyncio.run(drain(store, _after(store, [record(unheard), record(counted("thing/a1", 2, 7))])))
    assert store.documents_of("things")["a1"]["total"] == 7


def test_a_newer_version_of_an_unwanted_fact_is_skipped() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    newer = published("thing/a1", 1, b"{}", ce_type="se.lotsen.noted.v2")
    folded(store, [record(newer), record(counted("thing/a1", 2))])
    assert not store.parked


@pytest.mark.parametrize("projection", [IN_DOCUMENTS, MIXED], ids=lambda projection: projection.name)
def test_what_the_database_refuses_is_found_by_halving_and_parked_alone(projection: Projection) -> None:
    store = MemoryStore(projection)
    store.refuses = lambda document: document.get("amounts", [0])[-1] == 13
    facts = [counted(f"thing/{letter}{number}", 1, number) for letter in "abc" for number in range(20)]
    folded(store, [record(fact) for fact in [*facts, counted("thing/a13", 2), counted("thing/a12", 2)]], [62])
    assert sorted(_reasons(store).values()) == ["follows-parked", *["refused-by-database"] * 3]
    assert len(store.documents_of("things")) == 57
    assert store.documents_of("things")["a12"]["_head"] == 2


def test_a_fold_that_fails_half_way_leaves_nothing_of_that_fact() -> None:
    def changes_its_row(row: Document | None, fact: Counted, _: object) -> Document:
        row = row or {"_id": fact.thing, "total": 0}
        row["total"] += fact.amount
        if fact.amount > 9:
            raise ArithmeticError
        return row

    view: View[Document, Counted] = View("things", (Counted,), lambda fact, _: (fact.thing,), changes_its_row)
    store = MemoryStore(Projection("impure", 1, ("things",), (view,)))
    folded(store, [record(counted("thing/a1", 1, 5)), record(counted("thing/a1", 2, 10))])
    assert store.documents_of("things")["a1"]["total"] == 5
    assert _reasons(store) == {"impure/thing/a1/000000000000000002": "fold-failed"}


def test_a_log_that_is_shorter_than_its_checkpoint_is_read_anew() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    folded(store, [record(counted("thing/a1", sequence)) for sequence in (1, 2, 3)])
    recreated = MemoryFeed([record(counted("thing/a1", 1)), record(counted("thing/a2", 1, 9))])
    asyncio.run(drain(store, recreated))
    assert {name: row["total"] for name, row in store.documents_of("things").items()} == {"a1": 3, "a2": 9}


def test_a_log_that_was_made_again_and_filled_beyond_the_checkpoint_is_read_anew() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    facts = [record(counted("thing/a1", sequence)) for sequence in (1, 2, 3)]
    folded(store, facts)
    asyncio.run(drain(store, MemoryFeed([record(counted("thing/a2", 1, 9)), *facts])))
    assert {name: row["total"] for name, row in store.documents_of("things").items()} == {"a1": 3, "a2": 9}


def test_a_log_that_only_grew_is_not_read_again() -> None:
    store = MemoryStore(IN_DOCUMENTS)
    facts = [record(counted("thing/a1", sequence)) for sequence in (1, 2, 3)]
    folded(store, facts[:2])
    folded(store, facts)
    assert [changes.tally.duplicates for changes in store.transactions] == [0, 0]


def test_another_cluster_is_read_from_its_beginning_and_what_was_seen_is_dropped() -> None:
    store = MemoryStore(BY_KEY)
    folded(store, [record(counted("thing/a1", 1))])
    other = MemoryFeed(
        [record(counted("thing/a1", 1)), record(counted("thing/a1", 2, 5)), record(counted("thing/a1", 3))]
    )
    other.cluster = "cluster-2"
    asyncio.run(drain(store, other))
    assert store.documents_of("totals")["owner-a"]["total"] == 7
