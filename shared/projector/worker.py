"""One worker's loop: poll, fold in memory, one transaction; and what to do when anything is not as expected."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import structlog

from shared.messaging import BrokerUnavailable, OffsetsOutOfRange
from shared.mongo import DatabaseError
from shared.projector import metrics
from shared.projector.cache import Cache
from shared.projector.changes import Advance, Changes, Exceptions, Loaded, Partition, advances_of
from shared.projector.commit import MissedError, WriteRefusedError
from shared.projector.decoding import Decoder, Incoming, Raw, Unusable
from shared.projector.definition import Projection
from shared.projector.folding import REFUSED, CarefulFold, Fold, NeedsCareError
from shared.projector.marks import LogChangedError, Marks
from shared.projector.needs import Needs
from shared.projector.ports import Feed, Numbers, Store
from shared.projector.replay import Replays
from shared.projector.replay_part import Part
from shared.watchdog import Progress

FACTS_MAX: Final = 4_000
POLL_MS: Final = 200  # how long an idle poll may keep a planned release waiting; costs nothing on the network
LOOK_S: Final = 2.0
_SLICE: Final = 200
PAUSE_S_FIRST: Final = 0.1
PAUSE_S_MAX: Final = 5.0

Facts = Sequence[Incoming | Unusable]

log = structlog.get_logger()


class _Ahead(NamedTuple):
    """The next poll, and (where that was possible while a transaction ran) what it needs."""

    facts: Facts
    needs: Needs | None


class Worker:
    """Folds the partitions that it owns, one transaction at a time. `stop` ends it between transactions."""

    def __init__(  # noqa: PLR0913 - the composition of a worker: each is a plain value, given once
        self,
        projection: Projection,
        topics: Sequence[str],
        *,
        feed: Feed,
        store: Store,
        ownership: Numbers,
        cache: Cache | None = None,
        clock: Callable[[], float] = time.monotonic,
        progress: Progress | None = None,
        replays: Replays | None = None,
    ) -> None:
        self._projection = projection
        self._topics = tuple(topics)
        self._feed = feed
        self._store = store
        self._ownership = ownership
        self._replays = replays
        self._clock = clock
        self._decoder = Decoder(projection)
        self._cache = cache or Cache()
        self._exceptions = Exceptions()
        self._positions: dict[Partition, int] = {}
        self._marks = Marks()
        self._cluster_id = ""
        self._pause_s = PAUSE_S_FIRST
        self._stop = asyncio.Event()
        self._label = projection.name
        self._progress = progress or Progress(projection.name)
        self._lag = metrics.Lag(projection.name, clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then finish the transaction and give everything away. Never ends by an outage."""
        self._stop = stop
        beside = [asyncio.create_task(self._ownership.keep()), asyncio.create_task(self._look())]
        try:
            while not stop.is_set():
                await self._turn()
                for task in beside:
                    if task.done():
                        task.result()  # a bug: better to end, and be restarted, than to work without it
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            with contextlib.suppress(DatabaseError):
                await self._ownership.leave()

    async def _turn(self) -> None:
        """Take over what is ours and fold until something is not as expected."""
        try:
            self._progress.began()
            await self._settle()
            self._progress.finished()
            await self._flow()
        except (MissedError, LogChangedError) as error:
            metrics.MISSES.labels(self._label).inc()
            log.info("checkpoint_missed", projection=self._label, error=type(error).__name__)
        except OffsetsOutOfRange as error:
            log.warning("offsets_out_of_range", projection=self._label, offsets=str(error.offsets))
            await self._pause()
        except (BrokerUnavailable, DatabaseError, WriteRefusedError) as error:
            metrics.OUTAGES.labels(self._label).inc()
            self._progress.excused()
            log.warning("projector_waits", projection=self._label, error=type(error).__name__, pause_s=self._pause_s)
            await self._pause()

    async def _pause(self) -> None:
        pause_s = self._pause_s * random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, guards no secret
        self._pause_s = min(self._pause_s * 2, PAUSE_S_MAX)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), pause_s)

    async def _settle(self) -> None:
        """Forget everything, claim what is ours, and continue each partition where its checkpoint says."""
        self._cluster_id = await self._feed.cluster_id()
        loaded = await self._claim()
        if lost := self._marks.lost(self._positions, await self._feed.ends(self._positions)):
            log.error("log_not_as_folded", projection=self._label, partitions=lost)
            await self._store.restart(lost, self._cluster_id)
            self._positions.update(dict.fromkeys(lost, 0))
        self._feed.assign(self._marks.begin(self._positions, loaded.marks))

    async def _claim(self) -> Loaded:
        self._cache.clear()
        loaded = await self._store.claim(await self._ownership.settle(), self._topics, self._cluster_id)
        self._positions = dict(loaded.next)
        self._exceptions = loaded.exceptions
        self._lag.claimed(self._positions, self._exceptions)
        return loaded

    async def _flow(self) -> None:
        """Poll, fold, write, with the next poll in flight while a transaction runs."""
        ahead = await self._poll()
        while not (self._stop.is_set() or self._ownership.changed):
            if self._replays and await self._replays.turn(self._positions, self._replay):
                ahead = _Ahead(ahead.facts, None)  # what was read ahead is older than what was written
            if not ahead.facts:
                ahead = await self._poll()
                continue
            self._progress.began()
            needs = ahead.needs or await self._read(ahead.facts)
            changes = await self._fold(ahead.facts, needs)
            self._follow(changes, needs)
            following = asyncio.create_task(self._poll(read=True))
            try:
                await self._write(advances_of(ahead.facts, self._positions), changes)
            except WriteRefusedError:
                await _end(following)
                await self._isolate(ahead.facts)
                return
            finally:
                await _end(following)
            self._cache.trim()
            ahead = following.result()

    async def _poll(self, *, read: bool = False) -> _Ahead:
        """Return the next facts, decoded; with `read` also what they need, unless that is being written just now."""
        polled = await self._feed.poll(records_max=FACTS_MAX, timeout_ms=POLL_MS)
        facts = await self._decode(self._marks.compare(polled))
        if facts and read:
            needs = Needs(self._projection, facts, self._cache, self._exceptions)
            if not needs.held_streams():
                return _Ahead(facts, await self._fill(needs))
        return _Ahead(facts, None)

    async def _decode(self, records: Sequence[Raw]) -> Facts:
        """Decode in slices, so that the transaction in flight (and the leases) take their turns in between."""
        decode = self._decoder.decode
        facts: list[Incoming | Unusable] = []
        for first in range(0, len(records), _SLICE):
            facts += [decode(record) for record in records[first : first + _SLICE]]
            await asyncio.sleep(0)
        return facts

    async def _read(self, facts: Facts) -> Needs:
        needs = Needs(self._projection, facts, self._cache, self._exceptions)
        streams = needs.held_streams()
        if streams:
            needs.receive_held(self._decoder.decode(record) for record in await self._store.held(streams))
        return await self._fill(needs)

    async def _fill(self, needs: Needs) -> Needs:
        missing = needs.documents()
        found = await asyncio.gather(*(self._store.documents(view, ids) for view, ids in missing.items()))
        for view, documents in zip(missing, found, strict=True):
            needs.receive_documents(view, documents)
        if keys := needs.keys():
            needs.receive_heads(keys, await self._store.heads(keys))
        return needs

    async def _fold(self, facts: Facts, needs: Needs, refused: Incoming | None = None) -> Changes:
        """Fold what was polled. Whatever lies before the checkpoint is an overlap that nobody should have sent."""
        if refused is None:
            try:
                return Fold(self._projection, needs, self._exceptions).run()
            except NeedsCareError:
                needs = await self._read(facts)
        return CarefulFold(self._projection, needs, self._exceptions, refused).run()

    async def _replay(self, part: Part) -> None:
        """Fold what was parked, as if it came now. The checkpoint stands still, and the claim on it is compared."""
        self._progress.began()
        self._exceptions.parked.discard(part.lifted)
        needs = await self._read(part.facts)
        changes = await self._fold(part.facts, needs, part.refused)
        part.settle(changes)
        self._follow(changes, needs)
        await self._write(part.standing(self._positions), changes)
        self._cache.trim()

    def _follow(self, changes: Changes, needs: Needs) -> None:
        self._cache.follow(changes, needs.heads)
        self._exceptions.follow(changes)

    async def _write(self, advances: Mapping[Partition, Advance], changes: Changes) -> None:
        started = self._clock()
        await self._store.apply(advances, changes)
        metrics.TRANSACTION_SECONDS.labels(self._label).observe(self._clock() - started)
        self._positions.update((partition, advance.next) for partition, advance in advances.items())
        self._pause_s = PAUSE_S_FIRST
        self._progress.finished()
        self._lag.folded(advances)
        metrics.report(self._label, changes, self._exceptions)

    async def _isolate(self, facts: Facts) -> None:
        """Halve what the database refused until the fact stands alone, and park that; the rest is written."""
        pending = [facts]
        while pending:
            part = pending.pop()
            await self._claim()
            try:
                await self._write_alone(part)
            except WriteRefusedError:
                half = len(part) // 2
                if half:
                    pending += [part[half:], part[:half]]
                else:
                    await self._put_aside(part[0])

    async def _put_aside(self, fact: Incoming | Unusable) -> None:
        """Park what was refused alone: in its place in the stream or, when that is refused too, by its offset."""
        await self._claim()
        try:
            await self._write_alone([fact], refused=True)
        except WriteRefusedError:
            await self._claim()
            await self._write_alone([Unusable(fact.record, REFUSED)])

    async def _write_alone(self, facts: Facts, *, refused: bool = False) -> None:
        """Write facts that were polled earlier, with no poll in flight."""
        facts = [fact for fact in facts if fact.record.offset >= self._position(fact)]
        if not facts:
            return
        needs = await self._read(facts)
        suspect = facts[0] if refused and isinstance(facts[0], Incoming) else None
        changes = await self._fold(facts, needs, suspect)
        self._follow(changes, needs)
        await self._write(advances_of(facts, self._positions), changes)

    def _position(self, fact: Incoming | Unusable) -> int:
        """Return where the fact's partition is to be continued; a partition that was lost takes nothing."""
        partition = Partition(fact.record.topic, fact.record.partition)
        return self._positions.get(partition, fact.record.offset + 1)

    async def _look(self) -> None:
        """See the partitions' ends now and then: for freshness, for the lag, and for tools that know groups only."""
        told: dict[Partition, int] = {}
        while True:
            positions = dict(self._positions)
            if self._ownership.changed:
                self._progress.began()  # until it is settled
            try:
                ends = await self._feed.ends(positions)
            except BrokerUnavailable:
                self._progress.excused()
            else:
                self._progress.saw(positions, ends)
                self._lag.saw(positions, ends)
                self._ownership.saw_ends(ends)
                if positions != told and await self._feed.commit_for_lag_tools(positions):
                    told = positions
            await asyncio.sleep(LOOK_S)


async def _end(task: asyncio.Task[_Ahead]) -> None:
    """Wait for a poll in flight, which is never cancelled; whoever wants its result or error asks for it after."""
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
