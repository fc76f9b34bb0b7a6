"""Records on the topic that no fold can take, and followers of the same stream that could be taken alone."""

import random
from typing import Final

from shared.eventlog.documents import PublishedEvent
from shared.projector.changes import Partition
from shared.projector.decoding import StoredRecord
from tests.sim.broker_ports import record_of
from tests.sim.domain import NOON, SERVICES, Moved

_BAD: Final = {"not-json": b"{", "not-as-agreed": b'{"amount":NaN,"mark":"p"}', "unknown-version": b"{}"}
PREFIX: Final = "account/poison-"


def poisoned(chance: random.Random, number: int) -> tuple[Partition, list[StoredRecord]]:
    """Return one stream of bad records: the first cannot be folded, the others follow it."""
    topic, reason = chance.choice(SERVICES), chance.choice(sorted(_BAD))
    stream, key = f"{PREFIX}{number}", f"poison-{number}"
    good = Moved(amount=1, mark=stream).model_dump_json().encode()
    records = []
    for sequence in range(1, chance.randint(1, 3) + 1):
        version = 2 if reason == "unknown-version" and sequence == 1 else 1
        ce_type = f"se.lotsen.moved.v{version}"
        data = _BAD[reason] if sequence == 1 else good
        event = PublishedEvent(f"{stream}.{sequence}", ce_type, stream, key, sequence, NOON, None, data)
        records.append(record_of(event, topic))
    if chance.random() < 0.3:
        records.append(records[-1]._replace(headers=()))  # says nothing at all: parked by its offset
    return Partition(topic, records[0].partition), records
