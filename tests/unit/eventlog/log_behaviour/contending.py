"""Many at once: queues within a process, the lock between processes, batches."""

import asyncio
from dataclasses import replace

import pytest

from shared.contracts.event import Event
from shared.eventlog.refusals import LogUnavailable, StreamContended, VersionMismatch
from shared.eventlog.streams import Loaded, Stream
from tests.unit.eventlog.accounts import (
    ACCOUNTS,
    CONTEXT,
    Account,
    AccountClosed,
    TooLittleLeft,
    add,
    close,
    withdraw,
)
from tests.unit.eventlog.faults import WAIT_S_MAX, Fault, FaultyStore, everybody_waits
from tests.unit.eventlog.log_behaviour.logs import Logs, NewLog

AT = ACCOUNTS.at("one", key="case")


class Contending(Logs):
    """Nobody's change is lost, and nothing is decided on what may not come true."""

    async def test_commands_on_one_stream_are_decided_one_after_another(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log = new_log()
        receipts = await asyncio.gather(*(log.decide(AT, add(1), CONTEXT) for _ in range(30)))
        assert [receipt.positions[0].version for receipt in receipts] == list(range(1, 31))
        assert len(store.batches) == 30  # first in, first out: nobody lost to a neighbour

    async def test_commands_of_several_processes_on_one_stream_lose_nothing(self, new_log: NewLog) -> None:
        logs = [new_log(tries_max=100) for _ in range(3)]
        await asyncio.gather(*(log.decide(AT, add(1), CONTEXT) for log in logs for _ in range(10)))
        assert await new_log().load(AT) == Loaded(Account(opened=True, total=30), 30)

    async def test_appends_that_arrive_during_a_write_go_together(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log()
        store.write_gate.clear()
        commands = [asyncio.ensure_future(log.decide(_new(1), add(1), CONTEXT))]
        await store.writing.wait()
        commands += [asyncio.ensure_future(log.decide(_new(number), add(1), CONTEXT)) for number in (2, 3, 4)]
        await everybody_waits()
        store.write_gate.set()
        await asyncio.gather(*commands)
        assert store.batches == [["account/1"], ["account/2", "account/3", "account/4"]]

    async def test_each_of_a_batch_has_its_own_outcome(self, new_log: NewLog, store: FaultyStore) -> None:
        await new_log().decide(_new(2), add(7), CONTEXT)
        log = new_log()
        store.writing.clear()
        store.write_gate.clear()
        first = asyncio.ensure_future(log.decide(_new(1), add(1), CONTEXT))
        await store.writing.wait()
        others = [asyncio.ensure_future(log.decide(_new(number), add(1), CONTEXT)) for number in (2, 3)]
        await everybody_waits()
        store.write_gate.set()
        versions = [receipt.positions[0].version for receipt in await asyncio.gather(first, *others)]
        assert versions == [1, 2, 1]  # the middle one met the other process's commit and was decided again

    async def test_nothing_is_decided_on_what_is_not_committed_yet(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log()
        seen: list[int] = []

        def noting(account: Account) -> list[Event]:
            seen.append(account.total)
            return add(1)(account)

        store.write_gate.clear()
        first = asyncio.ensure_future(log.decide(_new(1), add(5), CONTEXT))
        await store.writing.wait()
        second = asyncio.ensure_future(log.decide(_new(1), noting, CONTEXT))
        await everybody_waits()
        assert seen == []
        store.write_gate.set()
        await asyncio.gather(first, second)
        assert seen == [5]

    async def test_who_was_not_first_decides_again_on_the_new_state(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        await new_log().decide(AT, withdraw(4), CONTEXT)
        with pytest.raises(TooLittleLeft):
            await log.decide(AT, withdraw(4), CONTEXT)

    async def test_a_refusal_is_given_on_fresh_state_only(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(1), CONTEXT)
        await new_log().decide(AT, add(10), CONTEXT)
        assert (await log.decide(AT, withdraw(8), CONTEXT)).positions[0].version == 3

    async def test_nothing_to_record_is_said_on_fresh_state_only(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(1), CONTEXT)
        await log.decide(AT, close, CONTEXT)
        await new_log().decide(AT, lambda _: [AccountClosed()], CONTEXT)
        assert (await log.decide(AT, close, CONTEXT)).positions[0].version == 3

    async def test_if_match_is_judged_on_fresh_state_only(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(1), CONTEXT)
        await new_log().decide(AT, add(1), CONTEXT)
        assert (await log.decide(AT, add(1), replace(CONTEXT, expected_version=2))).positions[0].version == 3

    async def test_if_match_is_not_decided_again_when_another_was_first(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log, rival = new_log(), new_log()
        await log.decide(AT, add(5), CONTEXT)
        store.before_write.append(lambda: rival.decide(AT, add(1), CONTEXT))
        with pytest.raises(VersionMismatch):
            await log.decide(AT, add(1), replace(CONTEXT, expected_version=1))
        assert (await log.load(AT)).version == 2

    async def test_contention_beyond_the_tries_is_said_and_never_a_refusal(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        store.faults.extend([Fault.TAKEN] * 7)
        log = new_log(tries_max=8)
        assert (await log.decide(AT, add(1), CONTEXT)).positions[0].version == 1
        store.faults.extend([Fault.TAKEN] * 8)
        with pytest.raises(StreamContended) as contended:
            await log.decide(AT, add(1), CONTEXT)
        assert (contended.value.status, contended.value.retry_after_s) == (503, 1)

    async def test_a_queue_that_is_full_refuses_the_next_in_line(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log(waiting_per_stream_max=2, waiting_max=2)
        store.write_gate.clear()
        held = [asyncio.ensure_future(log.decide(_new(1), add(1), CONTEXT)) for _ in range(3)]
        await store.writing.wait()
        with pytest.raises(StreamContended):
            await asyncio.wait_for(log.decide(_new(1), add(1), CONTEXT), WAIT_S_MAX)
        held += [asyncio.ensure_future(log.decide(_new(number), add(1), CONTEXT)) for number in (2, 3)]
        await everybody_waits()
        with pytest.raises(LogUnavailable):
            await asyncio.wait_for(log.decide(_new(4), add(1), CONTEXT), WAIT_S_MAX)
        store.write_gate.set()
        await asyncio.gather(*held)

    async def test_cancelling_who_waits_cancels_neither_the_batch_nor_the_queue(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log = new_log()
        store.write_gate.clear()
        impatient = asyncio.ensure_future(log.decide(_new(1), add(5), CONTEXT))
        await store.writing.wait()
        seen: list[int] = []

        def noting(account: Account) -> list[Event]:
            seen.append(account.total)
            return add(1)(account)

        in_line = [asyncio.ensure_future(log.decide(_new(1), noting, CONTEXT)) for _ in range(3)]
        await everybody_waits()
        impatient.cancel()
        in_line[1].cancel()
        await everybody_waits()
        assert seen == []  # the queue waits for the outcome, not for who asked
        store.write_gate.set()
        done = await asyncio.gather(impatient, *in_line, return_exceptions=True)
        assert [isinstance(it, asyncio.CancelledError) for it in done] == [True, False, True, False]
        assert await log.load(_new(1)) == Loaded(Account(opened=True, total=7), 3)


def _new(number: int) -> Stream[Account]:
    return ACCOUNTS.new(str(number), key="case")
