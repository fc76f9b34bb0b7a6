"""The programme page as a programme manager sees it, in a real Chromium."""

import csv
import io
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio

from shared.mongo import connect
from tests.conftest import Parts
from tests.integration.reporting.browsing import (
    PROJECT,
    browser_page,
    faults_of,
    fill,
    served,
)
from tests.unit.reporting.desk import Reporting, bearer
from tests.unit.reporting.granted import CALL

pytestmark = [pytest.mark.browser, pytest.mark.real_parts, pytest.mark.asyncio]

SECTIONS = [
    "Väntar på någon",
    "Räcker pengarna?",
    "Projekt",
    "Ansökningar",
    "Kostnader per kostnadsslag",
    "Företag, timmar, kvinnor och män",
    "Aktiviteter",
    "Så är siffrorna räknade",
]


@pytest_asyncio.fixture
async def address(parts: Parts) -> AsyncIterator[str]:
    """Return the address of the programme's page."""
    client = connect(parts.mongodb_uri, app_name="tests")
    db = client[f"{parts.namespace}_reporting"]
    reporting = Reporting(db)
    await fill(reporting)
    async with served(reporting) as pages:
        yield f"{pages}/programmes/{CALL}"
    await client.drop_database(db.name)
    client.close()


async def test_the_page_says_what_it_is_how_fresh_and_what_matters_in_that_order(address: str) -> None:
    async with browser_page() as page:
        await page.goto(address)
        assert "uppföljning av programmet" in await page.title()
        fresh = await page.locator(".fresh").inner_text()
        assert fresh.startswith("Färsk till: ")
        assert "Nyaste uppgift: 2023-07-20" in fresh
        headline = (await page.locator(".headline").inner_text()).replace("\N{NO-BREAK SPACE}", " ")
        assert headline.startswith("8 950 000 kr")
        assert await page.locator("main h2").all_inner_texts() == SECTIONS
        assert await page.locator("caption").count() == await page.locator("table").count()


async def test_a_reader_without_scripts_sorts_the_projects_and_goes_to_one(address: str) -> None:
    async with browser_page() as page:
        await page.goto(address)
        async with page.expect_navigation():
            await page.get_by_role("link", name="utbetalt", exact=True).click()
        first = page.locator("section[aria-labelledby=projects] tbody tr").first
        assert "Testparken Norr (testdata)" in await first.inner_text()
        await first.get_by_role("link").click()
        await page.wait_for_url(f"**/projects/{PROJECT}")
        await page.get_by_role("link", name="Programmet").click()
        await page.wait_for_url(address)


async def test_the_chart_has_a_title_a_sentence_and_bars_as_long_as_its_numbers(address: str) -> None:
    async with browser_page() as page:
        await page.goto(address)
        chart = page.get_by_role("img", name="Räcker pengarna?")
        ceiling = await chart.locator("rect.bar-frame").bounding_box()
        paid = await chart.locator("rect.bar-full").bounding_box()
        assert ceiling is not None
        assert paid is not None
        assert paid["width"] / ceiling["width"] == pytest.approx(94_500 / 10_000_000, abs=0.002)
        assert "beviljat" in await page.locator(".takeaway").inner_text()


async def test_the_chart_and_every_figure_can_be_taken_away_as_files(address: str) -> None:
    async with httpx2.AsyncClient(headers=bearer("manager")) as client:
        numbers = (await client.get(f"{address}/chart.csv")).text
        rows = list(csv.DictReader(io.StringIO(numbers)))
        assert {row["rad"]: row["öre"] for row in rows}["Utbetalt stöd"] == "9450000"
        assert (await client.get(f"{address}/chart.svg")).text.startswith("<svg")
        figures = (await client.get(f"{address}/figures.csv")).text
        assert "hela utlysningen,ekonomi,stöd,utbetalt,9450000,öre" in figures


async def test_the_page_is_accessible_and_fits_narrow_and_wide_light_and_dark(address: str) -> None:
    assert await faults_of(address) == []


async def test_the_page_is_the_agencys_only(address: str) -> None:
    async with httpx2.AsyncClient(headers=bearer("reader")) as client:
        assert (await client.get(address)).status_code == 403
