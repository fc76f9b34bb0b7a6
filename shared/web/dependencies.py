"""The types that endpoints ask for: log, contents, database, context, time, read-your-writes."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from shared.contents.port import ContentStore
from shared.contents.scanner import Scanner, scanner_at
from shared.eventlog.port import CommandContext, EventLog
from shared.mongo import Database
from shared.settings import ApiSettings as AllSettings
from shared.web.exchange import exchange_of
from shared.web.headers import expected_version, idempotency_key, set_etag
from shared.web.paging import Page, PageOf
from shared.web.receipts import parse_after
from shared.web.routes import Given, Wait
from shared.web.runtime import READ_WAIT_S, Reads, Runtime

__all__ = [
    "ApiSettings",
    "Contents",
    "Context",
    "Db",
    "Freshness",
    "Log",
    "Now",
    "Organisations",
    "Page",
    "PageOf",
    "Scan",
    "reads_after",
    "set_etag",
]

_AFTER: Final[Mapping[str, Any]] = {
    "name": "after",
    "in": "query",
    "required": False,
    "schema": {
        "anyOf": [{"type": "string"}, {"type": "null"}],
        "description": "`after` ur ett kvitto / `after` of a receipt",
        "title": "After",
    },
    "description": "`after` ur ett kvitto / `after` of a receipt",
}


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def _now(request: Request) -> datetime:
    return exchange_of(request.scope).sandbox_now or _runtime(request).clock()


def _context(request: Request) -> CommandContext:
    """Return the context of a command. Raises PreconditionRequired (428), MalformedInput (422)."""
    exchange = exchange_of(request.scope)
    actor = exchange.actor
    assert actor is not None, "routes with a context have a permission"
    scope = request.scope
    return CommandContext(
        actor=actor.subject,
        client=actor.client,
        tenant=actor.tenant,
        now=_now(request),
        request_hash=request_hash(scope["method"], scope["path"], scope["query_string"], exchange.body),
        idempotency_key=idempotency_key(request),
        expected_version=expected_version(request),
        traceparent=exchange.traceparent,
    )


Log = Annotated[EventLog, Depends(Given(lambda request: _runtime(request).log))]
"""The service's event log."""
Contents = Annotated[ContentStore, Depends(Given(lambda request: _runtime(request).contents))]
"""The service's content store."""
Scan = Annotated[Scanner | None, Depends(Given(lambda request: scanner_at(_runtime(request).settings.clamav_address)))]
"""The scanner for malware, None where the installation has none."""
Db = Annotated[Database, Depends(Given(lambda request: _runtime(request).db))]
"""The service's own database, to be handed to a function in `views`."""
Freshness = Annotated[Reads, Depends(Given(lambda request: _runtime(request).reads))]
"""How far the read models have come."""
ApiSettings = Annotated[AllSettings, Depends(Given(lambda request: _runtime(request).settings))]
"""The process's settings."""
Organisations = Annotated[Mapping[str, str], Depends(Given(lambda request: _runtime(request).organisations))]
"""Display names of organisations by id, for pages."""
Now = Annotated[datetime, Depends(Given(_now))]
"""The time of the request, aware, UTC; in a sandbox what `Sandbox-Now` says."""
Context = Annotated[CommandContext, Depends(Given(_context, is_command=True))]
"""Who asks, when, and how to recognise the request again; If-Match and Idempotency-Key are read and checked here."""


def request_hash(method: str, path: str, query: bytes, body: bytes) -> str:
    """Return what tells whether a request is the same again: SHA-256 over method, path, query and body, as hex."""
    digest = hashlib.sha256(f"{method} {path}?".encode())
    digest.update(query)
    digest.update(b"\n")
    digest.update(body)
    return digest.hexdigest()


def reads_after(projection: str) -> Any:  # noqa: ANN401 - FastAPI's Depends has no type of its own
    """Return a dependency that waits until `projection` has come as far as `?after=` says: read your own writes.

    Use it as `dependencies=[reads_after("applications")]`. Raises ReadModelBehind (503), StreamParkedOrHeld (409),
    MalformedInput (422).
    """

    async def until(request: Request) -> None:
        after = request.query_params.get("after")
        if after is not None:
            await _runtime(request).reads.wait(projection, parse_after(after), READ_WAIT_S)

    return Depends(Wait(until, _AFTER))
