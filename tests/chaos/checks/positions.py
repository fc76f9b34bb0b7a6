"""Positions 1..n: in the log, on the topic, and the one against the other, byte by byte."""

from collections.abc import Iterator, Sequence

from shared.eventlog.documents import CommitDocument, PublishedEvent, document_id, published_events
from shared.messaging import encode, partition_of
from tests.chaos.checks.finding import Finding
from tests.chaos.evidence import Evidence, OnTopic


def log_is_contiguous(evidence: Evidence) -> Iterator[Finding]:
    """Each stream counts 1..n without a hole or a position taken twice, under one record key for life."""
    for service, commits in evidence.logs.items():
        streams: dict[str, list[CommitDocument]] = {}
        for commit in commits:
            streams.setdefault(commit["stream"], []).append(commit)
        for stream, parts in streams.items():
            for detail in _broken(stream, sorted(parts, key=lambda part: part["first"])):
                yield Finding("log-is-contiguous", f"{service} {detail}")


def _broken(stream: str, parts: Sequence[CommitDocument]) -> Iterator[str]:
    expected = 1
    for part in parts:
        if part["first"] != expected:
            yield f"{part['_id']} comes where position {expected} should"
        if part["_id"] != document_id(stream, part["first"]):
            yield f"{part['_id']} begins at {part['first']}"
        if part["last"] != part["first"] + len(part["events"]) - 1:
            yield f"{part['_id']} ends at {part['last']} with {len(part['events'])} events"
        if part["key"] != parts[0]["key"]:
            yield f"{part['_id']} has the record key {part['key']}, not {parts[0]['key']}"
        expected = part["last"] + 1


def topic_is_in_order(evidence: Evidence) -> Iterator[Finding]:
    """Seen for the first time, the facts of a stream come as 1..n, in one partition; what is repeated is the same."""
    for service, records in evidence.topics.items():
        first: dict[str, OnTopic] = {}
        last: dict[str, OnTopic] = {}
        for record in records:
            if record.id in first:
                if not _same(first[record.id], record):
                    yield Finding("topic-is-in-order", f"{service} {record.id} came again with another content")
                continue
            first[record.id] = record
            before = last.get(record.stream)
            expected = 1 if before is None else before.sequence + 1
            if record.sequence != expected:
                yield Finding(
                    "topic-is-in-order",
                    f"{service} {record.stream}: {record.sequence} came where {expected} should",
                )
            if before is not None and before.partition != record.partition:
                yield Finding("topic-is-in-order", f"{service} {record.stream} is in several partitions")
            last[record.stream] = record


def _same(one: OnTopic, other: OnTopic) -> bool:
    return (one.partition, one.key, one.headers, one.value) == (
        other.partition,
        other.key,
        other.headers,
        other.value,
    )


def log_is_on_topic(evidence: Evidence) -> Iterator[Finding]:
    """Every recorded fact is on the topic with identical bytes, and nothing else is."""
    for service, commits in evidence.logs.items():
        found = {record.id: record for record in reversed(evidence.topics.get(service, ()))}
        source = f"/lotsen/{service}".encode()
        for event in (event for commit in commits for event in published_events(commit)):
            record = found.pop(event.ce_id, None)
            if record is None:
                yield Finding("log-is-on-topic", f"{service} {event.stream} {event.sequence} is not on the topic")
            elif not _published(event, record, source):
                yield Finding("log-is-on-topic", f"{service} {event.stream} {event.sequence} is another on the topic")
        for record in found.values():
            yield Finding("log-is-on-topic", f"{service} {record.stream} {record.sequence} is only on the topic")


def _published(event: PublishedEvent, record: OnTopic, source: bytes) -> bool:
    return (
        record.key == event.key.encode()
        and record.partition == partition_of(event.key)
        and record.value == event.data
        and record.headers == dict(encode(event, source))
    )
