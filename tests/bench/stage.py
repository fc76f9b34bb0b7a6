"""The stage of a run: a Kafka and a MongoDB that nobody else uses, and processes that end with it."""

import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.local.child import Child, Command
from deploy.local.once import run_once
from deploy.local.parts import OnStep, Parts, real_parts
from deploy.local.settings import PartsSettings
from deploy.local.supervisor import Supervisor
from shared.mongo import Client, Database, connect

ROOT: Final = Path(__file__).parents[2]
IDLE_MINUTES: Final = 2.0
_RUN_S_MAX: Final = 300.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Real parts, a place for files, and a supervisor for processes; `on_step` hears what is being done."""

    parts: Parts
    state_dir: Path
    supervisor: Supervisor
    client: Client
    on_step: OnStep
    idle_minutes: float = IDLE_MINUTES
    """How long the system is watched at rest."""

    @property
    def given(self) -> PartsSettings:
        """The settings by which a whole system takes the stage's parts and starts none."""
        addresses = {
            "kafka_bootstrap_servers": self.parts.kafka_bootstrap_servers,
            "mongodb_uri": self.parts.mongodb_uri,
        }
        return PartsSettings().model_copy(update=addresses)

    def environment(self, namespace: str) -> dict[str, str]:
        """Return what a process of a section finds in its environment."""
        return {**self.parts.environment(), "LOTSEN_NAMESPACE": namespace, "PYTHONPATH": str(ROOT)}

    def database(self, namespace: str, service: str) -> Database:
        """Return the database of a service."""
        return self.client[f"{namespace}_{service}"]

    async def start(self, name: str, module: str, *arguments: str, env: dict[str, str]) -> Child:
        """Start `python -m module arguments` and keep it running until it is stopped."""
        argv = (sys.executable, "-m", module, *arguments)
        return await self.supervisor.start(Command(name, argv, env, end_s_max=15.0))

    async def run(self, name: str, module: str, *arguments: str, env: dict[str, str]) -> dict[str, Any]:
        """Run `python -m module arguments` to its end and return the JSON object on its last line."""
        argv = (sys.executable, "-m", module, *arguments)
        output = await run_once(Command(name, argv, env), timeout_s=_RUN_S_MAX)
        found: dict[str, Any] = json.loads(output.splitlines()[-1])
        return found


@asynccontextmanager
async def a_stage(on_step: OnStep, idle_minutes: float = IDLE_MINUTES) -> AsyncIterator[Stage]:
    """Provide parts of the run's own, even where addresses are given: somebody else's load is no measure of ours."""
    settings = PartsSettings().model_copy(
        update={"kafka_bootstrap_servers": None, "mongodb_uri": None, "lotsen_parts": "local"}
    )
    with tempfile.TemporaryDirectory(prefix="lotsen-bench-", ignore_cleanup_errors=True) as folder:
        state_dir = Path(folder)
        async with (
            real_parts(state_dir / "parts", on_step=on_step, settings=settings) as parts,
            Supervisor(state_dir / "logs") as supervisor,
        ):
            client = connect(parts.mongodb_uri, app_name="bench")
            try:
                yield Stage(parts, state_dir, supervisor, client, on_step, idle_minutes)
            finally:
                client.close()
