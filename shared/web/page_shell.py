"""The few pages that belong to no service: refusals, the problem catalogue, the API reference, the login."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

LOGIN_PATH: Final = "/login"
_TEMPLATES: Final = Environment(
    loader=PackageLoader("shared.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render_page(
    template: str, status: int = 200, headers: Mapping[str, str] | None = None, **facts: object
) -> Response:
    """Return a page made of one of our own templates; every value is escaped."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(**facts), status, dict(headers or {}))


def wants_html(request: Request) -> bool:
    """Tell whether the caller is a browser rather than a program."""
    return "text/html" in request.headers.get("accept", "")


def login_redirect(request: Request) -> Response:
    """Send a reader without a session to the login, and back here afterwards."""
    query = request.url.query
    return RedirectResponse(
        f"{LOGIN_PATH}?next={quote(request.url.path + (f'?{query}' if query else ''), safe='')}", 303
    )
