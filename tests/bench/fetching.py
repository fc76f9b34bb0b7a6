"""The peers' programs: fetched once, by the road that fetches Kafka, and laid out where Kafka Connect finds them."""

import shutil
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.java import fetched, find_java
from deploy.local.settings import KAFKA_VERSION, PartsSettings
from tests.bench.stage import Stage

SINK_VERSION: Final = "2.0.1"
DEBEZIUM_VERSION: Final = "3.4.0.Final"
SINK_CLASS: Final = "com.mongodb.kafka.connect.MongoSinkConnector"
_CONNECT: Final = (
    f"org.apache.kafka:connect-runtime:{KAFKA_VERSION}"
    f"+org.apache.kafka:connect-json:{KAFKA_VERSION}"
    "+org.slf4j:slf4j-simple:1.7.36"
)
_SINK: Final = f"org.mongodb.kafka:mongo-kafka-connect:{SINK_VERSION}:all:jar"
_DEBEZIUM: Final = f"io.debezium:debezium-connector-mongodb:{DEBEZIUM_VERSION}:plugin:tar.gz"


@dataclass(frozen=True, slots=True)
class Programs:
    """Java, the class path of Kafka Connect, and the folder of its plugins."""

    java: str
    class_path: str
    plugins: Path


async def fetch_peers(stage: Stage) -> Programs:
    """Return Kafka Connect with both connectors, after downloading what is missing (20 MB, once).

    Raises LocalPartsError.
    """
    cache_dir = PartsSettings().cache_dir
    stage.on_step("Fetching Kafka Connect and its connectors")
    jars = await fetched(cache_dir, f"connect-{KAFKA_VERSION}", _CONNECT)
    (sink,) = await fetched(cache_dir, f"mongo-sink-{SINK_VERSION}", _SINK, alone=True)
    (debezium,) = await fetched(cache_dir, f"debezium-mongodb-{DEBEZIUM_VERSION}", _DEBEZIUM, alone=True)
    plugins = stage.state_dir / "plugins"
    if not plugins.exists():
        (plugins / "sink").mkdir(parents=True)
        shutil.copy(sink, plugins / "sink")
        _declare(plugins / "sink" / "declared.jar")
        with tarfile.open(debezium) as archive:
            archive.extractall(plugins, filter="data")
    return Programs(await find_java(), ":".join(jars), plugins)


def _declare(path: Path) -> None:
    """Write the declaration that the sink lacks: without it Connect looks through every class, for a minute."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/services/org.apache.kafka.connect.sink.SinkConnector", f"{SINK_CLASS}\n")
