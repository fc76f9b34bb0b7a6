"""Bad days of the database: killed and made to step down under load, no 2xx is lost and none counts twice."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.mongod import members_uri, start_members
from deploy.local.part import Part
from deploy.local.supervisor import Supervisor
from shared.eventlog.mongo_log import MongoEventLog, prepare
from shared.eventlog.port import Receipt
from shared.eventlog.refusals import LogUnavailable, OutcomeUnknown
from shared.kernel.decisions import Claim, Decision
from shared.mongo import Client, Database, DatabaseError, Document, connect
from tests.unit.eventlog.accounts import ACCOUNTS, CONTEXT, AlreadyTaken, AmountAdded, add
from tests.waiting import eventually

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

STREAMS = [ACCOUNTS.at(f"s{number}", key="case") for number in range(8)]
CLIENTS = 16


@pytest_asyncio.fixture
async def mongod(tmp_path: Path) -> AsyncIterator[Part]:
    async with Supervisor(tmp_path) as supervisor:
        (member,) = await start_members(tmp_path, 1, supervisor=supervisor)
        yield member


@pytest_asyncio.fixture
async def client(mongod: Part) -> AsyncIterator[Client]:
    client = connect(members_uri((mongod,)), app_name="tests")
    yield client
    client.close()


@dataclass
class Journal:
    """What the clients were told: the commit of every answered key, and the keys without an answer."""

    answered: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)


@pytest.mark.parametrize("fault", ["killed", "stepped down"])
async def test_every_answer_is_kept_exactly_once_when_the_primary_goes(
    mongod: Part, client: Client, fault: str
) -> None:
    database = client["log"]
    await prepare(database)
    log = MongoEventLog(client, database, claims_key=b"k" * 32)
    journal = Journal()
    enough = asyncio.Event()
    clients = [asyncio.ensure_future(_ask(log, number, journal, enough)) for number in range(CLIENTS)]
    for _ in range(2):
        await _progress(journal)
        await (_kill(mongod) if fault == "killed" else _step_down(client))
    await _progress(journal)
    enough.set()
    await asyncio.gather(*clients)
    await log.close()
    await _check(database, journal)


async def _ask(log: MongoEventLog, number: int, journal: Journal, enough: asyncio.Event) -> None:
    """One client: asks, notes the answer, asks the next."""
    asked = 0
    while not enough.is_set():
        asked += 1
        key = f"{number}.{asked}"
        try:
            receipt = await _command(log, number, asked)(key)
        except (OutcomeUnknown, LogUnavailable):
            journal.unanswered.add(key)
        else:
            assert not receipt.repeated  # no key is used twice here
            journal.answered[key] = receipt.commit_id


def _command(log: MongoEventLog, number: int, asked: int) -> Callable[[str], Awaitable[Receipt]]:
    one, other = STREAMS[(number + asked) % len(STREAMS)], STREAMS[(number * asked + 1) % len(STREAMS)]
    if number % 8 or one == other:
        return lambda key: log.decide(one, add(1, key), replace(CONTEXT, idempotency_key=key))
    claim = Claim("voucher", "A-17", AlreadyTaken(), amount_ore=1, limit_ore=10**9)
    events = {one.id: [AmountAdded(amount=1)], other.id: [AmountAdded(amount=1)]}
    return lambda key: log.decide_all(
        (one, other), lambda _one, _other: Decision(events, [claim]), replace(CONTEXT, idempotency_key=key)
    )


async def _progress(journal: Journal) -> None:
    before = len(journal.answered)
    await eventually(lambda: len(journal.answered) > before + 100)


async def _kill(mongod: Part) -> None:
    await mongod.kill()
    await mongod.start()


async def _step_down(client: Client) -> None:
    try:
        await client["admin"].command({"replSetStepDown": 1, "force": True})
    except DatabaseError:
        return  # the primary may close the connection instead of answering


async def _check(database: Database, journal: Journal) -> None:
    commits: list[Document] = await database["commits"].find().sort("_id", 1).to_list(None)
    recorded = Counter(commit["idempotency"] for commit in commits if "idempotency" in commit)
    assert set(recorded.values()) == {1}
    holders = {commit["idempotency"]: commit["commit_id"] for commit in commits if "idempotency" in commit}
    assert {key: holders.get(key) for key in journal.answered} == journal.answered
    assert set(holders) <= set(journal.answered) | journal.unanswered
    last: defaultdict[str, int] = defaultdict(int)
    for commit in commits:
        assert commit["first"] == last[commit["stream"]] + 1
        last[commit["stream"]] = commit["last"]
    (claim,) = await database["claims"].find().to_list(None)
    assert claim["amount"] == sum("also" in commit for commit in commits)
    states: list[Document] = await database["states"].find().to_list(None)
    assert states
    assert all(state["version"] <= last[state["_id"]] for state in states)
