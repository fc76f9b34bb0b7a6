"""Workers who know of each other by signs of life, and the leases that they share."""

import asyncio

from shared.projector.changes import Partition
from shared.projector.ports import Members

_PATIENCE_S = 20.0
_SHORT_S = 0.2


class MembersBehaviour:
    """Whoever runs the suite defines the fixtures `members` and `short_lived` (signs of life and leases of 0.2 s)."""

    async def test_who_gave_a_sign_of_life_is_there_until_it_leaves(self, members: Members) -> None:
        for owner in ("b", "a", "a"):
            await members.beat(owner, {Partition("things", 0): 7}, 0.5)
        assert await members.alive() == ["a", "b"]
        await members.leave("a")
        assert await members.alive() == ["b"]

    async def test_who_gives_no_sign_of_life_any_more_is_not_there(self, short_lived: Members) -> None:
        await short_lived.beat("a", {}, 0.0)
        async with asyncio.timeout(_PATIENCE_S):
            while await short_lived.alive():  # noqa: ASYNC110 - the server's clock decides: ask again
                await asyncio.sleep(_SHORT_S / 4)

    async def test_only_what_somebody_holds_is_taken(self, members: Members) -> None:
        held, free, given_back = (members.lease(number, "a") for number in range(3))
        assert await held.acquire()
        assert await given_back.acquire()
        await given_back.release()
        assert await members.taken([held, free, given_back]) == {held.name}

    async def test_of_several_leases_those_that_are_still_the_owners_are_renewed(self, members: Members) -> None:
        kept, lost = members.lease(0, "a"), members.lease(1, "a")
        assert await kept.acquire()
        assert await lost.acquire()
        behind_its_back = members.lease(1, "a")
        assert await behind_its_back.acquire()
        await behind_its_back.release()
        assert await members.lease(1, "b").acquire()
        await members.renew([kept, lost])
        assert (kept.held, lost.held) == (True, False)
