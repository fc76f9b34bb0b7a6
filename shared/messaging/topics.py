"""Topics: created ahead and described, and what the cluster says of itself."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, NewType

import aiokafka
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.brokers import Address, client_options
from shared.messaging.errors import BrokerUnavailable, TopicMisshapen
from shared.messaging.partitions import PARTITIONS, TopicPartition

TopicName = NewType("TopicName", str)

RECORD_BYTES_MAX = 1_048_576
_REQUEST_TIMEOUT_S = 20.0
_READY_TIMEOUT_S = 20.0
_READY_POLL_S = 0.1
_REPLICATION_MAX = 3
_UNKNOWN_TOPIC = 3
_BROKEN = (KafkaError, OSError, TimeoutError)


class TopicShape(NamedTuple):
    """Number of partitions, replicas of each, and whether every partition has a leader now."""

    partitions: int
    replication: int
    led: bool


@asynccontextmanager
async def _admin(bootstrap_servers: Address) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(
        **client_options(bootstrap_servers),
        client_id="lotsen-admin",
        request_timeout_ms=int(_REQUEST_TIMEOUT_S * 1000),
    )
    try:
        async with asyncio.timeout(_REQUEST_TIMEOUT_S + _READY_TIMEOUT_S):
            await client.start()
            yield client
    except _BROKEN as error:
        raise BrokerUnavailable(f"the cluster did not answer: {error!r}") from error
    finally:
        await client.close()


async def cluster_id(bootstrap_servers: Address) -> str:
    """Return the cluster's own id. Raises BrokerUnavailable."""
    async with _admin(bootstrap_servers) as admin:
        cluster: dict[str, Any] = await admin.describe_cluster()
        return str(cluster["cluster_id"])


async def ensure_topics(
    bootstrap_servers: Address,
    names: Sequence[TopicName],
    *,
    partitions: int = PARTITIONS,
    replication: int | None = None,
) -> None:
    """Create the topics that are missing and wait until each partition has a leader. Can be run again.

    `replication` None takes three replicas, or as many as there are brokers; with three, two must have a record before
    it is acknowledged. Records are kept for ever. Raises BrokerUnavailable; TopicMisshapen when a topic exists with
    another number of partitions.
    """
    if not names:
        return
    async with _admin(bootstrap_servers) as admin:
        missing = [name for name in names if name not in await _shapes(admin, names)]
        if missing:
            await _create(admin, missing, partitions, replication)
        await _wait_until_led(admin, names, partitions)


async def delete_topics(bootstrap_servers: Address, names: Sequence[TopicName]) -> None:
    """Delete topics for good; those that do not exist are passed over. Raises BrokerUnavailable."""
    async with _admin(bootstrap_servers) as admin:
        response = await admin.delete_topics(list(names))
        for name, code in response.topic_error_codes:
            if code not in {0, _UNKNOWN_TOPIC}:
                raise BrokerUnavailable(f"{name} was not deleted: {for_code(code).__name__}")


async def describe_topics(bootstrap_servers: Address, names: Sequence[TopicName]) -> dict[TopicName, TopicShape]:
    """Return the shape of each topic that exists. Raises BrokerUnavailable."""
    async with _admin(bootstrap_servers) as admin:
        return await _shapes(admin, names)


async def end_offsets(bootstrap_servers: Address, topics: Iterable[str]) -> dict[TopicPartition, int]:
    """Return the next offset of every partition of the topics. Raises BrokerUnavailable, TopicMisshapen."""
    names = [TopicName(topic) for topic in topics]
    shapes = await describe_topics(bootstrap_servers, names)
    if absent := sorted(set(names) - set(shapes)):
        raise TopicMisshapen(f"topics are missing: {', '.join(absent)}")
    wanted = [aiokafka.TopicPartition(name, number) for name in names for number in range(shapes[name].partitions)]
    consumer = aiokafka.AIOKafkaConsumer(
        **client_options(bootstrap_servers),
        client_id="lotsen-admin",
        enable_auto_commit=False,
        request_timeout_ms=int(_REQUEST_TIMEOUT_S * 1000),
    )
    try:
        async with asyncio.timeout(_REQUEST_TIMEOUT_S):
            await consumer.start()
            found: dict[TopicPartition, int] = await consumer.end_offsets(wanted)
            return found
    except _BROKEN as error:
        raise BrokerUnavailable(f"the ends of the topics are unknown: {error!r}") from error
    finally:
        await consumer.stop()


async def _shapes(admin: AIOKafkaAdminClient, names: Sequence[TopicName]) -> dict[TopicName, TopicShape]:
    # All topics are listed and the wanted ones picked: asking by name lets a broker that creates topics by itself
    # create them with a shape of its own.
    wanted = set(names)
    return {
        TopicName(topic["topic"]): TopicShape(
            len(topic["partitions"]),
            min((len(partition["replicas"]) for partition in topic["partitions"]), default=0),
            all(partition["leader"] >= 0 for partition in topic["partitions"]),
        )
        for topic in await admin.describe_topics()
        if topic["topic"] in wanted and topic["error_code"] == 0
    }


async def _create(
    admin: AIOKafkaAdminClient, names: Sequence[TopicName], partitions: int, replication: int | None
) -> None:
    if replication is None:
        cluster: dict[str, Any] = await admin.describe_cluster()
        replication = min(_REPLICATION_MAX, len(cluster["brokers"]))
    configs = {"retention.ms": "-1", "max.message.bytes": str(RECORD_BYTES_MAX)}
    if replication == _REPLICATION_MAX:
        configs["min.insync.replicas"] = "2"
    response = await admin.create_topics(
        [NewTopic(name, partitions, replication, topic_configs=configs) for name in names]
    )
    for name, code, *_ in response.topic_errors:
        if code not in {0, TopicAlreadyExistsError.errno}:  # somebody else may create it at the same time
            raise BrokerUnavailable(f"{name} was not created: {for_code(code).__name__}")


async def _wait_until_led(admin: AIOKafkaAdminClient, names: Sequence[TopicName], partitions: int) -> None:
    async with asyncio.timeout(_READY_TIMEOUT_S):
        while True:
            shapes = await _shapes(admin, names)
            wrong = {name: shape for name, shape in shapes.items() if shape.partitions not in {0, partitions}}
            if wrong:
                raise TopicMisshapen(f"expected {partitions} partitions: {wrong}")
            if len(shapes) == len(set(names)) and all(shape.led for shape in shapes.values()):
                return
            await asyncio.sleep(_READY_POLL_S)
