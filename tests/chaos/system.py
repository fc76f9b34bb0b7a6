"""A system of the run's own: parts that nobody else uses, and the operator's commands as processes to be broken."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx2

from deploy.local.child import Child, Command, until_ready
from deploy.local.layout import free_ports
from deploy.local.mongod import replica_set_uri
from deploy.local.once import run_any, run_once
from deploy.local.parts import Parts, real_parts
from deploy.local.settings import PartsSettings
from deploy.local.supervisor import Supervisor
from deploy.sandbox import read_clients, write_state
from deploy.services import SERVICES
from shared.auth.sandbox_clients import SandboxClient
from shared.mongo import connect
from tests.chaos.clock import Clock, a_clock
from tests.chaos.collecting import Observer
from tests.chaos.disks import Disk
from tests.chaos.faults import Stage
from tests.chaos.proxy import Link, a_link, addresses
from tests.chaos.scale import Scale
from tests.chaos.watching import CheckpointWatch, watching
from tests.chaos.wire import KafkaWire, MongoWire
from tests.waiting import eventually_async

ROOT: Final = Path(__file__).parents[2]
CLI: Final = "deploy.cli"
COMPOSITION: Final = "tests.chaos.composition"
TWINS: Final = "tests.chaos.twins"
_READY_S_MAX: Final = 120.0
_END_S_MAX: Final = 3.0
_REPLAY_S_MAX: Final = 40.0
_BUG: Final = "bug"


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a run: its name, the command that it runs (`serve`, `relay`, `project` or a twin), and of whom."""

    name: str
    command: str
    module: str = CLI

    @property
    def serves(self) -> bool:
        """Whether it answers requests; the others work."""
        return self.name.startswith("api")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the processes, how fast time goes, and the library for their clocks (None: clocks go right).

    `disks` and `member_clocks` belong to servers, by name.
    """

    scale: Scale
    processes: Sequence[Process]
    clocks: Path | None = None
    disks: Mapping[str, Disk] = field(default_factory=dict)
    member_clocks: Mapping[str, Clock] = field(default_factory=dict)


def two_of_each(
    scale: Scale,
    clocks: Path | None = None,
    disks: Mapping[str, Disk] | None = None,
    member_clocks: Mapping[str, Clock] | None = None,
) -> Cast:
    """Return two API processes, two relays and two projectors, all of them sound."""
    module = CLI if scale.lease_s is None else COMPOSITION
    processes = [
        *(Process(f"api-{number}", "serve") for number in (1, 2)),
        *(Process(f"relay-{number}", "relay", module) for number in (1, 2)),
        *(Process(f"projector-{number}", "project", module) for number in (1, 2)),
    ]
    return Cast(scale, processes, clocks, disks or {}, member_clocks or {})


@dataclass(frozen=True, slots=True)
class ChaosSystem:
    """A running system: where its APIs are, its clients, a handle on everything, and an observer of its data."""

    base_urls: Sequence[str]
    clients: Mapping[str, SandboxClient]
    parts: Parts
    cast: Cast
    children: Mapping[str, Child]
    links: Mapping[str, Link]
    clocks: Mapping[str, Clock]
    observer: Observer
    watch: CheckpointWatch
    bug: Path
    """While this file exists, folds have a bug."""
    environment: Mapping[str, str]

    def named(self, beginning: str) -> list[str]:
        """Return the processes whose names begin so."""
        return [name for name in self.children if name.startswith(beginning)]

    async def replay_parked(self) -> None:
        """Have everything that is parked folded again, as an operator would; what is poison stays."""
        arguments = ("parked", "replay", "--all", "--wait", "10")
        await run_any(_command("replay", CLI, *arguments, env=self.environment), timeout_s=_REPLAY_S_MAX)

    def stage(self) -> Stage:
        """Return everything that can be broken here."""
        return Stage(
            apis=self.named("api"),
            relays=self.named("relay"),
            projectors=self.named("projector"),
            brokers=[part.name for part in self.parts.brokers],
            members=[part.name for part in self.parts.members],
            links=list(self.links),
            projections=[
                f"{service.name}/{projection.name}"
                for service in SERVICES.values()
                for projection in service.projections
            ],
            disks=list(self.cast.disks),
            clocks=list(self.clocks),
            folds=[] if self.cast.scale.lease_s is None else ["folds"],
        )


@asynccontextmanager
async def own_parts(state_dir: Path, *, brokers: int = 1, members: int = 1) -> AsyncIterator[Parts]:
    """Start a Kafka and a MongoDB that nobody else uses: they will be killed, so given addresses do not count."""
    settings = PartsSettings().model_copy(update={"kafka_bootstrap_servers": None, "mongodb_uri": None})
    async with real_parts(state_dir, brokers=brokers, members=members, settings=settings) as parts:
        yield parts


@asynccontextmanager
async def running(state_dir: Path, parts: Parts, namespace: str, cast: Cast) -> AsyncIterator[ChaosSystem]:
    """Run the cast's processes on `parts` for the length of the block; then none of them is left."""
    ports = {
        process.name: port
        for process, port in zip(cast.processes, free_ports(len(cast.processes)), strict=True)
        if process.serves
    }
    base_urls = [f"http://localhost:{port}" for port in ports.values()]
    environment = {
        **write_state(state_dir),
        **parts.environment(),
        "LOTSEN_NAMESPACE": namespace,
        "LOTSEN_PUBLIC_BASE_URL": base_urls[0],
        "PYTHONPATH": str(ROOT),
        **_limits(cast.scale, state_dir / _BUG),
    }
    await run_once(_command("init", CLI, "init", env=environment), timeout_s=_READY_S_MAX)
    async with AsyncExitStack() as stack:
        client = connect(parts.mongodb_uri, app_name="chaos-observer")
        stack.callback(client.close)
        links = await _links(stack, parts, cast)
        clocks = (
            {}
            if cast.clocks is None
            else {one.name: a_clock(cast.clocks, state_dir, one.name) for one in cast.processes}
        )
        supervisor = await stack.enter_async_context(Supervisor(state_dir / "logs"))
        children = {}
        for one in cast.processes:
            env = {**environment, **_addresses(one, links)}
            env |= clocks[one.name].environment() if one.name in clocks else {}
            arguments = (*SERVICES, "--port", str(ports[one.name])) if one.serves else tuple(SERVICES)
            children[one.name] = await supervisor.start(
                _command(one.name, one.module, one.command, *arguments, env=env)
            )
        for name, base_url in zip(ports, base_urls, strict=True):
            await until_ready(children[name], _probe(base_url), timeout_s=_READY_S_MAX)
        watch = await stack.enter_async_context(watching(CheckpointWatch(client, namespace)))
        observer = Observer(client, parts.kafka_bootstrap_servers, namespace)
        await eventually_async(observer.is_at_work, within_s=_READY_S_MAX)
        yield ChaosSystem(
            base_urls=base_urls,
            clients=read_clients(state_dir),
            parts=parts,
            cast=cast,
            children=children,
            links=links,
            clocks=clocks | dict(cast.member_clocks),
            observer=observer,
            watch=watch,
            bug=state_dir / _BUG,
            environment=environment,
        )


