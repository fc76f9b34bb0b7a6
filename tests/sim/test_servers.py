"""What the simulated replica set does that no calm test shows: it answers at majority, and forgets what had none."""

import asyncio

from shared.eventlog.documents import CommitDocument
from shared.eventlog.store import Outcome, StoreUnavailableError
from tests.sim.log_ports import SimCommitStore
from tests.sim.log_server import LogServer
from tests.sim.loop import drawn_by, virtually
from tests.sim.net import Net
from tests.unit.relay.fakes import commit

EARLIER, LATER = commit("a/1", 1), commit("a/1", 2)


async def _stepped_down(seed: int) -> tuple[LogServer, SimCommitStore, object]:
    """Have one commit acknowledged, and step down before another one has reached a majority."""
    net, server = Net(drawn_by(seed)), LogServer("log", drawn_by(seed), lag_s_max=0.5)
    store = SimCommitStore(net, server)
    assert list(await store.insert([EARLIER])) == [Outcome.WRITTEN]
    server.step_down_at_next_write(1.0)
    answer = (await asyncio.gather(store.insert([LATER]), return_exceptions=True))[0]
    await asyncio.sleep(2.0)
    return server, store, answer


def test_what_was_acknowledged_survives_a_step_down_and_the_rest_did_happen_or_did_not() -> None:
    outcomes: set[tuple[bool, bool]] = set()

    async def main(seed: int) -> None:
        server, store, answer = await _stepped_down(seed)
        told = answer == [Outcome.WRITTEN]
        assert told or isinstance(answer, StoreUnavailableError)
        there = await store.commits_at([EARLIER["_id"], LATER["_id"]])
        assert EARLIER in there
        assert [event.sequence for event in server.page("")[0]] == list(range(1, len(there) + 1))
        again = list(await store.insert([LATER]))
        assert again == [Outcome.POSITION_TAKEN if LATER in there else Outcome.WRITTEN]
        outcomes.add((told, LATER in there))

    for seed in range(40):
        virtually(lambda seed=seed: main(seed), drawn_by(seed))  # type: ignore[misc]  # bound for this turn
    assert outcomes == {(True, True), (False, True), (False, False)}


def test_nothing_is_read_before_it_is_on_a_majority_though_its_position_is_taken() -> None:
    async def main() -> None:
        server = LogServer("log", drawn_by(1), lag_s_max=10.0)
        rival: CommitDocument = {**LATER, "commit_id": "rival"}
        _, done = server.insert_on_primary([LATER])
        assert server.insert_on_primary([rival])[0] == [Outcome.POSITION_TAKEN]
        assert (server.commits_at([LATER["_id"]]), server.oplog) == ([], [])
        await done
        assert (server.commits_at([LATER["_id"]]), server.oplog) == ([LATER], [LATER])

    virtually(main, drawn_by(1))
