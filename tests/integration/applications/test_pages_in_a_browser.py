"""The pages of applications in a real Chromium: without JavaScript, by keyboard alone, narrow, and judged by axe."""

import pytest
from playwright.async_api import Page

from tests.integration.applications.site import Site, browsing, follow, opened, press, tab_to
from tests.integration.reporting.browsing import chromium, sticks_out, violations
from tests.unit.applications.desk import a_body, a_consolidation_body, a_grant_body, an_assessment_body
from tests.unit.applications.examples import the_call

pytestmark = [pytest.mark.browser, pytest.mark.asyncio]


MORE_FORMS = (
    ("completion", "Skicka begäran"),
    ("note", "Anteckna"),
    ("reminder", "Spara bevakningen"),
    ("message", "Skicka"),
)


async def test_an_officer_logs_in_declares_and_records_by_keyboard_alone(site: Site) -> None:
    application = await site.submitted()
    async with browsing(site) as page:
        await page.goto(f"{site.base}/applications/pages/cases/{application}")
        assert "/sandbox/authorize" in page.url
        await page.get_by_label("officer-1").check()
        await press(page, "Logga in")
        assert page.url == f"{site.base}/applications/pages/cases/{application}"
        await page.keyboard.press("Tab")
        assert await page.locator(":focus").inner_text() == "Till innehållet"
        await tab_to(page, "has_conflict")
        await page.keyboard.press("Space")
        await tab_to(page, "Spara svaret")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        assert await page.locator("[role=status]").inner_text() == "Klart. Du har angett att du inte är jävig."
        await tab_to(page, "Anteckna kontakt med sökanden")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await tab_to(page, "words")
        await page.keyboard.type("Vi gick igenom budgeten.")
        await tab_to(page, "Anteckna")
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        summary = page.locator(".errors")
        assert "En sak behöver rättas" in await summary.inner_text()
        assert await page.locator("#words").input_value() == "Vi gick igenom budgeten."
        await summary.get_by_role("link").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**#channel")
        await page.get_by_label("Telefon").check()
        await press(page, "Anteckna")
        assert "Kontakt med sökanden: telefon" in await page.locator(".log").last.inner_text()
        await press(page, "Logga ut")
        assert await page.locator("h1").inner_text() == "Du är utloggad"
        await page.goto(f"{site.base}/applications/pages/cases")
        assert "/sandbox/authorize" in page.url


async def test_a_signatory_signs_in_the_browser_a14(site: Site) -> None:
    application = await site.submitted(signed=False)
    async with browsing(site) as page:
        await page.goto(f"{site.base}/login?next=/applications/pages/applications/{application}")
        await page.get_by_label("signatory-1").check()
        await press(page, "Logga in")
        await follow(page, "Skriv under ansökan")
        await follow(page, "Skriv under med e-legitimation")
        assert await page.get_by_label("signatory-1").is_checked()
        await press(page, "Logga in")
        assert await page.locator("[role=status]").inner_text() == "Klart. Ansökan är underskriven."
        assert len(await page.context.cookies()) == 1


async def filled(site: Site, application: str) -> None:
    """Give a case everything that lies in one: an answered completion, the desk, the thread, a proposed grant."""
    base = f"/applications/{application}"
    asked = {"kind": "question", "fields": ["/title", "/budget"], "text": "Vad menas?", "due_on": "2023-03-10"}
    answer = await site.call("officer-1", f"{base}/completion-requests", asked)
    form = {name: value for name, value in a_body().items() if name != "call"}
    completed = {**form, "title": "Säkra maskindata i hela kedjan från givare till beslut"}
    await site.call("signatory-1", f"{base}/completion-requests/{answer.json()['id']}/answers", completed)
    for officer in ("officer-1", "officer-2"):  # what was found about the version before does not count for this one
        await site.call(officer, f"{base}/assessments", an_assessment_body())
    await site.call("officer-1", f"{base}/consolidations", a_consolidation_body())
    await site.call("officer-1", f"{base}/notes", {"kind": "mail-in", "text": "Intyget kom i original."})
    await site.call("officer-1", f"{base}/reminders", {"due_on": "2023-03-06", "text": "Ring igen."})
    await site.call("officer-1", f"{base}/messages", {"text": "Hur många deltar?"})
    await site.call("signatory-1", f"{base}/messages", {"text": "Tjugo personer."})
    proposal = {"amount_ore": 500_000_00, "reasons": "Vissa kostnader ryms inte.", "due_on": "2023-03-20"}
    await site.call("officer-1", f"{base}/proposals", proposal)


