"""What is lost comes back: everything from a backup, and the topics of a broker that lost its disk from the logs."""

import os
from pathlib import Path

import pytest

from deploy.demo.comparing import compare
from tests.compose.conftest import Year
from tests.compose.stack import PARTS, SERVICES, Stack, answers
from tests.compose.test_killed import at_work, working_on
from tests.waiting import eventually_async

pytestmark = [pytest.mark.containers, pytest.mark.asyncio]


async def test_a_year_comes_back_from_a_backup_to_an_empty_machine(stack: Stack, year: Year, tmp_path: Path) -> None:
    place, keys = tmp_path / "backups", tmp_path / "keys"
    for folder in (place, keys):
        folder.mkdir()
    where = {
        "LOTSEN_BACKUPS": str(place),
        "LOTSEN_BACKUP_KEYS": str(keys),
        "LOTSEN_BACKUP_USER": f"{os.getuid()}:{os.getgid()}",
    }
    run = ("--profile", "operator", "run", "--rm", "-T")
    await stack.with_(where).compose(*run, "backup")
    (backup,) = place.iterdir()
    await stack.down()  # with its volumes: nothing is left but the backup and the secrets
    await stack.compose("up", "--detach", "--wait", *PARTS, timeout_s=300.0)
    await stack.compose("run", "--rm", "-T", "init")
    restore = ("restore", "restore", f"/backups/{backup.name}", "--keys", "/backup-keys")
    await stack.with_(where).compose(*run, *restore, timeout_s=300.0)
    await stack.up()
    await eventually_async(lambda: answers(stack), within_s=60.0)
    assert await compare(year.stage) == year.lines
    for service in SERVICES:
        code, told = await stack.operator("reconcile", service)
        assert code == 0, told
        assert "nothing differs" in told


async def test_a_broker_that_lost_its_disk_is_filled_again_from_the_logs(
    stack: Stack, year: Year, tmp_path: Path
) -> None:
    await stack.compose("rm", "--stop", "--force", "kafka")
    await stack.docker("volume", "rm", f"{stack.project}_kafka")
    await stack.up()
    async with at_work(stack, tmp_path / "journal", "refilled") as clients:
        await working_on(clients, 0)
    assert await compare(year.stage) == year.lines
