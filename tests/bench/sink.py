"""The usual way of projecting: for each fact one update of its document, then the next; offsets kept by the group."""

import json
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.messaging import PARTITIONS
from shared.mongo import connect
from tests.bench.facts import WorkReported, as_update
from tests.bench.settings import BenchSettings

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Written:
    """How many facts were written, and in how many seconds."""

    facts: int
    seconds: float

    def as_json(self) -> str:
        """Return it as one line."""
        return json.dumps(asdict(self))


async def write_each_fact(settings: BenchSettings, topic: str, collection: str) -> Written:
    """Write what the topic holds now, each fact with `w: majority, j: true`, and commit the group after each batch."""
    client = connect(settings.mongodb_uri, app_name="bench-peer")
    documents = client[settings.database_name][collection]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        group_id=f"{settings.lotsen_namespace}-peer",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        total = sum((await consumer.end_offsets(partitions)).values())
        facts = 0
        began_s = perf_counter()
        while facts < total:
            for records in (await consumer.getmany(timeout_ms=500, max_records=_BATCH)).values():
                for record in records:
                    event = WorkReported.model_validate_json(record.value)
                    sequence = int(dict(record.headers)["ce_sequence"])
                    await documents.update_one({"_id": event.project}, as_update(event, sequence), upsert=True)
                facts += len(records)
            await consumer.commit()
        return Written(facts, perf_counter() - began_s)
    finally:
        await consumer.stop()
        client.close()
