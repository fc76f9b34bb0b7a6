"""A simulation that finds nothing proves nothing: each broken guarantee is found within a few seeds."""

import pytest

from tests.sim.seeds import first_found
from tests.sim.twins import TWINS

SEEDS_MAX = 600


@pytest.mark.parametrize("twin", sorted(TWINS))
def test_a_broken_guarantee_is_found(twin: str) -> None:
    assert first_found(twin, SEEDS_MAX) is not None, f"{twin} survives {SEEDS_MAX} seeds"
