"""A file on its way is seen and heard in a real Chromium, and its answer is there as if the form had sent it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Final

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page, Route, expect

from shared.auth.session import COOKIE
from tests.integration.applications.site import Site, browsing
from tests.integration.reporting.browsing import chromium, sticks_out, violations
from tests.unit.applications.examples import the_call
from tests.unit.applications.files import a_pdf

pytestmark = [pytest.mark.browser, pytest.mark.asyncio]

TIMEOUT_MS: Final = 30_000
BYTES_A_SECOND: Final = 1_000_000
WATCH: Final = """() => {
  window.seen = {values: new Set(), shown: new Set(), said: [], disabled: new Set(), sent: 0};
  const status = document.querySelector(".upload [role=status]");
  const bar = document.querySelector(".upload progress");
  new MutationObserver(() => {
    if (bar.checkVisibility() && bar.hasAttribute("value")) seen.values.add(bar.value);
    seen.shown.add(bar.parentElement.innerText.trim());
    document.querySelectorAll(".upload button").forEach((button) => seen.disabled.add(button.disabled));
  }).observe(bar.parentElement, {subtree: true, attributes: true, childList: true});
  new MutationObserver(() => seen.said.push(status.textContent)).observe(status, {childList: true});
  document.addEventListener("htmx:beforeSend", () => seen.sent++);
}"""
SEEN: Final = """() => ({
  values: [...seen.values], shown: [...seen.shown], said: seen.said, disabled: [...seen.disabled], sent: seen.sent
})"""


def a_photograph() -> FilePayload:
    """Return a picture of some megabytes."""
    kept = BytesIO()
    Image.effect_noise((2_000, 2_000), 90).save(kept, "PNG")
    return FilePayload(name="skiss.png", mimeType="image/png", buffer=kept.getvalue())


def a_file(content: bytes) -> FilePayload:
    return FilePayload(name="intyg.pdf", mimeType="application/pdf", buffer=content)


@asynccontextmanager
async def scripted(browser: Browser, site: Site) -> AsyncIterator[Page]:
    """Open a page that runs its scripts; its browser complains of nothing but the status of a refusal."""
    page = await opened(browser, site)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [text for text in complaints if "status of 4" not in text] == []
    await page.context.close()


async def opened(browser: Browser, site: Site) -> Page:
    """Open a page with JavaScript and with its policy in force."""
    context = await browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm")
    page = await context.new_page()
    await log_in(page, site)
    return page


async def log_in(page: Page, site: Site) -> None:
    """Give the browser a session."""
    cookie_at = site.base.replace("http:", "https:")
    await page.context.add_cookies([{"name": COOKIE, "value": await site.token("editor-1"), "url": cookie_at}])


async def attachments_of(site: Site) -> str:
    """Begin a draft, and return the address of the page of its files."""
    answer = await site.send("editor-1", "drafts", call=the_call().id, key="k1")
    return f"{site.base}{answer.headers['location']}/attachments"


async def send(page: Page, file: FilePayload) -> None:
    """Choose a file in the first form and press its button."""
    await page.locator("input[type=file]").first.set_input_files(file)
    await page.locator(".upload button").first.click()


async def slow(page: Page) -> None:
    """Send slowly from now on."""
    session = await page.context.new_cdp_session(page)
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": BYTES_A_SECOND}
    await session.send("Network.emulateNetworkConditions", limits)


async def test_a_file_is_seen_on_its_way_and_then_in_the_list(site: Site) -> None:
    address = await attachments_of(site)
    async with chromium() as browser, scripted(browser, site) as page:
        await page.goto(address)
        title = await page.title()
        await page.evaluate(WATCH)
        await slow(page)
        await send(page, a_photograph())
        await expect(page.get_by_role("progressbar", name="Så långt har filen kommit")).to_be_visible()
        await expect(page.locator("table").first).to_contain_text("skiss.png", timeout=TIMEOUT_MS)
        seen = await page.evaluate(SEEN)
        assert await page.evaluate("document.activeElement.className") == "done"
        assert await page.title() == title
        assert "done=attached" in page.url
        assert await page.locator("form.upload button:disabled").count() == 0
        await send(page, a_file(a_pdf()))  # the page that came takes the next file as the first one did
        await expect(page.locator("table").first).to_contain_text("intyg.pdf")
        await page.go_back()
        await expect(page.locator("table").first).to_contain_text("intyg.pdf")
        assert await page.evaluate("typeof seen") == "undefined", "the page was fetched anew"
    assert len(seen["values"]) > 3
    assert seen["values"] == sorted(seen["values"])
    assert f"Skickar … {seen['values'][1]:.0f}\N{NO-BREAK SPACE}%" in seen["shown"]
    assert len(seen["said"]) == len(set(seen["said"])) <= 6
    assert seen["said"][-1] == "Filen är framme och kontrolleras …"
    assert (seen["disabled"], seen["sent"]) == ([True], 1)


async def test_a_file_that_is_not_taken_and_none_at_all_are_answered_at_the_top(site: Site) -> None:
    address = await attachments_of(site)
    async with chromium() as browser, scripted(browser, site) as page:
        await page.goto(address)
        assert await violations(page) == []
        await send(page, a_file(b"MZ"))
        await expect(page.locator(".errors")).to_be_focused()
        assert (await page.title()).startswith("Fel: Bilagor")
        assert page.url == address
        assert await violations(page) == await sticks_out(page) == []
        await page.locator(".errors a").first.click()
        await expect(page.locator("input[type=file]").first).to_be_focused()
        await page.goto(address)
        await page.locator(".upload button").first.click()
        await expect(page.locator(".errors")).to_be_focused()
        told = await page.locator(".errors").inner_text()
    async with browsing(site, "editor-1") as page:
        await page.goto(address)
        async with page.expect_navigation():
            await page.locator(".upload button").first.click()
        assert await page.locator(".errors").inner_text() == told


async def test_a_page_of_another_kind_is_shown_too_and_back_leads_to_the_form(site: Site) -> None:
    address = await attachments_of(site)
    async with chromium() as browser, scripted(browser, site) as page:
        await page.goto(address)
        await page.context.clear_cookies()
        await send(page, a_file(a_pdf()))
        await expect(page.locator("h1")).to_be_focused()
        assert "Logga in i ett nytt fönster" in await page.locator("main").inner_text()
        await log_in(page, site)
        await page.go_back()
        await expect(page.locator("h1")).to_have_text("Bilagor")
        await send(page, a_file(a_pdf()))
        await expect(page.locator("table").first).to_contain_text("intyg.pdf")


async def is_lost(route: Route) -> None:
    """Cut the connection."""
    await route.abort()


async def is_refused_by_a_front(route: Route) -> None:
    """Answer with something that is no page."""
    await route.fulfill(status=413, content_type="application/problem+json", body="{}")


@pytest.mark.parametrize("what_happens", [is_lost, is_refused_by_a_front])
async def test_what_does_not_come_through_is_said_and_then_sent_by_the_browser_itself(
    site: Site, what_happens: Callable[[Route], Awaitable[None]]
) -> None:
    address = await attachments_of(site)
    async with chromium() as browser:
        page = await opened(browser, site)
        await page.goto(address)
        await page.route("**/attachments/new*", what_happens)
        await send(page, a_file(a_pdf()))
        said = "Filen kom inte fram. Kontrollera att den inte är för stor, och försök igen."
        await expect(page.locator(".upload [role=status]").first).to_have_text(said)
        await expect(page.locator(".upload button").first).to_be_enabled()
        await expect(page.locator(".upload progress").first).to_be_hidden()
        await page.unroute("**/attachments/new*")
        async with page.expect_navigation():
            await page.locator(".upload button").first.click()
        assert "intyg.pdf" in await page.locator("table").first.inner_text()


@pytest.mark.parametrize("missing", ["htmx.min.js", "progress.js"])
async def test_without_either_script_the_file_is_sent_and_a_refusal_is_shown(site: Site, missing: str) -> None:
    address = await attachments_of(site)
    async with chromium() as browser:
        page = await opened(browser, site)
        await page.route(f"**/static/{missing}", lambda route: route.abort())
        await page.goto(address)
        await send(page, a_file(b"MZ"))
        await expect(page.locator(".errors")).to_be_visible()
        await send(page, a_file(a_pdf()))
        await expect(page.locator("table").first).to_contain_text("intyg.pdf")
