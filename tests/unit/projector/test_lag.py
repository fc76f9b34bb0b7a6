"""How far behind a worker says that it is: facts and seconds, per partition and in all."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from shared.kernel.ids import new_id
from shared.projector.changes import Advance, Exceptions, HeldStream, Partition
from shared.projector.metrics import Lag

NOON = datetime(2023, 3, 1, 12, tzinfo=UTC)
P0, P1 = Partition("lotsen.things", 0), Partition("lotsen.things", 1)


class Time:
    """Two clocks whose hands the test moves together."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def monotonic(self) -> float:
        return 500.0 + self.passed_s

    def wall(self) -> float:
        return NOON.timestamp() + self.passed_s


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def name() -> str:
    """A projection's name that no other test uses: metrics belong to the process."""
    return new_id()


@pytest.fixture
def lag(name: str, time: Time) -> Lag:
    return Lag(name, time.monotonic, time.wall)


def shown(metric: str, projection: str, at: Partition | None = None) -> float | None:
    labels = {"projection": projection}
    if at is not None:
        labels |= {"topic": at.topic, "partition": str(at.number)}
    return REGISTRY.get_sample_value(f"lotsen_projector_{metric}", labels)


def folded(lag: Lag, at: datetime, partition: Partition = P0) -> None:
    lag.folded({partition: Advance(0, 1, at)})


def test_facts_are_shown_by_partition_and_in_all(lag: Lag, name: str) -> None:
    lag.saw({P0: 3, P1: 10}, {P0: 5, P1: 11})
    assert shown("partition_lag_facts", name, P0) == 2
    assert shown("partition_lag_facts", name, P1) == 1
    assert shown("lag_facts", name) == 3


def test_seconds_are_those_of_the_partition_that_is_furthest_behind(lag: Lag, name: str, time: Time) -> None:
    folded(lag, NOON - timedelta(seconds=90))
    folded(lag, NOON - timedelta(seconds=20), P1)
    lag.saw({P0: 3, P1: 3}, {P0: 5, P1: 5})
    assert shown("partition_lag_seconds", name, P0) == 90
    assert shown("partition_lag_seconds", name, P1) == 20
    assert shown("lag_seconds", name) == 90
    time.passed_s = 10
    lag.saw({P0: 5, P1: 3}, {P0: 5, P1: 5})
    assert shown("lag_seconds", name) == 30


def test_a_stream_that_was_silent_for_days_is_not_days_behind(lag: Lag, name: str, time: Time) -> None:
    folded(lag, NOON - timedelta(days=3))
    lag.saw({P0: 5}, {P0: 5})
    assert shown("lag_seconds", name) == 0
    time.passed_s = 2
    lag.saw({P0: 5}, {P0: 6})
    assert shown("lag_seconds", name) == 2


def test_what_was_never_folded_nor_caught_up_is_counted_from_the_first_look(lag: Lag, name: str, time: Time) -> None:
    lag.saw({P0: 0}, {P0: 6})
    assert shown("lag_seconds", name) == 0
    time.passed_s = 40
    lag.saw({P0: 0}, {P0: 6})
    assert shown("lag_seconds", name) == 40


def test_a_partition_that_was_given_away_is_shown_no_longer(lag: Lag, name: str) -> None:
    lag.saw({P0: 3, P1: 3}, {P0: 5, P1: 5})
    lag.saw({P1: 5}, {P1: 5})
    assert shown("partition_lag_facts", name, P0) is None
    assert shown("partition_lag_seconds", name, P0) is None
    assert shown("partition_lag_facts", name, P1) == 0
    assert shown("lag_facts", name) == 0


def test_a_claim_shows_what_is_owned_and_what_was_put_aside_before(lag: Lag, name: str) -> None:
    lag.claimed({P0: 3, Partition("lotsen.others", 0): 1, P1: 2}, Exceptions({"thing/a"}, {"thing/b": HeldStream(P0)}))
    assert shown("owned_partitions", name) == 2
    assert shown("parked_streams", name) == 1
    assert shown("held_streams", name) == 1
