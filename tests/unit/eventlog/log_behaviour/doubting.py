"""Doubt: answers that never came, and what the log does to answer truly."""

import asyncio
from dataclasses import replace

import pytest

from shared.eventlog.refusals import LogUnavailable, OutcomeUnknown
from shared.eventlog.streams import Loaded
from tests.unit.eventlog.accounts import ACCOUNTS, CONTEXT, Account, add, withdraw
from tests.unit.eventlog.faults import Fault, FaultyStore, everybody_waits
from tests.unit.eventlog.log_behaviour.logs import Logs, NewLog

AT = ACCOUNTS.at("one", key="case")
KEYED = replace(CONTEXT, idempotency_key="key")


class Doubting(Logs):
    """Every 2xx has exactly one effect; without an answer there is one or none, and the key tells which."""

    @pytest.mark.parametrize("context", [CONTEXT, KEYED])
    @pytest.mark.parametrize(
        "faults",
        [
            [Fault.ANSWER_LOST],
            [Fault.NOT_WRITTEN],
            [Fault.NOT_WRITTEN, Fault.ANSWER_LOST, Fault.ANSWER_LOST, Fault.NOT_WRITTEN],
        ],
    )
    async def test_a_write_whose_answer_was_lost_is_recorded_once(
        self, new_log: NewLog, store: FaultyStore, faults: list[Fault], context: object
    ) -> None:
        assert isinstance(context, type(CONTEXT))
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        store.faults.extend(faults)
        receipt = await log.decide(AT, add(1), context)
        assert (receipt.positions[0].version, receipt.repeated) == (2, False)
        assert await new_log().load(AT) == Loaded(Account(opened=True, total=6), 2)

    async def test_a_neighbour_in_a_doubtful_batch_has_its_own_true_outcome(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        await new_log().decide(ACCOUNTS.at("two", key="case"), add(7), CONTEXT)
        log = new_log()
        store.faults.append(Fault.ANSWER_LOST)
        one, two = await asyncio.gather(
            log.decide(ACCOUNTS.new("one", key="case"), add(1), CONTEXT),
            log.decide(ACCOUNTS.new("two", key="case"), add(1), CONTEXT),
        )
        assert (one.positions[0].version, two.positions[0].version) == (1, 2)
        assert (await new_log().load(ACCOUNTS.at("two"))).state.total == 8

    async def test_a_position_lost_to_another_while_in_doubt_is_decided_again(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log, rival = new_log(), new_log()
        await log.decide(AT, add(5), CONTEXT)
        store.faults.append(Fault.NOT_WRITTEN)

        async def nothing_yet() -> None:
            store.before_write.append(lambda: rival.decide(AT, withdraw(1), CONTEXT))

        store.before_write.append(nothing_yet)
        receipt = await log.decide(AT, add(10), CONTEXT)
        assert receipt.positions[0].version == 3
        assert await new_log().load(AT) == Loaded(Account(opened=True, total=14), 3)

    @pytest.mark.parametrize(("fault", "total"), [(Fault.ANSWER_LOST, 1), (Fault.NOT_WRITTEN, 0)])
    async def test_without_any_answer_in_time_the_outcome_is_unknown_and_the_key_tells(
        self, new_log: NewLog, store: FaultyStore, fault: Fault, total: int
    ) -> None:
        log = new_log(outcome_s_max=0.05)
        store.faults.extend([fault] + [Fault.NOT_WRITTEN] * 10_000)
        with pytest.raises(OutcomeUnknown) as unknown:
            await log.decide(AT, add(1), KEYED)
        assert (unknown.value.status, unknown.value.retry_after_s) == (503, 5)
        store.faults.clear()
        assert (await new_log().load(AT)).state.total == total
        again = await log.decide(AT, add(1), KEYED)
        assert again.repeated == bool(total)
        assert await new_log().load(AT) == Loaded(Account(opened=True, total=1), 1)

    async def test_what_was_never_sent_is_said_not_to_be_recorded(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log(outcome_s_max=0.05)
        store.faults.extend([Fault.NOT_WRITTEN] * 10_000)
        first = asyncio.ensure_future(log.decide(ACCOUNTS.new("one", key="case"), add(1), CONTEXT))
        await store.writing.wait()
        second = asyncio.ensure_future(log.decide(ACCOUNTS.new("two", key="case"), add(1), CONTEXT))
        with pytest.raises(OutcomeUnknown):
            await first
        with pytest.raises((LogUnavailable, OutcomeUnknown)) as never_sent:
            await second
        assert ["account/two"] not in store.batches or isinstance(never_sent.value, OutcomeUnknown)
        await everybody_waits()
