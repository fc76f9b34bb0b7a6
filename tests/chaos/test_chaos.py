import asyncio
from pathlib import Path

import pytest

from deploy.local.parts import Parts
from tests.chaos.checks import check_all
from tests.chaos.faults import LOAD_S, Kind, faults_of, inject
from tests.chaos.report import accepted_between, plan_text, tables
from tests.chaos.running import LAG_S_MAX, a_run, working
from tests.chaos.system import PROCESSES, running

pytestmark = [pytest.mark.chaos, pytest.mark.real_parts, pytest.mark.asyncio]

_AWAY_FOR_SURE_S = 5.0


async def test_nothing_is_lost_and_nothing_happens_twice(
    doomed: Parts, state_dir: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = faults_of(seed, [process.name for process in PROCESSES])
    with capsys.disabled():
        print(f"\n{plan_text(seed, faults)}")  # noqa: T201 - a failing seed has to be known
    async with running(state_dir, doomed, "chaos") as system, a_run(system, "seed", state_dir, seed) as run:
        async with working(run, applicants=2, owners=6, pause_s=0.8):
            healed = await inject(system, faults, run.clients.elapsed_s)
            await asyncio.sleep(max(0.0, LOAD_S - run.clients.elapsed_s()))
        await run.heal()
        evidence = await run.evidence()
    with capsys.disabled():
        print(tables(run, healed, evidence))  # noqa: T201 - the figures of the run
    check_all(evidence)
    assert not run.lacking, f"not caught up within {LAG_S_MAX} s: {run.lacking[:5]}"
    away = next(one for one in healed if one.fault.kind is Kind.OUTAGE)
    accepted = accepted_between(run, away.began_s + _AWAY_FOR_SURE_S, away.over_s - _AWAY_FOR_SURE_S)
    assert accepted, "without a broker commands go on: the log is the outbox"
