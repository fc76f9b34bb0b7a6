import pytest

from tests.chaos.checks import CHECKS
from tests.chaos.scale import SCALED
from tests.chaos.system import TWINS
from tests.chaos.trials import INDEX_MISSING, TRIALS, Trial

NAMES = {check.__name__.replace("_", "-") for check in CHECKS}


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_a_trial_spoils_the_processes_of_one_role_and_no_others(trial: Trial) -> None:
    spoiled = {process.name for process in trial.cast(SCALED, spoiled=True).processes if process.module == TWINS}
    assert bool(spoiled) is (trial is not INDEX_MISSING)
    assert all(name.startswith(trial.role) for name in spoiled)
    assert not [process for process in trial.cast(SCALED, spoiled=False).processes if process.module == TWINS]


def test_a_trial_and_its_control_differ_in_the_twin_alone() -> None:
    for trial in TRIALS:
        names = [[one.name for one in trial.cast(SCALED, spoiled=spoiled).processes] for spoiled in (True, False)]
        assert names[0] == names[1]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_a_twin_is_to_be_caught_by_checks_that_there_are(trial: Trial) -> None:
    assert trial.checks
    assert trial.checks <= NAMES
