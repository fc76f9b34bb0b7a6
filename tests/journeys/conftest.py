"""The whole system as processes on real parts, with the programme's year played once for all journeys."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from deploy.demo.comparing import Line, compare
from deploy.demo.run import SCENES
from deploy.demo.stage import Stage
from deploy.local.layout import free_ports
from deploy.local.settings import PartsSettings
from deploy.system import System, running_system
from shared.kernel.ids import new_id


@dataclass(frozen=True)
class Year:
    """A played year: the running system, the stage with its books, every figure that was compared, and where."""

    system: System
    stage: Stage
    lines: list[Line]
    namespace: str
    state_dir: Path
    said: list[str]


@pytest_asyncio.fixture(scope="session")
async def year(tmp_path_factory: pytest.TempPathFactory, _addresses: tuple[str, str]) -> AsyncIterator[Year]:
    """Play the year once; the system stays up for the journeys that follow."""
    state_dir = tmp_path_factory.mktemp("year")
    namespace = f"y{new_id().replace('-', '')[-12:]}"
    given = PartsSettings(kafka_bootstrap_servers=_addresses[0], mongodb_uri=_addresses[1])
    async with (
        running_system(state_dir, port=free_ports(1)[0], namespace=namespace, given=given) as system,
        httpx2.AsyncClient(base_url=system.base_url, timeout=30.0) as http,
    ):
        said: list[str] = []
        stage = Stage.open(system.clients, http, said.append)
        for _, scene in SCENES:
            await scene(stage)
        yield Year(system, stage, await compare(stage), namespace, state_dir, said)
