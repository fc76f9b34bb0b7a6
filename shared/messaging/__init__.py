"""Messaging: the only package that knows the Kafka client; topics, records on the wire, producer, consumer."""

from shared.messaging.consumer import Consumer, Record
from shared.messaging.envelope import Envelope, decode, encode
from shared.messaging.errors import BadHeaders, BrokerUnavailable, OffsetsOutOfRange, TopicMisshapen
from shared.messaging.partitions import PARTITIONS, TopicPartition, partition_of
from shared.messaging.producer import PUBLISH_TIMEOUT_S, Producer, Span
from shared.messaging.topics import (
    TopicName,
    TopicShape,
    cluster_id,
    delete_topics,
    describe_topics,
    end_offsets,
    ensure_topics,
)

__all__ = [
    "PARTITIONS",
    "PUBLISH_TIMEOUT_S",
    "BadHeaders",
    "BrokerUnavailable",
    "Consumer",
    "Envelope",
    "OffsetsOutOfRange",
    "Producer",
    "Record",
    "Span",
    "TopicMisshapen",
    "TopicName",
    "TopicPartition",
    "TopicShape",
    "cluster_id",
    "decode",
    "delete_topics",
    "describe_topics",
    "encode",
    "end_offsets",
    "ensure_topics",
    "partition_of",
]
