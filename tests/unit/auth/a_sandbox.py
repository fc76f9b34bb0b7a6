"""A sandbox with two clients around the made-up service."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from shared.auth.issuer_keys import IssuerKeys
from shared.auth.tokens import JwtVerifier
from shared.web.application import create_api
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


def sandbox_api(clients_file: Path, **changes: Any) -> ASGIApp:  # noqa: ANN401 - settings that a test changes
    """Return the whole API in a sandbox, verifying its own issuer's tokens by its own JWKS."""
    found = runtime(
        sandbox=True,
        sandbox_clients_file=clients_file,
        oidc_issuer="http://testserver/sandbox",
        jwks_url="http://testserver/sandbox/jwks.json",
        **changes,
    )
    api: list[ASGIApp] = []

    async def fetch() -> dict[str, Any]:
        async with client_of(api[0]) as client:
            document: dict[str, Any] = (await client.get("/sandbox/jwks.json")).json()
        return document

    verifier = JwtVerifier(
        IssuerKeys(fetch), issuer=found.settings.oidc_issuer, audience=found.settings.audience, clock=found.clock
    )
    api.append(create_api([SERVICE], {"things": replace(found, tokens=verifier)}))
    return api[0]
