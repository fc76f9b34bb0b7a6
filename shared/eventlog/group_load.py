"""Group load: streams asked for while a read is in flight are read together, never from an answer sent before."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from shared.eventlog import metrics
from shared.eventlog.documents import CommitDocument, document_id
from shared.eventlog.facts import BrokenStreamError, decoded_events, folded, state_of_text
from shared.eventlog.gathering import Gathering, Waiting
from shared.eventlog.pauses import Pauses
from shared.eventlog.refusals import LogUnavailable
from shared.eventlog.settings import LogSettings
from shared.eventlog.states import Known
from shared.eventlog.store import CommitStore, SavedState, StoreUnavailableError
from shared.eventlog.streams import S, Stream

Load = Waiting[Stream[Any], Known[Any]]


class GroupLoad:
    """Loads the majority-committed state of streams, in batches: saved states first, then what is newer.

    A batch costs two round trips: the saved states by id, and the commits at the exact `_id`s that would follow
    (as many as may be committed before a state is saved again). Only a stream that goes on after these is read
    as a range.
    """

    def __init__(self, store: CommitStore, settings: LogSettings) -> None:
        self._store = store
        self._settings = settings
        self._gathering: Gathering[Stream[Any], Known[Any]] = Gathering(
            self._take, self._send, wait_s_max=settings.outcome_s_max, waiting_max=settings.waiting_max
        )

    async def load(self, stream: Stream[S]) -> Known[S]:
        """Return what is committed of `stream`.

        Raises LogUnavailable, UnknownFactError, BrokenStreamError, or whatever the fold raised.
        """
        return await asyncio.shield(self._gathering.ask(stream))

    async def drained(self) -> None:
        """Wait until nothing is in line or in flight."""
        await self._gathering.drained()

    def _take(self, line: deque[Load]) -> list[Load]:
        return [line.popleft() for _ in range(min(len(line), self._settings.batch_loads_max))]

    async def _send(self, batch: list[Load]) -> None:
        pauses = Pauses(self._settings)
        metrics.BATCH_LOADS.observe(len(batch))
        while batch:
            try:
                return await self._answer(batch)
            except StoreUnavailableError:
                metrics.RETRIES.labels("load").inc()
            batch = _unexpired(batch)
            await pauses.pause()
        return None

    async def _answer(self, batch: list[Load]) -> None:
        streams = {load.item.id: load.item for load in batch}
        saved = {state["_id"]: state for state in await self._store.states(list(streams))}
        known = {id_: _start(stream, saved.get(id_)) for id_, stream in streams.items()}
        broken = await self._catch_up(streams, known)
        for load in batch:
            if (error := broken.get(load.item.id)) is not None:
                load.fail(error)
            else:
                load.settle(known[load.item.id])

    async def _catch_up(self, streams: dict[str, Stream[Any]], known: dict[str, Known[Any]]) -> dict[str, Exception]:
        """Fold what is newer than `known` into it; return the streams that cannot be folded, with the reason."""
        window = self._settings.state_save_every
        probed_to = {id_: found.version + window for id_, found in known.items()}
        probes = [
            document_id(id_, first)
            for id_, found in known.items()
            for first in range(found.version + 1, found.version + window + 1)
        ]
        commits = await self._store.commits_at(probes)
        # The probes are not one snapshot: a later commit may be there without the one before it. What does not
        # follow is left to the range read, which goes through a stream in order.
        broken, cut = _fold(streams, known, commits)
        longer = [
            (id_, found.version + 1) for id_, found in known.items() if found.version >= probed_to[id_] or id_ in cut
        ]
        if longer:
            further, holes = _fold(streams, known, await self._store.commits_from(longer))
            broken |= further | holes
        return broken


def _start(stream: Stream[S], saved: SavedState | None) -> Known[S]:
    """Return the saved state if this program folded it so, else the state before the first commit."""
    if saved is not None and saved["fold_version"] == stream.type.fold_version:
        try:
            state = state_of_text(stream, saved["state"])
        except ValidationError:
            metrics.STATES_UNREADABLE.inc()
        else:
            return Known(state, saved["version"], saved["key"], saved["version"])
    return Known(stream.type.initial(), 0, "", 0)


def _fold(
    streams: dict[str, Stream[Any]], known: dict[str, Known[Any]], commits: Sequence[CommitDocument]
) -> tuple[dict[str, Exception], dict[str, Exception]]:
    """Fold `commits` into `known`; return streams that cannot be folded, and streams where one does not follow."""
    broken: dict[str, Exception] = {}
    cut: dict[str, Exception] = {}
    of_stream: defaultdict[str, list[CommitDocument]] = defaultdict(list)
    for commit in commits:
        of_stream[commit["stream"]].append(commit)
    for id_, newer in of_stream.items():
        try:
            for commit in sorted(newer, key=_first):
                _fold_commit(streams[id_], known[id_], commit)
        except BrokenStreamError as error:
            cut[id_] = error
        except Exception as error:  # noqa: BLE001 - is raised to who asked for that stream
            broken[id_] = error
    return broken, cut


def _fold_commit(stream: Stream[S], known: Known[S], commit: CommitDocument) -> None:
    if commit["first"] != known.version + 1:
        raise BrokenStreamError(f"{commit['_id']} does not follow position {known.version}")
    known.state = folded(stream.type, known.state, decoded_events(stream.type, commit))
    known.version = commit["last"]
    known.key = commit["key"]


def _first(commit: CommitDocument) -> int:
    return commit["first"]


def _unexpired(batch: list[Load]) -> list[Load]:
    now = asyncio.get_running_loop().time()
    left = [load for load in batch if now < load.expires_at]
    for load in batch:
        if now >= load.expires_at:
            load.fail(LogUnavailable())
    return left
