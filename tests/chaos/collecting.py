"""Collecting the evidence from a running system: logs and read models from MongoDB, topics from Kafka."""

from typing import Final, cast

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.eventlog.documents import COMMITS, CommitDocument
from shared.lease import COLLECTION as LEASES
from shared.messaging import PARTITIONS, Consumer, TopicPartition, end_offsets
from shared.messaging.consumer import Record
from shared.mongo import Client, Database
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, heads_of, stream_of
from shared.projector.definition import Projection
from tests.chaos.evidence import Aside, Document, Evidence, Head, OnTopic, ReadModel
from tests.chaos.journal import Told
from tests.chaos.poison import MARK
from tests.chaos.recomputing import heads_of_log

_POLL_MS: Final = 500
_RECORDS_MAX: Final = 5_000


class Observer:
    """Looks at one namespace from outside, over connections of its own."""

    def __init__(self, client: Client, bootstrap_servers: str, namespace: str) -> None:
        self.client = client
        self.namespace = namespace
        self._bootstrap_servers = bootstrap_servers

    def database(self, service: str) -> Database:
        """Return a service's database."""
        return self.client[f"{self.namespace}_{service}"]

    async def evidence(self, journal: Told) -> Evidence:
        """Read everything."""
        logs = await self.logs()
        models = [
            await self._model(service.name, projection)
            for service in SERVICES.values()
            for projection in service.projections
        ]
        records = await self.records()
        facts = {service: [one for one in found if MARK not in one.headers] for service, found in records.items()}
        poison = {service: [one for one in found if MARK in one.headers] for service, found in records.items()}
        return Evidence(journal, logs, facts, models, poison)

    async def logs(self) -> dict[str, list[CommitDocument]]:
        """Return all commits by service."""
        return {service: cast("list[CommitDocument]", await self._all(service, COMMITS)) for service in SERVICES}

    async def commits_of_key(self, service: str, tenant: str, client: str, key: str) -> int:
        """Return how many commits carry an idempotency key now."""
        condition = {"tenant": tenant, "client": client, "idempotency": key}
        found: int = await self.database(service)[COMMITS].count_documents(condition)
        return found

    async def is_at_work(self) -> bool:
        """Tell whether every relay's lease and every partition of every projection has an owner."""
        for service in SERVICES.values():
            wanted = 1 + PARTITIONS * len(service.projections)
            owned = {"owner": {"$ne": None}, "$expr": {"$gt": ["$expires_at", "$$NOW"]}}
            if await self.database(service.name)[LEASES].count_documents(owned) < wanted:
                return False
        return True

    async def take_leases_away(self, prefix: str) -> None:
        """End every lease whose name begins so, without telling whoever holds it."""
        free = [{"$set": {"owner": None, "expires_at": "$$NOW"}}]
        for service in SERVICES:
            await self.database(service)[LEASES].update_many({"_id": {"$regex": f"^{prefix}"}}, free)

    async def lacking(self) -> list[str]:
        """Return what a read model has not folded: streams of the logs first, then the ends of partitions."""
        return await self._lacking_streams() or await self._lacking_records()

    async def _lacking_records(self) -> list[str]:
        names = {str(topic_of(self.namespace, service)) for service in SERVICES}
        ends = await end_offsets(self._bootstrap_servers, names)
        found = []
        for service in SERVICES:
            async for checkpoint in self.database(service)[CHECKPOINTS].find():
                end = ends.get(TopicPartition(checkpoint["topic"], checkpoint["partition"]))
                if end is not None and checkpoint["next"] < end:
                    found.append(f"{checkpoint['_id']} at {checkpoint['next']} of {end}")
        return found

    async def _lacking_streams(self) -> list[str]:
        logs = await self.logs()
        return [
            f"{projection.name} {stream}"
            for service in SERVICES.values()
            for projection in service.projections
            for heads in (await self._heads(service.name, projection),)
            for stream, head in heads_of_log(projection, logs).items()
            if heads.get(stream) != head
        ]

    async def records(self) -> dict[str, list[OnTopic]]:
        """Return every record of every service's topic, in order within each partition."""
        names = {str(topic_of(self.namespace, service)): service for service in SERVICES}
        found: dict[str, list[OnTopic]] = {service: [] for service in SERVICES}
        ends = await end_offsets(self._bootstrap_servers, names)
        missing = {partition for partition, end in ends.items() if end}
        consumer = Consumer(self._bootstrap_servers)
        await consumer.start()
        try:
            consumer.assign(dict.fromkeys(ends, 0))
            while missing:
                for partition, records in (await consumer.poll(records_max=_RECORDS_MAX, timeout_ms=_POLL_MS)).items():
                    found[names[partition.topic]] += [_on_topic(record) for record in records]
                    if records[-1].offset + 1 >= ends[partition]:
                        missing.discard(partition)
        finally:
            await consumer.stop()
        return found

    async def _model(self, service: str, projection: Projection) -> ReadModel:
        collections = {
            view.collection: {document["_id"]: document for document in await self._all(service, view.collection)}
            for view in projection.views
        }
        heads = await self._heads(service, projection)
        for documents in collections.values():
            for document in documents.values():
                _pop_head(document)
        return ReadModel(
            projection,
            collections,
            heads,
            parked=await self._aside(service, projection, PARKED),
            held=await self._aside(service, projection, HELD),
        )

    async def _heads(self, service: str, projection: Projection) -> dict[str, Head]:
        """Return how far each stream is folded, whether a document or the collection of heads says so."""
        heads: dict[str, Head] = {}
        for document in await self._all(service, heads_of(projection.name)):
            for name, head in document["streams"].items():
                heads[stream_of(name)] = Head(int(head["sequence"]), head["id"])
        for view in projection.views:
            for document in await self._all(service, view.collection):
                stream, head = _pop_head(document)
                if stream is not None:
                    heads[stream] = max(head, heads.get(stream, head))
        return heads

    async def _aside(self, service: str, projection: Projection, collection: str) -> list[Aside]:
        return [
            Aside(_place(document), document.get("reason", ""))
            for document in await self._all(service, collection)
            if document["projection"] == projection.name
        ]

    async def _all(self, service: str, collection: str) -> list[Document]:
        return [document async for document in self.database(service)[collection].find()]


def _place(document: Document) -> str:
    if "stream" in document:
        return f"{document['stream']}@{document['sequence']}"
    return f"{document['topic'].rpartition('.')[2]}/{document['partition']}/{document['offset']}"


def _pop_head(document: Document) -> tuple[str | None, Head]:
    """Take the engine's own fields out of a document."""
    stream = document.pop("_stream", None)
    return stream, Head(int(document.pop("_head", 0)), document.pop("_head_id", ""))


def _on_topic(record: Record) -> OnTopic:
    headers = {name: value or b"" for name, value in record.headers}
    return OnTopic(record.partition, record.offset, record.key or b"", headers, record.value or b"")
