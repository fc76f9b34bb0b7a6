"""CloudEvents 1.0 in binary mode: what a record's headers say, written and read."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from shared.eventlog.documents import PublishedEvent
from shared.messaging.errors import BadHeaders

Headers = list[tuple[str, bytes]]

_SPEC_VERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/json")
_SEQUENCE_DIGITS_MAX = 18  # fits a signed 64-bit integer, which is what MongoDB keeps
_NAME_CHARACTERS_MAX = 200  # ids, types, streams and keys become parts of ids and field names


class Envelope(NamedTuple):
    """What a record says beside its value. `sequence` counts in `stream` from 1; `at` is aware, UTC."""

    id: str
    type: str
    source: str
    stream: str
    key: str
    sequence: int
    at: datetime
    traceparent: str | None


def encode(event: PublishedEvent, source: bytes) -> Headers:
    """Return the headers of one fact. `source` is `/lotsen/<service>`, encoded once by the caller."""
    at = event.at.astimezone(UTC).isoformat(timespec="milliseconds")
    headers: Headers = [
        _SPEC_VERSION,
        ("ce_id", event.ce_id.encode()),
        ("ce_type", event.ce_type.encode()),
        ("ce_source", source),
        ("ce_subject", event.stream.encode()),
        ("ce_time", at[:-6].encode() + b"Z"),
        ("ce_sequence", b"%d" % event.sequence),
        _CONTENT_TYPE,
    ]
    if event.traceparent:
        headers.append(("traceparent", event.traceparent.encode()))
    return headers


def decode(headers: Iterable[tuple[str, bytes | None]], key: bytes | None) -> Envelope:
    """Read a record's headers and key. Raises BadHeaders, and nothing else, whatever the bytes are."""
    found = dict(headers)
    try:
        if found["ce_specversion"] != b"1.0":
            raise BadHeaders("ce_specversion is not 1.0")
        identifier, kind, source, stream = found["ce_id"], found["ce_type"], found["ce_source"], found["ce_subject"]
        sequence, at, trace = found["ce_sequence"], found["ce_time"], found.get("traceparent")
        if not (identifier and kind and source and stream and key):
            raise BadHeaders("a required header or the key is empty")
        # Written out, not looped over: a drain of a topic spends a tenth of its time here.
        names = identifier.decode(), kind.decode(), stream.decode(), key.decode()
        together = "".join(names)  # looked at once: four looks take as long as all the rest
        if not together.isprintable() or (len(together) > _NAME_CHARACTERS_MAX and not _are_short(names)):
            # What is not printable (a NUL first of all) could be no field name in MongoDB, and no line in a log.
            raise BadHeaders("an id, a type, a subject or the key is too long or not printable")
        return Envelope(
            names[0],
            names[1],
            source.decode(),
            names[2],
            names[3],
            _sequence(sequence),
            _instant(at),
            trace.decode() if trace else None,
        )
    except KeyError as missing:
        raise BadHeaders(f"{missing.args[0]} is missing") from None
    except UnicodeDecodeError:
        raise BadHeaders("a header or the key is not UTF-8") from None


def _are_short(names: Iterable[str]) -> bool:
    return all(len(name) <= _NAME_CHARACTERS_MAX for name in names)


def _sequence(value: bytes | None) -> int:
    # isdigit, because int() would also take signs, spaces and underscores.
    if value is None or not value.isdigit() or len(value) > _SEQUENCE_DIGITS_MAX or value.startswith(b"0"):
        raise BadHeaders("ce_sequence is not a position from 1")
    return int(value)


@lru_cache(maxsize=1_024)  # facts of one decision, and of a busy moment, share their time
def _instant(value: bytes | None) -> datetime:
    if not value:
        raise BadHeaders("a required header or the key is empty")
    try:
        at = datetime.fromisoformat(value.decode())
    except UnicodeDecodeError:
        raise
    except ValueError:
        raise BadHeaders("ce_time is not an RFC 3339 instant") from None
    if at.tzinfo is None:
        raise BadHeaders("ce_time has no offset")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise BadHeaders("ce_time is outside the years 1 to 9999") from None
