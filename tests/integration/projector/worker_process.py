"""A worker in a process of its own, for tests that kill it: `python -m tests.integration.projector.worker_process`."""

import asyncio
import signal
import sys

from shared.mongo import connect
from shared.projector.replay import Bounds
from shared.projector.run import run_projector
from tests.unit.projector.things import PROJECTIONS

LEASE_TTL_S = 3.0  # so that a successor need not wait long


async def main(uri: str, database: str, bootstrap_servers: str, topic: str, projection: str, owner: str) -> None:
    """Fold until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = connect(uri, app_name="test-worker-process")
    try:
        await run_projector(
            client=client,
            database=client[database],
            projection=next(found for found in PROJECTIONS if found.name == projection),
            topics={"things": topic},
            bootstrap_servers=bootstrap_servers,
            owner=owner,
            stop=stop,
            lease_ttl_s=LEASE_TTL_S,
            replay_bounds=Bounds(facts=10, parts_per_turn=1, look_s=0.1),
        )
    finally:
        client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
