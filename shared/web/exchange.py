"""What is known of one request while it is being answered: its body, its trace, who sent it."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.types import Scope

from shared.auth.actor import Actor
from shared.web.body_reader import Incoming

JSON: Final = "application/json"
MEDIA_TYPE: Final[ContextVar[str]] = ContextVar("media_type", default=JSON)
"""The type of the body that is being read: the models of `shared.web.schemas` refuse the wrong one (415)."""

_KEY: Final = "lotsen.exchange"


@dataclass(slots=True)
class Exchange:
    """One request and its answer. `media_type` is lower-case, without parameters.

    `incoming` is the body on its way, None where the method has none; `body` is complete and within its limit once
    the route has read it. `actor` is the caller once verified and reduced to what the endpoint asks for, `caller` the
    same with every role, for pages that show who is logged in; `sandbox_now` the time that a sandbox request runs at;
    `success_headers` are sent with a 2xx only.
    """

    trace_id: str
    traceparent: str
    incoming: Incoming | None = None
    body: bytes = b""
    media_type: str = ""
    actor: Actor | None = None
    caller: Actor | None = None
    status: int = 0
    sandbox_now: datetime | None = None
    success_headers: tuple[tuple[bytes, bytes], ...] = ()

    def attach(self, scope: Scope) -> None:
        """Make this the exchange of `scope`."""
        scope[_KEY] = self


def exchange_of(scope: Scope) -> Exchange:
    """Return the exchange that the boundary attached. Raises KeyError when there is no boundary (a fault of set-up)."""
    found: Exchange = scope[_KEY]
    return found
