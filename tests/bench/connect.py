"""A Kafka Connect worker with one connector, in a process of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from deploy.local.child import Child, Command
from deploy.local.layout import HOST, free_ports
from tests.bench.fetching import Programs
from tests.bench.stage import Stage

_STRINGS: Final = "org.apache.kafka.connect.storage.StringConverter"
_JVM: Final = (
    # What Kafka's own start script gives to Connect.
    *("-Xms256M", "-Xmx2G", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"),
    *("-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent"),
    "-XX:-UsePerfData",  # else a file in the machine's temporary directory outlives it
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)
_END_S_MAX: Final = 30.0


class PeerFailedError(RuntimeError):
    """The peer did not do its work; the message ends with the last lines of its log."""

    def __init__(self, what: str, child: Child) -> None:
        super().__init__(f"{what}\n{child.log_tail()}")


@asynccontextmanager
async def connecting(stage: Stage, programs: Programs, name: str, settings: Mapping[str, str]) -> AsyncIterator[Child]:
    """Run connector `name` for the length of the block, then end it in good order.

    Its offsets are kept in the stage's folder, so that a second block with the same name goes on where the first ended.
    """
    folder = stage.state_dir / "connect" / name
    folder.mkdir(parents=True, exist_ok=True)
    (port,) = free_ports(1)
    worker = {
        "bootstrap.servers": stage.parts.kafka_bootstrap_servers,
        "listeners": f"http://{HOST}:{port}",
        "plugin.path": str(programs.plugins),
        "plugin.discovery": "service_load",
        "offset.storage.file.filename": str(folder / "offsets"),
        "key.converter": _STRINGS,
        "value.converter": _STRINGS,
    }
    argv = (
        *(programs.java, *_JVM, f"-Djava.io.tmpdir={folder}", "org.apache.kafka.connect.cli.ConnectStandalone"),
        *(_written(folder / "worker.properties", worker), _written(folder / "connector.properties", settings)),
    )
    child = await stage.supervisor.start(
        Command(f"connect-{name}", argv, {"CLASSPATH": programs.class_path}, end_s_max=_END_S_MAX)
    )
    try:
        yield child
    finally:
        await child.stop()


def _written(path: Path, settings: Mapping[str, str]) -> str:
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    return str(path)
