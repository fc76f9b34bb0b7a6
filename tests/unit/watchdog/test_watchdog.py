"""Who is still and who is not: idle, on its way, in a known outage, stuck; on a clock that the test moves."""

import threading

import pytest
from prometheus_client import REGISTRY

from shared.watchdog import Progress, Watchdog, guarded

LIMIT_S = 60.0
P0, P1 = "things/0", "things/1"


class Clock:
    """A clock whose hand the test moves."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watchdog(clock: Clock) -> Watchdog:
    return Watchdog(LIMIT_S, clock)


@pytest.fixture
def progress(watchdog: Watchdog) -> Progress:
    return watchdog.watch("project things")


def pass_time(clock: Clock, watchdog: Watchdog, seconds: float) -> Progress | None:
    """Let time pass as it does: the watchdog looks every second. Return the first that it found still."""
    for _ in range(int(seconds)):
        clock.now_s += 1
        if (found := watchdog.look()) is not None:
            return found
    clock.now_s += seconds % 1
    return watchdog.look()


def test_an_idle_worker_may_stand_for_ever(clock: Clock, watchdog: Watchdog, progress: Progress) -> None:
    progress.saw({P0: 7}, {P0: 7})
    assert pass_time(clock, watchdog, 10_000) is None
    assert progress.still_s() == 0


@pytest.mark.parametrize(("waited_s", "is_still"), [(60.0, False), (60.5, True)])
def test_work_that_lies_unmoved_is_found_after_the_limit(
    clock: Clock, watchdog: Watchdog, progress: Progress, waited_s: float, *, is_still: bool
) -> None:
    progress.saw({P0: 7}, {P0: 8})
    assert (pass_time(clock, watchdog, waited_s) is progress) is is_still


def test_that_more_work_comes_excuses_nobody(clock: Clock, watchdog: Watchdog, progress: Progress) -> None:
    for end in range(8, 38):
        progress.saw({P0: 7}, {P0: end})
        if pass_time(clock, watchdog, 2):
            break
    assert pass_time(clock, watchdog, 1) is progress
    assert 60 <= progress.still_s() <= 63


def test_one_partition_that_stands_is_found_while_all_others_flow(
    clock: Clock, watchdog: Watchdog, progress: Progress
) -> None:
    for position in range(29):
        progress.saw({P0: position, P1: 3}, {P0: 100, P1: 4})
        assert pass_time(clock, watchdog, 2) is None
    assert pass_time(clock, watchdog, 3) is progress


def test_a_partition_that_moves_now_and_then_is_not_still(clock: Clock, watchdog: Watchdog, progress: Progress) -> None:
    for position in range(20):
        progress.saw({P0: position}, {P0: 100})
        assert pass_time(clock, watchdog, 59) is None


def test_a_partition_that_somebody_else_owns_now_is_forgotten(
    clock: Clock, watchdog: Watchdog, progress: Progress
) -> None:
    progress.saw({P0: 7}, {P0: 9})
    progress.saw({}, {})
    assert pass_time(clock, watchdog, 100) is None


def test_a_step_that_never_ends_is_found_without_a_look_at_the_ends(
    clock: Clock, watchdog: Watchdog, progress: Progress
) -> None:
    progress.began()
    assert pass_time(clock, watchdog, 59) is None
    progress.began()
    assert pass_time(clock, watchdog, 2) is progress


def test_a_finished_step_leaves_nothing_in_hand(clock: Clock, watchdog: Watchdog, progress: Progress) -> None:
    progress.began()
    progress.finished()
    assert progress.steps == 1
    assert pass_time(clock, watchdog, 100) is None


def test_a_known_outage_is_waited_out_however_long(clock: Clock, watchdog: Watchdog, progress: Progress) -> None:
    progress.began()
    progress.saw({P0: 7}, {P0: 9})
    for _ in range(100):
        progress.excused()
        assert progress.waits
        assert pass_time(clock, watchdog, 30) is None


def test_after_an_outage_the_time_begins_anew(clock: Clock, watchdog: Watchdog, progress: Progress) -> None:
    progress.saw({P0: 7}, {P0: 9})
    pass_time(clock, watchdog, 50)
    progress.excused()
    progress.saw({P0: 7}, {P0: 9})
    assert pass_time(clock, watchdog, 59) is None
    assert pass_time(clock, watchdog, 2) is progress


@pytest.mark.parametrize(("later_s", "waits"), [(29, True), (30, False)])
def test_a_worker_waits_for_half_a_minute_after_it_said_so(
    clock: Clock, progress: Progress, later_s: float, *, waits: bool
) -> None:
    assert not progress.waits
    progress.excused()
    clock.now_s += later_s
    assert progress.waits is waits


def test_a_worker_that_did_something_waits_no_longer(progress: Progress) -> None:
    progress.excused()
    progress.finished()
    assert not progress.waits


def test_a_process_that_was_frozen_is_not_blamed_when_it_wakes(
    clock: Clock, watchdog: Watchdog, progress: Progress
) -> None:
    progress.saw({P0: 7}, {P0: 9})
    progress.began()
    pass_time(clock, watchdog, 10)
    clock.now_s += 3_600
    assert watchdog.look() is None
    assert pass_time(clock, watchdog, 59) is None
    assert pass_time(clock, watchdog, 2) is progress


def test_of_several_workers_the_one_that_stands_is_named(clock: Clock, watchdog: Watchdog, progress: Progress) -> None:
    other = watchdog.watch("relay things")
    other.saw({P0: 1}, {P0: 1})
    progress.began()
    assert pass_time(clock, watchdog, 61) is progress


def test_a_worker_that_ended_is_looked_at_no_longer(clock: Clock, watchdog: Watchdog, progress: Progress) -> None:
    progress.began()
    assert watchdog.look() is None
    watchdog.forget(progress)
    assert pass_time(clock, watchdog, 100) is None
    assert REGISTRY.get_sample_value("lotsen_worker_still_seconds", {"worker": progress.name}) is None


def test_the_block_calls_for_the_end_once_from_a_thread_of_its_own() -> None:
    watchdog = Watchdog(0.0)
    progress = watchdog.watch("project things")
    progress.began()
    ended: list[tuple[str, str]] = []
    called = threading.Event()

    def end(stalled: Progress) -> None:
        ended.append((stalled.name, threading.current_thread().name))
        called.set()

    with guarded(watchdog, end):
        assert called.wait(30)
    assert ended == [("project things", "watchdog")]
