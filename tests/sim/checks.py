"""What must be true when a simulation has healed: each check yields what it finds wrong."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from shared.eventlog.documents import CommitDocument, PublishedEvent, published_events
from shared.messaging import BadHeaders, decode, partition_of
from shared.mongo import decoded, encoded
from shared.projector.changes import Partition
from shared.projector.collections import offset_id, place_id
from shared.projector.definition import Document, Recorded
from tests.sim.broker import PARTITIONS, Broker
from tests.sim.domain import PROJECTION, SERVICES, VOUCHER_LIMIT, Moved
from tests.sim.journal import Answer, Entry
from tests.sim.log_server import LogServer
from tests.sim.poison import PREFIX
from tests.sim.read_server import ReadServer

Logs = Mapping[str, LogServer]


class Finding(NamedTuple):
    """One broken promise. `check` names the check that found it."""

    check: str
    detail: str


def log_positions(logs: Logs) -> Iterator[Finding]:
    """Positions go from 1 to n without holes, and a stream never holds less than nothing, nor changes its key."""
    for server in logs.values():
        last: dict[str, int] = {}
        totals: Counter[str] = Counter()
        keys: dict[str, str] = {}
        for commit in server.oplog:
            stream = commit["stream"]
            if (
                commit["first"] != last.get(stream, 0) + 1
                or commit["last"] != commit["first"] + len(commit["events"]) - 1
            ):
                yield Finding("log positions", f"{commit['_id']} after {last.get(stream, 0)}")
            last[stream] = commit["last"]
            totals[stream] += sum(_fact(event).amount for event in published_events(commit))
            if totals[stream] < 0:
                yield Finding("log positions", f"{stream} holds {totals[stream]} at {commit['last']}")
            if keys.setdefault(stream, commit["key"]) != commit["key"]:
                yield Finding("log positions", f"{stream} has keys {keys[stream]} and {commit['key']}")


def one_effect_per_command(journal: Sequence[Entry], logs: Logs) -> Iterator[Finding]:
    """What was acknowledged is recorded once, what was refused never, what was not answered at most once."""
    commits: dict[str, list[CommitDocument]] = {}
    for server in logs.values():
        for commit in server.oplog:
            for mark in {_fact(event).mark for event in published_events(commit)}:
                commits.setdefault(mark, []).append(commit)
    for entry in journal:
        found = commits.pop(entry.mark, [])
        yield from _effects(entry, sum(len(commit["events"]) for commit in found))
        yield from _receipts(entry, found)
    for mark in commits:
        yield Finding("one effect", f"{mark} is recorded, and nobody asked for it")


def _effects(entry: Entry, facts: int) -> Iterator[Finding]:
    if entry.receipts and facts != entry.facts:
        yield Finding("one effect", f"{entry.mark} ({entry.kind}) was acknowledged, and recorded {facts} facts")
    if facts not in {0, entry.facts}:
        yield Finding("one effect", f"{entry.mark} ({entry.kind}) recorded {facts} facts of {entry.facts}")
    if facts and entry.answer is not Answer.RECORDED and not entry.doubtful:
        yield Finding("one effect", f"{entry.mark} recorded {facts} facts, answered only {sorted(entry.refusals)}")


def _receipts(entry: Entry, found: Sequence[CommitDocument]) -> Iterator[Finding]:
    for receipt in entry.receipts:
        recorded = {(commit["stream"], commit["last"]) for commit in found}
        if {(position.stream, position.version) for position in receipt.positions} != recorded:
            yield Finding("receipts", f"{entry.mark} was told {receipt.positions}, recorded is {sorted(recorded)}")
        if receipt.commit_id not in {commit["commit_id"] for commit in found}:
            yield Finding("receipts", f"{entry.mark} was told of another commit")
    if entry.answer is Answer.NONE and not entry.doubtful and entry.keyed and not entry.refusals:
        yield Finding("receipts", f"{entry.mark} was never answered")


def claims_hold(journal: Sequence[Entry], logs: Logs) -> Iterator[Finding]:
    """A voucher is used as often as is recorded, and not more often than allowed."""
    for service, server in logs.items():
        marks = {entry.mark for entry in journal if (entry.service, entry.kind) == (service, "redeem")}
        used = sum(_fact(event).mark in marks for commit in server.oplog for event in published_events(commit))
        claimed = sum(claim["amount"] for claim in server.claims.values())
        if not used == claimed <= VOUCHER_LIMIT:
            yield Finding("claims", f"{service}: {used} recorded, {claimed} claimed of {VOUCHER_LIMIT}")


def topic_holds_the_log(logs: Logs, broker: Broker, *, in_order: bool) -> Iterator[Finding]:
    """Every fact is on the topic; with `in_order` each stream's first occurrences go from 1 to n."""
    for service, server in logs.items():
        wanted = {event.ce_id: event for commit in server.oplog for event in published_events(commit)}
        last: dict[str, int] = {}
        for number in range(PARTITIONS):
            for record in broker.records(Partition(service, number)):
                try:
                    envelope = decode(record.headers, record.key)
                except BadHeaders:
                    continue
                wanted.pop(envelope.id, None)
                before = last.get(envelope.stream, 0)
                if in_order and envelope.sequence > before + 1:
                    yield Finding("topic order", f"{envelope.stream}: {envelope.sequence} after {before}")
                last[envelope.stream] = max(before, envelope.sequence)
        for event in wanted.values():
            yield Finding("topic", f"{event.stream} {event.sequence} is not on the topic")


