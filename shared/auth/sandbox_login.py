"""The sandbox's login: choose whom to be, and exchange the code (OpenID Connect Core 3.1)."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from shared.auth.login_refusals import LoginNotVerified
from shared.auth.refusals import Unauthenticated
from shared.auth.sandbox_clients import SandboxClients
from shared.auth.sandbox_issuer import SESSION_LIFETIME, Asked, SandboxIssuer
from shared.auth.session import refuse_cross_site
from shared.settings import ApiSettings
from shared.web.page_shell import render_page

_Asked = Annotated[str, Query(max_length=500)]
_Sent = Annotated[str, Form(max_length=500)]
_BEGIN: Final = "/login"


def add_login_routes(router: APIRouter, settings: ApiSettings, issuer: SandboxIssuer, clients: SandboxClients) -> None:
    """Add the page where somebody chooses whom to be, and what its form does."""

    @router.get("/login", response_class=Response)
    async def login() -> Response:
        """Logga in. / Log in."""
        return RedirectResponse(_BEGIN, 303)

    @router.get("/authorize", response_class=Response)
    async def choose(  # noqa: PLR0913, PLR0917 - the parameters of the protocol
        client_id: _Asked = "",
        redirect_uri: _Asked = "",
        response_type: _Asked = "",
        state: _Asked = "",
        nonce: _Asked = "",
        code_challenge: _Asked = "",
        code_challenge_method: _Asked = "",
        acr_values: _Asked = "",
        login_hint: _Asked = "",
    ) -> Response:
        """Välj vem du vill vara. / Choose whom to be."""
        asked = Asked(client_id, redirect_uri, state, nonce, code_challenge, acr_values, login_hint)
        _refuse_unknown(asked, settings)
        if (response_type, code_challenge_method) != ("code", "S256") or not (code_challenge and nonce and state):
            raise LoginNotVerified
        return render_page("login.html", asked=asked, clients=clients.all)

    @router.post("/authorize", response_class=Response)
    async def chosen(  # noqa: PLR0913, PLR0917 - the parameters of the protocol, and the choice
        request: Request,
        person: _Sent = "",
        client_id: _Sent = "",
        redirect_uri: _Sent = "",
        state: _Sent = "",
        nonce: _Sent = "",
        code_challenge: _Sent = "",
        acr_values: _Sent = "",
    ) -> Response:
        """Gå tillbaka med en kod. / Go back with a code."""
        refuse_cross_site(request)
        asked = Asked(client_id, redirect_uri, state, nonce, code_challenge, acr_values)
        _refuse_unknown(asked, settings)
        client = clients.find(person)
        if client is None:
            raise Unauthenticated
        answer = {"code": issuer.code_for(client, asked), "state": state, "iss": settings.oidc_issuer}
        return RedirectResponse(f"{redirect_uri}?{urlencode(answer)}", 303)


def exchanged(
    issuer: SandboxIssuer, clients: SandboxClients, code: str, *, redirect_uri: str, verifier: str
) -> dict[str, Any] | None:
    """Return the tokens that a code is good for, None when it is good for none."""
    redeemed = issuer.redeemed(code, redirect_uri=redirect_uri, verifier=verifier)
    client = clients.find(redeemed[0]) if redeemed is not None else None
    if redeemed is None or client is None:
        return None
    _, asked, auth_time = redeemed
    access_token = issuer.token_for(client, SESSION_LIFETIME)
    return {
        "access_token": access_token,
        "id_token": issuer.id_token_for(client, asked, auth_time=auth_time, access_token=access_token),
        "token_type": "Bearer",
        "expires_in": int(SESSION_LIFETIME.total_seconds()),
    }


def _refuse_unknown(asked: Asked, settings: ApiSettings) -> None:
    """Nobody but our own pages may send people here, and nowhere else are they sent back. Raises LoginNotVerified."""
    is_ours = asked.redirect_uri.startswith(f"{settings.public_base_url}/")
    if asked.client_id != settings.oidc_client_id or not is_ours:
        raise LoginNotVerified
