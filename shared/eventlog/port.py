"""What handlers know of the event log: contexts, receipts, and the port that the real log and the fake both meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar, overload

from shared.contracts.event import Event
from shared.eventlog.streams import Loaded, Stream
from shared.kernel.decisions import Decision
from shared.kernel.ids import OrganisationId

S = TypeVar("S")
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Who asks, when, and how to recognise the same request again.

    `actor` is the token's subject, `client` the system that sent it; `request_hash` covers method, path and body.
    `expected_version` comes from If-Match and is None when the caller does not care. `now` is aware, UTC.
    """

    actor: str
    client: str
    tenant: OrganisationId
    now: datetime
    request_hash: str
    idempotency_key: str | None = None
    expected_version: int | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """How far a stream has come: its id, its version after the decision, and its record key."""

    stream: str
    version: int
    key: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a 2xx promises: these facts are recorded. The first position is the decision's main stream.

    `events` are the facts of the first stream, also when `repeated` says that an earlier request with the same
    Idempotency-Key recorded them; answers are built from them and never from the request. `recorded_at` is UTC.
    """

    positions: tuple[Position, ...]
    events: tuple[Event, ...]
    commit_id: str
    recorded_at: datetime
    repeated: bool = False


class EventLog(Protocol):
    """Reads, decides, appends. All methods are safe to call concurrently; commands on one stream queue in order.

    Raised by both `decide` methods: the domain's Refusal (on fresh state only) · IdempotencyKeyReused (422) ·
    VersionMismatch (412) · StreamContended (503, Retry-After) · OutcomeUnknown (503, repeat with the same key) ·
    EventTooLarge (a bug of the caller's limits).
    """

    async def decide(
        self, stream: Stream[S], decision: Callable[[S], Sequence[Event]], context: CommandContext
    ) -> Receipt:
        """Decide on one stream. `decision` is pure and may run several times; no events means nothing to record."""
        ...

    @overload
    async def decide_all(
        self, streams: tuple[Stream[S]], decision: Callable[[S], Decision], context: CommandContext
    ) -> Receipt: ...
    @overload
    async def decide_all(
        self, streams: tuple[Stream[S], Stream[T]], decision: Callable[[S, T], Decision], context: CommandContext
    ) -> Receipt: ...
    @overload
    async def decide_all(
        self,
        streams: tuple[Stream[S], Stream[T], Stream[U]],
        decision: Callable[[S, T, U], Decision],
        context: CommandContext,
    ) -> Receipt: ...

    async def load(self, stream: Stream[S]) -> Loaded[S]:
        """Return the majority-committed state of one stream."""
        ...

    async def claimant(self, kind: str, value: str) -> str | None:
        """Return the id of the stream that holds the claim on `value` (majority-committed), or None."""
        ...
