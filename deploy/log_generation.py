"""`lotsen log restored`: a log that was restored from an older copy goes on under a new topic, in a new generation."""

import asyncio
from typing import Final

import typer

from deploy.initialise import database_of, topic_of
from deploy.operating import connected, end_with
from deploy.services import SERVICES
from shared.brokers import Address
from shared.eventlog.generation import FIRST, generation_of, set_generation
from shared.kernel.ids import new_id
from shared.lease import Lease
from shared.messaging import TopicName, describe_topics, end_offsets, ensure_topics
from shared.mongo import Database
from shared.relay.checkpoints import COLLECTION as RELAY
from shared.relay.checkpoints import MongoCheckpoints
from shared.relay.ports import Checkpoint
from shared.relay.run import RelaySettings, run_relay
from shared.settings import WorkSettings

_GENERATIONS_MAX: Final = 1_000
_LOOK_S: Final = 0.2


async def restored(settings: WorkSettings, service: str) -> None:
    """Begin a new generation of a service's log, and publish the whole log on its new topic.

    Ends the command when a relay of the service is running: it would go on under the old topic.
    """
    async with connected(settings) as client:
        database = database_of(client, settings, service)
        servers = settings.brokers()
        topic = await mint(database, service, namespace=settings.namespace, bootstrap_servers=servers)
        typer.echo(f"{service}: the log goes on as {topic}; publishing all of it there")
        await sweep(database, service, topic, bootstrap_servers=servers)
        facts = sum((await end_offsets(servers, [topic])).values())
        typer.echo(f"{service}: {facts} facts are on {topic}. Read models still show the old topic. For each:")
        for name, follower in SERVICES.items():
            for projection in follower.projections:
                if service in projection.topics:
                    typer.echo(
                        f"  lotsen rebuild {name} {projection.name} && lotsen rebuild flip {name} {projection.name}"
                    )


async def mint(database: Database, service: str, *, namespace: str, bootstrap_servers: Address) -> TopicName:
    """Write down the next generation, which no topic has had, and make its topic; the relay's place is forgotten.

    Returns the topic. The number follows on what the broker knows, because the copy that was restored may be older
    than an earlier generation: positions that exist twice must never meet on one topic.
    """
    lease = Lease(database, f"relay/{service}", owner=new_id())
    if not await lease.acquire():
        end_with(f"a relay of {service} is running: end every process of {service} first")
    try:
        names = [topic_of(namespace, service, number) for number in range(1, _GENERATIONS_MAX)]
        taken = await describe_topics(bootstrap_servers, names)
        last = max((names.index(name) + 1 for name in taken), default=FIRST)
        number = max(last, await generation_of(database)) + 1
        topic = topic_of(namespace, service, number)
        await ensure_topics(bootstrap_servers, [topic])
        await set_generation(database, number)
        checkpoints = MongoCheckpoints(database, service, lease)
        await checkpoints.take_over()
        await checkpoints.save(Checkpoint())
    finally:
        await lease.release()
    return topic


async def sweep(database: Database, service: str, topic: TopicName, *, bootstrap_servers: Address) -> None:
    """Run a relay here until it has published the whole log and follows it."""
    stop = asyncio.Event()
    relay = RelaySettings(service=service, bootstrap_servers=bootstrap_servers, topic=topic, owner=new_id())
    relaying = asyncio.create_task(run_relay(database, relay, stop))
    try:
        while not await _follows(database, service):
            if relaying.done():
                relaying.result()
                end_with(f"the relay of {service} ended by itself")
            await asyncio.wait([relaying], timeout=_LOOK_S)
    finally:
        stop.set()
        await asyncio.gather(relaying, return_exceptions=True)


async def _follows(database: Database, service: str) -> bool:
    """Tell whether the relay has gone through the whole log: then it keeps its place in what follows."""
    found = await database[RELAY].find_one({"_id": service})
    return found is not None and found.get("token") is not None
