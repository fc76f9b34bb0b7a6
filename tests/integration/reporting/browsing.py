"""The reporting service on a port, with two invented projects in it, and a real Chromium that looks at its pages."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Literal, cast

import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright
from starlette.types import Receive, Scope, Send

from shared.kernel.ids import ApplicationId
from tests.unit.reporting.desk import FOREIGN, OWN, Reporting, bearer
from tests.unit.reporting.facts import identifier, streams
from tests.unit.reporting.granted import application

PROJECT: Final = ApplicationId(identifier(9, 1))
THEIRS: Final = ApplicationId(identifier(9, 2))
ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")


async def fill(reporting: Reporting) -> None:
    """Let the facts of two projects arrive: one that has come far, one that has only been granted."""
    reporting.hear(streams(PROJECT, OWN), PROJECT)
    reporting.hear({f"application/{THEIRS}": application(THEIRS, FOREIGN, theme="climate-environment")}, THEIRS)
    await reporting.project()


@asynccontextmanager
async def served(reporting: Reporting) -> AsyncIterator[str]:
    """Serve the application on a free port, as behind `/reporting`; yields the address of its pages."""
    app = reporting.app()

    async def under_its_name(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "root_path": "/reporting"}, receive, send)

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(under_its_name, log_level="warning", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{port}/reporting/pages"
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run a Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


async def open_page(
    browser: Browser, *, who: str = "manager", width: int = 1280, scheme: Scheme = "light", scripts: bool = False
) -> Page:
    """Open a page as one of the people, by default with JavaScript switched off."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=scripts,
        bypass_csp=scripts,  # only axe needs scripts, and the pages forbid them
        locale="sv-SE",
        extra_http_headers={"authorization": bearer(who)["authorization"]},
    )
    return await context.new_page()


@asynccontextmanager
async def browser_page(*, who: str = "manager") -> AsyncIterator[Page]:
    """Open one page without JavaScript."""
    async with chromium() as browser:
        yield await open_page(browser, who=who)


async def faults_of(address: str) -> list[str]:
    """Return what is wrong with a page at 320 and 1280 px, light and dark: WCAG faults, and what sticks out."""
    faults: list[str] = []
    async with chromium() as browser:
        for width in (320, 1280):
            for scheme in SCHEMES:
                page = await open_page(browser, width=width, scheme=scheme, scripts=True)
                await page.goto(address)
                found = [*await violations(page), *await sticks_out(page)]
                faults += [f"{width} px, {scheme}: {fault}" for fault in found]
    return faults


async def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA, as `rule: element`."""
    options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    found = cast("dict[str, Any]", (await Axe().run(page, options=options)).response)
    return [f"{violation['id']}: {node['html']}" for violation in found["violations"] for node in violation["nodes"]]


async def sticks_out(page: Page) -> list[str]:
    """Return by how much a page is wider than its window."""
    wider = int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
    return [f"{wider} px wider than the window"] if wider else []
