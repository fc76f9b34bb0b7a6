"""An organisation writes, files, submits and signs an application in a real Chromium without JavaScript."""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page

from tests.integration.applications.site import Site, browsing, follow, opened, press
from tests.integration.reporting.browsing import SCHEMES, chromium, sticks_out, violations
from tests.unit.applications.desk import a_body
from tests.unit.applications.examples import the_call
from tests.unit.applications.files import a_pdf

pytestmark = [pytest.mark.browser, pytest.mark.asyncio]

PARTS = ("applicant", "project", "companies", "logic", "budget", "financing", "aid")


async def type_in(page: Page, name: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Fill in every field of the page below a name; `value` is what the API would take."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            await type_in(page, f"{name}-{key}" if name else key, inner)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for number, row in enumerate(value):
            await type_in(page, f"{name}-{number}", row)
    elif value is not None and await page.locator(f"[name='{name}']").count():
        await _fill(page, name, value)


async def _fill(page: Page, name: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Tick, choose or type."""
    fields = page.locator(f"[name='{name}']")
    if isinstance(value, bool):
        await fields.set_checked(value)
    elif await fields.first.get_attribute("type") == "checkbox":
        for each in value:
            await page.locator(f"[name='{name}'][value='{each}']").check()
    elif await fields.evaluate("field => field.tagName") == "SELECT":
        await fields.select_option(value)
    else:
        await fields.fill(_typed(name, value))


def _typed(name: str, value: Any) -> str:  # noqa: ANN401 - any JSON value
    if name.endswith("_ore"):
        return f"{value // 100:,}".replace(",", " ")
    return ", ".join(value) if isinstance(value, list) else str(value)


def a_form() -> dict[str, Any]:
    """Return the whole form as people type it: without the flat rate, which is worked out."""
    form = a_body()
    form["budget"] = [item for item in form["budget"] if item["category"] != "flat-rate"]
    return form


async def room_for(page: Page, form: Mapping[str, Any]) -> None:
    """Ask for more rows until every activity has one."""
    needed = len(form["logic"]["activities"])
    while await page.locator(f"[name='logic-activities-{needed - 1}-title']").count() == 0:
        number = await page.locator("[name^='logic-activities-'][name$='-title']").count()
        for known in range(number):
            await type_in(page, f"logic-activities-{known}", form["logic"]["activities"][known])
        async with page.expect_navigation():
            await page.locator("button[name=more][value=logic-activities]").click()


async def test_an_application_is_written_filed_submitted_and_signed_entirely_in_the_browser(site: Site) -> None:
    form = a_form()
    async with browsing(site) as page:
        await page.goto(f"{site.base}/applications/pages/calls/{the_call().id}")
        await page.get_by_label("signatory-1").check()
        await press(page, "Logga in")
        await press(page, "Skriv en ansökan")
        draft = page.url
        for part in PARTS:
            await page.goto(f"{draft}/sections/{part}")
            if part == "logic":
                await room_for(page, form)
            await type_in(page, "", form)
            await press(page, "Spara")
            assert "Sparat kl. 12.00" in (await page.locator("[role=status]").inner_text()).replace(
                "\N{NO-BREAK SPACE}", " "
            )
            assert "Det här återstår" not in await page.locator("main").inner_text(), part
        await page.goto(f"{draft}/attachments")
        content = FilePayload(name="intyg.pdf", mimeType="application/pdf", buffer=a_pdf())
        await page.locator("input[type=file]").first.set_input_files(content)
        async with page.expect_navigation():
            await page.locator(".upload button").first.click()
        assert "intyg.pdf" in await page.locator("table").inner_text()
        await follow(page, "Alla delar")
        assert "10 av 10 delar är klara." in await page.locator("main").inner_text()
        await follow(page, "Granska och lämna in")
        async with page.expect_navigation():
            await page.get_by_role("button", name="Lämna in ansökan").first.click()
        assert "Ansökan kom in 2023-02-20 12:00" in await page.locator(".headline").inner_text()
        await follow(page, "Skriv under ansökan")
        await follow(page, "Skriv under med e-legitimation")
        await press(page, "Logga in")
        assert await page.locator("[role=status]").inner_text() == "Klart. Ansökan är underskriven."


async def pages_of(site: Site) -> list[str]:
    """Return the addresses of every page of an empty draft and of a whole one, and of what was submitted."""
    whole = a_form()
    body = {"call": whole.pop("call"), "form": whole}
    full = (await site.call("signatory-1", "/drafts", body)).json()["id"]
    empty = await site.send("signatory-1", "drafts", call=the_call().id, key="k")
    places = [empty.headers["location"].rpartition("/")[2], full]
    sections = [f"sections/{each}" for each in (*PARTS, "training", "secrets")]
    paths = ["", *sections, "attachments", "budget-file", "review", "removal"]
    submitted = await site.submitted(signed=False)
    drafts = [f"drafts/{place}/{path}".rstrip("/") for place in places for path in paths]
    return ["drafts", *drafts, f"applications/{submitted}/receipt", f"applications/{submitted}/withdrawal"]


async def test_every_page_of_a_draft_is_accessible_and_fits_narrow_and_wide_light_and_dark(site: Site) -> None:
    faults: list[str] = []
    paths = await pages_of(site)
    async with chromium() as browser:
        for width, scheme in ((320, SCHEMES[0]), (1280, SCHEMES[-1])):
            page = await opened(browser, site, "signatory-1", width=width, scheme=scheme, scripts=True)
            for path in paths:
                await page.goto(f"{site.base}/applications/pages/{path}")
                found = [*await violations(page), *await sticks_out(page)]
                faults += [f"{path}, {width} px, {scheme}: {fault}" for fault in found]
            await page.context.close()
    assert faults == []
