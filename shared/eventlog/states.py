"""Folded states: those kept in memory, and those saved in the background; dropping either loses nothing."""

import asyncio
from collections import OrderedDict
from typing import Any, Final, Generic

import structlog

from shared.eventlog import metrics
from shared.eventlog.facts import state_text
from shared.eventlog.settings import LogSettings
from shared.eventlog.store import CommitStore, SavedState, StoreUnavailableError
from shared.eventlog.streams import S, Stream

_LOG: Final = structlog.get_logger()
_SAVED_TOGETHER_MAX: Final = 256


class Known(Generic[S]):
    """What is known of a stream: its state, version and key ("" before its first commit).

    `saved` is the version at which its state was last saved, or given to be saved.
    """

    __slots__ = ("key", "saved", "state", "version")

    def __init__(self, state: S, version: int, key: str, saved: int) -> None:
        self.state = state
        self.version = version
        self.key = key
        self.saved = saved


class RecentStates:
    """The states of the streams used last, in memory. The lock refuses what was decided on an old one."""

    def __init__(self, settings: LogSettings) -> None:
        self._entries_max = settings.states_remembered_max
        self._entries: OrderedDict[str, Known[Any]] = OrderedDict()

    def get(self, stream: Stream[S]) -> Known[S] | None:
        """Return what was known last, or None."""
        known = self._entries.get(stream.id)
        if known is not None:
            self._entries.move_to_end(stream.id)
        return known

    def put(self, stream: Stream[S], known: Known[S]) -> None:
        """Remember, unless something newer is remembered."""
        earlier = self._entries.get(stream.id)
        if earlier is not None and earlier.version > known.version:
            return
        self._entries[stream.id] = known
        self._entries.move_to_end(stream.id)
        if len(self._entries) > self._entries_max:
            self._entries.popitem(last=False)


class StateSaver:
    """Saves states after their commits are durable, many changes of one stream as one write."""

    def __init__(self, store: CommitStore, settings: LogSettings) -> None:
        self._store = store
        self._settings = settings
        self._unsaved: OrderedDict[str, tuple[Stream[Any], Known[Any]]] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None
        self._work: asyncio.Task[None] | None = None

    def committed(self, stream: Stream[S], known: Known[S]) -> None:
        """Note the state of a stream after a durable commit. Only call this for what is committed."""
        if known.version - known.saved < self._settings.state_save_every:
            return
        known.saved = known.version
        self._unsaved[stream.id] = (stream, known)
        if len(self._unsaved) > self._settings.states_unsaved_max:
            self._unsaved.popitem(last=False)
            metrics.STATES_LOST.inc()
        if self._timer is None and self._work is None:
            self._timer = asyncio.get_running_loop().call_later(self._settings.save_delay_s, self._start)

    async def flushed(self) -> None:
        """Save now what is not saved yet."""
        while self._unsaved or self._work is not None:
            if self._work is None:
                self._start()
            if self._work is not None:
                await asyncio.wait([self._work])

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._save())

    async def _save(self) -> None:
        try:
            while self._unsaved:
                count = min(len(self._unsaved), _SAVED_TOGETHER_MAX)
                batch = [self._unsaved.popitem(last=False)[1] for _ in range(count)]
                try:
                    await self._store.save_states([_saved(stream, known) for stream, known in batch])
                except StoreUnavailableError:
                    metrics.STATES_LOST.inc(len(batch))
                except Exception:  # noqa: BLE001 - only a cache: logged, and replayed later
                    metrics.STATES_LOST.inc(len(batch))
                    _LOG.exception("states_not_saved", streams=[stream.id for stream, _ in batch])
        finally:
            self._work = None


def _saved(stream: Stream[Any], known: Known[Any]) -> SavedState:
    return {
        "_id": stream.id,
        "fold_version": stream.type.fold_version,
        "version": known.version,
        "key": known.key,
        "state": state_text(stream, known.state),
    }
