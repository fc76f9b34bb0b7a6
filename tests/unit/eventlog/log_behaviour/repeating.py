"""Idempotency: the same key gives the same answer, whatever has happened since."""

import asyncio
from dataclasses import replace

import pytest

from shared.eventlog.port import CommandContext
from shared.eventlog.refusals import IdempotencyKeyReused
from shared.eventlog.streams import Loaded
from shared.kernel.ids import OrganisationId
from tests.unit.eventlog.accounts import ACCOUNTS, CONTEXT, Account, AmountAdded, TooLittleLeft, add, close, withdraw
from tests.unit.eventlog.faults import FaultyStore
from tests.unit.eventlog.log_behaviour.logs import Logs, NewLog

AT = ACCOUNTS.at("one", key="case")


def keyed(key: str = "key", **changes: object) -> CommandContext:
    return replace(CONTEXT, idempotency_key=key, **changes)  # type: ignore[arg-type]  # the context's own fields


class Repeating(Logs):
    """The key is looked up before anything but success is answered."""

    async def test_the_same_request_again_gets_the_first_receipt_and_records_nothing(self, new_log: NewLog) -> None:
        log = new_log()
        first = await log.decide(AT, lambda _: [AmountAdded(amount=1), AmountAdded(amount=2)], keyed())
        for process in (log, new_log()):
            again = await process.decide(AT, add(99), keyed())
            assert again == replace(first, repeated=True)
        assert (await log.load(AT)).version == 2

    async def test_a_repeat_gets_the_first_receipt_though_it_would_be_refused_now(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        first = await log.decide(AT, withdraw(4), keyed())
        assert await log.decide(AT, withdraw(4), keyed()) == replace(first, repeated=True)

    async def test_a_repeat_gets_the_first_receipt_though_if_match_is_old_now(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        first = await log.decide(AT, add(1), keyed(expected_version=1))
        assert await log.decide(AT, add(1), keyed(expected_version=1)) == replace(first, repeated=True)

    async def test_a_repeat_gets_the_first_receipt_though_there_is_nothing_left_to_record(
        self, new_log: NewLog
    ) -> None:
        log = new_log()
        await log.decide(AT, add(5), CONTEXT)
        first = await log.decide(AT, close, keyed())
        assert await log.decide(AT, close, keyed()) == replace(first, repeated=True)

    async def test_a_repeat_that_makes_a_new_id_gets_the_first_id(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log()
        first = await log.decide(ACCOUNTS.new("a", key="a"), add(5), keyed())
        again = await log.decide(ACCOUNTS.new("b", key="b"), add(5), keyed())
        assert again == replace(first, repeated=True)
        assert (await log.load(ACCOUNTS.at("b"))).version == 0
        assert len(store.batches) == 2  # once was enough to know

    async def test_another_request_with_the_same_key_is_refused(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(5), keyed())
        for decision in (add(1), add(0), withdraw(100)):
            with pytest.raises(IdempotencyKeyReused):
                await log.decide(AT, decision, keyed(request_hash="another request"))

    async def test_the_same_key_of_another_client_or_organisation_is_another_key(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(1), keyed())
        await log.decide(AT, add(1), keyed(client="another system"))
        receipt = await log.decide(AT, add(1), keyed(tenant=OrganisationId("lulea")))
        assert (receipt.positions[0].version, receipt.repeated) == (3, False)

    async def test_requests_without_a_key_are_never_repeats(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(1), CONTEXT)
        assert (await log.decide(AT, add(1), CONTEXT)).positions[0].version == 2

    async def test_a_refusal_is_not_remembered_under_its_key(self, new_log: NewLog) -> None:
        log = new_log()
        await log.decide(AT, add(1), CONTEXT)
        with pytest.raises(TooLittleLeft):
            await log.decide(AT, withdraw(5), keyed())
        await log.decide(AT, add(10), CONTEXT)
        receipt = await log.decide(AT, withdraw(5), keyed())
        assert (receipt.positions[0].version, receipt.repeated) == (3, False)

    @pytest.mark.parametrize("processes", [1, 2])
    async def test_of_two_at_once_the_loser_gets_the_winners_receipt(self, new_log: NewLog, processes: int) -> None:
        logs = [new_log() for _ in range(processes)] * (2 // processes)
        receipts = await asyncio.gather(
            *(log.decide(ACCOUNTS.new(id_, key=id_), add(5), keyed()) for log, id_ in zip(logs, "ab", strict=True))
        )
        winner, loser = sorted(receipts, key=lambda receipt: receipt.repeated)
        assert not winner.repeated
        assert loser == replace(winner, repeated=True)

    async def test_a_repeat_that_lost_its_position_to_the_first_gets_the_first_receipt(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log, rival = new_log(), new_log()
        await log.decide(AT, add(5), CONTEXT)
        store.before_write.append(lambda: rival.decide(AT, withdraw(4), keyed()))
        receipt = await log.decide(AT, withdraw(4), keyed())
        assert receipt.repeated
        assert await log.load(AT) == Loaded(Account(opened=True, total=1), 2)
