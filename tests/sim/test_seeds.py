"""The sound engine holds every promise, whatever the seed has in store; `make sim` runs many more."""

import pytest

from tests.sim.loop import drawn_by
from tests.sim.net import FAULTS
from tests.sim.running import simulate
from tests.sim.seeds import described, kept_seeds
from tests.sim.trouble import EVENTS, drawn

SEEDS = 50


@pytest.mark.parametrize("seed", [*range(SEEDS), *(seed for seed in kept_seeds() if seed >= SEEDS)])
def test_a_seed(seed: int) -> None:
    verdict = simulate(seed)
    assert not verdict.findings, described(verdict)
    assert verdict.commands > 40
    assert verdict.requests > 200


def test_these_seeds_have_every_kind_of_trouble_in_store() -> None:
    plans = [drawn(drawn_by(seed)) for seed in range(SEEDS)]
    assert {kind for plan in plans for kind in plan.kinds} == set(EVENTS)
    assert {fate for plan in plans for fate in plan.weights} == set(FAULTS)
