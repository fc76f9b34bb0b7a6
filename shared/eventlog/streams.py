"""Streams: what is decided together, how its state is folded, and which record key it keeps for life."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.contracts.event import Event

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class StreamType(Generic[S]):
    """A kind of stream: its category (`application`), first state, fold, and the facts it holds.

    `state_type` is a (frozen) dataclass that pydantic can turn into JSON and back, for the states cache;
    `fold_version` is raised whenever `evolve` changes, so that cached states of another version are replayed.
    """

    category: str
    state_type: type[S]
    initial: Callable[[], S]
    evolve: Callable[[S, Any], S]
    facts: tuple[type[Event], ...]
    fold_version: int = 1

    def at(self, identifier: str, *, key: str | None = None) -> "Stream[S]":
        """Return the stream of one thing. `key` is needed when it may be new, and checked when it is not."""
        return Stream(self, f"{self.category}/{identifier}", key)

    def new(self, identifier: str, *, key: str) -> "Stream[S]":
        """Return the stream of something whose id has just been made: it is decided on its first state, unread.

        If it exists after all the log finds out when it writes, loads it and decides again.
        """
        return Stream(self, f"{self.category}/{identifier}", key, new=True)


@dataclass(frozen=True, slots=True)
class Stream(Generic[S]):
    """One stream: `id` is `<category>/<identifier>`, `key` its record key on Kafka (None: it must exist).

    `new`: its id has just been made, so that there is nothing to load.
    """

    type: StreamType[S]
    id: str
    key: str | None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Loaded(Generic[S]):
    """A stream's folded state and the position of its newest fact (0: nothing recorded yet)."""

    state: S
    version: int
