import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import AsyncMongoClient

from deploy.local.child import Command
from deploy.local.failures import PortTakenError, StateDirInUseError, StateDirMismatchError
from deploy.local.layout import HOST, held, ports_are_free, remembered_layout
from deploy.local.part import Part
from deploy.local.parts import Parts, real_parts
from deploy.local.settings import PartsSettings
from deploy.local.supervisor import Supervisor
from tests.waiting import eventually

pytestmark = pytest.mark.real_parts

_Document = dict[str, Any]


def nothing_given() -> PartsSettings:
    """Whatever addresses the environment gives: these tests are about starting parts."""
    return PartsSettings().model_copy(update={"kafka_bootstrap_servers": None, "mongodb_uri": None})


@pytest_asyncio.fixture(scope="module")
async def started(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parts]:
    async with real_parts(tmp_path_factory.mktemp("started"), settings=nothing_given()) as parts:
        yield parts


async def create_topic(parts: Parts, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=parts.kafka_bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def produce(parts: Parts, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=parts.kafka_bootstrap_servers, acks="all") as producer:
        await producer.send_and_wait(topic, value, partition=0)


async def first_record(parts: Parts, topic: str) -> bytes:
    consumer = AIOKafkaConsumer(bootstrap_servers=parts.kafka_bootstrap_servers, auto_offset_reset="earliest")
    async with consumer:
        consumer.assign([TopicPartition(topic, 0)])
        record = await consumer.getone()
        assert record.value is not None
        return bytes(record.value)


def pids(parts: Parts) -> list[int]:
    return [part.pid for part in (*parts.brokers, *parts.members) if part.pid]


def is_left(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def is_listened_on(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


@pytest.mark.asyncio
async def test_a_record_comes_back_from_the_broker(started: Parts) -> None:
    await create_topic(started, "round-trip")
    await produce(started, "round-trip", b"hello")
    assert await first_record(started, "round-trip") == b"hello"


@pytest.mark.asyncio
async def test_the_database_takes_a_transaction(started: Parts) -> None:
    async with AsyncMongoClient[_Document](started.mongodb_uri) as client:
        pair = client["lotsen-test"]["pair"]
        await client["lotsen-test"].create_collection("pair")
        async with client.start_session() as session, await session.start_transaction():
            await pair.insert_one({"_id": 1}, session=session)
            await pair.insert_one({"_id": 2}, session=session)
        assert await pair.count_documents({}) == 2


@pytest.mark.asyncio
async def test_a_killed_broker_comes_back_with_its_data(started: Parts) -> None:
    (broker,) = started.brokers
    await create_topic(started, "kept")
    await produce(started, "kept", b"still here")

    await broker.kill()
    assert not is_listened_on(broker.port)
    await broker.start()

    assert await first_record(started, "kept") == b"still here"


@pytest.mark.asyncio
async def test_a_killed_member_comes_back_with_its_data(started: Parts) -> None:
    (member,) = started.members
    async with AsyncMongoClient[_Document](started.mongodb_uri) as client:
        kept = client["lotsen-test"]["kept"]
        await kept.insert_one({"_id": "still here"})
        await member.kill()
        await member.start()
        assert await kept.count_documents({"_id": "still here"}) == 1


@pytest.mark.asyncio
async def test_a_part_that_a_stranger_kills_is_started_again(started: Parts) -> None:
    (member,) = started.members
    before = member.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)

    await eventually(lambda: member.pid not in {None, before})
    await member.ready()


@pytest.mark.asyncio
async def test_a_second_start_finds_the_data_and_the_end_leaves_nothing(tmp_path: Path) -> None:
    steps: list[str] = []
    async with real_parts(tmp_path, settings=nothing_given(), on_step=steps.append) as first:
        await create_topic(first, "kept")
        await produce(first, "kept", b"from last time")
        of_first: list[Part] = [*first.brokers, *first.members]
        first_pids = pids(first)
    assert "Kafka is ready (local)" in steps
    assert len(first_pids) == 2
    assert not any(is_left(pid) for pid in first_pids)
    assert not any(is_listened_on(part.port) for part in of_first)

    async with real_parts(tmp_path, settings=nothing_given()) as second:
        assert second.environment() == first.environment()
        assert await first_record(second, "kept") == b"from last time"


@pytest.mark.asyncio
async def test_given_addresses_win_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "broker.example:9092")
    monkeypatch.setenv("MONGODB_URI", "mongodb://member.example/?replicaSet=there")
    state_dir = tmp_path / "state"
    async with real_parts(state_dir) as parts:
        assert parts.environment() == {
            "KAFKA_BOOTSTRAP_SERVERS": "broker.example:9092",
            "MONGODB_URI": "mongodb://member.example/?replicaSet=there",
        }
        assert parts.brokers == parts.members == ()
    assert not state_dir.exists()


@pytest.mark.asyncio
async def test_only_what_is_not_given_is_started(tmp_path: Path) -> None:
    settings = nothing_given().model_copy(update={"kafka_bootstrap_servers": "broker.example:9092"})
    async with real_parts(tmp_path, settings=settings) as parts:
        assert (parts.kafka_road, parts.mongodb_road) == ("given", "local")
        assert not (tmp_path / "kafka").exists()


@pytest.mark.asyncio
async def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    starting = f"""
import asyncio, json
from pathlib import Path
from deploy.local.parts import real_parts

async def main():
    async with real_parts(Path({str(tmp_path / "state")!r})) as parts:
        print(json.dumps([[part.pid, part.port] for part in (*parts.brokers, *parts.members)]), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())"""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "KAFKA_BOOTSTRAP_SERVERS": "", "MONGODB_URI": ""}
    async with Supervisor(tmp_path) as supervisor:
        parent = await supervisor.start(Command("parent", (sys.executable, "-c", starting), environment))
        await eventually(lambda: parent.log_tail().rpartition("\n")[2].startswith("[["), within_s=60)
        processes: list[tuple[int, int]] = json.loads(parent.log_tail().splitlines()[-1])
        assert all(is_left(pid) for pid, _ in processes)

        await parent.kill()
        await eventually(lambda: not any(is_left(pid) for pid, _ in processes))
        await eventually(lambda: not any(is_listened_on(port) for _, port in processes))


@pytest.mark.asyncio
async def test_a_state_directory_serves_one_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(StateDirInUseError):
        async with real_parts(tmp_path, settings=nothing_given()):
            pass


def test_a_state_directory_keeps_its_number_of_processes(tmp_path: Path) -> None:
    before = remembered_layout(tmp_path, 1, ("client",))
    assert remembered_layout(tmp_path, 1, ("client",)) == before
    with pytest.raises(StateDirMismatchError):
        remembered_layout(tmp_path, 3, ("client",))


@pytest.mark.asyncio
async def test_a_port_taken_by_a_stranger_is_told(tmp_path: Path) -> None:
    (node,) = remembered_layout(tmp_path, 1, ("client",)).nodes
    with socket.socket() as stranger:
        stranger.bind((HOST, node.ports["client"]))
        stranger.listen()
        with pytest.raises(PortTakenError, match=str(node.ports["client"])):
            await ports_are_free("mongod-1", node, within_s=0.1)
