"""A checker that has never been seen to fail measures nothing: twins are caught where the sound process is not."""

from pathlib import Path

import pytest

from deploy.local.parts import Parts
from tests.chaos.scale import SCALED
from tests.chaos.trials import TOKEN_BEFORE_ACK, WITHOUT_EITHER, Trial, attempt

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.real_parts,
    pytest.mark.asyncio,
    # Connections are cut on purpose: what a client library leaves unclosed then is no fault of ours.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SEED = 1
"""The other twins are caught by `make chaos-twins`, and under the virtual clock by `tests/sim/test_twins.py`."""


@pytest.mark.parametrize("trial", [WITHOUT_EITHER, TOKEN_BEFORE_ACK], ids=lambda trial: trial.twin)
async def test_a_twin_is_caught(doomed: Parts, tmp_path: Path, trial: Trial) -> None:
    found = await attempt(trial, doomed, SCALED, spoiled=True, seed=SEED, state_dir=tmp_path)
    assert trial.checks & {one.check for one in found}


@pytest.mark.parametrize("trial", [WITHOUT_EITHER, TOKEN_BEFORE_ACK], ids=lambda trial: trial.twin)
async def test_the_sound_process_stands_the_same_trouble(doomed: Parts, tmp_path: Path, trial: Trial) -> None:
    assert not await attempt(trial, doomed, SCALED, spoiled=False, seed=SEED, state_dir=tmp_path)
