"""Whatever happens between log, topic and checkpoint, in whatever order: duplicates perhaps, a gap never."""

import asyncio
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.messaging import BrokerUnavailable
from shared.relay.ports import CommitsUnavailable
from shared.relay.relay import Clocks, Relay
from tests.unit.relay.fakes import (
    FakeCheckpoints,
    FakeCommits,
    FakeRequests,
    FakeTopic,
    assert_nothing_skipped,
    commit,
)

DEADLINE_S = 5.0

FAULTS = st.sampled_from(
    ["none", "ack lost", "outage", "database gone", "token gone", "topic made again", "other cluster", "records lost"]
)
STREAMS = st.sampled_from(["a/1", "a/2", "b/1"])
STEPS = st.lists(
    st.tuples(
        st.lists(st.tuples(STREAMS, st.integers(1, 3)), max_size=6),
        st.none() | st.tuples(STREAMS, st.integers(1, 9)),  # asked to be sent again from a position on
        FAULTS,
        st.none() | st.integers(0, 40),  # killed after so many turns of the loop
        st.booleans(),  # whether a second passes at each look at the clock
    ),
    max_size=8,
)


Steps = list[tuple[list[tuple[str, int]], tuple[str, int] | None, str, int | None, bool]]


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_the_relay_never_skips(steps: Steps) -> None:
    asyncio.run(play(steps))


async def play(steps: Steps) -> None:
    commits, topic = FakeCommits(), FakeTopic()
    checkpoints, requests = FakeCheckpoints(commits, topic), FakeRequests(commits)
    for recorded, asked, fault, killed_after, ticking in steps:
        record(commits, recorded)
        if asked is not None:
            requests.ask(*asked)
        inject(fault, commits, topic)
        with suppress(BrokerUnavailable, CommitsUnavailable):
            await run(commits, topic, checkpoints, requests, killed_after=killed_after, ticking=ticking)
    commits.failures = topic.lost_acks = topic.outages = 0
    await run(commits, topic, checkpoints, requests, killed_after=None, ticking=False)
    assert_nothing_skipped(topic, commits.log)


def record(commits: FakeCommits, recorded: list[tuple[str, int]]) -> None:
    for stream, events in recorded:
        last = max((c["last"] for c in commits.log if c["stream"] == stream), default=0)
        commits.log.append(commit(stream, last + 1, events))


def inject(fault: str, commits: FakeCommits, topic: FakeTopic) -> None:
    match fault:
        case "ack lost":
            topic.lost_acks += 1
        case "outage":
            topic.outages += 1
        case "database gone":
            commits.failures += 1
        case "token gone":
            commits.forgotten = len(commits.log)
        case "topic made again":
            topic.recreate()
        case "other cluster":
            topic.recreate()
            topic.cluster_id += "'"
        case "records lost":  # the broker loses its newest records, acknowledged or not
            topic.partitions = {number: events[:-1] for number, events in topic.partitions.items()}
        case _:
            assert fault == "none"


async def run(
    commits: FakeCommits,
    topic: FakeTopic,
    checkpoints: FakeCheckpoints,
    requests: FakeRequests,
    *,
    killed_after: int | None,
    ticking: bool,
) -> None:
    stop, now_s = asyncio.Event(), 0.0

    def look() -> float:
        nonlocal now_s
        now_s += 1.0 if ticking else 0.0
        return now_s

    relay = Relay(
        "test",
        commits=commits,
        topic=topic,
        checkpoints=checkpoints,
        stop=stop,
        clocks=Clocks(look, lambda: 0.0),
        requests=requests,
    )
    commits.caught_up.clear()
    running = asyncio.ensure_future(relay.run())
    if killed_after is not None:
        for _ in range(killed_after):
            await asyncio.sleep(0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        return
    caught_up = asyncio.ensure_future(commits.caught_up.wait())
    async with asyncio.timeout(DEADLINE_S):
        await asyncio.wait({running, caught_up}, return_when=asyncio.FIRST_COMPLETED)
        caught_up.cancel()
        stop.set()
        await running