async def changed(site: Site) -> str:
    """Return an application whose grant is accepted, and a change of it asked for."""
    application = await site.handled()
    base = f"/applications/{application}"
    await site.call("decider-1", f"{base}/grants", a_grant_body())
    await site.call("signatory-1", f"{base}/acceptances", None)
    change = {"kind": "period", "reasons": "Leveransen dröjer.", "ends_on": "2023-10-30"}
    await site.call("signatory-1", f"{base}/changes", change)
    return application


async def pages_of(site: Site) -> dict[str, str]:
    """Return pages of every kind with somebody who may see each, filled with cases in different stages."""
    fresh, unsigned = await site.submitted(), await site.submitted(signed=False)
    examined, handled, granted = await site.submitted(), await site.handled(), await site.handled()
    await site.cleared(examined, "officer-1")
    await site.call("registrar-1", f"/applications/{handled}/assignments", {"officer": "officer-1"})
    await site.call("decider-1", f"/applications/{granted}/grants", a_grant_body())
    scored, proposed = await site.scored(), await site.handled()
    await filled(site, proposed)
    accepted, withdrawn = await changed(site), await site.submitted()
    await site.call("registrar-1", f"/applications/{withdrawn}/registrations", None)
    await site.cleared(withdrawn, "decider-1", "officer-1")
    await site.call("signatory-1", f"/applications/{withdrawn}/withdrawals", {"reason": "Vi hinner inte."})
    return {
        f"applications/{fresh}/replacement": "editor-1",
        f"cases/{examined}/delay": "officer-1",
        f"cases/{accepted}": "officer-1",
        f"cases/{accepted}/change": "decider-1",
        f"cases/{accepted}/revocation": "decider-1",
        f"cases/{accepted}/settlement": "decider-1",
        f"cases/{withdrawn}/write-off": "decider-1",
        f"applications/{accepted}": "editor-1",
        f"applications/{accepted}/change": "editor-1",
        f"cases/{scored}/consolidation": "officer-2",
        f"calls/{the_call().id}/priorities": "decider-1",
        f"cases/{proposed}": "officer-1",
        f"cases/{proposed}/proposal": "officer-1",
        **{f"cases/{handled}/{page}": "officer-1" for page in ("completion", "note", "reminder", "message")},
        f"applications/{proposed}": "signatory-1",
        f"applications/{proposed}/revised-budget": "signatory-1",
        f"applications/{proposed}/message": "signatory-1",
        "cases": "officer-1",
        f"cases/{fresh}": "officer-1",
        f"cases/{examined}/assignment": "officer-1",
        f"cases/{examined}/contact": "officer-1",
        f"cases/{examined}/assessment": "officer-1",
        f"cases/{handled}": "decider-1",
        f"cases/{handled}/decision": "decider-1",
        f"cases/{granted}": "officer-2",
        "calls": "editor-1",
        f"calls/{the_call().id}": "editor-1",
        "applications": "signatory-1",
        f"applications/{granted}": "signatory-1",
        f"applications/{unsigned}/signature": "signatory-1",
        "nothing-here": "editor-1",
    }


async def test_every_page_is_accessible_and_fits_narrow_and_dark_wide_and_light(site: Site) -> None:
    pages = await pages_of(site)
    faults: list[str] = []
    async with chromium() as browser:
        for width, scheme in ((320, "dark"), (1280, "light")):
            opened_by: dict[str, Page] = {}
            for path, who in pages.items():
                if who not in opened_by:
                    opened_by[who] = await opened(browser, site, who, width=width, scheme=scheme, scripts=True)
                page = opened_by[who]
                await page.goto(f"{site.base}/applications/pages/{path}")
                found = [*await violations(page), *await sticks_out(page)]
                faults += [f"{path}, {width} px, {scheme}: {fault}" for fault in found]
    assert faults == []


async def test_forms_with_faults_and_the_login_are_accessible_too(site: Site) -> None:
    application = await site.submitted()
    await site.call("registrar-1", f"/applications/{application}/registrations", None)
    await site.cleared(application, "officer-1")
    case = f"{site.base}/applications/pages/cases/{application}"
    async with chromium() as browser:
        for width in (320, 1280):
            page = await opened(browser, site, "officer-1", width=width, scripts=True)
            for path, button in (
                ("contact", "Anteckna"),
                ("assessment", "Spara bedömningen"),
                ("assignment", "Utse"),
                *MORE_FORMS,
            ):
                await page.goto(f"{case}/{path}")
                if path == "assignment":
                    await page.get_by_label("Handläggare").fill("")  # the reader's own name stands there
                await press(page, button)
                assert await page.locator(".errors").count() == 1
                assert [*await violations(page), *await sticks_out(page)] == []
            await page.goto(f"{site.base}/login")
            assert [*await violations(page), *await sticks_out(page)] == []
