"""The workers with shorter limits, for scaled runs: `python -m tests.chaos.composition relay|project SERVICE…`.

Leases and time limits are shortened together with the faults; everything else is what `lotsen` runs.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvloop
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.kernel.ids import new_id
from shared.lease import Lease
from shared.logs import configure_logs
from shared.messaging import Producer
from shared.mongo import Client, connect, keep_ending_abandoned
from shared.projector.definition import Projection
from shared.projector.run import run_projector
from shared.relay.checkpoints import MongoCheckpoints
from shared.relay.commits import MongoCommits
from shared.relay.relay import Clocks, Relay
from shared.relay.run import lead_in_turns
from shared.relay.topic import KafkaTopic
from shared.settings import WorkSettings, load_settings
from tests.chaos.bug import with_bug


class Limits(BaseSettings):
    """`CHAOS_LEASE_S` and `CHAOS_PUBLISH_S`: how long a lease holds, and how long a batch may take.

    `CHAOS_BUG_FILE`: while it exists, folds have a bug.
    """

    model_config = SettingsConfigDict(env_prefix="CHAOS_", extra="ignore")

    lease_s: float
    publish_s: float
    bug_file: Path


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a worker works: its service, with everything that it needs to be put together."""

    settings: WorkSettings
    limits: Limits
    client: Client
    service: str
    owner: str

    @property
    def topic(self) -> str:
        """The service's topic."""
        return topic_of(self.settings.namespace, self.service)

    @property
    def database(self) -> str:
        """The name of the service's database."""
        return f"{self.settings.namespace}_{self.service}"


MakeProducer = Callable[[Setting], Producer]


def sound_producer(setting: Setting) -> Producer:
    """Return the producer that a relay has."""
    return Producer(
        setting.settings.kafka_bootstrap_servers,
        setting.topic,
        source=f"/lotsen/{setting.service}",
        timeout_s=setting.limits.publish_s,
    )


async def relay(
    setting: Setting,
    kind: type[Relay] = Relay,
    topic_kind: type[KafkaTopic] = KafkaTopic,
    make_producer: MakeProducer = sound_producer,
) -> None:
    """Relay one service's log, for ever."""
    database, service, stop = setting.client[setting.database], setting.service, asyncio.Event()
    lease = Lease(database, f"relay/{service}", owner=setting.owner, ttl_s=setting.limits.lease_s)
    topic = topic_of(setting.settings.namespace, service)
    one = kind(
        service,
        commits=MongoCommits(database),
        topic=topic_kind(setting.settings.kafka_bootstrap_servers, topic, make_producer(setting)),
        checkpoints=MongoCheckpoints(database, service, lease),
        stop=stop,
        clocks=Clocks(time.monotonic, time.time),
    )
    await lead_in_turns(one.run, lease, service, stop)


async def project(setting: Setting, projection: Projection) -> None:
    """Fold one projection, for ever."""
    await run_projector(
        client=setting.client,
        database=setting.client[setting.database],
        projection=with_bug(projection, setting.limits.bug_file),
        topics={name: topic_of(setting.settings.namespace, name) for name in SERVICES},
        bootstrap_servers=setting.settings.kafka_bootstrap_servers,
        owner=setting.owner,
        stop=asyncio.Event(),
        lease_ttl_s=setting.limits.lease_s,
    )


RunRelay = Callable[[Setting], Awaitable[None]]
RunProjector = Callable[[Setting, Projection], Awaitable[None]]


async def work(services: Sequence[str], run_relay: RunRelay | None, run_projector_: RunProjector | None) -> None:
    """Run relays or projectors of services until the process is ended."""
    settings = load_settings(WorkSettings)
    configure_logs(settings.log_level)
    client = connect(settings.mongodb_address(), app_name="chaos-work")
    limits = Limits()
    async with asyncio.TaskGroup() as group:
        group.create_task(keep_ending_abandoned(client, asyncio.Event()))
        for name in services:
            setting = Setting(settings, limits, client, name, new_id())
            if run_relay is not None:
                group.create_task(_forever(run_relay(setting)))
            if run_projector_ is not None:
                for projection in SERVICES[name].projections:
                    group.create_task(_forever(run_projector_(setting, projection)))


async def _forever(worker: Awaitable[None]) -> None:
    await worker


ROLES: Final[Mapping[str, tuple[RunRelay | None, RunProjector | None]]] = {
    "relay": (relay, None),
    "project": (None, project),
}


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a process's main as `lotsen` does."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


if __name__ == "__main__":
    run(work(sys.argv[2:], *ROLES[sys.argv[1]]))
