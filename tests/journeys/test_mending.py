"""What an operator does when something is missing or put aside: a stream sent again, a stranger's record dropped."""

import asyncio
import os
import re
import sys

import pytest
from aiokafka import AIOKafkaProducer

from shared.mongo import connect
from tests.journeys.conftest import Year
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def _lotsen(year: Year, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *arguments),
        env={"PATH": os.defpath, **year.system.environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def _a_stream(year: Year) -> tuple[str, int]:
    """Return a stream of the applications service, and its last position."""
    client = connect(year.system.parts.mongodb_uri, app_name="test-mending")
    try:
        [newest] = await client[f"{year.namespace}_applications"]["commits"].find({}).sort("last", -1).to_list(1)
        return newest["stream"], newest["last"]
    finally:
        client.close()


async def test_a_stream_is_sent_again_and_followers_drop_what_they_have(year: Year) -> None:
    stream, last = await _a_stream(year)
    code, output = await _lotsen(year, "republish", "applications", stream, "2")
    assert code == 0, output
    assert re.search(rf"{stream} from 2: {last - 1} facts sent again at .* UTC by relay ", output)
    code, output = await _lotsen(year, "parked", "list")
    assert (code, output) == (0, "nothing is parked\n")


async def test_what_does_not_exist_is_not_sent_again(year: Year) -> None:
    code, output = await _lotsen(year, "republish", "applications", "application/nobody", "1")
    assert (code, output) == (1, "nothing to send: there is no stream application/nobody in this service\n")


async def test_a_record_that_is_no_fact_is_dropped_with_a_reason_and_nothing_else_is(year: Year) -> None:
    async with AIOKafkaProducer(bootstrap_servers=year.system.parts.kafka_bootstrap_servers) as producer:
        await producer.send_and_wait(f"{year.namespace}.events", b"not ours", key=b"nobody")
    found: list[str] = []

    async def is_parked() -> bool:
        _, output = await _lotsen(year, "parked", "list")
        found[:] = re.findall(rf"^\w+:\S+/{year.namespace}\.events/\d+/\d+$", output, re.MULTILINE)
        return len(found) == 2  # the two read models that follow this topic

    await eventually_async(is_parked)
    code, output = await _lotsen(year, "parked", "replay", found[0])
    assert code == 1, output
    assert "still unusable" in output
    for identifier in found:
        code, output = await _lotsen(
            year, "parked", "drop", identifier, "--reason", "a test wrote it", "--by", "a test"
        )
        assert (code, output) == (0, f"{identifier}: dropped\n")
    assert await _lotsen(year, "parked", "list") == (0, "nothing is parked\n")
    assert await _lotsen(year, "parked", "replay", "--all") == (0, "nothing is parked\n")
