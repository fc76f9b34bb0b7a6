"""Editions of a projection: names, which one a program reads, when one may become live, and how a process switches."""

import asyncio

import pytest

from shared.projector.bounded import BoundedFeed
from shared.projector.changes import Partition
from shared.projector.collections import BUILDING, KEPT
from shared.projector.editions import Edition, Editions, edition_of, lacking, plain_name
from shared.projector.live import Switch
from shared.projector.worker import Worker
from tests.unit.projector.memory import AllNumbers, MemoryFeed, MemoryStore
from tests.unit.projector.things import BY_KEY, MIXED, TOPIC, counted, record
from tests.waiting import eventually

P0, P1, OLD = Partition("t.g2", 0), Partition("t.g2", 1), Partition("t", 0)


def _edition(number: int, version: int, state: str = KEPT) -> Edition:
    return Edition(number, version, state, {}, {})


def test_the_first_edition_has_the_plain_names_and_a_later_one_names_of_its_own() -> None:
    assert edition_of(MIXED, 1) == MIXED
    second = edition_of(MIXED, 2)
    assert (second.name, [view.collection for view in second.views]) == (
        "mixed@2",
        ["things@2", "totals@2", "shares@2"],
    )
    assert [plain_name(view.collection) for view in second.views] == [view.collection for view in MIXED.views]
    assert (second.version, second.topics) == (MIXED.version, MIXED.topics)


@pytest.mark.parametrize(
    ("live", "each", "version", "shown"),
    [
        (1, [_edition(1, 1)], 1, 1),
        (1, [_edition(1, 1), _edition(2, 1)], 1, 1),
        (2, [_edition(1, 1), _edition(2, 1)], 1, 2),
        (2, [_edition(1, 1), _edition(2, 2)], 1, 1),  # a program of the old version, until it is replaced
        (2, [_edition(1, 1), _edition(2, 2)], 2, 2),
        (1, [_edition(1, 1), _edition(2, 2, BUILDING)], 2, 1),  # half a read model is never shown
        (3, [_edition(1, 1), _edition(2, 1), _edition(3, 2)], 1, 2),
        (2, [_edition(2, 2)], 1, 2),
        (1, [], 1, 1),
    ],
)
def test_a_program_reads_the_live_edition_or_else_the_newest_of_its_own_version(
    live: int, each: list[Edition], version: int, shown: int
) -> None:
    assert Editions(live, tuple(each)).shown(version) == shown


@pytest.mark.parametrize(
    ("live", "target", "ends", "missing"),
    [
        ({P0: 5, P1: 3}, {P0: 5, P1: 3}, {P0: 5, P1: 3}, {}),
        ({P0: 5, P1: 3}, {P0: 9, P1: 3}, {P0: 9, P1: 9}, {}),  # the live one, not the end, is the measure
        ({P0: 5, P1: 3}, {P0: 5, P1: 2}, {P0: 5, P1: 3}, {P1: 1}),
        ({P0: 5, P1: 3}, {P0: 5}, {}, {P1: 3}),
        ({OLD: 7}, {P0: 2, P1: 3}, {P0: 4, P1: 3}, {P0: 2}),  # another generation: all that is there must be folded
        ({OLD: 7}, {P0: 4, P1: 3}, {P0: 4, P1: 3}, {}),
    ],
)
def test_an_edition_lacks_what_the_live_one_has_folded_and_it_has_not(
    live: dict[Partition, int], target: dict[Partition, int], ends: dict[Partition, int], missing: dict[Partition, int]
) -> None:
    assert lacking(live, target, ends) == missing


def test_a_process_waits_for_both_editions_before_it_reads_the_other() -> None:
    switch = Switch(BY_KEY)
    names = [[edition.name for edition in switch.awaited()]]
    switched = []
    for shown in (1, 2, 2, 2, 1, 2, 1, 1):
        switched.append(switch.look(shown, first=False))
        names.append([edition.name for edition in switch.awaited()])
    one, both, two, back = ["by-key"], ["by-key", "by-key@2"], ["by-key@2"], ["by-key@2", "by-key"]
    assert names == [one, one, both, two, two, back, two, back, one]
    assert switched == [False, False, True, False, False, False, False, True]


def test_a_process_that_starts_reads_what_is_live_at_once() -> None:
    switch = Switch(BY_KEY)
    assert switch.look(2, first=True)
    assert switch.reading == 2


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_bounded_feed_ends_exactly_at_its_bound_and_goes_on_from_there(size: int) -> None:
    facts = [record(counted(f"thing/{letter}1", sequence)) for sequence in range(1, 6) for letter in "abcd"]
    store = MemoryStore(MIXED)
    feed = MemoryFeed(facts, [size] * 40)
    ends = {partition: len(records) for partition, records in feed.log.items()}
    bounds = {partition: number % (end + 1) for number, (partition, end) in enumerate(sorted(ends.items()), 2)}
    assert any(0 < bound < ends[partition] for partition, bound in bounds.items())

    async def fold(until: dict[Partition, int]) -> dict[Partition, int]:
        stop = asyncio.Event()
        worker = Worker(MIXED, [TOPIC], feed=BoundedFeed(feed, until), store=store, ownership=AllNumbers())
        task = asyncio.create_task(worker.run(stop))
        await eventually(lambda: all(store.checkpoints.get(part, 0) >= bound for part, bound in until.items()))
        for _ in range(50):  # and what would it do next?
            await asyncio.sleep(0)
        stop.set()
        await task
        return {partition: store.checkpoints.get(partition, 0) for partition in ends}

    assert asyncio.run(fold(bounds)) == bounds
    assert asyncio.run(fold(ends)) == ends
    assert {row["total"] for row in store.documents_of("totals").values()} == {5}
