"""A token issuer for tests and demonstrations, which exists in a sandbox only and says so loudly."""

import base64
import binascii
import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import unquote, urlsplit

import structlog
from fastapi import APIRouter, Form, Query, Request
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse, RedirectResponse, Response

from shared.auth.refusals import Unauthenticated
from shared.auth.sandbox_clients import SandboxClient, SandboxClients, read_clients
from shared.auth.session import COOKIE, refuse_cross_site
from shared.kernel.ids import new_id
from shared.settings import ApiSettings, SettingsError
from shared.web.page_shell import render_page

TOKEN_LIFETIME: Final = timedelta(hours=1)
SESSION_LIFETIME: Final = timedelta(hours=8)
_HOME: Final = "/problems"
_Text = Annotated[str, Form(max_length=300)]

log: Any = structlog.get_logger()


class SandboxIssuer:
    """Signs tokens for made-up clients with a key of its own (ES256)."""

    def __init__(self, settings: ApiSettings, key: ECKey, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._key = key
        self._clock = clock

    def token_for(self, client: SandboxClient, lifetime: timedelta = TOKEN_LIFETIME) -> str:
        """Return a signed token that speaks for `client` from now on."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": self._settings.oidc_issuer,
            "aud": self._settings.audience,
            "sub": client.subject,
            "client_id": client.client_id,
            "organisation": client.organisation,
            "roles": [role.value for role in client.roles],
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": new_id(),
        }
        header = {"alg": "ES256", "kid": self._key.kid or "", "typ": "at+jwt"}
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])

    def jwks(self) -> dict[str, Any]:
        """Return the public key as a JWKS."""
        return {"keys": [{**self._key.as_dict(private=False), "use": "sig", "alg": "ES256"}]}


def create_sandbox(settings: ApiSettings, clock: Callable[[], datetime]) -> APIRouter:
    """Return the sandbox's routes. Raises SettingsError outside a sandbox: there it must not exist at all."""
    if not settings.sandbox or settings.sandbox_clients_file is None:
        raise SettingsError("ApiSettings: the sandbox issuer needs LOTSEN_SANDBOX=true and LOTSEN_SANDBOX_CLIENTS_FILE")
    clients = read_clients(settings.sandbox_clients_file)
    issuer = SandboxIssuer(settings, _signing_key(settings.sandbox_key_file), clock)
    log.warning("sandbox_issuer_started", issuer=settings.oidc_issuer, clients=len(clients.all))
    router = APIRouter(include_in_schema=False)
    _add_machine_routes(router, settings, issuer, clients)
    _add_login_routes(router, issuer, clients)
    return router


def _add_machine_routes(
    router: APIRouter, settings: ApiSettings, issuer: SandboxIssuer, clients: SandboxClients
) -> None:
    @router.get("/jwks.json")
    async def jwks() -> dict[str, Any]:
        """Sandlådans nycklar. / The sandbox's keys."""
        return issuer.jwks()

    @router.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        """Var allt finns. / Where everything is."""
        base = settings.oidc_issuer
        return {
            "issuer": base,
            "jwks_uri": f"{base}/jwks.json",
            "token_endpoint": f"{base}/token",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }

    @router.post("/token")
    async def token(
        request: Request, grant_type: _Text = "", client_id: _Text = "", client_secret: _Text = ""
    ) -> Response:
        """Byt id och hemlighet mot en token (RFC 6749 4.4). / Exchange id and secret for a token."""
        if grant_type != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        given = _basic_credentials(request) or (client_id, client_secret)
        client = clients.authenticated(*given)
        if client is None:
            return JSONResponse({"error": "invalid_client"}, 401, {"www-authenticate": 'Basic realm="sandbox"'})
        return JSONResponse(
            {
                "access_token": issuer.token_for(client),
                "token_type": "Bearer",
                "expires_in": int(TOKEN_LIFETIME.total_seconds()),
            }
        )


def _add_login_routes(router: APIRouter, issuer: SandboxIssuer, clients: SandboxClients) -> None:
    @router.get("/login", response_class=Response)
    async def login_page(next_: Annotated[str, Query(alias="next", max_length=2_000)] = _HOME) -> Response:
        """Välj vem du vill vara. / Choose whom to be."""
        return render_page("login.html", next=local_path(next_), clients=clients.all)

    @router.post("/login", response_class=Response)
    async def login(
        request: Request, client_id: _Text = "", next_: Annotated[str, Form(alias="next", max_length=2_000)] = _HOME
    ) -> Response:
        """Sätt sessionens kaka och gå vidare. / Set the session's cookie and go on."""
        refuse_cross_site(request)
        client = clients.find(client_id)
        if client is None:
            raise Unauthenticated
        answer = RedirectResponse(local_path(next_), 303)
        answer.set_cookie(
            COOKIE,
            issuer.token_for(client, SESSION_LIFETIME),
            max_age=int(SESSION_LIFETIME.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return answer


def local_path(target: str) -> str:
    """Return `target` when it is a path on this very site, else the start: a login must not send people elsewhere."""
    parts = urlsplit(target)
    is_local = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    return target if is_local and "\\" not in target and target.isprintable() else _HOME


def _basic_credentials(request: Request) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(client_id), unquote(secret)


def new_signing_key() -> bytes:
    """Return a new key as PEM."""
    return ECKey.generate_key("P-256").as_pem(private=True)


def _signing_key(path: Path | None) -> ECKey:
    """Return the key in the file, which processes share and the first of them writes; without one, a new key."""
    if path is None:
        return _with_id(ECKey.generate_key("P-256"))
    if not path.exists():
        _publish(path, new_signing_key())
    try:
        return _with_id(ECKey.import_key(path.read_bytes()))
    except (OSError, ValueError):
        raise SettingsError("ApiSettings: LOTSEN_SANDBOX_KEY_FILE is not a P-256 key in PEM") from None


def _publish(path: Path, content: bytes) -> None:
    """Put the file there whole, unless somebody else has been faster."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _with_id(key: ECKey) -> ECKey:
    key.ensure_kid()
    return key
