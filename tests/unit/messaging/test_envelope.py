"""Headers in CloudEvents binary mode: what is written is read again, and what is wrong is said in one sentence."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.eventlog.documents import PublishedEvent
from shared.messaging import BadHeaders, Envelope, decode, encode

AT = datetime(2023, 3, 1, 12, 30, 0, 125_000, tzinfo=UTC)
SOURCE = b"/lotsen/applications"
UNFIT = "an id, a type, a subject or the key is too long or not printable"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
GRANTED = PublishedEvent(
    "0198f0a2.3", "se.lotsen.funding-granted.v1", "application/42", "42", 3, AT, TRACE, b'{"amount_ore":1}'
)


def test_headers_are_those_of_cloudevents_binary_mode() -> None:
    assert encode(GRANTED, SOURCE) == [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"0198f0a2.3"),
        ("ce_type", b"se.lotsen.funding-granted.v1"),
        ("ce_source", b"/lotsen/applications"),
        ("ce_subject", b"application/42"),
        ("ce_time", b"2023-03-01T12:30:00.125Z"),
        ("ce_sequence", b"3"),
        ("content-type", b"application/json"),
        ("traceparent", TRACE.encode()),
    ]


def test_without_a_trace_there_is_no_such_header() -> None:
    headers = encode(GRANTED._replace(traceparent=None), SOURCE)
    assert "traceparent" not in dict(headers)
    assert decode(headers, b"42").traceparent is None


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    at = AT.astimezone(timezone(timedelta(hours=1)))
    assert dict(encode(GRANTED._replace(at=at), SOURCE))["ce_time"] == b"2023-03-01T12:30:00.125Z"


TEXT = st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable())
INSTANTS = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(TEXT, TEXT, TEXT, TEXT, st.integers(1, 10**18 - 1), INSTANTS, st.none() | TEXT)
def test_what_is_written_is_read_again(
    ce_id: str, ce_type: str, stream: str, key: str, sequence: int, at: datetime, trace: str | None
) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    event = PublishedEvent(ce_id, ce_type, stream, key, sequence, at, trace, b"{}")
    assert decode(encode(event, SOURCE), key.encode()) == Envelope(
        ce_id, ce_type, SOURCE.decode(), stream, key, sequence, at, trace
    )


def test_headers_that_we_do_not_know_are_passed_over() -> None:
    assert decode([*encode(GRANTED, SOURCE), ("x-other", b"\xff")], b"42").id == "0198f0a2.3"


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("ce_specversion", b"0.3", "ce_specversion is not 1.0"),
        ("ce_specversion", None, "ce_specversion is not 1.0"),
        ("ce_id", b"", "a required header or the key is empty"),
        ("ce_id", None, "a required header or the key is empty"),
        ("ce_type", b"\xff\xfe", "a header or the key is not UTF-8"),
        ("traceparent", b"\xff", "a header or the key is not UTF-8"),
        ("ce_time", b"yesterday", "ce_time is not an RFC 3339 instant"),
        ("ce_time", b"\xff", "a header or the key is not UTF-8"),
        ("ce_time", b"", "a required header or the key is empty"),
        ("ce_time", b"2023-03-01T12:30:00", "ce_time has no offset"),
        ("ce_time", b"0001-01-01T00:00:00+14:00", "ce_time is outside the years 1 to 9999"),
        ("ce_time", b"9999-12-31T23:59:59-00:01", "ce_time is outside the years 1 to 9999"),
        ("ce_id", b"0198\n", UNFIT),
        ("ce_type", b"se.lotsen.\x1b[2J.v1", UNFIT),
        ("ce_subject", b"application/\x00", UNFIT),
        ("ce_subject", b"a" * 201, UNFIT),
        ("ce_subject", "a\u2028".encode(), UNFIT),
        ("ce_subject", b"a\xed\xa0\x80", "a header or the key is not UTF-8"),
        ("ce_sequence", b"0", "ce_sequence is not a position from 1"),
        ("ce_sequence", b"01", "ce_sequence is not a position from 1"),
        ("ce_sequence", b"-1", "ce_sequence is not a position from 1"),
        ("ce_sequence", b"+1", "ce_sequence is not a position from 1"),
        ("ce_sequence", b" 1", "ce_sequence is not a position from 1"),
        ("ce_sequence", b"1_0", "ce_sequence is not a position from 1"),
        ("ce_sequence", b"1.0", "ce_sequence is not a position from 1"),
        ("ce_sequence", b"", "ce_sequence is not a position from 1"),
        ("ce_sequence", None, "ce_sequence is not a position from 1"),
        ("ce_sequence", b"9" * 19, "ce_sequence is not a position from 1"),
        ("ce_sequence", "١".encode(), "ce_sequence is not a position from 1"),
    ],
)
def test_a_wrong_header_is_named_in_one_sentence(header: str, value: bytes | None, reason: str) -> None:
    headers: list[tuple[str, bytes | None]] = [*encode(GRANTED, SOURCE), (header, value)]
    with pytest.raises(BadHeaders) as caught:
        decode(headers, b"42")
    assert caught.value.reason == reason


def test_ids_may_be_long_up_to_a_limit_and_instants_may_have_any_offset() -> None:
    headers = [*encode(GRANTED._replace(stream="å" * 200), SOURCE), ("ce_time", b"0001-01-01T14:00:00+14:00")]
    read = decode(headers, b"4" * 200)
    assert (read.stream, read.key) == ("å" * 200, "4" * 200)
    assert (read.at, read.at.tzinfo) == (datetime.min.replace(tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "header", ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_sequence"]
)
def test_a_missing_header_is_named(header: str) -> None:
    with pytest.raises(BadHeaders, match=f"^{header} is missing$"):
        decode([pair for pair in encode(GRANTED, SOURCE) if pair[0] != header], b"42")


@pytest.mark.parametrize("key", [None, b"", b"\xff", b"4\x002", b"4" * 201])
def test_a_record_without_a_readable_key_is_refused(key: bytes | None) -> None:
    with pytest.raises(BadHeaders):
        decode(encode(GRANTED, SOURCE), key)


@given(
    st.lists(st.tuples(st.sampled_from(["ce_id", "ce_time", "ce_sequence", "ce_subject"]), st.none() | st.binary())),
    st.none() | st.binary(),
)
def test_no_bytes_whatever_raise_anything_else(headers: list[tuple[str, bytes | None]], key: bytes | None) -> None:
    with suppress(BadHeaders):
        assert decode([*encode(GRANTED, SOURCE), *headers], key).sequence > 0
