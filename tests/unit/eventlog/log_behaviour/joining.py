"""Decisions over two streams, and claims: all of it or nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.contracts.event import Event
from shared.eventlog.plans import StrayDecisionError
from shared.eventlog.port import Position
from shared.eventlog.refusals import OutcomeUnknown, VersionMismatch
from shared.eventlog.streams import Loaded
from shared.kernel.decisions import Claim, Decision
from tests.unit.eventlog.accounts import (
    ACCOUNTS,
    CONTEXT,
    Account,
    AlreadyTaken,
    AmountAdded,
    TooLittleLeft,
    add,
)
from tests.unit.eventlog.faults import Fault, FaultyStore
from tests.unit.eventlog.log_behaviour.logs import Logs, NewLog

ONE = ACCOUNTS.at("one", key="case")
TWO = ACCOUNTS.at("two", key="other case")
KEYED = replace(CONTEXT, idempotency_key="key")


def move(amount: int) -> Callable[[Account, Account], Decision]:
    """Move money from the first account to the second."""

    def decision(source: Account, _target: Account) -> Decision:
        if source.total < amount:
            raise TooLittleLeft
        return Decision({ONE.id: [AmountAdded(amount=-amount)], TWO.id: [AmountAdded(amount=amount)]})

    return decision


def claiming(*claims: Claim, stream: str = ONE.id) -> Callable[[Account], Decision]:
    """Record one fact and claim."""
    return lambda _: Decision({stream: [AmountAdded(amount=1)]}, claims)


def company(number: str) -> Claim:
    return Claim("orgnr", number, AlreadyTaken())


def voucher(amount_ore: int, limit_ore: int = 100) -> Claim:
    return Claim("voucher", "A-17", AlreadyTaken(), amount_ore=amount_ore, limit_ore=limit_ore)


class Joining(Logs):
    """Two streams in one decision, uniqueness across streams."""

    async def test_two_streams_are_recorded_together(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log()
        await log.decide(ONE, add(10), CONTEXT)
        receipt = await log.decide_all((ONE, TWO), move(4), KEYED)
        assert receipt.positions == (Position(ONE.id, 2, "case"), Position(TWO.id, 1, "other case"))
        assert receipt.events == (AmountAdded(amount=-4),)
        first, second = await store.commits_at(["account/one/0000000002", "account/two/0000000001"])
        if first["stream"] == TWO.id:
            first, second = second, first
        assert first["commit_id"] != second["commit_id"]
        assert first.get("also") == [{"stream": TWO.id, "last": 1, "key": "other case"}]
        assert (first.get("idempotency"), second.get("idempotency"), second.get("also")) == ("key", None, None)
        process = new_log()
        assert ((await process.load(ONE)).state.total, (await process.load(TWO)).state.total) == (6, 4)

    async def test_a_repeat_over_two_streams_gets_the_first_receipt(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(ONE, add(10), CONTEXT)
        first = await log.decide_all((ONE, TWO), move(10), KEYED)
        assert await log.decide_all((ONE, TWO), move(10), KEYED) == replace(first, repeated=True)
        await log.decide(ONE, add(10), CONTEXT)
        assert await new_log().decide_all((ONE, TWO), move(10), KEYED) == replace(first, repeated=True)
        assert (await log.load(TWO)).state.total == 10

    async def test_neither_is_recorded_when_another_was_first_on_one(self, new_log: NewLog, store: FaultyStore) -> None:
        log, rival = new_log(), new_log()
        await log.decide(ONE, add(10), CONTEXT)
        store.before_write.append(lambda: rival.decide(TWO, add(100), CONTEXT))
        seen: list[int] = []

        def noting(source: Account, target: Account) -> Decision:
            seen.append(target.total)
            return move(4)(source, target)

        await log.decide_all((ONE, TWO), noting, CONTEXT)
        assert seen == [0, 100]
        assert await log.load(ONE) == Loaded(Account(opened=True, total=6), 2)
        assert await log.load(TWO) == Loaded(Account(opened=True, total=104), 2)

    async def test_money_moved_both_ways_at_once_by_several_processes_is_neither_lost_nor_made(
        self, new_log: NewLog
    ) -> None:
        logs = [new_log(tries_max=100) for _ in range(2)]
        await logs[0].decide(ONE, add(100), CONTEXT)
        await logs[0].decide(TWO, add(100), CONTEXT)

        def back(source: Account, target: Account) -> Decision:
            events = move(2)(source, target).events
            return Decision({ONE.id: events[TWO.id], TWO.id: events[ONE.id]})

        moves = [log.decide_all((ONE, TWO), move(3), CONTEXT) for log in logs for _ in range(4)]
        backs = [log.decide_all((TWO, ONE), back, CONTEXT) for log in logs for _ in range(4)]
        await asyncio.gather(*moves, *backs)
        process = new_log()
        assert await process.load(ONE) == Loaded(Account(opened=True, total=92), 17)
        assert await process.load(TWO) == Loaded(Account(opened=True, total=108), 17)

    async def test_a_stream_that_is_only_read_must_not_have_moved(self, new_log: NewLog, store: FaultyStore) -> None:
        log, rival = new_log(), new_log()
        await log.decide(TWO, add(10), CONTEXT)
        store.before_write.append(lambda: rival.decide(TWO, add(-10), CONTEXT))
        with pytest.raises(TooLittleLeft):
            await log.decide_all((ONE, TWO), _if_two_has_money, CONTEXT)
        assert (await log.load(ONE)).version == 0
        await rival.decide(TWO, add(1), CONTEXT)
        receipt = await log.decide_all((ONE, TWO), _if_two_has_money, CONTEXT)
        assert receipt.positions == (Position(ONE.id, 1, "case"),)

    async def test_two_decisions_that_each_read_what_the_other_writes_do_not_both_succeed(
        self, new_log: NewLog
    ) -> None:
        logs = [new_log(), new_log()]
        for number in range(10):
            a, b = (ACCOUNTS.at(f"{name}{number}", key="case") for name in "ab")

            def only_if_other_is_empty(writes: str) -> Callable[[Account, Account], Decision]:
                return lambda _own, other: Decision({} if other.opened else {writes: [AmountAdded(amount=1)]})

            receipts = await asyncio.gather(
                logs[0].decide_all((a, b), only_if_other_is_empty(a.id), CONTEXT),
                logs[1].decide_all((b, a), only_if_other_is_empty(b.id), CONTEXT),
            )
            assert sorted(len(receipt.events) for receipt in receipts) == [0, 1]

    async def test_if_match_is_about_the_first_stream(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(ONE, add(10), CONTEXT)
        await log.decide(TWO, add(10), CONTEXT)
        await log.decide(TWO, add(10), CONTEXT)
        await log.decide_all((ONE, TWO), move(1), replace(CONTEXT, expected_version=1))
        with pytest.raises(VersionMismatch):
            await log.decide_all((ONE, TWO), move(1), replace(CONTEXT, expected_version=1))

    async def test_a_decision_may_only_name_the_streams_it_was_given(self, new_log: NewLog) -> None:
        with pytest.raises(StrayDecisionError):
            await new_log().decide_all((ONE,), claiming(stream=TWO.id), CONTEXT)
        with pytest.raises(StrayDecisionError):
            await new_log().decide_all((ONE,), lambda _: Decision({}, [company("1")]), CONTEXT)

    async def test_nothing_decided_over_two_streams_records_nothing(self, new_log: NewLog) -> None:
        receipt = await new_log().decide_all((ONE, TWO), lambda _a, _b: Decision({ONE.id: []}), CONTEXT)
        assert receipt.positions == (Position(ONE.id, 0, "case"), Position(TWO.id, 0, "other case"))

    async def test_a_value_is_claimed_by_one_stream_only(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide_all((ONE,), claiming(company("5561234567")), CONTEXT)
        with pytest.raises(AlreadyTaken):
            await log.decide_all((TWO,), claiming(company("5561234567"), stream=TWO.id), CONTEXT)
        assert (await log.load(TWO)).version == 0
        await log.decide_all((TWO,), claiming(company("5567654321"), stream=TWO.id), CONTEXT)
        await log.decide_all((ONE,), claiming(company("5561234567")), CONTEXT)
        assert (await log.load(ONE)).version == 2

    async def test_who_holds_a_value_can_be_asked(self, new_log: NewLog) -> None:
        log = new_log()
        assert await log.claimant("orgnr", "5561234567") is None
        await log.decide_all((ONE,), claiming(company("5561234567")), CONTEXT)
        assert await new_log().claimant("orgnr", "5561234567") == ONE.id
        assert await log.claimant("voucher", "5561234567") is None

    async def test_of_many_who_claim_at_once_one_gets_it(self, new_log: NewLog) -> None:
        logs = [new_log(), new_log()]
        names = [f"a{number}" for number in range(8)]
        results = await asyncio.gather(
            *(
                logs[number % 2].decide_all(
                    (ACCOUNTS.new(name, key=name),), claiming(company("1"), stream=f"account/{name}"), CONTEXT
                )
                for number, name in enumerate(names)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(result, AlreadyTaken) for result in results) == 7

    async def test_amounts_may_be_claimed_up_to_the_limit_and_not_one_ore_more(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide_all((ONE,), claiming(voucher(60)), CONTEXT)
        with pytest.raises(AlreadyTaken):
            await log.decide_all((TWO,), claiming(voucher(41), stream=TWO.id), CONTEXT)
        await log.decide_all((TWO,), claiming(voucher(40), stream=TWO.id), CONTEXT)
        with pytest.raises(AlreadyTaken):
            await log.decide_all((ONE,), claiming(voucher(1)), CONTEXT)
        await log.decide_all((ONE,), claiming(voucher(-1)), CONTEXT)
        await log.decide_all((TWO,), claiming(voucher(1), stream=TWO.id), CONTEXT)
        with pytest.raises(AlreadyTaken):
            await log.decide_all((ONE,), claiming(voucher(-101)), CONTEXT)

    async def test_one_decision_that_claims_the_same_twice_is_counted_twice(self, new_log: NewLog) -> None:
        log = new_log()
        with pytest.raises(AlreadyTaken):
            await log.decide_all((ONE,), claiming(voucher(60), voucher(41)), CONTEXT)
        await log.decide_all((ONE,), claiming(voucher(60), voucher(40)), CONTEXT)

    async def test_a_claim_that_fails_is_answered_on_fresh_state(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(ONE, add(1), CONTEXT)
        rival = new_log()
        await rival.decide_all((ONE,), claiming(voucher(100)), CONTEXT)

        def unless_done(account: Account) -> Decision:
            return Decision(
                {} if account.total > 1 else {ONE.id: [AmountAdded(amount=1)]}, [voucher(100)][account.total > 1 :]
            )

        assert (await log.decide_all((ONE,), unless_done, CONTEXT)).events == ()

    @pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.NOT_WRITTEN])
    async def test_a_joint_write_whose_answer_was_lost_takes_effect_once(
        self, new_log: NewLog, store: FaultyStore, fault: Fault
    ) -> None:
        log = new_log()
        events: dict[str, list[Event]] = {ONE.id: [AmountAdded(amount=1)], TWO.id: [AmountAdded(amount=2)]}
        store.faults.extend([fault, fault])
        receipt = await log.decide_all((ONE, TWO), lambda _a, _b: Decision(events, [voucher(60)]), KEYED)
        assert not receipt.repeated
        await log.decide_all((ONE,), claiming(voucher(40)), CONTEXT)  # counted once: there is room for this
        assert (await new_log().load(TWO)).version == 1

    async def test_a_joint_write_without_any_answer_is_unknown_and_the_key_tells(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log = new_log(outcome_s_max=0.05)
        await log.decide(ONE, add(10), CONTEXT)
        store.faults.extend([Fault.ANSWER_LOST] + [Fault.NOT_WRITTEN] * 10_000)
        with pytest.raises(OutcomeUnknown):
            await log.decide_all((ONE, TWO), move(4), KEYED)
        store.faults.clear()
        assert (await log.decide_all((ONE, TWO), move(4), KEYED)).repeated

    async def test_cancelling_who_waits_for_a_joint_write_does_not_cancel_it(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log = new_log()
        await log.decide(ONE, add(10), CONTEXT)
        store.writing.clear()
        store.write_gate.clear()
        impatient = asyncio.ensure_future(log.decide_all((ONE, TWO), move(4), CONTEXT))
        await store.writing.wait()
        impatient.cancel()
        store.write_gate.set()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        assert (await log.decide(TWO, add(1), CONTEXT)).positions[0].version == 2


def _if_two_has_money(_one: Account, two: Account) -> Decision:
    if two.total <= 0:
        raise TooLittleLeft
    return Decision({ONE.id: [AmountAdded(amount=1)]})
