"""A relay that follows its log from one generation to the next: the database says which topic is filled."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from deploy.initialise import topic_of
from shared.eventlog.generation import generation_of
from shared.messaging import TopicName
from shared.mongo import Database, DatabaseError

LOOK_S: Final = 5.0

RunRelay = Callable[[TopicName, asyncio.Event], Awaitable[None]]
"""Fills a topic until the event is set."""

log = structlog.get_logger()


async def keep_relaying(
    database: Database, service: str, run: RunRelay, stop: asyncio.Event, *, namespace: str
) -> None:
    """Run a relay on the topic of the log's generation until `stop`; on another topic when the generation changes.

    An outage of the database is waited out. A bug of the relay ends this too, with its error.
    """
    while not stop.is_set():
        topic = await _topic(database, service, stop, namespace)
        if topic is None:
            return
        ended = asyncio.Event()
        relaying = asyncio.ensure_future(run(topic, ended))
        try:
            while not (stop.is_set() or relaying.done()):
                if await _topic(database, service, stop, namespace) not in {topic, None}:
                    log.warning("log_generation_changed", service=service, topic=topic)
                    break
                await _pause(stop, relaying)
        finally:
            ended.set()
            await asyncio.wait([relaying])
        relaying.result()


async def _topic(database: Database, service: str, stop: asyncio.Event, namespace: str) -> TopicName | None:
    """Return the topic of the generation as soon as the database can say it; None when `stop` came first."""
    while not stop.is_set():
        try:
            return topic_of(namespace, service, await generation_of(database))
        except DatabaseError as error:
            log.warning("database_unavailable", error=type(error).__name__, pause_s=LOOK_S)
            await _pause(stop)
    return None


async def _pause(stop: asyncio.Event, *others: asyncio.Future[Any]) -> None:
    stopping: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([stopping, *others], timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await stopping
