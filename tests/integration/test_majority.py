"""What no majority holds yet refuses nobody: a step-down may undo it, and who asks twice cannot find it yet."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.mongod import has_primary, members_uri, start_members
from deploy.local.part import Part
from deploy.local.supervisor import Supervisor
from shared.contents.mongo_store import CONTENTS, KEYS, MongoContentStore
from shared.eventlog.mongo_log import MongoEventLog, prepare
from shared.eventlog.port import Receipt
from shared.kernel.decisions import Claim, Decision
from shared.mongo import LOCAL, Client, OperationFailure, Timestamp, connect, find_all, find_page, is_transient
from tests.unit.eventlog.accounts import ACCOUNTS, CONTEXT, AccountClosed, AlreadyTaken
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

ALONE_S = 0.8
"""Less than until a primary notices that it is alone."""


@pytest_asyncio.fixture
async def members(tmp_path: Path) -> AsyncIterator[tuple[Part, ...]]:
    async with Supervisor(tmp_path) as supervisor:
        found = await start_members(tmp_path, 3, supervisor=supervisor)
        yield found
        thaw(found)


@pytest_asyncio.fixture
async def client(members: tuple[Part, ...]) -> AsyncIterator[Client]:
    client = connect(members_uri(members), app_name="tests")
    yield client
    client.close()


@pytest_asyncio.fixture
async def newcomer(members: tuple[Part, ...]) -> AsyncIterator[Client]:
    """A client that asks the servers who they are when it reads for the first time."""
    newcomer = connect(members_uri(members), app_name="tests")
    yield newcomer
    newcomer.close()


async def secondaries_of(members: tuple[Part, ...]) -> list[Part]:
    return [member for member in members if not await has_primary([member.port])]


def freeze(members: Iterable[Part]) -> None:
    for member in members:
        member.freeze()


def thaw(members: Iterable[Part]) -> None:
    for member in members:
        member.thaw()


async def test_a_request_that_is_sent_twice_is_not_refused_for_what_its_twin_has_just_recorded(
    members: tuple[Part, ...], client: Client
) -> None:
    database = client["log"]
    await prepare(database)
    logs = [MongoEventLog(client, database, claims_key=b"k" * 32) for _ in range(2)]
    keyed = replace(CONTEXT, idempotency_key="key")
    secondaries = await secondaries_of(members)

    def asked(name: str) -> asyncio.Task[Receipt]:
        decision = Decision({f"account/{name}": [AccountClosed()]}, [Claim("orgnr", "5561234567", AlreadyTaken())])
        log = logs.pop()
        return asyncio.create_task(log.decide_all((ACCOUNTS.new(name, key=name),), lambda _: decision, keyed))

    async def is_on_the_primary() -> bool:
        return len(await find_all(database, "commits", {}, read_concern=LOCAL)) == 1

    freeze(secondaries)
    first = asked("a")
    await eventually_async(is_on_the_primary)
    second = asked("b")
    await asyncio.sleep(ALONE_S)
    assert [first.done(), second.done()] == [False, False]
    thaw(secondaries)
    one, other = await asyncio.gather(first, second)
    assert (one.positions, one.repeated, other.repeated) == (other.positions, False, True)


async def test_two_who_need_a_first_key_at_once_get_the_same_and_wait_until_a_majority_holds_it(
    members: tuple[Part, ...], client: Client
) -> None:
    database, keys = client["contents"], client["keys"]
    await database.create_collection(CONTENTS)
    await keys.create_collection(KEYS)
    stores = [MongoContentStore(database, keys, master_key=b"m" * 32) for _ in range(2)]
    secondaries = await secondaries_of(members)
    freeze(secondaries)
    puts = [asyncio.create_task(store.put("somebody", b"words")) for store in stores]
    await asyncio.sleep(ALONE_S)
    assert [put.done() for put in puts] == [False, False]
    thaw(secondaries)
    first, second = await asyncio.gather(*puts)
    assert first == second
    assert await stores[0].get("somebody", second) == b"words"


async def test_nothing_is_read_from_before_what_the_primary_held_when_it_was_found(
    members: tuple[Part, ...], client: Client, newcomer: Client
) -> None:
    """As with a primary that has just been elected: it holds what was acknowledged, and does not know that all do."""
    await client["read"]["things"].insert_one({"_id": "old"})
    secondaries = await secondaries_of(members)
    freeze(secondaries)
    await client["read"].command({"insert": "things", "documents": [{"_id": "new"}], "writeConcern": {"w": 1}})
    asked = [
        asyncio.create_task(find_all(newcomer["read"], "things", {})),
        asyncio.create_task(find_page(newcomer["read"], "things", {}, order={"_id": 1}, offset=0, limit=1)),
    ]
    await asyncio.sleep(ALONE_S)
    assert [answer.done() for answer in asked] == [False, False]
    thaw(secondaries)
    assert await asked[0] == [{"_id": "old"}, {"_id": "new"}]
    assert await asked[1] == ([{"_id": "new"}], 2)


async def test_a_read_ahead_of_what_the_server_has_heard_of_is_no_fault_of_ours(client: Client) -> None:
    """As by a server that was primary and has not heard of the new one's newest write, which we have."""
    newest = await _inserted(client)
    ahead = Timestamp(newest.time + 3_600, 1)
    with pytest.raises(OperationFailure) as refused:
        await find_all(client["read"], "things", {}, read_concern={"level": "majority", "afterClusterTime": ahead})
    assert refused.value.code == 72
    assert is_transient(refused.value)
    with pytest.raises(OperationFailure) as wrong:
        await client["read"].command({"find": "things", "readConcern": {"level": "nonsense"}})
    assert not is_transient(wrong.value)


async def _inserted(client: Client) -> Timestamp:
    answer = await client["read"].command({"insert": "things", "documents": [{}], "writeConcern": {"w": "majority"}})
    newest: Timestamp = answer["operationTime"]
    return newest


async def test_a_read_that_a_cache_may_answer_waits_for_no_majority(
    members: tuple[Part, ...], client: Client, newcomer: Client
) -> None:
    await client["read"].command({"create": "things"})
    secondaries = await secondaries_of(members)
    freeze(secondaries)
    await client["read"].command({"insert": "things", "documents": [{"_id": "new"}], "writeConcern": {"w": 1}})
    async with asyncio.timeout(ALONE_S):
        assert await find_all(newcomer["read"], "things", {}, read_concern=LOCAL) == [{"_id": "new"}]
