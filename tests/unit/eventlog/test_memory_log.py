"""The log in memory: what the suite promises, and what only the fake can do."""

import pytest

from shared.eventlog.memory import InMemoryEventLog, MemoryCommitStore
from shared.eventlog.port import EventLog
from tests.unit.eventlog.accounts import ACCOUNTS, CONTEXT, AccountClosed, AmountAdded, close, withdraw
from tests.unit.eventlog.faults import FaultyStore
from tests.unit.eventlog.log_behaviour import LogBehaviour

pytestmark = pytest.mark.asyncio


@pytest.fixture
def store() -> FaultyStore:
    return FaultyStore(MemoryCommitStore())


class TestLogInMemory(LogBehaviour):
    """The suite on dictionaries."""


async def test_a_history_is_given_and_what_was_recorded_is_looked_at() -> None:
    log = InMemoryEventLog()
    port: EventLog = log
    stream = ACCOUNTS.at("one", key="case")
    await log.given(stream, AmountAdded(amount=5), AmountAdded(amount=6))
    receipt = await port.decide(stream, withdraw(4), CONTEXT)
    await port.decide(stream, close, CONTEXT)
    assert log.events_of(stream)[2:] == (AmountAdded(amount=-4), AccountClosed())
    assert [event.sequence for event in log.published()] == [1, 2, 3, 4]
    assert log.published()[2].ce_id == f"{receipt.commit_id}.3"
    await log.close()
