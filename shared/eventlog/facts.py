"""Facts to text and back: how events stand in a commit document."""

from collections.abc import Callable, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter

from shared.contracts.event import Event
from shared.eventlog.documents import CommitDocument, EventEntry
from shared.eventlog.refusals import EventTooLarge
from shared.eventlog.streams import S, Stream, StreamType

_UTF8_BYTES_MAX: Final = 4


class UnknownFactError(LookupError):
    """A stream holds a fact that its stream type does not name: a newer program has written it."""


class UnsavableStateError(TypeError):
    """A folded state comes back from JSON as something else: its dataclass holds what the states cache cannot."""


class BrokenStreamError(RuntimeError):
    """Positions of a stream do not follow each other: its documents have been tampered with or lost."""


@cache
def type_of(fact: type[Event]) -> str:
    """Return the CloudEvents type of a fact class (computed once)."""
    return fact.ce_type()


@cache
def _facts_of(facts: tuple[type[Event], ...]) -> MappingProxyType[str, type[Event]]:
    return MappingProxyType({type_of(fact): fact for fact in facts})


_ADAPTERS: Final[dict[type[Any], TypeAdapter[Any]]] = {}


def _adapter(state_type: type[Any]) -> TypeAdapter[Any]:
    adapter = _ADAPTERS.get(state_type)
    if adapter is None:
        adapter = _ADAPTERS[state_type] = TypeAdapter(state_type)
    return adapter


def encoded_event(event: Event, bytes_max: int) -> EventEntry:
    """Return the event's type and JSON text. Raises EventTooLarge."""
    data = event.model_dump_json()
    if len(data) * _UTF8_BYTES_MAX > bytes_max and (size := len(data.encode())) > bytes_max:
        raise EventTooLarge(bytes=size, bytes_max=bytes_max)
    return {"type": type_of(type(event)), "data": data}


def decoded_events(stream_type: StreamType[S], commit: CommitDocument) -> tuple[Event, ...]:
    """Return a commit's events as instances of the stream type's facts. Raises UnknownFactError."""
    facts = _facts_of(stream_type.facts)
    try:
        return tuple(facts[entry["type"]].model_validate_json(entry["data"]) for entry in commit["events"])
    except KeyError as error:
        raise UnknownFactError(f"{error.args[0]} in {commit['_id']}") from error


def folded(stream_type: StreamType[S], state: S, events: Sequence[Event]) -> S:
    """Return `state` after `events`."""
    evolve: Callable[[S, Event], S] = stream_type.evolve
    for event in events:
        state = evolve(state, event)
    return state


def state_text(stream: Stream[S], state: S) -> str:
    """Return the JSON text of a state."""
    return _adapter(stream.type.state_type).dump_json(state).decode()


def state_of_text(stream: Stream[S], text: str) -> S:
    """Return the state of a JSON text. Raises pydantic's ValidationError."""
    state: S = _adapter(stream.type.state_type).validate_json(text)
    return state


def check_state(stream: Stream[S], state: S) -> None:
    """Raise UnsavableStateError unless `state` survives its way to JSON and back."""
    back = state_of_text(stream, state_text(stream, state))
    if back != state:
        raise UnsavableStateError(f"{stream.id}: {state} came back as {back}")
