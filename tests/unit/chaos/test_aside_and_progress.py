from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.messaging import partition_of
from tests.chaos.checks import check_all
from tests.chaos.evidence import Aside, Evidence, OnTopic
from tests.chaos.poison import Poison, record_of
from tests.unit.chaos.examples import sound, with_model
from tests.unit.chaos.test_keys_and_reads import caught_by

STREAM = "poison/p-1"


def on_topic(poison: Poison, sequence: int, offset: int) -> OnTopic:
    value, headers = record_of(poison, "p-1", sequence)
    return OnTopic(partition_of("p-1"), offset, b"p-1", dict(headers), value)


def poisoned(records: Sequence[OnTopic], parked: Sequence[str]) -> Evidence:
    """Return a world in which everybody who follows the topic has parked what is named."""
    evidence = replace(sound(), poison={"applications": records})
    for model in evidence.models:
        if "applications" in model.projection.topics:
            evidence = with_model(evidence, model.projection.name, parked=[Aside(place, "reason") for place in parked])
    return evidence


def test_poison_and_its_follower_are_parked_by_everybody() -> None:
    records = [on_topic(Poison.NOT_JSON, 1, 7), on_topic(Poison.NOT_JSON, 2, 8)]
    check_all(poisoned(records, [f"{STREAM}@1", f"{STREAM}@2"]))
    assert caught_by(poisoned(records, [f"{STREAM}@1"])) == {"parked-is-the-poison"}
    assert caught_by(poisoned(records, [])) == {"parked-is-the-poison"}


def test_poison_that_came_twice_is_parked_once() -> None:
    check_all(poisoned([on_topic(Poison.UNKNOWN_VERSION, 1, offset) for offset in (7, 9)], [f"{STREAM}@1"]))


@pytest.mark.parametrize("poison", [Poison.WITHOUT_ID, Poison.POSITION_ZERO])
def test_poison_that_does_not_say_where_it_belongs_is_parked_by_its_offset(poison: Poison) -> None:
    check_all(poisoned([on_topic(poison, 1, 7)], [f"applications/{partition_of('p-1')}/7"]))


def test_a_fact_that_is_parked_without_having_been_poisoned_is_caught() -> None:
    parked = with_model(sound(), "reporting", parked=[Aside("account/x@3", "follows-parked")])
    assert caught_by(parked) == {"parked-is-the-poison"}


def test_a_fact_that_is_held_is_caught() -> None:
    assert caught_by(with_model(sound(), "reporting", held=[Aside("account/x@3")])) == {"nothing-is-held"}


def test_what_is_not_shown_in_time_is_caught() -> None:
    assert caught_by(replace(sound(), lacking=["reporting account/x"])) == {"everything-is-shown-in-time"}


def test_a_checkpoint_that_went_back_is_caught() -> None:
    assert caught_by(replace(sound(), went_back=["reporting/topic/3 from 9 to 4"])) == {"checkpoints-never-go-back"}
