"""One broker and one replica set member in containers, for tests on machines where Docker runs."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from deploy.local import kafka, mongod
from deploy.local.child import START_S_MAX, TAIL_LINES, Command
from deploy.local.failures import LocalPartsError, StartFailedError
from deploy.local.layout import HOST, free_ports, new_kafka_id
from deploy.local.once import run_any
from deploy.local.part import Found

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

_DAEMON_S_MAX: Final = 2.0
_PROBE_EVERY_S: Final = 0.2
_NODE: Final = 1


async def daemon_answers() -> bool:
    """Tell whether a Docker daemon answers within two seconds."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    code, _ = await run_any(Command("docker version", (docker, "version")), timeout_s=_DAEMON_S_MAX)
    return code == 0


@dataclass(frozen=True, slots=True)
class Containers:
    """Starts containers that end with `stack`.

    Each listens on the same port inside and outside, so that the address it gives out is true in both places.
    """

    stack: AsyncExitStack
    kafka_image: str
    mongo_image: str

    async def kafka(self) -> Found:
        """Start a broker and wait until it serves."""
        port, controller = free_ports(2)
        environment = {
            "CLUSTER_ID": new_kafka_id(),
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_NODE_ID": str(_NODE),
            "KAFKA_CONTROLLER_QUORUM_VOTERS": f"{_NODE}@{HOST}:{controller}",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_LISTENERS": f"CLIENT://0.0.0.0:{port},CONTROLLER://{HOST}:{controller}",
            "KAFKA_ADVERTISED_LISTENERS": f"CLIENT://{HOST}:{port}",
            "KAFKA_INTER_BROKER_LISTENER_NAME": "CLIENT",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        }
        container = await self._started(self.kafka_image, port, environment=environment)
        await _until(container, self.kafka_image, partial(kafka.serves, port, _NODE))
        return Found(f"{HOST}:{port}", "containers")

    async def mongodb(self) -> Found:
        """Start a replica set of one member and wait until it is primary."""
        (port,) = free_ports(1)
        orphans = " ".join(mongod.ORPHANS)
        command = f"mongod --replSet {mongod.REPLICA_SET} --bind_ip_all --port {port} {orphans}"
        container = await self._started(self.mongo_image, port, command=command)
        address = f"{HOST}:{port}"
        await _until(container, self.mongo_image, partial(mongod.initiate, port, [address]))
        await _until(container, self.mongo_image, partial(mongod.has_primary, [port]))
        return Found(mongod.replica_set_uri(address), "containers")

    async def _started(
        self,
        image: str,
        port: int,
        *,
        environment: Mapping[str, str] | None = None,
        command: str = "",
    ) -> DockerContainer:
        # Imported here: an image that runs the system has neither of the two.
        from docker.errors import DockerException  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415

        try:
            container = DockerContainer(image).with_bind_ports(port, port).with_envs(**(environment or {}))
            if command:
                container.with_command(command)
            self.stack.push_async_callback(asyncio.to_thread, container.stop)
            await asyncio.to_thread(container.start)
        except DockerException as error:
            raise LocalPartsError(f"{image} did not start: {error}. LOTSEN_PARTS=local does without Docker.") from error
        return container


async def _until(container: DockerContainer, image: str, probe: Callable[[], Awaitable[bool]]) -> None:
    try:
        async with asyncio.timeout(START_S_MAX):
            while not await probe():  # noqa: ASYNC110 - a container has no event to wait for
                await asyncio.sleep(_PROBE_EVERY_S)
    except TimeoutError:
        output = b"".join(await asyncio.to_thread(container.get_logs)).decode(errors="replace")
        tail = "\n".join(output.splitlines()[-TAIL_LINES:])
        raise StartFailedError(image, f"was not ready within {START_S_MAX:.0f} s", "its log", tail) from None
