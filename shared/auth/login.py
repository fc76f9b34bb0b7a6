"""Login for people: to the issuer and back, a session in a cookie, and out again."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from shared.auth.login_attempt import Attempt, AttemptCookie
from shared.auth.login_refusals import LoginCancelled, LoginNotAvailable, LoginNotVerified, LoginWithoutAccess
from shared.auth.provider import IdentityProvider, LoggedIn
from shared.auth.refusals import IdentityUnavailable, Unauthenticated
from shared.auth.session import COOKIE, TokenVerifier, refuse_cross_site
from shared.settings import ApiSettings
from shared.web.page_shell import render_page

CALLBACK: Final = "/login/callback"
HOME: Final = "/"
_COOKIE_CHARS_MAX: Final = 3_900
"""Browsers keep cookies of 4 096 characters with their name and attributes."""

CodeParameter = Annotated[str, Query(max_length=4_000)]
StateParameter = Annotated[str, Query(max_length=200)]
ErrorParameter = Annotated[str, Query(max_length=200)]

router = APIRouter(include_in_schema=False)


@router.get("/login", response_class=Response)
async def begin(request: Request, next_: Annotated[str, Query(alias="next", max_length=2_000)] = HOME) -> Response:
    """Börja logga in. / Begin to log in."""
    runtime = request.app.state.runtime
    attempt = Attempt.new(CALLBACK, now=runtime.clock(), next_=local_path(next_))
    answer = RedirectResponse(await _provider(request).address_for(attempt), 303)
    return _attempts(runtime.settings).keep(attempt, answer)


@router.get(CALLBACK, response_class=Response)
async def finish(
    request: Request,
    code: CodeParameter = "",
    state: StateParameter = "",
    error: ErrorParameter = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Ta emot den som har loggat in. / Receive whoever has logged in."""
    runtime = request.app.state.runtime
    attempts = _attempts(runtime.settings)
    attempt = attempts.take(request, state=state, now=runtime.clock())
    proven(code, error, iss, runtime.settings)
    logged_in = await _provider(request).logged_in(code, attempt)
    await _check_access(logged_in, runtime.tokens)
    answer = RedirectResponse(local_path(attempt.next), 303)
    answer.set_cookie(
        COOKIE,
        logged_in.access_token,
        max_age=logged_in.expires_in,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return attempts.forget(answer)


@router.post("/logout", response_class=Response)
async def leave(request: Request) -> Response:
    """Logga ut. / Log out."""
    refuse_cross_site(request)
    try:
        elsewhere = (await _provider(request).endpoints()).end_session
    except (LoginNotAvailable, IdentityUnavailable):
        elsewhere = None
    answer = render_page("logged_out.html", elsewhere=elsewhere)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return answer


def proven(code: str, error: str, iss: str | None, settings: ApiSettings) -> None:
    """Refuse an answer of the issuer that brings no code, or that is another issuer's (RFC 9207).

    Raises LoginCancelled (400), LoginNotVerified (400).
    """
    if iss is not None and iss != settings.oidc_issuer:
        raise LoginNotVerified
    if error:
        raise LoginCancelled
    if not code:
        raise LoginNotVerified


def local_path(target: str) -> str:
    """Return `target` when it is a path on this very site, else the start: a login must not send people elsewhere."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return HOME
    is_local = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    return target if is_local and "\\" not in target and target.isprintable() else HOME


async def _check_access(logged_in: LoggedIn, tokens: TokenVerifier) -> None:
    """Refuse an access token that no page would take, or that speaks for somebody else than the id_token."""
    if len(logged_in.access_token) > _COOKIE_CHARS_MAX:
        raise LoginWithoutAccess
    try:
        actor = await tokens.verify(logged_in.access_token)
    except Unauthenticated:
        raise LoginWithoutAccess from None
    if actor.subject != logged_in.identity.subject:
        raise LoginNotVerified


def _attempts(settings: ApiSettings) -> AttemptCookie:
    return AttemptCookie(settings, "__Host-lotsen-login")


def _provider(request: Request) -> IdentityProvider:
    provider: IdentityProvider | None = request.app.state.runtime.provider
    if provider is None:
        raise LoginNotAvailable
    return provider
