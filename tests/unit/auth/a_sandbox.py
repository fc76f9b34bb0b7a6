"""A sandbox with two clients around the made-up service, and the road that a login takes through it."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
from starlette.types import ASGIApp

from shared.auth.issuer_keys import IssuerKeys
from shared.auth.provider import IdentityProvider
from shared.auth.tokens import JwtVerifier
from shared.service import Service
from shared.web.application import create_api
from shared.web.runtime import Runtime
from tests.unit.web.a_service import SERVICE, client_of, runtime

CLIENTS = """
clients:
  - client_id: system-a
    client_secret: secret-of-a-1
    name: Högskolan A
    organisation: org-a
    subject: anna
    roles: [org.editor, org.reader]
  - client_id: agency
    client_secret: secret-of-agency
    name: Handläggare
    organisation: agency
    subject: bo
    roles: [agency.case_officer]
"""
SECRETS = {"system-a": "secret-of-a-1", "agency": "secret-of-agency"}
SAME_SITE = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}


def sandbox_api(
    clients_file: Path,
    base: str = "http://testserver",
    **changes: Any,  # noqa: ANN401 - settings that a test changes
) -> ASGIApp:
    """Return the made-up service in a sandbox."""
    return api_in_sandbox(SERVICE, runtime(**its_own_issuer(clients_file, base), **changes))


def its_own_issuer(clients_file: Path, base: str) -> dict[str, Any]:
    """Return the settings of a sandbox at `base` that issues tokens to the clients of a file."""
    return {
        "sandbox": True,
        "sandbox_clients_file": clients_file,
        "public_base_url": base,
        "oidc_issuer": f"{base}/sandbox",
        "jwks_url": f"{base}/sandbox/jwks.json",
    }


def api_in_sandbox(service: Service, found: Runtime) -> ASGIApp:
    """Return the whole API with one service, verifying its own issuer's tokens by its own JWKS."""
    api: list[ASGIApp] = []

    async def fetch() -> dict[str, Any]:
        async with client_of(api[0]) as client:
            document: dict[str, Any] = (await client.get("/sandbox/jwks.json")).json()
        return document

    keys = IssuerKeys(fetch)
    verifier = JwtVerifier(keys, issuer=found.settings.oidc_issuer, audience=found.settings.audience, clock=found.clock)
    provider = IdentityProvider(found.settings, found.clock, keys=keys, client=lambda: client_of(api[0]))
    api.append(create_api([service], {service.name: replace(found, tokens=verifier, provider=provider)}))
    return api[0]


def cookies_of(answer: httpx2.Response) -> dict[str, str]:
    """Return the cookies that an answer sets: a client without TLS would not keep ours."""
    pairs = (cookie.split(";")[0].partition("=") for cookie in answer.headers.get_list("set-cookie"))
    return {name: value.strip('"') for name, _, value in pairs}


def sent_with(cookies: dict[str, str]) -> dict[str, str]:
    """Return the header that sends cookies."""
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}


async def begun(client: httpx2.AsyncClient, next_: str = "/things/pages/start") -> tuple[dict[str, str], str]:
    """Begin a login: the cookies of the attempt, and where the issuer's page is."""
    answer = await client.get(f"/login?next={quote(next_, safe='')}")
    assert answer.status_code == 303, answer.text
    return cookies_of(answer), answer.headers["location"]


async def chosen(client: httpx2.AsyncClient, place: str, person: str = "system-a") -> str:
    """Choose whom to be on the issuer's page, and return the address that leads back."""
    form = {**hidden_fields((await client.get(place)).text), "person": person}
    answer = await client.post("/sandbox/authorize", data=form, headers=SAME_SITE)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def logged_in(client: httpx2.AsyncClient, person: str = "system-a", **begin: str) -> httpx2.Response:
    """Take the whole road of a login, and return the answer that sets the session's cookie."""
    attempt, place = await begun(client, **begin)
    return await client.get(await chosen(client, place, person), headers=sent_with(attempt))
