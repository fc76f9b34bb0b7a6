"""The sandbox's issuer exists in a sandbox only; its tokens are believed, its login leads nowhere else."""

import base64
import io
import json
import stat
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
import structlog
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.login import local_path
from shared.auth.sandbox import create_sandbox
from shared.logs import configure_logs
from shared.settings import SettingsError
from shared.web.application import create_api
from tests.unit.auth.a_sandbox import CLIENTS, SAME_SITE, SECRETS, begun, logged_in, sandbox_api
from tests.unit.web.a_service import NOON, SERVICE, bearer, client_of, runtime, settings


@pytest.fixture
def clients_file(tmp_path: Path) -> Path:
    """A file with two clients."""
    path = tmp_path / "clients.yaml"
    path.write_text(CLIENTS, encoding="utf-8")
    return path


@pytest_asyncio.fixture
async def client(clients_file: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a sandbox."""
    async with client_of(sandbox_api(clients_file)) as found:
        yield found


async def token(client: httpx2.AsyncClient, client_id: str = "system-a") -> str:
    answer = await client.post(
        "/sandbox/token",
        data={"grant_type": "client_credentials", "client_id": client_id, "client_secret": SECRETS[client_id]},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


@pytest.mark.asyncio
async def test_a_client_gets_a_token_that_the_api_believes(client: httpx2.AsyncClient) -> None:
    mine = await token(client)
    found = (await client.get("/things/v1/things?limit=1", headers=bearer(mine))).json()
    assert found["items"] == [{"name": "org-a-0"}]
    others = await token(client, "agency")
    found = (await client.get("/things/v1/things?limit=1", headers=bearer(others))).json()
    assert found["items"] == [{"name": "all-0"}]
    assert (await client.get("/things/v1/time", headers=bearer(others))).status_code == 403


@pytest.mark.asyncio
async def test_a_client_may_send_its_secret_as_basic_authentication(client: httpx2.AsyncClient) -> None:
    given_credentials = base64.b64encode(b"system-a:secret-of-a-1").decode()
    answer = await client.post(
        "/sandbox/token",
        data={"grant_type": "client_credentials"},
        headers={"authorization": f"Basic {given_credentials}"},
    )
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 3600)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_id": "system-a", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": ""}, 401, "invalid_client"),
        ({}, 401, "invalid_client"),
        ({"grant_type": "password", "client_id": "system-a"}, 400, "unsupported_grant_type"),
    ],
)
async def test_without_the_right_secret_there_is_no_token(
    client: httpx2.AsyncClient, form: dict[str, str], status: int, error: str
) -> None:
    answer = await client.post("/sandbox/token", data={"grant_type": "client_credentials", **form})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.asyncio
async def test_the_sandbox_can_be_discovered_and_shows_no_secret(client: httpx2.AsyncClient) -> None:
    found = (await client.get("/sandbox/.well-known/openid-configuration")).json()
    assert found["issuer"] == "http://testserver/sandbox"
    assert found["jwks_uri"] == "http://testserver/sandbox/jwks.json"
    (key,) = (await client.get("/sandbox/jwks.json")).json()["keys"]
    assert (key["kty"], key["alg"], "d" in key) == ("EC", "ES256", False)
    page = (await client.get((await begun(client))[1])).text
    assert "Högskolan A" in page
    assert "secret-of-a-1" not in page


@pytest.mark.asyncio
async def test_outside_a_sandbox_there_is_no_issuer() -> None:
    async with client_of(create_api([SERVICE], {"things": runtime()})) as client:
        for path in ("/sandbox/token", "/sandbox/jwks.json", "/sandbox/login", "/sandbox/authorize"):
            assert (await client.get(path)).status_code == 404
            assert (await client.post(path, data={"grant_type": "client_credentials"})).status_code == 404


def test_outside_a_sandbox_the_issuer_refuses_to_exist(clients_file: Path) -> None:
    with pytest.raises(SettingsError):
        create_sandbox(settings(sandbox_clients_file=clients_file), lambda: NOON)


def test_a_sandbox_says_loudly_that_it_is_one(clients_file: Path) -> None:
    stream = io.StringIO()
    configure_logs("error", stream)
    create_sandbox(settings(sandbox=True, sandbox_clients_file=clients_file), lambda: NOON)
    assert stream.getvalue() == ""
    configure_logs("warning", stream)
    create_sandbox(settings(sandbox=True, sandbox_clients_file=clients_file), lambda: NOON)
    structlog.reset_defaults()
    (line,) = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (line["event"], line["level"]) == ("sandbox_issuer_started", "warning")


@pytest.mark.parametrize(
    "content", ["", "clients: []", "clients: [{client_id: A B}]", CLIENTS.replace("org.editor", "org.king"), "a: ["]
)
def test_a_broken_clients_file_stops_the_start_without_repeating_its_secrets(clients_file: Path, content: str) -> None:
    clients_file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        create_sandbox(settings(sandbox=True, sandbox_clients_file=clients_file), lambda: NOON)
    assert "LOTSEN_SANDBOX_CLIENTS_FILE" in str(caught.value)
    assert "secret-of" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.asyncio
async def test_processes_that_share_a_key_file_believe_each_others_tokens(clients_file: Path, tmp_path: Path) -> None:
    key_file = tmp_path / "sandbox.pem"
    first = sandbox_api(clients_file, sandbox_key_file=key_file)
    second = sandbox_api(clients_file, sandbox_key_file=key_file)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    async with client_of(first) as one, client_of(second) as other:
        found = await other.get("/things/v1/things", headers=bearer(await token(one)))
    assert found.status_code == 200


# --- the session of the pages


@pytest.mark.asyncio
async def test_a_reader_without_a_session_is_sent_to_the_login_and_comes_back(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/things/pages/start?year=2023&x=å")
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert place == "/login?next=%2Fthings%2Fpages%2Fstart%3Fyear%3D2023%26x%3D%25C3%25A5"
    answer = await logged_in(client, next_="/things/pages/start?year=2023&x=%C3%A5")
    assert (answer.status_code, answer.headers["location"]) == (303, "/things/pages/start?year=2023&x=%C3%A5")


async def cookie_of(client: httpx2.AsyncClient) -> str:
    answer = await logged_in(client)
    name_and_value, *attributes = answer.headers.get_list("set-cookie")[0].split("; ")
    assert {"HttpOnly", "Secure", "Path=/"} <= set(attributes)
    assert "samesite=lax" in [attribute.lower() for attribute in attributes]
    assert not [attribute for attribute in attributes if attribute.lower().startswith("domain")]
    assert name_and_value.startswith("__Host-lotsen=")
    return str(name_and_value)


@pytest.mark.asyncio
async def test_a_session_opens_pages_and_nothing_else(client: httpx2.AsyncClient) -> None:
    cookie = {"cookie": await cookie_of(client)}
    page = await client.get("/things/pages/start", headers=cookie)
    assert (page.status_code, "anna" in page.text) == (200, True)
    assert "style-src 'self'" in page.headers["content-security-policy"]
    assert (await client.get("/things/v1/things", headers=cookie)).status_code == 401
    assert (await client.post("/things/v1/things", json={}, headers=cookie)).status_code == 401


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (SAME_SITE, 200),
        ({"origin": "http://testserver"}, 200),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://testserver", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://testserver", "sec-fetch-site": "same-site"}, 403),
        ({}, 403),
    ],
)
async def test_a_form_is_taken_from_this_site_only(
    client: httpx2.AsyncClient, headers: dict[str, str], status: int
) -> None:
    cookie = {"cookie": await cookie_of(client)}
    answer = await client.post("/things/pages/start", data={"name": "x"}, headers={**cookie, **headers})
    assert answer.status_code == status
    form = {"person": "system-a", "client_id": "lotsen-pages", "redirect_uri": "http://testserver/login/callback"}
    assert (await client.post("/sandbox/authorize", data=form, headers=headers)).status_code == (
        303 if status == 200 else 403
    )
    assert (await client.post("/logout", headers=headers)).status_code == status


@pytest.mark.asyncio
@pytest.mark.parametrize(("size", "status"), [(1_000_000, 400), (1_000_001, 413)])
async def test_a_form_to_the_issuer_has_the_limit_of_json(client: httpx2.AsyncClient, size: int, status: int) -> None:
    content = b"grant_type=none&x=".ljust(size, b"x")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await client.post("/sandbox/token", content=content, headers=headers)).status_code == status


@pytest.mark.asyncio
async def test_a_page_that_the_reader_may_not_see_says_so_in_swedish(client: httpx2.AsyncClient) -> None:
    cookie = {"cookie": await cookie_of(client)}
    page = await client.get("/things/pages/programme", headers={**cookie, "accept": "text/html"})
    assert page.status_code == 403
    assert "Din roll ger inte den här behörigheten." in page.text
    assert page.headers["content-type"].startswith("text/html")
    machine = await client.get("/things/pages/programme", headers=cookie)
    assert machine.json()["code"] == "Forbidden"


@pytest.mark.asyncio
async def test_outside_a_sandbox_a_page_without_a_session_is_401() -> None:
    async with client_of(create_api([SERVICE], {"things": runtime()})) as client:
        page = await client.get("/things/pages/start", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["content-type"].split(";")[0]) == (401, "text/html")
        assert (await client.get("/things/pages/start")).json()["code"] == "Unauthenticated"


@pytest.mark.asyncio
async def test_an_expired_session_leads_to_the_login(clients_file: Path) -> None:
    now: list[datetime] = [NOON]
    async with client_of(sandbox_api(clients_file, clock=lambda: now[0])) as client:
        cookie = {"cookie": await cookie_of(client)}
        assert (await client.get("/things/pages/start", headers=cookie)).status_code == 200
        now[0] = NOON.replace(hour=21)
        assert (await client.get("/things/pages/start", headers=cookie)).status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:x",
        "evil",
        "",
        "/a\nb",
        "\\\\evil",
    ],
)
def test_a_login_leads_nowhere_else(target: str) -> None:
    assert local_path(target) == "/"


@given(st.text())
def test_wherever_a_login_leads_is_a_path_here(target: str) -> None:
    found = local_path(target)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
