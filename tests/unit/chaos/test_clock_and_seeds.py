import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.chaos.__main__ import seeds_of
from tests.chaos.clock import a_clock, built_library

_HOUR_S = 3_600.0
_NEAR_S = 60.0
_TELL = "import time; print(time.time(), time.monotonic())"


@pytest.mark.parametrize(
    ("text", "seeds"), [("3", [1, 2, 3]), ("101-103", [101, 102, 103]), ("7,9", [7, 9]), ("5-5", [5])]
)
def test_seeds_are_a_number_a_range_or_a_list(text: str, seeds: list[int]) -> None:
    assert seeds_of(text) == seeds


@pytest.mark.parametrize("step_s", [0.0, _HOUR_S, -_HOUR_S])
def test_a_stepped_clock_is_wrong_and_measured_time_is_not(tmp_path: Path, step_s: float) -> None:
    library = built_library(tmp_path)
    if library is None:
        pytest.skip("there is no C compiler")
    clock = a_clock(library, tmp_path, "process")
    clock.step(step_s)
    told = subprocess.run(
        [sys.executable, "-c", _TELL], env=clock.environment(), check=True, capture_output=True, text=True
    )
    wall_s, monotonic_s = map(float, told.stdout.split())
    assert abs(wall_s - step_s - time.time()) < _NEAR_S
    assert abs(monotonic_s - time.monotonic()) < _NEAR_S
