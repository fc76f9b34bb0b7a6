"""The log in MongoDB: what the suite promises, on a real replica set."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from typing_extensions import override

from shared.eventlog.mongo_log import MongoEventLog, prepare
from shared.eventlog.mongo_store import MongoCommitStore
from shared.eventlog.port import Receipt
from shared.eventlog.refusals import LogUnavailable, OutcomeUnknown
from shared.eventlog.settings import LogSettings
from shared.kernel.decisions import Claim, Decision
from shared.mongo import Client, Database, EncodingError, connect
from tests.conftest import Parts
from tests.unit.eventlog.accounts import (
    ACCOUNTS,
    CONTEXT,
    AccountClosed,
    AlreadyTaken,
    TooLittleLeft,
    add,
    withdraw,
)
from tests.unit.eventlog.faults import FaultyStore
from tests.unit.eventlog.log_behaviour import LogBehaviour

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def database(parts: Parts) -> AsyncIterator[tuple[Client, Database]]:
    client = connect(parts.mongodb_uri, app_name="tests")
    database = client[f"{parts.namespace}_log"]
    await prepare(database)
    yield client, database
    await client.drop_database(database.name)
    client.close()


@pytest.fixture
def store(database: tuple[Client, Database]) -> FaultyStore:
    return FaultyStore(MongoCommitStore(*database))


class TestLogInMongo(LogBehaviour):
    """The suite on a database of each test's own."""


async def test_preparing_again_changes_nothing_and_the_key_index_is_unique(database: tuple[Client, Database]) -> None:
    _, db = database
    await prepare(db)
    indexes = await db["commits"].index_information()
    assert sorted(indexes) == ["_id_", "idempotency"]
    index = indexes["idempotency"]
    assert index["unique"] is True
    assert index["key"] == [("tenant", 1), ("client", 1), ("idempotency", 1)]
    assert index["partialFilterExpression"] == {"idempotency": {"$type": "string"}}
    assert sorted(await db.list_collection_names()) == ["claims", "commits", "guards", "states"]


async def test_a_command_that_the_database_cannot_hold_fails_alone(database: tuple[Client, Database]) -> None:
    log = MongoEventLog(*database, claims_key=b"k" * 32)
    surrogate = replace(CONTEXT, actor="\ud800")
    results = await asyncio.gather(
        log.decide(ACCOUNTS.new("a", key="a"), add(1), CONTEXT),
        log.decide(ACCOUNTS.new("b", key="b"), add(1), surrogate),
        log.decide(ACCOUNTS.new("c", key="c"), add(1), CONTEXT),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [Receipt, EncodingError, Receipt]
    await log.close()


async def test_what_is_claimed_is_nowhere_in_the_database(database: tuple[Client, Database]) -> None:
    log = MongoEventLog(*database, claims_key=b"k" * 32)
    claim = Claim("orgnr", "5561234567", AlreadyTaken())
    decision = Decision({"account/a": [AccountClosed()]}, [claim])
    await log.decide_all((ACCOUNTS.new("a", key="a"),), lambda _: decision, CONTEXT)
    await log.close()
    db = database[1]
    kept = [str(document) for name in await db.list_collection_names() for document in await db[name].find().to_list()]
    assert len(kept) == 2
    assert not any("5561234567" in document for document in kept)
    (held,) = await db["claims"].find().to_list()
    assert (held["_id"][:6], len(held["_id"]), held["stream"], held["amount"]) == ("orgnr/", 70, "account/a", 0)


class _Commands(CommandListener):
    """Notes what is sent to the server."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    @override
    def started(self, event: CommandStartedEvent) -> None:
        self.sent.append(dict(event.command))

    @override
    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    @override
    def failed(self, event: CommandFailedEvent) -> None:
        pass


async def test_a_batch_is_one_durable_write_and_decisions_rest_on_majority_reads(
    parts: Parts, database: tuple[Client, Database]
) -> None:
    commands = _Commands()
    client = connect(parts.mongodb_uri, app_name="tests", event_listeners=[commands])
    log = MongoEventLog(client, client[database[1].name], claims_key=b"k" * 32)
    await asyncio.gather(*(log.decide(ACCOUNTS.new(str(n), key="k"), add(1), CONTEXT) for n in range(50)))
    context = replace(CONTEXT, idempotency_key="key")
    with pytest.raises(TooLittleLeft):
        await log.decide(ACCOUNTS.at("1"), withdraw(100), context)
    await log.close()
    client.close()
    writes = [it for it in commands.sent if it.get("insert") == "commits"]
    assert [len(write["documents"]) for write in writes] == [50]
    assert writes[0]["writeConcern"] == {"w": "majority", "j": True, "wtimeout": 10_000}
    reads = [it for it in commands.sent if it.get("find") == "commits"]
    assert len(reads) == 2  # the next positions, and the key before the refusal
    assert all(read["readConcern"]["level"] == "majority" for read in reads)


async def test_a_joint_commit_is_one_transaction_on_a_snapshot_at_majority(
    parts: Parts, database: tuple[Client, Database]
) -> None:
    commands = _Commands()
    client = connect(parts.mongodb_uri, app_name="tests", event_listeners=[commands])
    log = MongoEventLog(client, client[database[1].name], claims_key=b"k" * 32)
    streams = (ACCOUNTS.new("a", key="a"), ACCOUNTS.new("b", key="b"))
    decision = Decision({stream.id: [AccountClosed()] for stream in streams})
    await log.decide_all(streams, lambda _a, _b: decision, CONTEXT)
    await log.close()
    client.close()
    begins = [it for it in commands.sent if it.get("startTransaction")]
    assert [it["readConcern"]["level"] for it in begins] == ["snapshot"]
    (commit,) = [it for it in commands.sent if "commitTransaction" in it]
    assert (commit["writeConcern"]["w"], commit["writeConcern"]["j"]) == ("majority", True)


async def test_a_database_that_does_not_answer_is_said_in_time_and_nothing_hangs(unused_tcp_port: int) -> None:
    uri = f"mongodb://127.0.0.1:{unused_tcp_port}/?replicaSet=lotsen"
    client = connect(uri, app_name="tests", serverSelectionTimeoutMS=20)
    log = MongoEventLog(client, client["nowhere"], claims_key=b"k" * 32, settings=LogSettings(outcome_s_max=0.1))
    with pytest.raises(LogUnavailable):
        await log.decide(ACCOUNTS.at("a", key="a"), add(1), CONTEXT)
    with pytest.raises(OutcomeUnknown):
        await log.decide(ACCOUNTS.new("a", key="a"), add(1), CONTEXT)
    streams = (ACCOUNTS.new("a", key="a"), ACCOUNTS.new("b", key="b"))
    decision = Decision({stream.id: [AccountClosed()] for stream in streams})
    with pytest.raises(OutcomeUnknown):
        await log.decide_all(streams, lambda _a, _b: decision, CONTEXT)
    await log.close()
    client.close()
