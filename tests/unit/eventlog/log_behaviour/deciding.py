"""Deciding and recording: one decision, one document, one receipt."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.eventlog.facts import UnknownFactError, UnsavableStateError
from shared.eventlog.plans import RecordKeyMissingError
from shared.eventlog.port import Position
from shared.eventlog.refusals import AnotherRecordKey, EventTooLarge, VersionMismatch
from shared.eventlog.streams import Loaded, StreamType
from shared.kernel.refusals import NotFound
from tests.unit.eventlog.accounts import (
    ACCOUNTS,
    CONTEXT,
    NOON,
    Account,
    AccountClosed,
    AccountFact,
    AmountAdded,
    TooLittleLeft,
    add,
    close,
    evolve,
    withdraw,
)
from tests.unit.eventlog.faults import FaultyStore
from tests.unit.eventlog.log_behaviour.logs import Logs, NewLog

AT = ACCOUNTS.at("one", key="case")


class Deciding(Logs):
    """Load, decide, append."""

    async def test_a_receipt_says_which_facts_were_recorded_where_and_when(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        receipt = await log.decide(AT, lambda _: [AmountAdded(amount=1), AmountAdded(amount=2)], CONTEXT)
        assert receipt.positions == (Position("account/one", 3, "case"),)
        assert receipt.events == (AmountAdded(amount=1), AmountAdded(amount=2))
        assert receipt.recorded_at == NOON.replace(microsecond=123000)
        assert not receipt.repeated

    async def test_the_events_of_one_decision_are_one_document(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        context = replace(CONTEXT, traceparent="00-1-2-03", idempotency_key="key", now=NOON + timedelta(seconds=1))
        receipt = await log.decide(AT, lambda _: [AmountAdded(amount=1), AccountClosed()], context)
        (commit,) = await store.commits_at(["account/one/0000000002"])
        assert commit == {
            "_id": "account/one/0000000002",
            "commit_id": receipt.commit_id,
            "stream": "account/one",
            "key": "case",
            "first": 2,
            "last": 3,
            "events": [
                {"type": "se.lotsen.amount-added.v1", "data": '{"amount":1,"note":""}'},
                {"type": "se.lotsen.account-closed.v1", "data": "{}"},
            ],
            "actor": "anna",
            "tenant": "umea",
            "client": "system",
            "idempotency": "key",
            "request_hash": "the request",
            "trace": "00-1-2-03",
            "at": NOON.replace(microsecond=123000) + timedelta(seconds=1),
        }

    async def test_a_load_gives_the_state_and_version_of_what_is_recorded(self, new_log: NewLog) -> None:
        log = new_log()
        assert await log.load(AT) == Loaded(Account(), 0)
        await log.decide(AT, add(5), CONTEXT)
        await log.decide(AT, add(6), CONTEXT)
        assert await log.load(AT) == Loaded(Account(opened=True, total=11), 2)

    async def test_another_process_loads_what_this_one_recorded(self, new_log: NewLog) -> None:
        await new_log().decide(AT, add(5), CONTEXT)
        receipt = await new_log().decide(ACCOUNTS.at("one"), withdraw(2), CONTEXT)
        assert receipt.positions == (Position("account/one", 2, "case"),)

    async def test_a_decision_without_events_records_nothing_and_says_where_the_stream_is(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        receipt = await log.decide(AT, add(0), CONTEXT)
        assert (receipt.positions, receipt.events) == ((Position("account/one", 1, "case"),), ())
        assert len(store.batches) == 1

    async def test_a_refusal_records_nothing(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        with pytest.raises(TooLittleLeft):
            await log.decide(AT, withdraw(6), CONTEXT)
        assert await log.load(AT) == Loaded(Account(opened=True, total=5), 1)

    async def test_what_does_not_exist_is_for_the_domain_to_answer(self, new_log: NewLog) -> None:
        with pytest.raises(NotFound):
            await new_log().decide(ACCOUNTS.at("nowhere"), close, CONTEXT)

    async def test_a_new_stream_without_a_record_key_is_a_programming_error(self, new_log: NewLog) -> None:
        with pytest.raises(RecordKeyMissingError):
            await new_log().decide(ACCOUNTS.at("nowhere"), add(1), CONTEXT)

    async def test_a_stream_keeps_its_record_key_for_life(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        other = ACCOUNTS.at("one", key="another case")
        for process in (log, new_log()):
            with pytest.raises(AnotherRecordKey):
                await process.decide(other, add(1), CONTEXT)
        assert (await log.load(AT)).version == 1

    async def test_an_event_of_the_largest_size_is_recorded_and_one_byte_more_is_refused(self, new_log: NewLog) -> None:
        log = new_log()
        frame = len('{"amount":1,"note":""}')
        largest = "å" * ((256 * 1024 - frame) // 2)
        assert (await log.decide(AT, add(1, largest), CONTEXT)).positions[0].version == 1
        with pytest.raises(EventTooLarge):
            await log.decide(AT, add(1, largest + "x"), CONTEXT)
        assert (await new_log().load(AT)).version == 1

    async def test_if_match_lets_only_the_newest_version_be_changed(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        receipt = await log.decide(AT, add(1), replace(CONTEXT, expected_version=1))
        assert receipt.positions[0].version == 2
        for decision in (add(1), add(0), withdraw(100)):
            with pytest.raises(VersionMismatch) as refused:
                await log.decide(AT, decision, replace(CONTEXT, expected_version=1))
            assert refused.value.facts == {"version": 2}

    async def test_if_match_does_not_tell_that_something_foreign_exists(self, new_log: NewLog) -> None:
        with pytest.raises(NotFound):
            await new_log().decide(AT, close, replace(CONTEXT, expected_version=3))

    async def test_a_fact_that_cannot_be_folded_is_not_recorded(self, new_log: NewLog) -> None:
        def broken(account: Account, event: AccountFact) -> Account:
            if isinstance(event, AccountClosed):
                raise ZeroDivisionError
            return evolve(account, event)

        log = new_log()
        stream = StreamType("account", Account, Account, broken, ACCOUNTS.facts).at("one", key="case")
        await log.decide(stream, add(5), CONTEXT)
        with pytest.raises(ZeroDivisionError):
            await log.decide(stream, close, CONTEXT)
        assert (await new_log().load(AT)).version == 1

    async def test_a_state_that_does_not_survive_json_is_found_out_in_tests(self, new_log: NewLog) -> None:
        pairs: StreamType[dict[str, object]] = StreamType(
            "pair", dict[str, object], dict[str, object], lambda _state, _event: {"pair": (1, 2)}, ACCOUNTS.facts
        )
        with pytest.raises(UnsavableStateError):
            await new_log().decide(pairs.at("one", key="case"), lambda _: [AccountClosed()], CONTEXT)

    async def test_a_fact_unknown_here_stops_its_own_stream_only(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        await log.decide(AT, close, CONTEXT)
        await log.decide(ACCOUNTS.at("two", key="case"), add(7), CONTEXT)
        older = StreamType("account", Account, Account, evolve, (AmountAdded,), fold_version=2)
        process = new_log()
        one, two = await asyncio.gather(
            process.load(older.at("one")), process.load(older.at("two")), return_exceptions=True
        )
        assert isinstance(one, UnknownFactError)
        assert two == Loaded(Account(opened=True, total=7), 1)
