"""A project's page as its owner and the agency see it, in a real Chromium."""

from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio

from shared.mongo import connect
from tests.conftest import Parts
from tests.integration.reporting.browsing import (
    PROJECT,
    THEIRS,
    browser_page,
    faults_of,
    fill,
    served,
)
from tests.unit.reporting.desk import Reporting, bearer

pytestmark = [pytest.mark.browser, pytest.mark.real_parts, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def pages(parts: Parts) -> AsyncIterator[str]:
    """Return the address of the pages."""
    client = connect(parts.mongodb_uri, app_name="tests")
    db = client[f"{parts.namespace}_reporting"]
    reporting = Reporting(db)
    await fill(reporting)
    async with served(reporting) as address:
        yield address
    await client.drop_database(db.name)
    client.close()


async def test_an_owner_reads_its_project_without_scripts(pages: str) -> None:
    async with browser_page(who="reader") as page:
        await page.goto(f"{pages}/projects/{PROJECT}")
        assert (await page.locator("h1").inner_text()).startswith("Testparken Norr (testdata): ")
        headline = (await page.locator(".headline").inner_text()).replace("\N{NO-BREAK SPACE}", " ")
        assert headline.startswith("94 500 kr")
        waiting = await page.locator("section[aria-labelledby=actions]").inner_text()
        assert "ansökan om utbetalning att granska" in waiting
        assert "uppgift saknas" in await page.locator("section[aria-labelledby=people]").inner_text()
        assert await page.get_by_role("link", name="Programmet").count() == 0


async def test_the_table_has_the_numbers_of_the_chart(pages: str) -> None:
    async with browser_page() as page:
        await page.goto(f"{pages}/projects/{PROJECT}")
        shown = await page.locator(".bar-value").all_text_contents()
        rows = page.locator("section[aria-labelledby=money] tbody tr")
        table = [
            f"{await rows.nth(number).locator('td').nth(3).inner_text()} av "
            f"{await rows.nth(number).locator('td').nth(1).inner_text()}"
            for number in range(await rows.count())
        ]
        assert shown == table
        assert len(shown) == 5


async def test_a_project_that_has_only_been_granted_has_a_page_too(pages: str) -> None:
    async with browser_page(who="foreign") as page:
        await page.goto(f"{pages}/projects/{THEIRS}")
        assert "Inga aktiviteter är planerade än." in await page.locator("main").inner_text()
        assert await page.locator("rect.bar-full").count() == 5


async def test_a_foreign_project_has_no_page(pages: str) -> None:
    async with httpx2.AsyncClient(headers=bearer("foreign")) as client:
        assert (await client.get(f"{pages}/projects/{PROJECT}")).status_code == 404
        assert (await client.get(f"{pages}/projects/{THEIRS}")).status_code == 200


async def test_the_page_is_accessible_and_fits_narrow_and_wide_light_and_dark(pages: str) -> None:
    assert await faults_of(f"{pages}/projects/{PROJECT}") == []
