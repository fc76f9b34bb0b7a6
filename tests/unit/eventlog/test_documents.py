"""The commit document and what is published from it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.eventlog.documents import (
    CommitDocument,
    PublishedEvent,
    document_id,
    event_id,
    published_events,
    stream_range,
)

NOON = datetime(2023, 3, 1, 12, tzinfo=UTC)


def a_commit(**changes: object) -> CommitDocument:
    commit = {
        "_id": "account/one/0000000004",
        "commit_id": "c",
        "stream": "account/one",
        "key": "case",
        "first": 4,
        "last": 5,
        "events": [{"type": "se.lotsen.a.v1", "data": '{"text":"å"}'}, {"type": "se.lotsen.b.v1", "data": "{}"}],
        "actor": "anna",
        "tenant": "umea",
        "client": "system",
        "request_hash": "h",
        "at": NOON,
    }
    return {**commit, **changes}  # type: ignore[typeddict-item]  # the fields of a commit


def test_events_are_published_in_order_with_their_positions_and_ids() -> None:
    assert published_events(a_commit(trace="00-1-2-03")) == [
        PublishedEvent("c.4", "se.lotsen.a.v1", "account/one", "case", 4, NOON, "00-1-2-03", '{"text":"å"}'.encode()),
        PublishedEvent("c.5", "se.lotsen.b.v1", "account/one", "case", 5, NOON, "00-1-2-03", b"{}"),
    ]


def test_without_a_trace_there_is_none() -> None:
    assert published_events(a_commit())[0].traceparent is None


def test_an_event_is_known_by_its_commit_and_its_position() -> None:
    assert event_id("0190", 12) == "0190.12"


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_ids_sort_as_positions_do_within_a_stream(one: int, other: int) -> None:
    assert (document_id("a/b", one) < document_id("a/b", other)) == (one < other)


@given(
    st.sampled_from(["a/b", "a/b0", "a/b/", "a/", "a/b-", "a/b9"]),
    st.sampled_from(["a/b", "a/b0", "a/b-"]),
    st.integers(1, 10**9),
    st.integers(1, 10**9),
)
def test_a_range_holds_the_rest_of_its_own_stream_and_nothing_else(
    stream: str, ranged: str, position: int, first: int
) -> None:
    within = stream_range(ranged, first)
    held = within["$gte"] <= document_id(stream, position) < within["$lt"]
    assert held == (stream == ranged and position >= first)
