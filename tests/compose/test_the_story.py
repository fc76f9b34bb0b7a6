"""The programme's year through the front, and what an operator sees of it."""

import httpx2
import pytest

from tests.compose.conftest import Year
from tests.compose.stack import SERVICES, Stack

pytestmark = [pytest.mark.containers, pytest.mark.asyncio]


async def test_the_year_is_played_through_the_front_and_every_total_is_equal(stack: Stack, year: Year) -> None:
    assert len(year.lines) > 30
    assert all(line.is_equal for line in year.lines)
    for service in SERVICES:
        code, told = await stack.operator("reconcile", service)
        assert code == 0, told
        assert "nothing differs" in told
    await stack.until_up_to_date()
    assert (await stack.operator("parked", "list"))[1].splitlines()[-1] == "nothing is parked"


async def test_preparing_again_changes_nothing(stack: Stack) -> None:
    await stack.compose("run", "--rm", "-T", "init")
    await stack.until_up_to_date()


async def test_what_everybody_is_answered_carries_the_headers_that_protect_them(stack: Stack) -> None:
    async with httpx2.AsyncClient(base_url=stack.address) as http:
        for path in ("/problems", "/applications/v1/api-info", "/nowhere"):
            headers = (await http.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["server"] == "nginx"
