"""The trace context of a request: taken from the caller or begun here (W3C traceparent)."""

import secrets
from typing import Final, NamedTuple

from opentelemetry.context import Context
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR: Final = TraceContextTextMapPropagator()
_NO_SPAN: Final = Context()


class Trace(NamedTuple):
    """A trace id (32 hex digits) and the traceparent that names this request in it."""

    trace_id: str
    traceparent: str


def trace_of(given: str | None) -> Trace:
    """Return this request's place in the caller's trace, or in a new one when there is none or it is malformed.

    A tracer that has already begun a span for the request (FastAPI's own, when a provider is set) is joined.
    """
    span = get_current_span().get_span_context()
    if span.is_valid:
        return _named(f"{span.trace_id:032x}", f"{span.span_id:016x}", int(span.trace_flags))
    if given is not None:
        caller = get_current_span(_PROPAGATOR.extract({"traceparent": given}, _NO_SPAN)).get_span_context()
        if caller.is_valid:
            return _named(f"{caller.trace_id:032x}", secrets.token_hex(8), int(caller.trace_flags))
    return _named(secrets.token_hex(16), secrets.token_hex(8), 0)


def _named(trace_id: str, span_id: str, flags: int) -> Trace:
    return Trace(trace_id, f"00-{trace_id}-{span_id}-{flags:02x}")
