"""The session of the pages in a real Chromium: the login, the cookie, the form, without JavaScript."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Page, async_playwright

from tests.unit.auth.a_sandbox import CLIENTS, sandbox_api

pytestmark = [pytest.mark.browser, pytest.mark.asyncio]
ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)


@pytest_asyncio.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a sandbox on a free port, by the name that browsers trust without a certificate."""
    clients_file = tmp_path / "clients.yaml"
    clients_file.write_text(CLIENTS, encoding="utf-8")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        base = f"http://localhost:{listener.getsockname()[1]}"
        config = uvicorn.Config(sandbox_api(clients_file, base), log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        yield base
        server.should_exit = True
        await task


@pytest_asyncio.fixture
async def page() -> AsyncIterator[Page]:
    """A page in Chromium, which keeps what the browser complains of in its own list."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(ARGUMENTS))
        context = await browser.new_context(java_script_enabled=False, locale="sv-SE")
        yield await context.new_page()
        await browser.close()


async def log_in(page: Page) -> None:
    async with page.expect_navigation():
        await page.get_by_role("button", name="Logga in").click()


async def test_a_reader_logs_in_and_comes_back_to_the_page_asked_for(address: str, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{address}/things/pages/start?year=2023")
    assert page.url.startswith(f"{address}/sandbox/authorize?")
    assert await page.title() == "Logga in i sandlådan – Lotsen"
    await page.get_by_label("Högskolan A").check()
    await log_in(page)
    assert page.url == f"{address}/things/pages/start?year=2023"
    assert await page.locator("#who").inner_text() == "anna"
    await page.reload()
    assert await page.locator("#who").inner_text() == "anna"
    assert complaints == []  # neither the policy nor the cookie gave the browser anything to say


async def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_connections(address: str, page: Page) -> None:
    await page.goto(f"{address}/sandbox/login")
    await log_in(page)
    (cookie,) = await page.context.cookies()
    assert cookie.get("name") == "__Host-lotsen"
    assert (cookie.get("httpOnly"), cookie.get("secure"), cookie.get("sameSite")) == (True, True, "Lax")
    assert (cookie.get("path"), cookie.get("domain")) == ("/", "localhost")


async def test_a_form_on_another_site_cannot_use_the_session(address: str, page: Page) -> None:
    await page.goto(f"{address}/sandbox/login")
    await log_in(page)
    other = address.replace("localhost", "127.0.0.1")
    await page.context.route(
        f"{other}/trap",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method=post action="{address}/things/pages/start"><input name=name value=x><button>!</button>',
        ),
    )
    await page.goto(f"{other}/trap")
    async with page.expect_navigation() as navigation:
        await page.get_by_role("button").click()
    answer = await navigation.value
    assert answer is not None
    assert answer.status in {401, 403}


async def test_the_common_pages_are_styled_by_our_own_sheet(address: str, page: Page) -> None:
    await page.goto(f"{address}/things/docs")
    width = await page.locator("main").evaluate("element => getComputedStyle(element).maxWidth")
    assert width == "960px"
    await page.goto(f"{address}/problems/malformed-input")
    assert await page.locator("h1").inner_text() == "Malformed input"
