"""Kafka brokers in KRaft mode, each also a controller, on this machine."""

import asyncio
import shutil
from functools import partial
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.child import Command
from deploy.local.java import class_path, find_java
from deploy.local.layout import HOST, Layout, Node, accepts_connections, ports_are_free, remembered_layout
from deploy.local.once import run_once
from deploy.local.part import Part
from deploy.local.supervisor import Supervisor

_CLIENT: Final = "client"
_CONTROLLER: Final = "controller"
_FORMAT_S_MAX: Final = 60.0
_PROBE_MS_MAX: Final = 2_000
_INTERNAL_PARTITIONS: Final = 4
_SESSION_TIMEOUT_MS: Final = 5_000
_HEAP_MIB_ALONE: Final = 512
_HEAP_MIB_AMONG_OTHERS: Final = 384


async def start_brokers(part_dir: Path, count: int, *, supervisor: Supervisor, cache_dir: Path) -> tuple[Part, ...]:
    """Start `count` brokers (1 or 3) with their data below `part_dir`, and wait until each knows all the others.

    Raises:
        LocalPartsError: something is missing, or a broker did not start; the message says what to do.
    """
    layout = remembered_layout(part_dir, count, (_CLIENT, _CONTROLLER))
    java, jars = await asyncio.gather(find_java(), class_path(cache_dir))
    await asyncio.gather(*(_prepare(java, jars, part_dir, layout, node) for node in layout.nodes))
    parts = tuple([await _start(java, jars, part_dir, layout, node, supervisor) for node in layout.nodes])
    await asyncio.gather(*(part.ready() for part in parts))
    return parts


def bootstrap_servers(brokers: tuple[Part, ...]) -> str:
    """Return the address clients connect to: host:port of every broker, separated by commas."""
    return ",".join(f"{HOST}:{broker.port}" for broker in brokers)


def broker_config(layout: Layout, node: Node, node_dir: Path) -> str:
    """Return the text of `server.properties` for one broker."""
    count = len(layout.nodes)
    in_sync_min = max(1, count - 1)
    client, controller = node.ports[_CLIENT], node.ports[_CONTROLLER]
    listeners = f"CLIENT://{HOST}:{client},CONTROLLER://{HOST}:{controller}"
    settings = {
        "process.roles": "broker,controller",
        "node.id": node.number,
        "controller.quorum.bootstrap.servers": ",".join(f"{HOST}:{each.ports[_CONTROLLER]}" for each in layout.nodes),
        "controller.listener.names": "CONTROLLER",
        "listeners": listeners,
        "advertised.listeners": listeners,
        "inter.broker.listener.name": "CLIENT",
        "listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": node_dir / "data",
        # A topic that nobody declared is a mistake, not a wish.
        "auto.create.topics.enable": "false",
        "default.replication.factor": count,
        "min.insync.replicas": in_sync_min,
        "group.initial.rebalance.delay.ms": 0,
        # A killed broker is let in again only when its former life has timed out (9 s by default).
        "broker.session.timeout.ms": _SESSION_TIMEOUT_MS,
        "broker.heartbeat.interval.ms": _SESSION_TIMEOUT_MS // 4,
    }
    if count == 1:  # nobody waits for the controller's empty records, which it else writes twice a second at rest
        settings["metadata.max.idle.interval.ms"] = 5_000
    for topic in ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic"):
        settings[f"{topic}.replication.factor"] = count
        settings[f"{topic}.num.partitions"] = _INTERNAL_PARTITIONS
    for topic in ("transaction.state.log", "share.coordinator.state.topic"):
        settings[f"{topic}.min.isr"] = in_sync_min
    return "".join(f"{name}={value}\n" for name, value in settings.items())


async def _prepare(java: str, jars: str, part_dir: Path, layout: Layout, node: Node) -> None:
    """Write the configuration, and format the data directory unless that was done before."""
    name, node_dir = _place(part_dir, node)
    await ports_are_free(name, node)
    (node_dir / "tmp").mkdir(parents=True, exist_ok=True)
    config, data = node_dir / "server.properties", node_dir / "data"
    config.write_text(broker_config(layout, node, node_dir), encoding="utf-8")
    if (data / "meta.properties").exists():
        return
    shutil.rmtree(data, ignore_errors=True)  # of a formatting that was broken off
    controllers = ",".join(
        f"{each.number}@{HOST}:{each.ports[_CONTROLLER]}:{each.directory_id}" for each in layout.nodes
    )
    arguments = ("format", "--initial-controllers", controllers, "-t", layout.cluster_id, "-c", str(config))
    argv = (*_jvm(java, node_dir, _HEAP_MIB_AMONG_OTHERS), "kafka.tools.StorageTool", *arguments)
    await run_once(Command(f"{name}-format", argv, {"CLASSPATH": jars}), timeout_s=_FORMAT_S_MAX)


async def _start(java: str, jars: str, part_dir: Path, layout: Layout, node: Node, supervisor: Supervisor) -> Part:
    name, node_dir = _place(part_dir, node)
    count = len(layout.nodes)
    heap_mib = _HEAP_MIB_ALONE if count == 1 else _HEAP_MIB_AMONG_OTHERS
    argv = (*_jvm(java, node_dir, heap_mib), "kafka.Kafka", str(node_dir / "server.properties"))
    child = await supervisor.start(Command(name, argv, {"CLASSPATH": jars}))
    port = node.ports[_CLIENT]
    return Part(child, port, partial(serves, port, node.number))


def _place(part_dir: Path, node: Node) -> tuple[str, Path]:
    """Return a node's name and directory."""
    return f"kafka-{node.number}", part_dir / str(node.number)


def _jvm(java: str, node_dir: Path, heap_mib: int) -> tuple[str, ...]:
    return (
        java,
        f"-Xmx{heap_mib}m",
        "-XX:-UsePerfData",  # else a file in the machine's temporary directory outlives a killed broker
        f"-Djava.io.tmpdir={node_dir / 'tmp'}",  # the same for unpacked native libraries
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    )


async def serves(port: int, number: int) -> bool:
    """Tell whether the broker answers and the cluster counts it among those in service."""
    if not await accepts_connections(port):  # asked first, because the client logs a refused connection as an error
        return False
    admin = AIOKafkaAdminClient(bootstrap_servers=f"{HOST}:{port}", request_timeout_ms=_PROBE_MS_MAX)
    try:
        await admin.start()
        cluster = await admin.describe_cluster()
        return number in {broker["node_id"] for broker in cluster["brokers"]}
    except KafkaError:
        return False
    finally:
        await admin.close()
