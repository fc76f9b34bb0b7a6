"""A relay in a process of its own, for tests that kill and freeze it: `python -m tests.integration.relay.process`."""

import asyncio
import signal
import sys

from shared.messaging import TopicName
from shared.mongo import connect
from shared.relay.run import RelaySettings, run_relay


async def main(uri: str, database: str, bootstrap_servers: str, topic: str, service: str, owner: str) -> None:
    """Relay until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = connect(uri, app_name="test-relay-process")
    try:
        await run_relay(client[database], RelaySettings(service, bootstrap_servers, TopicName(topic), owner), stop)
    finally:
        client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
