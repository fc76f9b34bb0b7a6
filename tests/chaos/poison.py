"""What nobody's relay would write: records that no projector can take, followed by one that has to wait behind them."""

import asyncio
import time
from enum import IntEnum
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from deploy.initialise import topic_of
from shared.contracts.applications import FundingGranted
from shared.kernel.ids import new_id

MARK: Final = "chaos"
"""The header by which the checker, and only the checker, knows poison from facts."""
STREAMS: Final = "poison/"
SERVICE: Final = "applications"
FACT: Final = FundingGranted
"""A fact that every projection wants, so that its poison has to be parked by each."""

_WITHIN_S: Final = 120.0
_PAUSE_S: Final = 0.5
_MEGABYTE: Final = 1_000_000
_BYTES_MAX: Final = 1_048_576
_BROKEN: Final = (KafkaError, OSError, TimeoutError)

Headers = list[tuple[str, bytes]]


class Poison(IntEnum):
    """Kinds of poison, in the order in which a fault's `amount` names them."""

    NOT_JSON = 0
    NOT_A_NUMBER = 1
    TOO_LARGE_A_NUMBER = 2
    EMPTY = 3
    UNKNOWN_VERSION = 4
    ONE_MEGABYTE = 5
    WITHOUT_ID = 6
    POSITION_ZERO = 7


_VALUES: Final = {
    Poison.NOT_JSON: b"\xff{not json",
    Poison.NOT_A_NUMBER: b'{"amount_granted_ore": NaN}',
    Poison.TOO_LARGE_A_NUMBER: b'{"amount_granted_ore": 9223372036854775808}',
    Poison.EMPTY: b"",
    Poison.ONE_MEGABYTE: b'{"contents": "%s"}' % (b"x" * _MEGABYTE),
}


async def send(bootstrap_servers: str, namespace: str, poison: Poison) -> None:
    """Put poison and a follower on the topic; again and again until both are acknowledged."""
    identifier = new_id()
    records = [record_of(poison, identifier, 1)]
    if poison < Poison.WITHOUT_ID:
        records.append(record_of(Poison.NOT_JSON, identifier, 2))
    give_up_s = time.monotonic() + _WITHIN_S
    while True:
        try:
            await _sent(bootstrap_servers, topic_of(namespace, SERVICE), identifier, records)
        except _BROKEN:
            if time.monotonic() > give_up_s:
                raise
            await asyncio.sleep(_PAUSE_S)
        else:
            return


def record_of(poison: Poison, identifier: str, sequence: int) -> tuple[bytes, Headers]:
    """Return the value and the headers of the poison at this position of the stream `poison/<identifier>`."""
    version = b"v9" if poison is Poison.UNKNOWN_VERSION else b"v1"
    headers: Headers = [
        (MARK, b"poison"),
        ("ce_specversion", b"1.0"),
        ("ce_id", f"{identifier}.{sequence}".encode()),
        ("ce_type", FACT.ce_type().rpartition(".")[0].encode() + b"." + version),
        ("ce_source", b"/lotsen/applications"),
        ("ce_subject", f"{STREAMS}{identifier}".encode()),
        ("ce_time", b"2023-03-10T09:00:00.000Z"),
        ("ce_sequence", b"0" if poison is Poison.POSITION_ZERO else b"%d" % sequence),
    ]
    if poison is Poison.WITHOUT_ID:
        headers = [header for header in headers if header[0] != "ce_id"]
    return _VALUES.get(poison, b"{}"), headers


async def _sent(bootstrap_servers: str, topic: str, identifier: str, records: list[tuple[bytes, Headers]]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers, acks="all", max_request_size=_BYTES_MAX, request_timeout_ms=5_000
    )
    try:
        async with asyncio.timeout(_WITHIN_S / 8):
            await producer.start()
            for value, headers in records:
                await producer.send_and_wait(topic, value, key=identifier.encode(), headers=headers)
    finally:
        await producer.stop()
