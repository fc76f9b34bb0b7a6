"""Prepares what everything else finds ready: the replica set, topics, collections and indexes. Can be run again."""

from collections.abc import Callable

from deploy.services import SERVICES
from shared.contents import mongo_store as contents_store
from shared.eventlog import mongo_store as commit_store
from shared.messaging import PARTITIONS, TopicName, ensure_topics
from shared.mongo import connect
from shared.mongo.replica_set import ensure_replica_set
from shared.projector import collections as projection_store
from shared.settings import Settings

OnStep = Callable[[str], None]


def topic_of(namespace: str, service: str) -> TopicName:
    """Return the topic of a service's facts."""
    return TopicName(f"{namespace}.{service}")


async def initialise(settings: Settings, on_step: OnStep) -> None:
    """Prepare every service: its topic, its database, its projections. Running it again changes nothing."""
    uri = settings.mongodb_uri.get_secret_value()
    on_step("replica set initiated" if await ensure_replica_set(uri) else "replica set found")
    topics = [topic_of(settings.namespace, name) for name in SERVICES]
    await ensure_topics(settings.kafka_bootstrap_servers, topics)
    on_step(f"topics ready: {', '.join(topics)}, {PARTITIONS} partitions each")
    client = connect(uri, app_name="lotsen-init")
    try:
        for service in SERVICES.values():
            database = client[f"{settings.namespace}_{service.name}"]
            await commit_store.prepare(database)
            await contents_store.prepare(database, client[f"{settings.namespace}_{service.name}_keys"])
            for projection in service.projections:
                await projection_store.prepare(database, projection)
            on_step(f"database ready: {database.name}")
    finally:
        client.close()
