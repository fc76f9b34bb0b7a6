"""What a service is made of: the same few things for each, put together in its main.py."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from shared.contracts.call import Text
from shared.eventlog.streams import StreamType
from shared.projector.definition import Projection


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name (also topic, database and path prefix), routers, stream types and projections.

    `pages` are the server-rendered routes, mounted under `/<name>/pages` instead of `/<name>/v1`.
    """

    name: str
    title: Text
    description: Text
    routers: tuple[APIRouter, ...]
    streams: tuple[StreamType[Any], ...]
    projections: tuple[Projection, ...]
    pages: tuple[APIRouter, ...] = ()
