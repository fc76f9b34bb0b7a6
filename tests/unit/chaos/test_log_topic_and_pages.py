from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.eventlog.documents import CommitDocument
from tests.chaos.checks import PromiseBrokenError, check_all
from tests.chaos.evidence import Evidence, Head, OnTopic
from tests.unit.chaos.examples import CALL, GRANTED, PROJECT, model, refused, sending, sound, with_log, with_model
from tests.unit.chaos.test_keys_and_reads import caught_by, with_entry

ACCOUNT = f"account/{PROJECT}"


def with_topic(change: Callable[[list[OnTopic]], list[OnTopic]]) -> Evidence:
    """Return a sound world with another topic of reporting, which has four facts of one stream."""
    evidence = sound()
    return replace(evidence, topics={**evidence.topics, "reporting": change(list(evidence.topics["reporting"]))})


def with_fact(service: str, stream: str, **fields: int) -> Evidence:
    """Return a sound world in which a fact of a stream says something else, on the topic and the pages as well."""
    evidence = sound()

    def changed(commit: CommitDocument) -> CommitDocument:
        if commit["stream"] != stream:
            return commit
        events = commit["events"]
        for name, value in fields.items():
            before = f'"{name}":'
            text = events[0]["data"]
            start = text.find(before)
            if start >= 0:
                end = min(place for place in (text.find(",", start), text.find("}", start)) if place > 0)
                events = [{**events[0], "data": f"{text[:start]}{before}{value}{text[end:]}"}]
        return {**commit, "events": events}

    return with_log(evidence, service, [changed(commit) for commit in evidence.logs[service]])


def test_a_hole_in_a_stream_of_the_log_is_caught() -> None:
    evidence = sound()
    log = [commit for commit in evidence.logs["reporting"] if commit["first"] != 2]
    assert "log-is-contiguous" in caught_by(with_log(evidence, "reporting", log))


def test_a_record_key_that_changes_in_a_streams_life_is_caught() -> None:
    evidence = sound()
    log = list(evidence.logs["reporting"])
    log[-1] = {**log[-1], "key": "another"}
    assert {"log-is-contiguous", "topic-is-in-order"} <= caught_by(with_log(evidence, "reporting", log))


def test_a_fact_that_is_not_on_the_topic_is_caught() -> None:
    assert caught_by(with_topic(lambda topic: topic[:-1])) == {"log-is-on-topic"}


def test_a_hole_on_the_topic_is_caught() -> None:
    assert caught_by(with_topic(lambda topic: [topic[0], *topic[2:]])) == {"log-is-on-topic", "topic-is-in-order"}


def test_facts_of_a_stream_in_another_order_are_caught() -> None:
    assert caught_by(with_topic(lambda topic: [topic[1], topic[0], *topic[2:]])) == {"topic-is-in-order"}


def test_a_fact_that_comes_again_changes_nothing() -> None:
    check_all(with_topic(lambda topic: [*topic[:2], *topic]))


def test_a_fact_that_comes_again_with_another_content_is_caught() -> None:
    again = with_topic(lambda topic: [*topic, topic[0]._replace(value=b"{}")])
    assert caught_by(again) == {"topic-is-in-order"}


def test_other_bytes_than_the_logs_are_caught() -> None:
    other = with_topic(lambda topic: [topic[0]._replace(value=topic[0].value + b" "), *topic[1:]])
    assert caught_by(other) == {"log-is-on-topic"}


def test_a_fact_that_is_only_on_the_topic_is_caught() -> None:
    evidence = sound()
    stranger = evidence.topics["applications"][0]
    headers = {**stranger.headers, "ce_id": b"stranger.1", "ce_subject": b"call/stranger"}
    topic = [*evidence.topics["applications"], stranger._replace(headers=headers)]
    assert caught_by(replace(evidence, topics={**evidence.topics, "applications": topic})) == {"log-is-on-topic"}


def test_an_effect_that_was_counted_twice_is_caught() -> None:
    found = model(sound(), "followup")
    found.collections["followup_projects"][PROJECT]["account"]["paid_ore"] *= 2
    spoiled = with_model(sound(), "followup", collections=found.collections)
    assert caught_by(spoiled) == {"pages-are-the-log", "totals-are-equal"}


def test_a_row_that_is_unequal_in_one_field_is_caught() -> None:
    found = model(sound(), "applications")
    found.collections["applications"][PROJECT]["signed"] = True
    assert caught_by(with_model(sound(), "applications", collections=found.collections)) == {"pages-are-the-log"}


@pytest.mark.parametrize("identifier", [CALL, "stranger"])
def test_a_row_too_few_or_too_many_is_caught(identifier: str) -> None:
    found = model(sound(), "applications")
    rows: dict[str, Any] = dict(found.collections["calls"])
    if rows.pop(identifier, None) is None:
        rows[identifier] = {"_id": identifier}
    collections = {**found.collections, "calls": rows}
    assert caught_by(with_model(sound(), "applications", collections=collections)) == {"pages-are-the-log"}


def test_a_read_model_that_never_heard_of_the_last_fact_is_caught() -> None:
    heads = {**model(sound(), "reporting").heads, ACCOUNT: Head(3, "commit-k-6-account.3")}
    assert caught_by(with_model(sound(), "reporting", heads=heads)) == {"heads-are-the-logs"}


def test_grants_above_the_ceiling_are_caught() -> None:
    assert caught_by(with_fact("applications", f"call/{CALL}", budget_ore=GRANTED - 100)) == {"ceilings-hold"}


def test_grants_up_to_the_ceiling_are_accepted() -> None:
    check_all(with_fact("applications", f"call/{CALL}", budget_ore=GRANTED))


def test_a_grant_that_reserved_another_amount_is_caught() -> None:
    assert caught_by(with_fact("applications", f"call-budget/{CALL}", amount_ore=GRANTED - 100)) == {"ceilings-hold"}


def test_who_was_refused_while_there_was_room_is_caught() -> None:
    path = f"/applications/v1/applications/{PROJECT}/grants"
    lines = [sending("k-no", path=path), refused("k-no", "CallBudgetExceeded")]
    assert caught_by(with_entry(sound(), *lines)) == {"ceilings-hold"}
    full = with_fact("applications", f"call/{CALL}", budget_ore=GRANTED)
    check_all(with_entry(full, *lines))


def test_payments_above_the_approved_share_are_caught() -> None:
    evidence = sound()
    log = list(evidence.logs["reporting"])
    data = log[-1]["events"][0]["data"].replace('"amount_ore":30000000', '"amount_ore":30000001')
    log[-1] = {**log[-1], "events": [{**log[-1]["events"][0], "data": data}]}
    assert caught_by(with_log(evidence, "reporting", log)) == {"payments-hold"}


def test_a_payment_number_that_is_missing_is_caught() -> None:
    assert caught_by(with_fact("reporting", ACCOUNT, payment_number=2)) == {"payments-hold"}


def test_everything_that_was_found_is_told() -> None:
    evidence = with_topic(lambda topic: topic[:-1])
    with pytest.raises(PromiseBrokenError, match="log-is-on-topic: reporting account/") as caught:
        check_all(evidence)
    assert len(caught.value.findings) == 1
