"""A token issuer for tests and demonstrations, which exists in a sandbox only and says so loudly."""

import base64
import binascii
import hmac
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

import structlog
from fastapi import APIRouter, Form, Request
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse, Response

from shared.auth.sandbox_clients import SandboxClients, read_clients
from shared.auth.sandbox_issuer import TOKEN_LIFETIME, SandboxIssuer
from shared.auth.sandbox_login import add_login_routes, exchanged
from shared.settings import ApiSettings, SettingsError

_Text = Annotated[str, Form(max_length=4_000)]

log: Any = structlog.get_logger()


def create_sandbox(settings: ApiSettings, clock: Callable[[], datetime]) -> APIRouter:
    """Return the sandbox's routes. Raises SettingsError outside a sandbox: there it must not exist at all."""
    if not settings.sandbox or settings.sandbox_clients_file is None:
        raise SettingsError("ApiSettings: the sandbox issuer needs LOTSEN_SANDBOX=true and LOTSEN_SANDBOX_CLIENTS_FILE")
    clients = read_clients(settings.sandbox_clients_file)
    issuer = SandboxIssuer(settings, _signing_key(settings.sandbox_key_file), clock)
    log.warning("sandbox_issuer_started", issuer=settings.oidc_issuer, clients=len(clients.all))
    router = APIRouter(include_in_schema=False)
    _add_machine_routes(router, settings, issuer, clients)
    add_login_routes(router, settings, issuer, clients)
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
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "grant_types_supported": ["client_credentials", "authorization_code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid"],
            "acr_values_supported": (settings.oidc_signing_acr or "").split(),
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    @router.post("/token")
    async def token(
        request: Request,
        grant_type: _Text = "",
        client_id: _Text = "",
        client_secret: _Text = "",
        code: _Text = "",
        redirect_uri: _Text = "",
        code_verifier: _Text = "",
    ) -> Response:
        """Byt id och hemlighet, eller en kod, mot en token (RFC 6749). / Exchange id and secret, or a code."""
        given = _basic_credentials(request) or (client_id, client_secret)
        if grant_type == "client_credentials":
            client = clients.authenticated(*given)
            if client is None:
                return _refused_client()
            lasts = int(TOKEN_LIFETIME.total_seconds())
            answer = {"access_token": issuer.token_for(client), "token_type": "Bearer", "expires_in": lasts}
            return JSONResponse(answer)
        if grant_type != "authorization_code":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if not _is_pages(given, settings):
            return _refused_client()
        tokens = exchanged(issuer, clients, code, redirect_uri=redirect_uri, verifier=code_verifier)
        return JSONResponse({"error": "invalid_grant"}, 400) if tokens is None else JSONResponse(tokens)


def _refused_client() -> Response:
    return JSONResponse({"error": "invalid_client"}, 401, {"www-authenticate": 'Basic realm="sandbox"'})


def _is_pages(given: tuple[str, str], settings: ApiSettings) -> bool:
    """Tell whether the pages ask: by their id, and by their secret where they have one."""
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret is not None else ""
    return given[0] == settings.oidc_client_id and hmac.compare_digest(given[1].encode(), secret.encode())


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
