"""The pages of applications on a port, and a person who uses them in a real Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page

from shared.auth.session import COOKIE
from tests.integration.reporting.browsing import chromium
from tests.unit.applications.pages_stage import Stage


class Site(Stage):
    """A stage on a port."""

    base: str


@asynccontextmanager
async def browsing(site: Site, who: str | None = None) -> AsyncIterator[Page]:
    """Open one page without JavaScript, logged in as somebody."""
    async with chromium() as browser:
        page = await opened(browser, site, who)
        # A page needs nothing from elsewhere and gives the browser nothing to complain of.
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        yield page
        assert [text for text in complaints if "status of 4" not in text] == []


async def opened(
    browser: Browser, site: Site, who: str | None, *, width: int = 1280, scheme: str = "light", scripts: bool = False
) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
        bypass_csp=scripts,  # only axe needs scripts, and the pages forbid them
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
    )
    if who is not None:
        token = await site.token(who)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": site.base.replace("http:", "https:")}])
    return await context.new_page()


async def press(page: Page, name: str) -> None:
    """Go to a button by the keyboard and press it."""
    button = page.get_by_role("button", name=name, exact=True)
    await button.focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def follow(page: Page, name: str) -> None:
    """Follow a link, the first of that name, and wait until its page is there: what comes next is about that page."""
    async with page.expect_navigation():
        await page.get_by_role("link", name=name).first.click()


async def tab_to(page: Page, accessible: str, *, presses_max: int = 60) -> None:
    """Press Tab until the thing of that name has the focus: everything is reached by the keyboard."""
    for _ in range(presses_max):
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if await focused.count() and accessible in (
            await focused.get_attribute("name") or "",
            (await focused.inner_text()).strip(),
        ):
            return
    raise AssertionError(f"{accessible} is not reached")
