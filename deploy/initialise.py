"""Prepares what everything else finds ready: the replica set, topics, collections and indexes. Can be run again."""

from collections.abc import Callable

from deploy.services import SERVICES
from shared.contents import mongo_store as contents_store
from shared.eventlog import mongo_store as commit_store
from shared.eventlog.generation import FIRST, generation_of
from shared.messaging import PARTITIONS, TopicName, ensure_topics
from shared.mongo import Client, Database, connect
from shared.mongo.replica_set import ensure_replica_set
from shared.projector import collections as projection_store
from shared.projector.definition import Projection
from shared.projector.editions import edition_of, editions_of
from shared.service import Service
from shared.settings import WorkSettings

OnStep = Callable[[str], None]


def topic_of(namespace: str, service: str, generation: int = FIRST) -> TopicName:
    """Return the topic of a service's facts, in one generation of its log."""
    return TopicName(f"{namespace}.{service}" if generation == FIRST else f"{namespace}.{service}.g{generation}")


def database_of(client: Client, settings: WorkSettings, service: str) -> Database:
    """Return a service's database."""
    return client[f"{settings.namespace}_{service}"]


async def topics_now(client: Client, settings: WorkSettings) -> dict[str, TopicName]:
    """Return the topic that each service publishes on now, as its own database says. The driver's errors pass."""
    return {
        name: topic_of(settings.namespace, name, await generation_of(database_of(client, settings, name)))
        for name in SERVICES
    }


def reads_of(projection: Projection, topics: dict[str, TopicName]) -> dict[str, str]:
    """Return the topic of each publisher that a projection follows."""
    return {publisher: topics[publisher] for publisher in projection.topics}


async def initialise(settings: WorkSettings, on_step: OnStep) -> None:
    """Prepare every service: its topic, its database, its projections. Running it again changes nothing."""
    uri = settings.mongodb_address()
    on_step("replica set initiated" if await ensure_replica_set(uri) else "replica set found")
    client = connect(uri, app_name="lotsen-init")
    try:
        topics = await topics_now(client, settings)
        await ensure_topics(settings.brokers(), list(topics.values()))
        on_step(f"topics ready: {', '.join(topics.values())}, {PARTITIONS} partitions each")
        for service in SERVICES.values():
            database = database_of(client, settings, service.name)
            await commit_store.prepare(database)
            await contents_store.prepare(database, client[f"{database.name}_keys"])
            await _prepare_projections(database, service, topics)
            on_step(f"database ready: {database.name}")
    finally:
        client.close()


async def _prepare_projections(database: Database, service: Service, topics: dict[str, TopicName]) -> None:
    """Prepare the first edition of each projection, and again those that rebuilds have made."""
    found = await editions_of(database, [projection.name for projection in service.projections])
    for projection in service.projections:
        reads = reads_of(projection, topics)
        await projection_store.prepare(database, projection, reads=reads)
        for edition in found[projection.name].each:
            await projection_store.prepare(database, edition_of(projection, edition.number), reads=reads)
