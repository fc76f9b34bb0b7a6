"""What `lotsen lag` makes of ends, checkpoints and ages."""

from datetime import UTC, datetime

import pytest
from rich.console import Console

from deploy.lag import ModelLag, behind, models_table, partition_lags, relays_table
from shared.messaging import TopicPartition
from shared.projector.status import Freshness, PartitionStatus
from shared.relay.waiting import COUNTED_MAX, Waiting

NOON = datetime(2023, 3, 1, 12, tzinfo=UTC)
P0, P1 = TopicPartition("lotsen.things", 0), TopicPartition("lotsen.things", 1)


def status(at: TopicPartition, position: int, end: int, lag_s: float = 0.0) -> PartitionStatus:
    return PartitionStatus(at.topic, at.partition, position, end, max(0, end - position), lag_s, NOON, NOON, NOON)


def freshness(*statuses: PartitionStatus, workers: int = 1) -> Freshness:
    return Freshness("things", NOON, 0, 0.0, workers, 3, 4, statuses)


def model(ends: dict[TopicPartition, int], found: Freshness, ages_s: dict[TopicPartition, float]) -> ModelLag:
    return ModelLag("service/things", tuple(partition_lags(ends, found, ages_s)), found)


def a_relay(facts: int | None, oldest_age_s: float = 0.0, leader: str | None = "relay-1") -> Waiting:
    return Waiting(facts, oldest_age_s, min(oldest_age_s, 1.0), leader, NOON)


def lines(table: object) -> list[list[str]]:
    console = Console(width=140)
    with console.capture() as captured:
        console.print(table)
    return [line.split() for line in captured.get().splitlines() if line.strip()]


def test_facts_are_added_up_and_the_oldest_age_counts() -> None:
    found = model({P0: 5, P1: 9}, freshness(status(P0, 3, 5), status(P1, 8, 9)), {P0: 2.5, P1: 7.0})
    assert (found.facts, found.age_s) == (3, 7.0)


def test_a_partition_that_nobody_ever_folded_is_behind_by_all_of_it() -> None:
    found = model({P0: 5, P1: 9}, freshness(status(P0, 5, 5)), {P1: 60.0})
    assert (found.facts, found.age_s) == (9, 60.0)
    assert found.checkpoint_at == NOON


def test_where_no_age_is_known_that_of_the_last_folded_fact_counts() -> None:
    found = model({P0: 5}, freshness(status(P0, 3, 5, lag_s=40.0)), {})
    assert found.age_s == 40.0


def test_what_is_caught_up_has_no_age_whatever_was_read() -> None:
    found = model({P0: 5}, freshness(status(P0, 5, 5, lag_s=40.0)), {P0: 40.0})
    assert (found.facts, found.age_s) == (0, 0.0)


@pytest.mark.parametrize(("seconds_max", "late"), [(6.9, ["service/things"]), (7.0, [])])
def test_a_read_model_is_late_beyond_the_bound_and_not_on_it(seconds_max: float, late: list[str]) -> None:
    found = model({P0: 5}, freshness(status(P0, 3, 5)), {P0: 7.0})
    assert behind([found], {}, seconds_max) == late


def test_a_relay_is_late_by_the_first_fact_that_waits_also_when_nobody_can_count() -> None:
    relays = {"calm": a_relay(0), "late": a_relay(3, 90.0), "sweeping": a_relay(None, 70.0)}
    assert behind([], relays, 60.0) == ["relay late", "relay sweeping"]


def test_the_table_shows_one_line_a_read_model_and_its_partitions_on_request() -> None:
    found = model({P0: 5, P1: 9}, freshness(status(P0, 3, 5), status(P1, 9, 9), workers=2), {P0: 2.5})
    (line,) = [line for line in lines(models_table([found], partitions=False)) if line[0].startswith("service")]
    assert line[:6] == ["service/things", "2", "2.5", "2", "3", "4"]
    shown = lines(models_table([found], partitions=True))
    assert ["lotsen.things/0", "2", "2.5", "2023-03-01", "12:00:00"] in shown
    assert ["lotsen.things/1", "0", "0.0", "2023-03-01", "12:00:00"] in shown


def test_the_relays_show_what_waits_and_who_leads() -> None:
    relays = {
        "idle": a_relay(0, leader=None),
        "full": a_relay(COUNTED_MAX, 5.0),
        "some": a_relay(COUNTED_MAX - 1, 5.0),
        "unknown": a_relay(None, 8.0)._replace(saved_at=None),
    }
    shown = {line[0]: line[1:] for line in lines(relays_table(relays))}
    assert shown["idle"][:4] == ["0", "0.0", "0.0", "nobody"]
    assert shown["full"][:3] == ["≥", str(COUNTED_MAX), "5.0"]
    assert shown["some"][:2] == [str(COUNTED_MAX - 1), "5.0"]
    assert shown["unknown"] == ["?", "8.0", "1.0", "relay-1", "?"]
