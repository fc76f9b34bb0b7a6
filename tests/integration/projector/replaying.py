"""Asking for replays in tests, waiting for the answers, and checking what came of them."""

from collections.abc import Callable
from dataclasses import replace

from shared.projector.collections import HELD, PARKED
from shared.projector.definition import Document, Projection, Recorded
from shared.projector.replay import Bounds
from shared.projector.replay_requests import (
    Answer,
    answers,
    ask_for_replay,
    parked_streams,
)
from shared.projector.status import parked_list
from tests.integration.projector.conftest import House, until
from tests.unit.projector.things import Counted, Noted

DEADLINE_S = 60.0
PROMPT = Bounds(look_s=0.1)
SMALL = Bounds(facts=5, parts_per_turn=3, look_s=0.1)


def with_bugs(base: Projection, bugs: set[int]) -> Projection:
    """Return the projection whose folds fail on these amounts, until they are taken out of the set."""

    def spoil(view_fold: Callable[..., Document]) -> Callable[..., Document]:
        def fold(row: Document | None, fact: Counted | Noted, at: Recorded) -> Document:
            if isinstance(fact, Counted) and fact.amount in bugs:
                raise ArithmeticError
            return view_fold(row, fact, at)

        return fold

    return replace(base, views=tuple(replace(view, fold=spoil(view.fold)) for view in base.views))


async def ask_all(house: House) -> list[str]:
    return await ask_for_replay(house.database, await parked_streams(house.database), by="an operator")


async def answered(house: House, *requests: str) -> list[Answer]:
    async def done() -> bool:
        return len(await answers(house.database, requests)) == len(requests)

    await until(done, within_s=DEADLINE_S)
    found = await answers(house.database, requests)
    return [found[request] for request in requests]


async def reasons(house: House) -> list[tuple[int, str]]:
    return [(found["sequence"], found["reason"]) for found in await parked_list(house.database)]


async def check_all_once(house: House, last: int) -> None:
    """Check that amounts 1 … last of `thing/a1` had exactly one effect, in order, and that nothing is put aside."""
    assert (await house.rows("things"))["a1"]["amounts"] == [*range(1, last + 1)]
    assert (await house.rows("totals"))["owner-a"]["total"] == sum(range(1, last + 1))
    assert await house.database[PARKED].count_documents({}) == 0
    assert await house.database[HELD].count_documents({}) == 0
