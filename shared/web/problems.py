"""Renders every answer of 400 and above as problem+json (RFC 9457), and on pages as a page."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.auth.login_refusals import LoginNotAvailable
from shared.auth.refusals import Unauthenticated
from shared.auth.session import is_login, is_page
from shared.kernel.refusals import NotFound, Problem, Refusal
from shared.web.exchange import Exchange, exchange_of
from shared.web.page_shell import login_redirect, render_page, wants_html
from shared.web.refusals import (
    BodyTooLarge,
    InternalFault,
    MalformedInput,
    MalformedRequest,
    MethodNotAllowed,
    Overloaded,
    UnsupportedMediaType,
)
from shared.web.schema_faults import problems_of

MEDIA_TYPE: Final = "application/problem+json"
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OF_STATUS: Final[Mapping[int, type[Refusal]]] = {
    401: Unauthenticated,
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: UnsupportedMediaType,
    422: MalformedInput,
    503: Overloaded,
}


def kebab(code: str) -> str:
    """Return a refusal's code as it stands in addresses: `SameAssessorAndDecider` → `same-assessor-and-decider`."""
    return _WORDS.sub("-", code).lower()


def title_of(code: str) -> str:
    """Return a refusal's code as words: `Same assessor and decider`."""
    return kebab(code).replace("-", " ").capitalize()


def problem_document(refusal: Refusal, trace_id: str) -> dict[str, Any]:
    """Return the problem details. Nothing in them comes from the request, `instance` names its trace."""
    return {
        "type": f"/problems/{kebab(refusal.code)}",
        "title": title_of(refusal.code),
        "status": refusal.status,
        "detail": refusal.detail_sv,
        "detail_en": refusal.detail_en,
        "instance": f"urn:lotsen:trace:{trace_id}",
        "code": refusal.code,
        "rule": refusal.rule,
        "problems": [_finding(problem) for problem in refusal.problems],
    }


def problem_response(refusal: Refusal, exchange: Exchange, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer that a refusal is to a machine."""
    content = json.dumps(problem_document(refusal, exchange.trace_id), ensure_ascii=False).encode()
    return Response(content, refusal.status, {**_headers(refusal), **(headers or {})}, MEDIA_TYPE)


async def render_refusal(request: Request, refusal: Exception) -> Response:
    """Answer a refusal, wherever it was raised."""
    assert isinstance(refusal, Refusal)
    return _answer(request, refusal)


async def render_malformed(request: Request, error: Exception) -> Response:
    """Answer what FastAPI found wrong with the input, in our words and without the input."""
    assert isinstance(error, RequestValidationError)
    return _answer(request, MalformedInput(*problems_of(error.errors())))


async def render_http(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses (no such address, not that method)."""
    assert isinstance(error, HTTPException)
    kind = _OF_STATUS.get(error.status_code, MalformedRequest if error.status_code < 500 else InternalFault)  # noqa: PLR2004 - where faults begin
    return _answer(request, kind(), error.headers)


def _answer(request: Request, refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    exchange = exchange_of(request.scope)
    if not is_page(request.scope) and not is_login(request.scope):
        return problem_response(refusal, exchange, headers)
    settings = request.app.state.runtime.settings
    if isinstance(refusal, Unauthenticated) and request.method == "GET" and settings.oidc_client_id is not None:
        return login_redirect(request)
    if not wants_html(request):
        return problem_response(refusal, exchange, headers)
    return render_page(
        "refusal.html",
        refusal.status,
        {**_headers(refusal), **(headers or {})},
        refusal=refusal,
        kebab=kebab(refusal.code),
        trace_id=exchange.trace_id,
        ended=isinstance(refusal, Unauthenticated) and is_page(request.scope),
        at_login=is_login(request.scope) and refusal.status != LoginNotAvailable.status,
    )


def _finding(problem: Problem) -> dict[str, str | int]:
    place = {"line": problem.line, "column": problem.column}
    return {
        "pointer": problem.pointer,
        "rule": problem.rule,
        "sv": problem.sv,
        "en": problem.en,
        "severity": problem.severity.value,
        "quotation": problem.quotation,
        **{name: number for name, number in place.items() if number is not None},
    }


def _headers(refusal: Refusal) -> dict[str, str]:
    headers: dict[str, str] = {}
    if refusal.status == 401:  # noqa: PLR2004 - RFC 9110 15.5.2 asks for the challenge
        headers["www-authenticate"] = 'Bearer realm="lotsen"'
    if refusal.retry_after_s is not None:
        headers["retry-after"] = str(refusal.retry_after_s)
    return headers
