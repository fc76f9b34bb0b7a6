"""A projector whose poll hangs for ever, in a process of its own: `python -m tests.integration.projector.hanging …`."""

import asyncio
import signal
import sys
from pathlib import Path

from typing_extensions import override

from shared.kernel.ids import new_id
from shared.logs import configure_logs
from shared.mongo import connect
from shared.projector.decoding import Raw
from shared.projector.feed import KafkaFeed
from shared.projector.members import MongoMembers
from shared.projector.ownership import Ownership
from shared.projector.store import MongoStore
from shared.projector.worker import Worker
from shared.watchdog import STILL_S_MAX, Watchdog, guarded
from tests.unit.projector.things import MIXED

HUNG_S_MAX = 5.0
LEASE_S = 4.0
NAME = "project things"


class HangingFeed(KafkaFeed):
    """Takes what comes and never hands it out, while everything else of it goes on: alive, and of no use."""

    @override
    async def poll(self, *, records_max: int, timeout_ms: int) -> list[Raw]:
        if await super().poll(records_max=records_max, timeout_ms=timeout_ms):
            await asyncio.Event().wait()
        return []


def _is_first(hung: Path) -> bool:
    """Tell whether nobody was here before, and leave a sign for the next."""
    first = not hung.exists()
    hung.touch()
    return first


async def main(uri: str, database_name: str, bootstrap_servers: str, topic: str, hung: str) -> None:
    """Project until SIGTERM, under the watchdog: at the first start with a feed that hangs, later with a real one."""
    first = _is_first(Path(hung))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = connect(uri, app_name="test-hanging-process")
    database = client[database_name]
    watchdog = Watchdog(HUNG_S_MAX if first else STILL_S_MAX)
    feed = (HangingFeed if first else KafkaFeed)(bootstrap_servers, group_id=None)
    await feed.start()
    with guarded(watchdog):
        await Worker(
            MIXED,
            [topic],
            feed=feed,
            store=MongoStore(client, database, MIXED),
            ownership=Ownership(MongoMembers(database, MIXED.name, ttl_s=LEASE_S), MIXED.name, new_id()),
            progress=watchdog.watch(NAME),
        ).run(stop)
    await feed.stop()
    client.close()


if __name__ == "__main__":
    configure_logs("info")
    asyncio.run(main(*sys.argv[1:]))
