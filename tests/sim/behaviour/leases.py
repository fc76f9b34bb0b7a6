"""A lease: one holder, an epoch that grows with each change of owner, and no way back for who lost it."""

import asyncio
from collections.abc import Callable

from shared.lease import Lease

NewLease = Callable[..., Lease]
_SHORT_S = 0.2
_PATIENCE_S = 20.0


class LeaseBehaviour:
    """Whoever runs the suite defines the fixture `new_lease`: `new_lease(name, owner=…, ttl_s=…)`."""

    async def test_one_of_two_holds_it_and_asking_again_keeps_the_epoch(self, new_lease: NewLease) -> None:
        first, second = new_lease("one", owner="a"), new_lease("one", owner="b")
        assert (await first.acquire(), await second.acquire(), await first.acquire()) == (True, False, True)
        assert (first.epoch, first.held, second.held) == (1, True, False)

    async def test_other_names_are_independent(self, new_lease: NewLease) -> None:
        assert await new_lease("one", owner="a").acquire()
        assert await new_lease("two", owner="b").acquire()

    async def test_a_lost_lease_is_anothers_with_the_next_epoch_and_its_old_owner_can_do_nothing_with_it(
        self, new_lease: NewLease
    ) -> None:
        first, second = new_lease("one", owner="a", ttl_s=_SHORT_S), new_lease("one", owner="b")
        assert await first.acquire()
        async with asyncio.timeout(_PATIENCE_S):
            while not await second.acquire():  # noqa: ASYNC110 - the server's clock decides: ask again
                await asyncio.sleep(0.02)
        assert second.epoch == 2
        assert not await first.renew()
        assert not first.held
        await first.release()  # what is no longer ours is not given away
        assert await second.renew()

    async def test_a_released_lease_is_free_at_once_and_its_next_owner_gets_the_next_epoch(
        self, new_lease: NewLease
    ) -> None:
        first, second = new_lease("one", owner="a"), new_lease("one", owner="b")
        assert await first.acquire()
        await first.release()
        assert not first.held
        assert await second.acquire()
        await second.release()
        assert await first.acquire()
        assert (second.epoch, first.epoch) == (2, 3)
