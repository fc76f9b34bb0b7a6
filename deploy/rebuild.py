"""`lotsen rebuild`: read models built anew beside the live ones, compared, made live, and dropped by command."""

import asyncio
import time
from collections.abc import Mapping
from typing import Final

import typer

from deploy.initialise import database_of, reads_of, topics_now
from deploy.operating import connected, end_with, named, prepared_editions
from deploy.services import SERVICES
from shared.messaging import end_offsets
from shared.mongo import Client, Database
from shared.projector.changes import Partition
from shared.projector.definition import Projection
from shared.projector.editions import (
    DropRefusedError,
    Edition,
    Editions,
    FlipRefusedError,
    LackingError,
    drop,
    edition_name,
    flip,
)
from shared.projector.rebuild import Built, RebuildError, Rebuilding
from shared.settings import WorkSettings

EXIT_DIFFERS: Final = 3
FLIP_WITHIN_S: Final = 30.0
_LOOK_S: Final = 0.02
_TELL_S: Final = 2.0


async def build(settings: WorkSettings, service: str, projection: str | None) -> None:
    """Build an edition of each named projection, and print how it compares. Code 3 when one differs undeclared."""
    differ = False
    async with connected(settings) as client:
        topics = await topics_now(client, settings)
        for found in named(service, projection):
            database = database_of(client, settings, service)
            await prepared_editions(database, found)
            reads = reads_of(found, topics)
            rebuilding = Rebuilding(client, database, found, reads, settings.brokers())
            try:
                built = await rebuilding.run(_Telling(f"{service}/{found.name}").progress)
            except RebuildError as error:
                end_with(str(error))
            _print_built(service, found, built)
            differ = differ or (built.comparison.differ and not built.declared)
    if differ:
        raise typer.Exit(EXIT_DIFFERS)


class _Telling:
    """Tells how far a build is, every few seconds."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told_at = float("-inf")
        self._told = -1

    def progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done != self._told and (done == total or now - self._told_at >= _TELL_S):
            typer.echo(f"{self._name}: {done} of {total} facts folded")
            self._told_at, self._told = now, done


def _print_built(service: str, projection: Projection, built: Built) -> None:
    name = f"{service}/{edition_name(projection.name, built.edition)}"
    typer.echo(f"{name} is built, and compared with edition {built.live} at equal checkpoints:")
    for collection, counts in built.comparison.counts.items():
        typer.echo(f"  {collection}: {counts}")
    for example in built.comparison.examples:
        typer.echo(f"    {example}")
    if not built.comparison.differ:
        typer.echo("  equal to the byte")
    elif built.declared:
        typer.echo("  another version, or another generation of a log: it may differ, and this is how")
    else:
        typer.echo("  THE SAME VERSION SHOULD BE EQUAL: find out which of the two is wrong before you flip")
    typer.echo(f"  next: lotsen rebuild flip {service} {projection.name}")


async def make_live(
    settings: WorkSettings, service: str, projection: str | None, *, to: int | None, accept_differences: bool
) -> None:
    """Make the newest built edition (or edition `to`) of each named projection live."""
    async with connected(settings) as client:
        for found in named(service, projection):
            database = database_of(client, settings, service)
            editions = await prepared_editions(database, found)
            number = to if to is not None else _newest(found, editions)
            ends = await _ends(settings, found, editions.find(number))
            try:
                await _flip(client, database, found, number, ends, accept_differences=accept_differences)
            except FlipRefusedError as error:
                end_with(str(error))
            typer.echo(
                f"{service}/{edition_name(found.name, number)} is live; edition {editions.live} is kept. "
                f"Back: lotsen rebuild flip {service} {found.name} --to {editions.live}"
            )


def _newest(projection: Projection, editions: Editions) -> int:
    newest = editions.each[-1]
    if newest.number == editions.live:
        end_with(f"{projection.name} has nothing newer than its live edition {editions.live}: name one with --to")
    return newest.number


async def _ends(settings: WorkSettings, projection: Projection, edition: Edition | None) -> dict[Partition, int]:
    """Return where the partitions end that an edition reads."""
    if edition is None:
        return {}
    topics = [edition.reads[publisher] for publisher in projection.topics if publisher in edition.reads]
    found = await end_offsets(settings.brokers(), topics)
    return {Partition(*partition): end for partition, end in found.items()}


async def _flip(
    client: Client,
    database: Database,
    projection: Projection,
    number: int,
    ends: Mapping[Partition, int],
    *,
    accept_differences: bool,
) -> None:
    """Flip at an instant at which nothing is lacking: while facts come, now one edition is ahead and now the other."""
    give_up_at = time.monotonic() + FLIP_WITHIN_S
    while True:
        try:
            return await flip(client, database, projection.name, number, ends, accept_differences=accept_differences)
        except LackingError:
            if time.monotonic() >= give_up_at:
                raise
        await asyncio.sleep(_LOOK_S)


async def drop_others(settings: WorkSettings, service: str, projection: str | None) -> None:
    """Drop every edition that is not live, of each named projection."""
    async with connected(settings) as client:
        for found in named(service, projection):
            database = database_of(client, settings, service)
            editions = await prepared_editions(database, found)
            for edition in editions.each:
                if edition.number != editions.live:
                    try:
                        await drop(client, database, found.name, edition.number)
                    except DropRefusedError as error:
                        end_with(f"{error}; try again in a minute")
                    typer.echo(f"{service}/{edition_name(found.name, edition.number)} is dropped")


async def print_editions(settings: WorkSettings) -> None:
    """Print one line per edition: version, state, whether it is live."""
    async with connected(settings) as client:
        for service in SERVICES:
            for projection in named(service, None):
                editions = await prepared_editions(database_of(client, settings, service), projection)
                for one in editions.each:
                    mark = " · live" if one.number == editions.live else ""
                    name = f"{service}/{edition_name(projection.name, one.number)}"
                    typer.echo(f"{name}  edition {one.number}, version {one.version}, {one.state}{mark}")
