"""Scripts are on pages that send a file and nowhere else, and there the form is still a form."""

import re
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from shared.auth.session import COOKIE
from shared.web.application import create_api
from tests.unit.applications.examples import the_call
from tests.unit.applications.files import a_pdf
from tests.unit.applications.pages_stage import FROM_HERE, PAGES, Stage, words_of
from tests.unit.web.a_service import SERVICE, client_of, runtime

pytestmark = pytest.mark.asyncio

STATIC: Final = Path(__file__).parents[3] / "shared" / "web" / "static"
HTMX: Final = {"hx-request": "true", "hx-boosted": "true"}
LOADED: Final = re.compile(r"<script[^>]*>")
OURS: Final = ['<script src="/static/htmx.min.js" defer>', '<script src="/static/progress.js" defer>']
TRACKLESS: Final = "Den har ingen spårning och inga skript."
SCRIPTED: Final = "Den har ingen spårning; skriptet visar bara hur långt en fil har kommit."


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Return the pages with the pilot's call published."""
    stage = Stage(tmp_path)
    async with stage.client:
        await stage.publish()
        yield stage


async def a_draft(stage: Stage) -> str:
    """Begin a draft, and return its address below the pages."""
    answer = await stage.send("editor-1", "drafts", call=the_call().id, key="k1")
    return str(answer.headers["location"]).removeprefix(f"{PAGES}/")


async def a_request(stage: Stage, field: str) -> str:
    """Ask for a completion of a new application, and return the address of its page."""
    application = await stage.submitted()
    await stage.call("registrar-1", f"/applications/{application}/registrations", None)
    await stage.cleared(application, "officer-1")
    body = {"kind": "question", "fields": [field], "text": "Vi saknar en uppgift."}
    answer = await stage.call("officer-1", f"/applications/{application}/completion-requests", body)
    return f"applications/{application}/completions/{answer.json()['id']}"


def rules_of(policy: str) -> dict[str, str]:
    """Return a policy by its directives."""
    return dict(rule.split(" ", 1) for rule in policy.split("; "))


async def test_a_page_that_sends_a_file_runs_our_scripts_and_lets_them_call_us_alone(stage: Stage) -> None:
    plain = await stage.get("editor-1", "drafts")
    for path in (f"{await a_draft(stage)}/attachments", await a_request(stage, "/attachments")):
        page = await stage.get("editor-1", path)
        assert LOADED.findall(page.text) == OURS
        assert page.headers.get_list("content-security-policy") == [page.headers["content-security-policy"]]
        rules = rules_of(page.headers["content-security-policy"])
        more = {"script-src": "'self'", "connect-src": "'self'"}
        assert rules == rules_of(plain.headers["content-security-policy"]) | more
        assert SCRIPTED in words_of(page.text)


async def test_every_other_page_runs_no_script(stage: Stage) -> None:
    draft = await a_draft(stage)
    for path in ("drafts", draft, f"{draft}/sections/project", f"{draft}/review", f"calls/{the_call().id}"):
        page = await stage.get("editor-1", path)
        assert "script-src" not in page.headers["content-security-policy"], path
        assert "<script" not in page.text, path
        assert TRACKLESS in words_of(page.text), path
    refused = await stage.get("foreign-1", f"{draft}/attachments")
    assert refused.status_code == 404
    assert "script-src" not in refused.headers["content-security-policy"]


async def test_a_request_for_no_file_loads_no_script(stage: Stage) -> None:
    page = await stage.get("editor-1", await a_request(stage, "/answers/offer_today"))
    assert "<script" not in page.text
    assert TRACKLESS in words_of(page.text)


async def test_the_form_of_a_file_is_a_form_without_scripts(stage: Stage) -> None:
    text = (await stage.get("editor-1", f"{await a_draft(stage)}/attachments")).text
    forms = re.findall(r'<form class="upload"[^>]*>', text)
    assert forms
    assert all('method="post" enctype="multipart/form-data" action="/' in form for form in forms)
    assert text.count('<p class="sending" hidden>') == text.count("<progress ") == len(forms)


async def sent_by_htmx(stage: Stage, path: str, content: bytes, **headers: str) -> tuple[int, str]:
    """Send a file as htmx does: without a form, with the header that says so. Return status and text."""
    given = {"cookie": f"{COOKIE}={await stage.token('editor-1')}", "accept": "text/html", **HTMX}
    files = {"file": ("intyg.pdf", content, "application/pdf")}
    answer = await stage.client.post(f"{PAGES}/{path}", files=files, headers={**given, **headers})
    return answer.status_code, words_of(answer.text)


async def test_what_htmx_sends_is_taken_from_this_site_only(stage: Stage) -> None:
    path = f"{await a_draft(stage)}/attachments/new"
    cross = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert (await sent_by_htmx(stage, path, a_pdf(), **cross))[0] == 403
    assert (await sent_by_htmx(stage, path, a_pdf()))[0] == 403  # the header of htmx vouches for nothing
    assert (await sent_by_htmx(stage, path, a_pdf(), **FROM_HERE, origin="http://testserver"))[0] == 303
    status, words = await sent_by_htmx(stage, path, b"MZ", **FROM_HERE, origin="http://testserver")
    assert (status, "En sak behöver rättas" in words) == (422, True)


@pytest.mark.parametrize("name", ["htmx.min.js", "progress.js"])
async def test_scripts_are_scripts_and_may_be_kept_as_the_style_sheet_is(name: str) -> None:
    async with client_of(create_api([SERVICE], {"things": runtime()})) as client:
        script, style = await client.get(f"/static/{name}"), await client.get("/static/shell.css")
        for missing in ("htmx.md", "htmx.LICENSE", "favicon.svg", "..%2Fpages.py", "x.js"):
            assert (await client.get(f"/static/{missing}")).status_code == 404, missing
    assert script.content == (STATIC / name).read_bytes()
    assert script.headers["content-type"].startswith("text/javascript")
    for header in ("cache-control", "x-content-type-options", "cross-origin-resource-policy"):
        assert script.headers[header] == style.headers[header]


async def test_htmx_is_the_file_that_its_note_names_with_its_licence() -> None:
    note = (STATIC / "htmx.md").read_text(encoding="utf-8")
    content = (STATIC / "htmx.min.js").read_bytes()
    version = re.search(rb'version:"([0-9.]+)"', content)
    assert version is not None
    assert f"`htmx.org` {version[1].decode()}," in note
    assert f"`{sha256(content).hexdigest()}`" in note
    assert "Zero-Clause BSD" in (STATIC / "htmx.LICENSE").read_text(encoding="utf-8")


async def test_our_own_script_stays_a_page() -> None:
    lines = (STATIC / "progress.js").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    assert max(map(len, lines)) <= 120
