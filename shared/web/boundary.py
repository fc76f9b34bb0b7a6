"""The boundary around every application: trace, limits, security headers, one log line, faults into answers."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import perf_counter
from traceback import extract_tb
from typing import Any, Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel.refusals import Refusal
from shared.mongo import is_transient
from shared.settings import ApiSettings
from shared.web.body_reader import Gate, Incoming, media_type_of, without_content_type
from shared.web.exchange import JSON, MEDIA_TYPE, Exchange
from shared.web.headers import malformed_header
from shared.web.metrics import count_answer
from shared.web.policies import API_POLICY, PAGE_POLICY
from shared.web.problems import problem_response
from shared.web.refusals import InternalFault, SandboxTimeNotAllowed, StorageUnavailable
from shared.web.trace import trace_of

_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_NO_STORE: Final = (b"cache-control", b"no-store")
_REDIRECTIONS: Final = 300
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Boundary:
    """Pure ASGI middleware. `templates` gives an endpoint's route template, for logs and metrics."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        settings: ApiSettings,
        gate: Gate,
        templates: Mapping[Callable[..., Any], str],
    ) -> None:
        self._app = app
        self._service = service
        self._settings = settings
        self._gate = gate
        self._templates = templates
        self._log: Any = structlog.get_logger().bind(service=service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; everything that is not HTTP is passed on untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        trace = trace_of(headers.get(b"traceparent"))
        exchange = Exchange(
            trace.trace_id, trace.traceparent, media_type=media_type_of(headers.get(b"content-type", ""))
        )
        exchange.attach(scope)
        # Every request has a context of its own, so nothing has to be unbound.
        structlog.contextvars.bind_contextvars(trace_id=trace.trace_id)
        await self._answer(scope, receive, _with_headers(send, exchange), exchange, headers)
        self._record(scope, exchange, perf_counter() - started)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, exchange: Exchange, headers: Mapping[bytes, str]
    ) -> None:
        settings = self._settings
        entered = False
        try:
            self._gate.enter()
            entered = True
            exchange.sandbox_now = _sandbox_now(headers.get(b"sandbox-now"), allowed=settings.sandbox)
            if scope["method"] not in _BODILESS:
                receive = exchange.incoming = Incoming(receive, self._gate, settings.json_body_bytes_max)
                MEDIA_TYPE.set(exchange.media_type)
                if exchange.media_type == JSON:
                    without_content_type(scope)
            await self._app(scope, receive, send)
        except Refusal as refusal:
            await problem_response(refusal, exchange)(scope, receive, send)
        except Exception as fault:  # a bug of any kind: the caller gets an answer, and the log what broke
            refused = self._refusal_of(fault, scope)
            if exchange.status:
                raise  # the answer has begun: only cutting the connection tells the caller
            await problem_response(refused, exchange)(scope, receive, send)
        finally:
            if entered:
                self._gate.leave(exchange.incoming.size if exchange.incoming else 0)

    def _refusal_of(self, fault: Exception, scope: Scope) -> Refusal:
        """Turn an outage or a bug into an answer; its message stays out of the log: parsers put the input there."""
        if is_transient(fault):
            self._log.warning("storage_unavailable", error=type(fault).__name__)
            return StorageUnavailable()
        self._log.error("request_failed", route=self._route(scope), error=type(fault).__name__, at=_places(fault))
        return InternalFault()

    def _record(self, scope: Scope, exchange: Exchange, seconds: float) -> None:
        route = self._route(scope)
        count_answer(self._service, scope["method"], route, exchange.status, seconds)
        self._log.info(
            "request_answered",
            method=scope["method"],
            route=route,
            status=exchange.status,
            ms=round(seconds * 1000, 1),
            client=exchange.actor.client if exchange.actor else "",
        )

    def _route(self, scope: Scope) -> str:
        return self._templates.get(scope.get("endpoint", self), "none")


def _places(fault: BaseException) -> list[str]:
    """Return where a fault came from, the innermost frames last."""
    return [f"{frame.name} {frame.filename}:{frame.lineno}" for frame in extract_tb(fault.__traceback__)[-8:]]


def _with_headers(send: Send, exchange: Exchange) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            headers: list[tuple[bytes, bytes]] = message.setdefault("headers", [])
            given = dict(headers)
            page = given.get(b"content-type", b"").startswith(b"text/html")
            headers.extend(_ALWAYS)
            if b"content-security-policy" not in given:
                headers.append((b"content-security-policy", (PAGE_POLICY if page else API_POLICY).encode()))
            headers.append((b"traceparent", exchange.traceparent.encode()))
            if exchange.status < _REDIRECTIONS:
                headers.extend(exchange.success_headers)
            if b"cache-control" not in given:
                headers.append(_NO_STORE)
        await send(message)

    return send_with_headers


def _sandbox_now(given: str | None, *, allowed: bool) -> datetime | None:
    """Return what `Sandbox-Now` says. Raises SandboxTimeNotAllowed (400), MalformedInput (422)."""
    if given is None:
        return None
    if not allowed:
        raise SandboxTimeNotAllowed
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise malformed_header(
            "sandbox-now",
            "Sandbox-Now ska vara en tidpunkt enligt RFC 3339 med tidszon.",
            "Sandbox-Now is an instant as in RFC 3339, with its time zone.",
        )
    return instant.astimezone(UTC)
