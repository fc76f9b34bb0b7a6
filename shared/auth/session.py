"""How a request says who sends it: a bearer token, or on pages the same token in a cookie."""

import re
from typing import Final, Protocol
from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import Scope

from shared.auth.actor import Actor
from shared.auth.refusals import CrossSiteForm, Unauthenticated

COOKIE: Final = "__Host-lotsen"
PAGES_PREFIX: Final = "/pages"
_LOGIN: Final = re.compile(r"/(login(/.*)?|logout)")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


class TokenVerifier(Protocol):
    """Turns a token into an actor."""

    async def verify(self, token: str) -> Actor:
        """Return whom `token` speaks for. Raises Unauthenticated, IdentityUnavailable."""
        ...


def is_page(scope: Scope) -> bool:
    """Tell whether the request is for a server-rendered page of a service."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).startswith(PAGES_PREFIX + "/")


def is_login(scope: Scope) -> bool:
    """Tell whether the request is for a part of the login, which answers people as pages do."""
    path: str = scope["path"]
    return _LOGIN.fullmatch(path.removeprefix(scope.get("root_path", ""))) is not None


async def authenticate(request: Request) -> Actor:
    """Return the verified caller. Cookies count on pages only, so that no other site can call the API with one.

    Raises Unauthenticated, IdentityUnavailable, CrossSiteForm.
    """
    verifier: TokenVerifier = request.app.state.runtime.tokens
    return await verifier.verify(_token_of(request))


def _token_of(request: Request) -> str:
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "bearer" and token:
            return token
        raise Unauthenticated
    if is_page(request.scope) and (cookie := request.cookies.get(COOKIE)):
        if request.method not in _SAFE_METHODS:
            refuse_cross_site(request)
        return cookie
    raise Unauthenticated


def refuse_cross_site(request: Request) -> None:
    """Let a form through only when the browser says that it comes from this very site. Raises CrossSiteForm (403).

    Our pages send no referrer, and a browser that obeys then writes `Origin: null`: Sec-Fetch-Site is what it says
    instead. A browser that does not know that header must send its Origin.
    """
    fetch_site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null")
    is_ours = origin != "null" and urlsplit(origin).netloc == request.headers.get("host")
    is_vouched_for = fetch_site == "same-origin" and origin == "null"
    if not (is_ours or is_vouched_for) or fetch_site not in {None, "same-origin"}:
        raise CrossSiteForm
