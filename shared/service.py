"""What a service is made of: the same few things for each, put together in its main.py."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from fastapi import APIRouter

from shared.contracts.call import Text
from shared.eventlog.port import EventLog
from shared.eventlog.streams import StreamType
from shared.mongo import Database
from shared.projector.definition import Projection

Duties: TypeAlias = Callable[[EventLog, Database, datetime], Awaitable[Mapping[str, int]]]
"""Does what is due at an instant, as the read models tell it; returns how many of each kind were recorded."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name (also topic, database and path prefix), routers, stream types and projections.

    `pages` are the server-rendered routes, mounted under `/<name>/pages` instead of `/<name>/v1`; `start` is the one
    of them that people begin at. `duties` does what becomes due by itself; it touches no content.
    """

    name: str
    title: Text
    description: Text
    routers: tuple[APIRouter, ...]
    streams: tuple[StreamType[Any], ...]
    projections: tuple[Projection, ...]
    pages: tuple[APIRouter, ...] = ()
    duties: Duties | None = None
    start: str | None = None
