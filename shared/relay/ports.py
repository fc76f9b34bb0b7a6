"""What a relay needs from the world, as narrow ports: commits to read, a topic to fill, a checkpoint to keep."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from shared.eventlog.documents import PublishedEvent
from shared.messaging import Span

Token = dict[str, Any]
"""A change stream's resume token, opaque."""


class SweepCause(StrEnum):
    """Why the whole log is published again."""

    FIRST_START = "first start"
    UNFINISHED = "unfinished sweep"
    TOKEN_GONE = "token gone"  # noqa: S105 - a place in a change stream, no secret
    TOPIC_BEHIND = "topic behind"
    OTHER_CLUSTER = "other cluster"


class TokenGone(Exception):  # noqa: N818 - named for what happened, as all errors of the house
    """The change stream cannot go on from where we were: the database has forgotten, or the token is not one."""


class LeaseLost(Exception):  # noqa: N818 - the same
    """A later relay has taken over. Whatever we still write is refused."""


class CommitsUnavailable(Exception):  # noqa: N818 - the same
    """The database did not answer as it should. Nothing is wrong with the data: back off and try again."""


class Batch(NamedTuple):
    """Facts in the order they are to be published; `token` is where the stream stands after them (None: a sweep)."""

    events: Sequence[PublishedEvent]
    token: Token | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the relay stands: everything up to `token` is acknowledged by the broker.

    `offsets` is `{partition: last acknowledged offset}` on the cluster `cluster_id`. Without a token a sweep is due:
    `sweep` is the cause of the one that was begun and not finished, None at the very first start.
    """

    token: Token | None = None
    cluster_id: str | None = None
    offsets: dict[int, int] = field(default_factory=dict)
    sweep: SweepCause | None = None


class CommitStream(Protocol):
    """Commits as they are recorded. One task at a time."""

    async def next(self) -> Batch:
        """Return what has come, or after a bounded wait an empty batch with a newer token.

        Raises TokenGone, CommitsUnavailable; after either the stream is of no more use.
        """
        ...

    async def close(self) -> None:
        """Let go of the stream, within seconds."""
        ...


class Commits(Protocol):
    """The service's log, as a relay reads it."""

    async def watch(self, *, after: Token | None = None, since: Any = None) -> CommitStream:  # noqa: ANN401 - opaque
        """Follow the log after a token, or since a noted operation time.

        Raises TokenGone (only with a token), CommitsUnavailable.
        """
        ...

    async def page(self, *, after_id: str, since: Any) -> tuple[list[PublishedEvent], str | None]:  # noqa: ANN401 - opaque
        """Return the facts of the next page of the log in `_id` order, and its last `_id` (None: the end).

        Everything recorded before `since` is visible to it. Raises CommitsUnavailable.
        """
        ...


class TopicState(NamedTuple):
    """Which cluster it is, and the next offset of every partition of the topic."""

    cluster_id: str
    ends: dict[int, int]


class Topic(Protocol):
    """The topic that a relay fills."""

    async def open(self) -> TopicState:
        """Connect, create the topic if it is missing, and say where it stands. Raises BrokerUnavailable."""
        ...

    async def publish(self, events: Sequence[PublishedEvent]) -> dict[int, Span]:
        """Publish in order; return `{partition: span of acknowledged offsets}`. Raises BrokerUnavailable."""
        ...

    async def close(self) -> None:
        """Disconnect, within seconds."""
        ...


class Checkpoints(Protocol):
    """Where the checkpoint is kept; every write is guarded by the lease. All raise LeaseLost, CommitsUnavailable."""

    async def take_over(self) -> Checkpoint:
        """Read the checkpoint and refuse, from now on, what earlier owners of the lease write."""
        ...

    async def begin_sweep(self, checkpoint: Checkpoint) -> Any:  # noqa: ANN401 - opaque
        """Store a checkpoint without a token; return the operation time from which the stream goes on afterwards."""
        ...

    async def save(self, checkpoint: Checkpoint) -> None:
        """Store the checkpoint, durably."""
        ...


class Request(NamedTuple):
    """Somebody asks for a stream to be sent again from position `first` on."""

    id: str
    stream: str
    first: int


class Requests(Protocol):
    """Who asks for what, and the log as far as that needs it. All but `reached` raise CommitsUnavailable."""

    async def open(self) -> list[Request]:
        """Return what is asked for and not answered, oldest first."""
        ...

    async def begin(self, requests: Sequence[Request]) -> Token:
        """Note that they are in hand, and return a token of a moment before that.

        A relay that has reached it has passed everything that was recorded when they were read.
        """
        ...

    def reached(self, token: Token, mark: Token) -> bool:
        """Tell whether a relay that stands at `token` has reached `mark`."""
        ...

    async def last(self, stream: str) -> int:
        """Return the stream's newest position; 0 when there is none."""
        ...

    async def page(self, stream: str, first: int) -> list[PublishedEvent]:
        """Return the next facts of a stream from a position on, in order; none at its end."""
        ...

    async def done(self, request: Request, facts: int) -> None:
        """Keep the outcome: so many facts were acknowledged."""
        ...