async def _links(stack: AsyncExitStack, parts: Parts, cast: Cast) -> dict[str, Link]:
    """Put a proxy between each process and each kind of server that it talks to."""
    links: dict[str, Link] = {}
    members = [part.port for part in parts.members]
    brokers = [part.port for part in parts.brokers]
    for process in cast.processes:
        name = f"{process.name} mongod"
        links[name] = await stack.enter_async_context(a_link(name, MongoWire(), members))
        if not process.serves:
            name = f"{process.name} kafka"
            links[name] = await stack.enter_async_context(a_link(name, KafkaWire(), brokers))
    return links


def _addresses(process: Process, links: Mapping[str, Link]) -> dict[str, str]:
    found = {"MONGODB_URI": replica_set_uri(addresses(links[f"{process.name} mongod"].ports))}
    if not process.serves:
        found["KAFKA_BOOTSTRAP_SERVERS"] = addresses(links[f"{process.name} kafka"].ports)
    return found


def _limits(scale: Scale, bug: Path) -> dict[str, str]:
    if scale.lease_s is None:
        return {}
    limits = {"CHAOS_LEASE_S": str(scale.lease_s), "CHAOS_PUBLISH_S": str(scale.publish_s)}
    return {**limits, "CHAOS_BUG_FILE": str(bug)}


def _command(name: str, module: str, *arguments: str, env: Mapping[str, str]) -> Command:
    return Command(name, (sys.executable, "-m", module, *arguments), env, end_s_max=_END_S_MAX)


def _probe(base_url: str) -> Callable[[], Awaitable[bool]]:
    return lambda: answers(base_url)


async def answers(base_url: str) -> bool:
    """Tell whether an API serves."""
    async with httpx2.AsyncClient(base_url=base_url, timeout=2.0) as client:
        try:
            return (await client.get("/health/ready")).status_code == httpx2.codes.OK
        except httpx2.HTTPError:
            return False
