"""Every process of ours is exchanged for one of another image while clients work, and no request fails."""

from pathlib import Path

import pytest

from deploy.local.child import Command
from deploy.local.once import run_once
from tests.compose.stack import DEPLOY, OURS, Stack
from tests.compose.test_killed import at_work

pytestmark = [pytest.mark.containers, pytest.mark.asyncio]

_NEXT = "lotsen:next"
_UPGRADE_S_MAX = 600.0


@pytest.mark.usefixtures("year")
async def test_old_and_new_stand_side_by_side_and_nobody_waits(stack: Stack, tmp_path: Path) -> None:
    # The same program under another name: what is tried is the exchange, and that two of each understand each other.
    build = ("build", "--quiet", "--tag", _NEXT, "--label", "next=yes", "--file", str(DEPLOY / "Dockerfile"))
    await stack.docker(*build, str(DEPLOY.parent))
    async with at_work(stack, tmp_path / "journal", "upgraded"):
        upgrade = Command("upgrade", (str(DEPLOY / "compose" / "upgrade"), _NEXT), dict(stack.environment))
        await run_once(upgrade, timeout_s=_UPGRADE_S_MAX)
    for service in OURS:
        assert (await stack.inspected(service))["Config"]["Image"] == _NEXT
