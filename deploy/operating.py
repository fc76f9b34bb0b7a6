"""What commands of an operator share: a connection, the read models that were named, and an end with one sentence."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import typer

from deploy.initialise import database_of
from deploy.services import SERVICES
from shared.mongo import Client, Database, connect
from shared.projector.definition import Projection
from shared.projector.editions import Editions, edition_of, editions_of
from shared.settings import WorkSettings


def end_with(sentence: str, *, code: int = 1) -> NoReturn:
    """Say why, and end the command."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def named(service: str, projection: str | None) -> tuple[Projection, ...]:
    """Return the projections that were named: one, or all of the service. Ends the command for an unknown name."""
    projections = SERVICES[service].projections
    chosen = tuple(found for found in projections if projection is None or found.name == projection)
    if not chosen:
        names = ", ".join(found.name for found in projections)
        end_with(f"{service} has no read model {projection!r}: it has {names}")
    return chosen


@asynccontextmanager
async def connected(settings: WorkSettings) -> AsyncIterator[Client]:
    """Return a connection for the length of the block."""
    client = connect(settings.mongodb_address(), app_name="lotsen-operator", maxPoolSize=8)
    try:
        yield client
    finally:
        client.close()


def logs_of(client: Client, settings: WorkSettings, projection: Projection) -> list[Database]:
    """Return the databases with the logs that a projection follows."""
    return [database_of(client, settings, publisher) for publisher in projection.topics]


async def prepared_editions(database: Database, projection: Projection) -> Editions:
    """Return the editions of a projection. Ends the command when it was never prepared."""
    editions = (await editions_of(database, [projection.name]))[projection.name]
    if not editions.each:
        end_with(f"{projection.name} has no collections: run init first")
    return editions


async def live_edition(database: Database, projection: Projection) -> Projection:
    """Return the edition that is live. Ends the command when it is of another version than this program."""
    editions = await prepared_editions(database, projection)
    live = editions.find(editions.live)
    if live is None or live.version != projection.version:
        end_with(
            f"the live edition of {projection.name} has version {live and live.version}, this program folds version "
            f"{projection.version}: rebuild it, or use the program of that version"
        )
    return edition_of(projection, live.number)