def heads_of(read: ReadServer) -> dict[str, int]:
    """Return how far each stream has been folded."""
    kept = {
        row["_stream"]: int(row["_head"])
        for documents in read.rows().values()
        for row in documents.values()
        if "_stream" in row
    }
    return kept | {stream: head.sequence for entries in read.head_entries.values() for stream, head in entries.items()}


def read_model_is_the_log(logs: Logs, read: ReadServer) -> Iterator[Finding]:
    """Documents and heads are what the log says, computed again without the projector."""
    heads: dict[str, int] = {}
    rows: dict[str, dict[str, Document]] = {view.collection: {} for view in PROJECTION.views}
    for service in SERVICES:
        for commit in sorted(logs[service].oplog, key=lambda commit: commit["_id"]):
            for event in published_events(commit):
                heads[event.stream] = event.sequence
                _fold(rows, event)
    for name, documents in read.rows().items():
        shown = {identifier: _without_head(row) for identifier, row in documents.items()}
        wanted = {identifier: _stored(identifier, row) for identifier, row in rows[name].items()}
        yield from _differing(f"read model, {name}", shown, wanted)
    yield from _differing("heads", heads_of(read), heads)


def _differing(check: str, shown: Mapping[str, object], right: Mapping[str, object]) -> Iterator[Finding]:
    for name in sorted(shown.keys() | right.keys()):
        if shown.get(name) != right.get(name):
            yield Finding(check, f"{name}: {shown.get(name)}, not {right.get(name)}")


def read_to_the_end(read: ReadServer, broker: Broker) -> Iterator[Finding]:
    """Every checkpoint stands at the end of its partition."""
    for partition in (Partition(service, number) for service in SERVICES for number in range(PARTITIONS)):
        stored = read.checkpoints.get(partition)
        if stored is None or stored.next != broker.end(partition):
            yield Finding("checkpoints", f"{partition}: {stored}, and the log ends at {broker.end(partition)}")


def nothing_is_held(read: ReadServer) -> Iterator[Finding]:
    """No fact waits for one before it."""
    yield from (Finding("held", identifier) for identifier in read.held_facts)


def parked_is_the_poison(read: ReadServer, broker: Broker) -> Iterator[Finding]:
    """What is parked is the poison on the topics, with its followers."""
    wanted = set()
    for service in SERVICES:
        for number in range(PARTITIONS):
            for record in broker.records(Partition(service, number)):
                try:
                    envelope = decode(record.headers, record.key)
                except BadHeaders:
                    wanted.add(offset_id(PROJECTION.name, service, number, record.offset))
                    continue
                if envelope.stream.startswith(PREFIX):
                    wanted.add(place_id(PROJECTION.name, envelope.stream, envelope.sequence))
    for identifier in sorted(read.parked.keys() ^ wanted):
        yield Finding("parked", f"{identifier} {'is not parked' if identifier in wanted else 'is parked'}")


def _fold(rows: dict[str, dict[str, Document]], event: PublishedEvent) -> None:
    number = partition_of(event.key, PARTITIONS)
    recorded = Recorded(event.ce_id, event.stream, event.key, event.sequence, event.at, number)
    fact = _fact(event)
    for view in PROJECTION.views:
        for identifier in view.document_ids(fact, recorded):
            documents = rows[view.collection]
            documents[identifier] = view.fold(documents.get(identifier), fact, recorded)


def _fact(event: PublishedEvent) -> Moved:
    return Moved.model_validate_json(event.data)


def _stored(identifier: str, row: Document) -> Document:
    return decoded(bytes(encoded({**row, "_id": identifier}).raw))


def _without_head(row: Document) -> Document:
    return {field: value for field, value in row.items() if field not in _HEAD}


_HEAD: Final = frozenset({"_stream", "_head", "_head_id"})
