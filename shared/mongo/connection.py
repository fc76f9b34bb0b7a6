"""How a process connects: what is durable, and how long anything may take."""

from types import MappingProxyType
from typing import Any, Final

from motor.motor_asyncio import AsyncIOMotorClient

from shared.mongo.causality import NewestWrite
from shared.mongo.names import Client

WRITE_TIMEOUT_MS: Final = 10_000

MAJORITY: Final = MappingProxyType({"level": "majority"})
"""The read concern of everything that an answer rests on, for use in commands."""

LOCAL: Final = MappingProxyType({"level": "local"})
"""The read concern of caches, which only repeat what a majority holds already."""

WRITE_MAJORITY: Final = MappingProxyType({"w": "majority", "j": True, "wtimeout": WRITE_TIMEOUT_MS})
"""The write concern that a 2xx means, for use in commands."""

_OPTIONS: Final[MappingProxyType[str, Any]] = MappingProxyType(
    {
        "tz_aware": True,
        "uuidRepresentation": "standard",
        # Whatever the address says: a write is durable on a majority when it is answered.
        "w": "majority",
        "journal": True,
        "wTimeoutMS": WRITE_TIMEOUT_MS,
        "readConcernLevel": "majority",
        "retryWrites": True,
        "retryReads": True,
        # Every wait is bounded, and several fit into the time that a command waits for a true outcome.
        "serverSelectionTimeoutMS": 5_000,
        "connectTimeoutMS": 3_000,
        "socketTimeoutMS": 12_000,
        "waitQueueTimeoutMS": 5_000,
        "maxPoolSize": 32,
        "maxIdleTimeMS": 300_000,
    }
)


def connect(uri: str, *, app_name: str, **options: Any) -> Client:  # noqa: ANN401 - the driver's own options
    """Return a client of the replica set at `uri`; it connects when first used and is closed by `client.close()`.

    Instants come back aware (UTC). `options` are the driver's, for a process that differs (`maxPoolSize=4`).
    """
    listeners = [NewestWrite(), *options.pop("event_listeners", ())]
    return AsyncIOMotorClient(uri, appname=app_name, event_listeners=listeners, **{**_OPTIONS, **options})
