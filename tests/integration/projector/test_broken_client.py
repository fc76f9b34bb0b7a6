import asyncio

import pytest
from aiokafka.errors import KafkaError

from shared.messaging import BrokerUnavailable
from shared.projector.changes import Partition
from shared.projector.feed import KafkaFeed
from tests.integration.projector.conftest import House
from tests.unit.projector.things import published

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def test_a_client_that_cannot_mend_itself_is_replaced(house: House) -> None:
    await house.publish(published("thing/a1", 1, b"{}"))
    feed = KafkaFeed(house.parts.kafka_bootstrap_servers, group_id=house.database.name)
    await feed.start()
    try:
        await _kill_coordination(feed)
        feed.assign({Partition(house.topic, number): 0 for number in range(12)})
        with pytest.raises(BrokerUnavailable):
            await feed.poll(records_max=1, timeout_ms=200)
        await feed.cluster_id()
        feed.assign({Partition(house.topic, number): 0 for number in range(12)})
        async with asyncio.timeout(20):
            while not await feed.poll(records_max=1, timeout_ms=200):
                continue
    finally:
        await feed.stop()


async def test_a_client_that_gets_no_answer_is_replaced_though_its_polls_are_only_empty(house: House) -> None:
    await house.publish(published("thing/a1", 1, b"{}"))
    feed = KafkaFeed(house.parts.kafka_bootstrap_servers, group_id=house.database.name)
    await feed.start()
    places = {Partition(house.topic, number): 0 for number in range(12)}
    try:
        await feed._consumer._consumer._client.close()  # as after an outage in which it lost every broker's address
        assert await feed.poll(records_max=1, timeout_ms=200) == []
        with pytest.raises(BrokerUnavailable):
            await feed.ends(places)
        with pytest.raises(BrokerUnavailable):  # so the worker goes its way back
            await feed.poll(records_max=1, timeout_ms=200)
        await feed.cluster_id()
        assert sum((await feed.ends(places)).values()) == 1
        feed.assign(places)
        async with asyncio.timeout(20):
            while not await feed.poll(records_max=1, timeout_ms=200):
                continue
    finally:
        await feed.stop()


async def _kill_coordination(feed: KafkaFeed) -> None:
    """Leave the client as it is after its background task has died: `assert assignment.active`, in its own words."""
    coordinator = feed._consumer._consumer._coordinator
    dead: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    dead.set_exception(KafkaError("Unexpected error during coordination AssertionError()"))
    alive, coordinator._coordination_task = coordinator._coordination_task, dead
    alive.cancel()
    await asyncio.wait([alive])
