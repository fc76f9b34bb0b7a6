"""A log that was restored from an older copy goes on under a new topic, and what differs never meets what was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import typer

from deploy.generations import keep_relaying
from deploy.log_generation import mint, sweep
from shared.eventlog.documents import COMMITS
from shared.eventlog.generation import COLLECTION as GENERATION
from shared.kernel.ids import new_id
from shared.messaging import TopicName, delete_topics
from shared.mongo import Document
from shared.projector.collections import PARKED
from shared.projector.editions import edition_of
from shared.projector.recomputing import decoded_facts, facts_of_logs
from shared.relay.run import RelaySettings, run_relay
from tests.integration.projector.conftest import House, until
from tests.integration.projector.rebuilding import build, ends, flip_soon, keeper
from tests.integration.projector.test_reconcile import record
from tests.unit.projector.things import MIXED, counted, rows

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

FIRST = [counted(f"thing/{letter}1", 1, 1) for letter in "abcdef"]
LOST = [counted(f"thing/{letter}1", at, 10) for letter in "abcdef" for at in (2, 3)]
AFTER = [counted(f"thing/{letter}1", 2, 500, commit="after") for letter in "abc"]


@asynccontextmanager
async def relaying(house: House) -> AsyncIterator[None]:
    """Run the service's relay for the length of the block, as `lotsen work` does."""

    async def run(topic: TopicName, ended: asyncio.Event) -> None:
        settings = RelaySettings("things", house.parts.kafka_bootstrap_servers, topic, new_id())
        await run_relay(house.database, settings, ended)

    stop = asyncio.Event()
    task = asyncio.create_task(keep_relaying(house.database, "things", run, stop, namespace=house.parts.namespace))
    try:
        yield
    finally:
        stop.set()
        await task


async def published(house: House, topic: str, count: int) -> None:
    async def done() -> bool:
        return sum((await ends(house, topic)).values()) >= count

    await until(done)


async def recomputed(house: House) -> dict[str, dict[str, Document]]:
    """Return what the log as it is now makes."""
    facts = decoded_facts(MIXED, [event async for event in facts_of_logs([house.database], range(12))])
    folded = facts.folded({stream: facts.last(stream) for stream in facts.ids})
    return {
        view.collection: rows({name: found for (at, name), found in folded.documents.items() if at == number})
        for number, view in enumerate(MIXED.views)
    }


async def shown(house: House, edition: int) -> dict[str, dict[str, Document]]:
    """Return what an edition holds."""
    views = zip(MIXED.views, edition_of(MIXED, edition).views, strict=True)
    return {view.collection: rows(await house.rows(own.collection)) for view, own in views}


async def is_shown(house: House, edition: int) -> bool:
    """Tell whether an edition holds what the log as it is now makes."""
    return await shown(house, edition) == await recomputed(house)


async def new_generation(house: House) -> TopicName:
    servers, namespace = house.parts.kafka_bootstrap_servers, house.parts.namespace
    return await mint(house.database, "things", namespace=namespace, bootstrap_servers=servers)


async def test_positions_that_exist_twice_never_meet(house: House) -> None:
    servers = house.parts.kafka_bootstrap_servers
    made = [TopicName(f"{house.topic}.g{number}") for number in (2, 3)]
    try:
        async with keeper(house, MIXED):
            async with relaying(house):
                await record(house, FIRST)
                copy = [commit async for commit in house.database[COMMITS].find({})]
                await record(house, LOST)
                await published(house, house.topic, len(FIRST) + len(LOST))
                with pytest.raises(typer.Exit):  # a relay would go on filling the old topic
                    await new_generation(house)
            await until(lambda: is_shown(house, 1))
            before = await ends(house)

            await house.database[COMMITS].delete_many({})
            await house.database[COMMITS].insert_many(copy)
            topic = await new_generation(house)
            assert topic == made[0]
            await sweep(house.database, "things", topic, bootstrap_servers=servers)
            assert sum((await ends(house, topic)).values()) == len(FIRST)

            async with relaying(house):
                await record(house, AFTER)
                await published(house, topic, len(FIRST) + len(AFTER))
                built = await build(house, MIXED, topic)
                assert built.declared
                assert built.comparison.counts["things"].changed == len(FIRST)
                await flip_soon(house, MIXED, built.edition, topic)
                await until(lambda: is_shown(house, 2))
            assert not await is_shown(house, 1)
            assert await house.database[PARKED].count_documents({}) == 0
            assert await ends(house) == before

        # Restored once more, from a copy that does not know the second generation.
        await house.database[GENERATION].delete_many({})
        assert await new_generation(house) == made[1]
    finally:
        await delete_topics(servers, made)
