"""Keeps every edition of a projection that this program can fold up to date, whichever of them is live."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

import structlog

from shared.mongo import Database, DatabaseError
from shared.projector.collections import NotPreparedError
from shared.projector.definition import Projection
from shared.projector.editions import edition_of, editions_of

LOOK_S: Final = 5.0
_SILENT_LOOKS: Final = 30  # between two warnings that there is nothing to fold

RunEdition = Callable[[Projection, Mapping[str, str], asyncio.Event], Awaitable[None]]
"""Runs a worker of an edition, which reads the given Kafka topics, until the event is set."""

log = structlog.get_logger()


class _Running(NamedTuple):
    task: asyncio.Task[None]
    stop: asyncio.Event


async def keep_editions(
    database: Database, projection: Projection, run: RunEdition, stop: asyncio.Event, *, look_s: float = LOOK_S
) -> None:
    """Run a worker for each kept edition of the projection's version until `stop`; hear of new and dropped ones.

    What a rebuild has not handed over is left to the rebuild, and another version to the programs of that version.
    A worker that ends with a bug ends this too, with its error.
    """
    running: dict[int, _Running] = {}
    looks = 0
    try:
        while not stop.is_set():
            with contextlib.suppress(DatabaseError):  # the workers wait for the database by themselves
                await _adjust(database, projection, run, running)
                if not running and not looks % _SILENT_LOOKS:
                    log.warning("nothing_to_fold", projection=projection.name, version=projection.version)
                looks += 1
            await _rest(stop, running, look_s)
    finally:
        for one in running.values():
            one.stop.set()
        await asyncio.gather(*(one.task for one in running.values()), return_exceptions=True)


async def _adjust(database: Database, projection: Projection, run: RunEdition, running: dict[int, _Running]) -> None:
    """Stop what was dropped, and start what is new."""
    editions = (await editions_of(database, [projection.name]))[projection.name]
    wanted = {one.number: one for one in editions.each if one.is_kept and one.version == projection.version}
    for number in running.keys() - wanted.keys():
        running[number].stop.set()
        with contextlib.suppress(NotPreparedError):
            await running[number].task
        del running[number]
    for number in sorted(wanted.keys() - running.keys()):
        ended = asyncio.Event()
        edition = edition_of(projection, number)
        worker = run(edition, wanted[number].reads, ended)
        running[number] = _Running(asyncio.create_task(_run(worker), name=f"project {edition.name}"), ended)


async def _run(worker: Awaitable[None]) -> None:
    await worker


async def _rest(stop: asyncio.Event, running: dict[int, _Running], look_s: float) -> None:
    """Wait until the next look, `stop`, or the end of a worker, whose error is raised."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait(
            [stopping, *(one.task for one in running.values())],
            timeout=look_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
    finally:
        stopping.cancel()
    for number in [number for number, one in running.items() if one.task.done()]:
        with contextlib.suppress(NotPreparedError):  # dropped in this very moment: the next look says so
            running.pop(number).task.result()
