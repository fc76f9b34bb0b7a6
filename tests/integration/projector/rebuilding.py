"""What the tests of rebuilding share: a keeper of editions as `lotsen work` runs it, a build, a flip."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from shared.kernel.ids import new_id
from shared.messaging import end_offsets
from shared.projector.changes import Partition
from shared.projector.collections import prepare
from shared.projector.definition import Document, Projection, Recorded, View
from shared.projector.editions import LackingError, flip
from shared.projector.keeping import keep_editions
from shared.projector.rebuild import Built, Rebuilding
from shared.projector.run import run_projector
from tests.integration.projector.conftest import House, until
from tests.unit.projector.things import IN_DOCUMENTS, Counted


def _doubled(row: Document | None, fact: Counted, _: Recorded) -> Document:
    return {"_id": fact.thing, "double": (row or {"double": 0})["double"] + 2 * fact.amount}


NEWER = Projection(
    "in-documents",
    2,
    ("things",),
    (
        replace(IN_DOCUMENTS.views[0], fold=_doubled),
        View("owners", (Counted,), lambda _, recorded: (recorded.key,), lambda row, *_: row or {"known": True}),
    ),
)


async def build(house: House, projection: Projection, topic: str | None = None) -> Built:
    reads = {"things": topic or house.topic}
    servers = house.parts.kafka_bootstrap_servers
    rebuilding = Rebuilding(house.client, house.database, projection, reads, servers)
    return await rebuilding.run(lambda done, total: None if done <= total else pytest.fail("more than there is"))


@asynccontextmanager
async def keeper(house: House, projection: Projection) -> AsyncIterator[None]:
    """Fold every kept edition for the length of the block, as `lotsen work` does."""

    async def run(edition: Projection, reads: Mapping[str, str], ended: asyncio.Event) -> None:
        await run_projector(
            client=house.client,
            database=house.database,
            projection=edition,
            topics=reads,
            bootstrap_servers=house.parts.kafka_bootstrap_servers,
            owner=new_id(),
            stop=ended,
        )

    await prepare(house.database, projection, reads={"things": house.topic})
    stop = asyncio.Event()
    task = asyncio.create_task(keep_editions(house.database, projection, run, stop, look_s=0.1))
    try:
        yield
    finally:
        stop.set()
        await task


async def ends(house: House, topic: str | None = None) -> dict[Partition, int]:
    found = await end_offsets(house.parts.kafka_bootstrap_servers, [topic or house.topic])
    return {Partition(*partition): end for partition, end in found.items()}


async def flip_soon(house: House, projection: Projection, to: int, topic: str | None = None) -> None:
    """Flip at the first instant at which nothing is lacking."""

    async def flipped() -> bool:
        try:
            await flip(house.client, house.database, projection.name, to, await ends(house, topic))
        except LackingError:
            return False
        return True

    await until(flipped)
