"""Every answer of 400 and above is problem+json with a type that leads somewhere."""

from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio

from shared.kernel.refusals import Refusal
from shared.web.application import create_api
from shared.web.catalogue import kinds
from tests.unit.web.a_service import A_THING, SERVICE, THING, bearer, client_of, runtime

pytestmark = pytest.mark.asyncio
CANARY = "canary-4407"


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the whole made-up API."""
    async with client_of(create_api([SERVICE], {"things": runtime()})) as found:
        yield found


async def everything(client: httpx2.AsyncClient) -> list[tuple[int, httpx2.Response]]:
    """Provoke every kind of refusal that the base knows, each with a canary in it, and say what is expected."""
    editor = bearer("editor")
    things = "/things/v1/things"
    named = {**A_THING, "name": CANARY}
    return [
        (400, await client.get("/things/v1/time", headers={"sandbox-now": CANARY})),
        (401, await client.post(things, json=named)),
        (401, await client.post(things, json=named, headers=bearer(CANARY))),
        (403, await client.post(things, json=named, headers=bearer("officer"))),
        (403, await client.post(things, json=named, headers=bearer("nobody"))),
        (404, await client.get(f"/{CANARY}")),
        (404, await client.get(f"/things/{CANARY}")),
        (404, await client.get(f"/problems/{CANARY}")),
        (404, await client.put(f"{things}/{CANARY}", json=named, headers={**editor, "if-match": '"1"'})),
        (405, await client.delete(things, headers=editor)),
        (405, await client.post("/health/live")),
        (409, await client.post(things, json={**A_THING, "name": "dear"}, headers=editor)),
        (
            413,
            await client.post(things, content=CANARY * 100_000, headers={**editor, "content-type": "application/json"}),
        ),
        (415, await client.post(things, content=CANARY, headers={**editor, "content-type": "text/plain"})),
        (422, await client.post(things, content=CANARY, headers={**editor, "content-type": "application/json"})),
        (422, await client.get(f"{things}?limit={CANARY}", headers=editor)),
        (422, await client.get(f"{things}?colour={CANARY}", headers=editor)),
        (422, await client.get(f"{things}?after={CANARY}", headers=editor)),
        (428, await client.put(f"{things}/{THING}", json=named, headers=editor)),
        (500, await client.post(things, json={**A_THING, "name": "bug"}, headers=editor)),
        (503, await client.post(things, json={**A_THING, "name": "closed"}, headers=editor)),
    ]


async def test_every_refusal_is_a_problem_document_with_a_page_and_without_input(client: httpx2.AsyncClient) -> None:
    for status, answer in await everything(client):
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert CANARY not in answer.text
        found = answer.json()
        assert found["status"] == status
        assert found["title"]
        assert found["detail"]
        assert found["detail_en"] != found["detail"]
        assert found["instance"] == f"urn:lotsen:trace:{answer.headers['traceparent'].split('-')[1]}"
        page = await client.get(found["type"])
        assert page.status_code == 200, found["type"]
        assert found["code"] in page.text


async def test_every_answer_has_the_headers_that_keep_browsers_in_check(client: httpx2.AsyncClient) -> None:
    answers = [answer for _, answer in await everything(client)]
    answers += [await client.get(path) for path in ("/health/live", "/problems", "/metrics", "/things/docs")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


async def test_a_refusal_of_a_rule_carries_its_findings(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/things/v1/things", json={**A_THING, "name": "dear"}, headers=bearer("editor"))
    assert answer.json() | {"instance": ""} == {
        "type": "/problems/too-dear",
        "title": "Too dear",
        "status": 409,
        "detail": "Kostar 11 kr, högst 10.",
        "detail_en": "Costs 11 kr, at most 10.",
        "instance": "",
        "code": "TooDear",
        "rule": "A99",
        "problems": [
            {
                "pointer": "/count",
                "rule": "A99",
                "sv": "För dyrt.",
                "en": "Too dear.",
                "severity": "error",
                "quotation": "högst 10",
            }
        ],
    }


async def test_what_helps_is_said_in_headers(client: httpx2.AsyncClient) -> None:
    closed = await client.post("/things/v1/things", json={**A_THING, "name": "closed"}, headers=bearer("editor"))
    assert closed.headers["retry-after"] == "7"
    assert (await client.get("/things/v1/time")).headers["www-authenticate"] == 'Bearer realm="lotsen"'
    assert (await client.delete("/things/v1/things")).headers["allow"]


async def test_who_may_not_ask_is_told_so_before_the_body_is_looked_at(client: httpx2.AsyncClient) -> None:
    json = {"content-type": "application/json"}
    assert (await client.post("/things/v1/things", content=b"{", headers=json)).status_code == 401
    officer = {**bearer("officer"), **json}
    assert (await client.post("/things/v1/things", content=b"{", headers=officer)).status_code == 403


async def test_the_catalogue_shows_every_refusal_in_both_languages(client: httpx2.AsyncClient) -> None:
    index = (await client.get("/problems")).text
    for kind in kinds():
        assert f'href="/problems/{kind.slug}"' in index
        page = (await client.get(f"/problems/{kind.slug}")).text
        assert "På svenska" in page
        assert "In English" in page


class SmallerThan(Refusal):
    """A refusal whose texts a browser or a template could misunderstand."""

    sv = "<b>a</b> & {{ 7*7 }}"
    en = "b"


async def test_texts_of_refusals_are_shown_as_they_are(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/problems/smaller-than")).text
    assert "&lt;b&gt;a&lt;/b&gt; &amp; {{ 7*7 }}" in page
