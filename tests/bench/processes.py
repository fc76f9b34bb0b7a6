"""The processes of a benchmark, each run as `python -m tests.bench.processes NAME ARGUMENT…`."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import typer
import uvloop

from deploy.initialise import topic_of
from shared.kernel.ids import new_id
from shared.logs import configure_logs
from shared.mongo import connect
from shared.projector.definition import Projection
from shared.projector.run import run_projector
from shared.relay.run import RelaySettings, run_relay
from tests.bench.arriving import arrive
from tests.bench.facts import PROJECTION, SERVICE
from tests.bench.generating import generate
from tests.bench.settings import BenchSettings
from tests.bench.sink import write_each_fact
from tests.bench.watching import watch


async def relay(settings: BenchSettings, stop: asyncio.Event) -> None:
    """Relay the section's log, as `lotsen relay` does."""
    client = connect(settings.mongodb_uri, app_name="bench-relay")
    relay_settings = RelaySettings(SERVICE, settings.kafka_bootstrap_servers, settings.topic, owner=new_id())
    try:
        await run_relay(client[settings.database_name], relay_settings, stop)
    finally:
        client.close()


def _projection(name: str) -> Projection:
    """Return a projection by its name; only those of the product's own facts load the product."""
    if name == PROJECTION.name:
        return PROJECTION
    from tests.bench.sheets import FOLLOWUP, LAST  # noqa: PLC0415 - memory of a worker that needs none of it

    return {FOLLOWUP.name: FOLLOWUP, LAST.name: LAST}[name]


async def project(settings: BenchSettings, stop: asyncio.Event, name: str = PROJECTION.name) -> None:
    """Project the section's topics, as `lotsen project` does."""
    projection = _projection(name)
    client = connect(settings.mongodb_uri, app_name="bench-project")
    try:
        await run_projector(
            client=client,
            database=client[settings.database_name],
            projection=projection,
            topics={publisher: topic_of(settings.lotsen_namespace, publisher) for publisher in projection.topics},
            bootstrap_servers=settings.kafka_bootstrap_servers,
            owner=new_id(),
            stop=stop,
        )
    finally:
        client.close()


async def peer(settings: BenchSettings, stop: asyncio.Event, topic: str, collection: str) -> None:
    """Write each fact by itself, the usual way, and print how long it took."""
    del stop
    typer.echo((await write_each_fact(settings, topic, collection)).as_json())


async def generator(settings: BenchSettings, stop: asyncio.Event, *arguments: str) -> None:
    """Append commits at a steady rate and print what came of it."""
    del stop
    rate, seconds, projects, path = arguments
    done = await generate(settings, int(rate), float(seconds), _words(Path(projects)), Path(path))
    typer.echo(done.as_json())


async def clients(settings: BenchSettings, stop: asyncio.Event, *arguments: str) -> None:
    """Let many clients come at once, each with its own work, and print what came of it."""
    del settings, stop
    address, token, path = arguments
    typer.echo((await arrive(address, token, Path(path))).as_json())


async def watcher(settings: BenchSettings, stop: asyncio.Event, path: str) -> None:
    """Note when the read model changes, until it is stopped."""
    await watch(settings, stop, Path(path))


PROCESSES: Final[Mapping[str, Callable[..., Awaitable[None]]]] = MappingProxyType(
    {"relay": relay, "project": project, "peer": peer, "generator": generator, "watcher": watcher, "clients": clients}
)


def _words(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split()


async def _run(name: str, arguments: list[str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await PROCESSES[name](BenchSettings(), stop, *arguments)


if __name__ == "__main__":
    configure_logs("warning")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(sys.argv[1], sys.argv[2:]))
