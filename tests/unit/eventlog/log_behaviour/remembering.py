"""States: kept in memory, saved in the background, never ahead, and never missed when they are gone."""

import asyncio
from dataclasses import replace

from shared.eventlog.streams import Loaded
from tests.unit.eventlog.accounts import ACCOUNTS, CONTEXT, Account, add
from tests.unit.eventlog.faults import FaultyStore
from tests.unit.eventlog.log_behaviour.logs import Logs, NewLog

AT = ACCOUNTS.at("one", key="case")
SAVED = {"_id": "account/one", "fold_version": 1, "version": 2, "key": "case"}


class Remembering(Logs):
    """A cache: dropping it loses nothing."""

    async def test_a_state_is_saved_with_its_fold_version_when_the_log_closes(
        self, new_log: NewLog, store: FaultyStore
    ) -> None:
        log = new_log(state_save_every=1)
        await log.decide(AT, add(5), CONTEXT)
        await log.decide(AT, add(6), CONTEXT)
        await log.close()
        (saved,) = await store.states(["account/one"])
        assert dict(saved) == {**SAVED, "state": '{"opened":true,"total":11,"closed":false}'}

    async def test_a_saved_state_is_used_together_with_newer_commits(self, new_log: NewLog, store: FaultyStore) -> None:
        for amount in (5, 6):
            await new_log().decide(AT, add(amount), CONTEXT)
        # A wrong total on purpose, to see that it is this that is read.
        text = '{"opened":true,"total":1000,"closed":false}'
        await store.save_states([{**SAVED, "version": 1, "state": text}])  # type: ignore[typeddict-item]  # all there
        assert await new_log().load(AT) == Loaded(Account(opened=True, total=1006), 2)

    async def test_a_state_of_another_fold_version_is_replayed(self, new_log: NewLog, store: FaultyStore) -> None:
        await new_log().decide(AT, add(5), CONTEXT)
        text = '{"opened":true,"total":1000,"closed":false}'
        saved = {**SAVED, "version": 1, "fold_version": 7, "state": text}
        await store.save_states([saved])  # type: ignore[list-item]  # all there
        assert await new_log().load(AT) == Loaded(Account(opened=True, total=5), 1)

    async def test_a_state_that_cannot_be_read_is_replayed(self, new_log: NewLog, store: FaultyStore) -> None:
        await new_log().decide(AT, add(5), CONTEXT)
        await store.save_states([{**SAVED, "version": 1, "state": '{"total":"many"}'}])  # type: ignore[typeddict-item]  # all there
        assert await new_log().load(AT) == Loaded(Account(opened=True, total=5), 1)

    async def test_no_state_is_saved_before_its_commit_is_durable(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log(state_save_every=1, save_delay_s=0.0)
        store.write_gate.clear()
        command = asyncio.ensure_future(log.decide(AT, add(5), CONTEXT))
        await store.writing.wait()
        await log._saver.flushed()
        assert await store.states(["account/one"]) == []
        store.write_gate.set()
        await command
        await log._saver.flushed()
        assert len(await store.states(["account/one"])) == 1

    async def test_a_state_is_saved_only_when_it_is_worth_it(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log(state_save_every=3)
        for _ in range(2):
            await log.decide(AT, add(1), CONTEXT)
        await log._saver.flushed()
        assert await store.states(["account/one"]) == []
        for _ in range(3):
            await log.decide(AT, add(1), CONTEXT)
        await log.close()
        assert [state["version"] for state in await store.states(["account/one"])] == [3]

    async def test_a_long_stream_without_a_saved_state_is_read_whole(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log(state_save_every=1000)
        for _ in range(9):
            await log.decide(AT, lambda account: [*add(1)(account), *add(2)(account)], CONTEXT)
        for window in (1, 2, 17, 18, 19, 100):
            assert await new_log(state_save_every=window).load(AT) == Loaded(Account(opened=True, total=27), 18)
        assert store.ranges == 4  # not when the exact ids told that the stream ends

    async def test_streams_loaded_together_do_not_mix(self, new_log: NewLog) -> None:
        log = new_log()
        names = ["a", "a0", "a/b", "aa", "b"]
        for number, name in enumerate(names):
            for _ in range(6):
                await log.decide(ACCOUNTS.at(name, key=name), add(number + 1), CONTEXT)
        process = new_log()
        loaded = await asyncio.gather(*(process.load(ACCOUNTS.at(name)) for name in names))
        assert [it.state.total for it in loaded] == [6, 12, 18, 24, 30]

    async def test_a_load_serves_nobody_who_asked_after_it_was_sent(self, new_log: NewLog, store: FaultyStore) -> None:
        log, rival = new_log(), new_log()
        await rival.decide(AT, add(5), CONTEXT)
        store.reading.clear()
        store.read_gate.clear()
        early = asyncio.ensure_future(log.load(AT))
        await store.reading.wait()  # its answer is on the way
        await rival.decide(AT, add(6), CONTEXT)
        late = asyncio.ensure_future(log.load(AT))
        store.read_gate.set()
        assert (await early).version == 1
        assert (await late).version == 2

    async def test_memory_keeps_the_states_used_last_and_no_more(self, new_log: NewLog, store: FaultyStore) -> None:
        log = new_log(states_remembered_max=2)
        for name in ("a", "b", "c"):
            await log.decide(ACCOUNTS.at(name, key=name), add(1), CONTEXT)
        store.reading.clear()
        await log.decide(ACCOUNTS.at("c"), add(1), CONTEXT)
        assert not store.reading.is_set()
        await log.decide(ACCOUNTS.at("a"), add(1), CONTEXT)
        assert store.reading.is_set()

    async def test_a_stream_said_to_be_new_is_not_read(self, new_log: NewLog, store: FaultyStore) -> None:
        await new_log().decide(ACCOUNTS.new("one", key="case"), add(1), CONTEXT)
        assert not store.reading.is_set()

    async def test_a_stream_said_to_be_new_that_exists_is_loaded_and_decided_again(self, new_log: NewLog) -> None:
        await new_log().decide(AT, add(5), CONTEXT)
        receipt = await new_log().decide(ACCOUNTS.new("one", key="case"), add(1), replace(CONTEXT, client="other"))
        assert receipt.positions[0].version == 2
