"""A worker that hangs is ended by its own watchdog, and its successor goes on."""

import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from deploy.local.child import Command
from deploy.local.supervisor import Supervisor
from shared.projector.collections import prepare
from shared.watchdog import EXIT_STILL
from tests.integration.projector.conftest import House, until
from tests.unit.projector.things import MIXED, counted

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def _has_rows(house: House, count: int) -> bool:
    return len(await house.rows("things")) == count


async def test_a_worker_whose_poll_hangs_is_ended_and_its_successor_folds_everything_once(
    house: House, tmp_path: Path
) -> None:
    await prepare(house.database, MIXED)
    place = (house.parts.mongodb_uri, house.database.name, house.parts.kafka_bootstrap_servers, house.topic)
    module = "tests.integration.projector.hanging"
    command = Command("hanging", (sys.executable, "-m", module, *place, str(tmp_path / "hung")))
    await house.publish(*(counted(f"thing/{letter}1", 1) for letter in "abcdef"))
    with capture_logs() as logs:
        async with Supervisor(tmp_path) as supervisor:
            child = await supervisor.start(command)
            await until(lambda: _has_rows(house, 6), within_s=90)
            said = child.log_path.read_text()
    died = [entry["code"] for entry in logs if entry["event"] == "child_died"]
    assert died == [EXIT_STILL]
    (line,) = [line for line in said.splitlines() if "worker_stands_still" in line]
    assert '"worker": "project things"' in line
    assert f'"exit_code": {EXIT_STILL}' in line
    assert {row["amounts"] == [1] for row in (await house.rows("things")).values()} == {True}
