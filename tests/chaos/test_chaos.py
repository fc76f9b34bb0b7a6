from pathlib import Path

import pytest

from deploy.local.parts import Parts
from tests.chaos.checks import PromiseBrokenError
from tests.chaos.faults import Kind
from tests.chaos.report import Totals, accepted_between, plan_text
from tests.chaos.scale import SCALED
from tests.chaos.seeds import run_seed
from tests.chaos.system import two_of_each

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.real_parts,
    pytest.mark.asyncio,
    # Connections are cut on purpose: what a client library leaves unclosed then is no fault of ours.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_AWAY_FOR_SURE_S = 1.0


async def test_nothing_is_lost_and_nothing_happens_twice(
    doomed: Parts, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    finished = await run_seed(seed, doomed, two_of_each(SCALED), namespace="chaos", state_dir=tmp_path)
    totals = Totals()
    totals.add(finished.run, finished.evidence)
    with capsys.disabled():
        print(f"\n{plan_text(seed, finished.faults)}\n{totals.text()}")  # noqa: T201 - the figures of the run
    if finished.findings:
        raise PromiseBrokenError(finished.findings)
    away = next(one for one in finished.run.healed if one.fault.kind is Kind.OUTAGE)
    accepted = accepted_between(finished.run, away.began_s + _AWAY_FOR_SURE_S, away.over_s - _AWAY_FOR_SURE_S)
    assert accepted, "without a broker commands go on: the log is the outbox"
