"""A topic as relay and projector see it: offsets, order, redelivery, seeks at any time, and a log that was lost."""

from abc import ABC, abstractmethod

import pytest

from shared.eventlog.documents import PublishedEvent
from shared.messaging import OffsetsOutOfRange, decode, partition_of
from shared.projector.changes import Partition
from shared.projector.decoding import Raw
from shared.projector.ports import Feed
from shared.relay.ports import Topic
from tests.unit.projector.things import counted

POLLS_MAX = 200
KEY = "owner-a"


class TopicBench(ABC):
    """One topic of the test's own, one who fills it, and one who reads it."""

    name: str
    partitions: int
    topic: Topic
    feed: Feed

    @abstractmethod
    async def make_again(self) -> None:
        """Lose the topic and make it again, empty."""

    @property
    def place(self) -> Partition:
        """The partition to which all facts of these tests belong."""
        return Partition(self.name, partition_of(KEY, self.partitions))

    def assign(self, offset: int) -> None:
        """Read on from this offset."""
        self.feed.assign({self.place: offset})

    async def polled(self, count: int, *, records_max: int = 100) -> list[Raw]:
        """Return the next so many records."""
        found: list[Raw] = []
        for _ in range(POLLS_MAX):
            if len(found) >= count:
                break
            found += await self.feed.poll(records_max=records_max, timeout_ms=200)
        return found


class TopicBehaviour:
    """Whoever runs the suite defines the fixture `bench`."""

    async def test_a_new_topic_is_empty_and_both_sides_see_the_same_cluster(self, bench: TopicBench) -> None:
        state = await bench.topic.open()
        assert state.ends == dict.fromkeys(range(bench.partitions), 0)
        assert state.cluster_id
        assert state.cluster_id == await bench.feed.cluster_id()
        assert await bench.feed.ends([bench.place]) == {bench.place: 0}

    async def test_what_is_published_is_read_whole_and_in_order(self, bench: TopicBench) -> None:
        await bench.topic.open()
        sent = _facts(1, 20)
        spans = await bench.topic.publish(sent)
        assert spans == {bench.place.number: (0, 19)}
        assert (await bench.topic.open()).ends[bench.place.number] == 20
        bench.assign(0)
        polled = await bench.polled(20)
        assert [record.offset for record in polled] == list(range(20))
        assert [(record.key, record.value) for record in polled] == [(it.key.encode(), it.data) for it in sent]
        envelopes = [decode(record.headers, record.key) for record in polled]
        assert [(it.id, it.stream, it.sequence) for it in envelopes] == [
            (it.ce_id, it.stream, it.sequence) for it in sent
        ]

    async def test_facts_that_are_published_again_are_there_twice(self, bench: TopicBench) -> None:
        await bench.topic.open()
        for _ in range(2):
            await bench.topic.publish(_facts(1, 3))
        bench.assign(0)
        assert _sequences(await bench.polled(6)) == [1, 2, 3, 1, 2, 3]

    async def test_keys_are_spread_and_each_partition_counts_by_itself(self, bench: TopicBench) -> None:
        await bench.topic.open()
        sent = [counted(f"thing/{letter}1", 1) for letter in "abcdefghijklmnop"]
        spans = await bench.topic.publish(sent)
        there = [partition_of(event.key, bench.partitions) for event in sent]
        assert spans == {number: (0, there.count(number) - 1) for number in there}
        assert len(spans) > 1

    async def test_a_seek_holds_from_the_next_poll_on_whatever_was_fetched_before(self, bench: TopicBench) -> None:
        await bench.topic.open()
        await bench.topic.publish(_facts(1, 10))
        bench.assign(0)
        assert _sequences(await bench.polled(1, records_max=1)) == [1]
        for offset in (6, 2, 9, 0):
            bench.assign(offset)
            assert _sequences(await bench.polled(1, records_max=1)) == [offset + 1]

    async def test_who_is_given_nothing_more_reads_nothing_more(self, bench: TopicBench) -> None:
        await bench.topic.open()
        await bench.topic.publish(_facts(1, 3))
        bench.assign(0)
        await bench.polled(1, records_max=1)
        bench.feed.assign({})
        assert await bench.feed.poll(records_max=10, timeout_ms=50) == []

    async def test_at_the_end_a_poll_is_empty_until_something_comes(self, bench: TopicBench) -> None:
        await bench.topic.open()
        await bench.topic.publish(_facts(1, 2))
        bench.assign(2)
        assert await bench.feed.poll(records_max=10, timeout_ms=50) == []
        await bench.topic.publish(_facts(3, 3))
        assert _sequences(await bench.polled(1)) == [3]

    async def test_a_position_beyond_the_end_is_told_and_never_skipped_over(self, bench: TopicBench) -> None:
        await bench.topic.open()
        await bench.topic.publish(_facts(1, 2))
        bench.assign(7)
        with pytest.raises(OffsetsOutOfRange) as told:
            await bench.polled(1)
        assert told.value.offsets == {(bench.name, bench.place.number): 7}

    async def test_a_topic_that_was_made_again_begins_at_zero_and_takes_facts(self, bench: TopicBench) -> None:
        await bench.topic.open()
        await bench.topic.publish(_facts(1, 5))
        await bench.make_again()
        assert (await bench.topic.open()).ends[bench.place.number] == 0
        assert (await bench.topic.publish(_facts(1, 2)))[bench.place.number] == (0, 1)
        assert await bench.feed.ends([bench.place]) == {bench.place: 2}


def _facts(first: int, last: int) -> list[PublishedEvent]:
    return [counted("thing/a1", sequence) for sequence in range(first, last + 1)]


def _sequences(records: list[Raw]) -> list[int]:
    return [decode(record.headers, record.key).sequence for record in records]
