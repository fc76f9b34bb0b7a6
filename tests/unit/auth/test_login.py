"""A login goes to the issuer and back, belongs to the browser that began it, and proves who came."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import pytest_asyncio

from shared.web.application import create_api
from tests.unit.auth.a_sandbox import CLIENTS, begun, chosen, cookies_of, logged_in, sandbox_api, sent_with
from tests.unit.web.a_service import NOON, SERVICE, client_of, runtime

pytestmark = pytest.mark.asyncio
ISSUER = "https://issuer.example"
PAGE = {"accept": "text/html"}


@pytest.fixture
def now() -> list[datetime]:
    """The time, which a test may move."""
    return [NOON]


@pytest_asyncio.fixture
async def client(tmp_path: Path, now: list[datetime]) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a sandbox."""
    path = tmp_path / "clients.yaml"
    path.write_text(CLIENTS, encoding="utf-8")
    async with client_of(sandbox_api(path, clock=lambda: now[0])) as found:
        yield found


async def test_a_login_asks_with_state_nonce_and_a_challenge_and_keeps_the_secrets_from_scripts(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/login?next=/things/pages/start")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/login/callback"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-lotsen-login=")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "Max-Age=600", "Path=/", "SameSite=lax"))


async def test_a_session_says_who_it_is_and_the_attempt_is_forgotten(client: httpx2.AsyncClient) -> None:
    answer = await logged_in(client, "agency", next_="/things/pages/start")
    assert (answer.status_code, answer.headers["location"]) == (303, "/things/pages/start")
    cookies = cookies_of(answer)
    assert cookies["__Host-lotsen-login"] == ""
    page = await client.get("/things/pages/start", headers=sent_with(cookies))
    assert "bo" in page.text


async def test_logging_out_ends_the_session(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/logout", headers={"origin": "http://testserver", "sec-fetch-site": "same-origin"})
    assert answer.status_code == 200
    assert cookies_of(answer) == {"__Host-lotsen": ""}
    assert "Du är utloggad" in answer.text


@pytest.mark.parametrize("next_", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_a_login_does_not_lead_to_another_site(client: httpx2.AsyncClient, next_: str) -> None:
    assert (await logged_in(client, next_=next_)).headers["location"] == "/"


async def test_an_answer_without_the_browsers_own_attempt_is_refused(client: httpx2.AsyncClient) -> None:
    attempt, place = await begun(client)
    others, _ = await begun(client)
    back = await chosen(client, place)
    for cookies in ({}, others, {"__Host-lotsen-login": attempt["__Host-lotsen-login"][:-3] + "abc"}):
        answer = await client.get(back, headers={**sent_with(cookies), **PAGE})
        assert (answer.status_code, "Börja om" in answer.text) == (400, True)
        assert "__Host-lotsen" not in cookies_of(answer)


async def test_a_login_that_takes_longer_than_ten_minutes_is_refused(
    client: httpx2.AsyncClient, now: list[datetime]
) -> None:
    attempt, place = await begun(client)
    now[0] = NOON + timedelta(minutes=10)
    back = await chosen(client, place)
    assert (await client.get(back, headers=sent_with(attempt))).status_code == 303
    attempt, place = await begun(client)
    now[0] += timedelta(minutes=10, seconds=1)
    back = await chosen(client, place)
    assert (await client.get(back, headers=sent_with(attempt))).json()["code"] == "LoginStale"


async def test_a_code_is_exchanged_once_and_by_its_own_browser_only(client: httpx2.AsyncClient) -> None:
    attempt, place = await begun(client)
    back = await chosen(client, place)
    assert (await client.get(back, headers=sent_with(attempt))).status_code == 303
    assert (await client.get(back, headers=sent_with(attempt))).json()["code"] == "LoginNotVerified"
    mine, place = await begun(client)
    others_code = parse_qs(urlsplit(await chosen(client, (await begun(client))[1])).query)["code"][0]
    state = parse_qs(urlsplit(place).query)["state"][0]
    injected = {"code": others_code, "state": state}
    answer = await client.get("/login/callback", params=injected, headers=sent_with(mine))
    assert answer.json()["code"] == "LoginNotVerified"


async def test_a_cancelled_login_says_so_and_another_issuers_answer_is_refused(client: httpx2.AsyncClient) -> None:
    attempt, place = await begun(client)
    state = parse_qs(urlsplit(place).query)["state"][0]
    answer = await client.get(f"/login/callback?error=access_denied&state={state}", headers=sent_with(attempt))
    assert answer.json()["code"] == "LoginCancelled"
    back = await chosen(client, place)
    mixed = back.replace("iss=http%3A%2F%2Ftestserver", "iss=https%3A%2F%2Fevil.example")
    assert (await client.get(mixed, headers=sent_with(attempt))).json()["code"] == "LoginNotVerified"


@pytest.mark.parametrize(
    ("changed", "value"),
    [("redirect_uri", "https://evil.example/"), ("client_id", "somebody"), ("code_challenge_method", "plain")],
)
async def test_the_sandbox_sends_nobody_to_strangers(client: httpx2.AsyncClient, changed: str, value: str) -> None:
    _, place = await begun(client)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
    assert (await client.get("/sandbox/authorize", params=asked)).status_code == 200
    assert (await client.get("/sandbox/authorize", params={**asked, changed: value})).status_code == 400


async def test_without_a_client_nobody_logs_in() -> None:
    found = runtime()
    async with client_of(create_api([SERVICE], {"things": found})) as client:
        answer = await client.get("/login", headers=PAGE)
        assert (answer.status_code, "ingen inloggning" in answer.text) == (404, True)
