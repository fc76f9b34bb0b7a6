"""The relay's own logic: sweep or follow, publish, acknowledge, remember; nothing here knows a driver."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from shared.eventlog.documents import PublishedEvent
from shared.messaging import Span
from shared.relay.metrics import BATCHES_PUBLISHED, EVENTS_PUBLISHED, NEWEST_AGE_S, SWEEPS
from shared.relay.ports import (
    Batch,
    Checkpoint,
    Checkpoints,
    Commits,
    CommitStream,
    Requests,
    SweepCause,
    Token,
    TokenGone,
    Topic,
    TopicState,
)
from shared.relay.republish import Republishing

SAVE_BUSY_S = 1.0
SAVE_IDLE_S = 10.0
CHECK_TOPIC_S = 60.0

log = structlog.get_logger()


class SweepDue(Exception):  # noqa: N818 - named for what happened
    """While following, the topic turned out not to hold what was acknowledged."""

    def __init__(self, cause: SweepCause, detail: str) -> None:
        super().__init__(detail)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Clocks:
    """`monotonic` paces the checkpoint; `wall` (seconds since 1970) only feeds the age shown to operators."""

    monotonic: Callable[[], float]
    wall: Callable[[], float]


class Relay:
    """Publishes one service's commits while its lease is held. `run` ends with `stop`, between two batches."""

    def __init__(
        self,
        service: str,
        *,
        commits: Commits,
        topic: Topic,
        checkpoints: Checkpoints,
        stop: asyncio.Event,
        clocks: Clocks,
        requests: Requests | None = None,
    ) -> None:
        self._service = service
        self._commits = commits
        self._topic = topic
        self._checkpoints = checkpoints
        self._stop = stop
        self._clocks = clocks
        self._republishing = requests and Republishing(service, requests, clocks.monotonic)
        self._at = Checkpoint()
        self._saved = Checkpoint()
        self._saved_at_s = 0.0
        self._checked_at_s = 0.0

    async def run(self) -> None:
        """Publish until `stop`, from the stored checkpoint on: whatever happened before, nothing is skipped.

        Raises LeaseLost, and BrokerUnavailable or CommitsUnavailable: then run it again.
        """
        self._at = self._saved = await self._checkpoints.take_over()
        self._saved_at_s = self._clocks.monotonic()
        if self._republishing:
            self._republishing.forget()
        cause: SweepCause | None = None
        while not self._stop.is_set():
            state = await self._topic.open()
            self._checked_at_s = self._clocks.monotonic()
            cause = cause or sweep_cause(self._at, state)
            try:
                if cause is None:
                    await self._follow(await self._commits.watch(after=self._at.token))
                else:
                    await self._sweep_and_follow(cause, state)
                cause = None
            except TokenGone as error:
                log.warning("relay_token_lost", service=self._service, error=str(error))
                cause = SweepCause.TOKEN_GONE
            except SweepDue as error:
                log.warning("relay_topic_lost_records", service=self._service, error=str(error))
                cause = error.cause

    async def _sweep_and_follow(self, cause: SweepCause, state: TopicState) -> None:
        """Publish the whole log, then the stream from the time noted before; repeats much, skips nothing."""
        SWEEPS.labels(self._service, cause.value).inc()
        log.info("relay_sweep_began", service=self._service, cause=cause.value)
        self._at = Checkpoint(cluster_id=state.cluster_id, sweep=cause)
        since = await self._checkpoints.begin_sweep(self._at)
        last_id: str | None = ""

        async def next_page() -> Batch | None:
            nonlocal last_id
            assert last_id is not None
            events, last_id = await self._commits.page(after_id=last_id, since=since)
            return Batch(events, None) if last_id is not None else None

        await self._pump(next_page)
        if self._stop.is_set():
            return
        log.info("relay_sweep_ended", service=self._service, cause=cause.value)
        await self._follow(await self._commits.watch(since=since))

    async def _follow(self, stream: CommitStream) -> None:
        try:
            await self._pump(stream.next)
        finally:
            await stream.close()
        await self._save()

    async def _pump(self, read: Callable[[], Awaitable[Batch | None]]) -> None:
        """Publish batch after batch, the next one being read meanwhile, so at most two are in memory."""
        stopped: asyncio.Future[Any] = asyncio.ensure_future(self._stop.wait())
        reading: asyncio.Future[Any] = asyncio.ensure_future(read())
        try:
            while True:
                await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if stopped.done():
                    return
                batch: Batch | None = reading.result()
                if batch is None:
                    return
                reading = asyncio.ensure_future(read())
                await asyncio.sleep(0)  # it asks now, not when what is encoded first has been sent
                await self._publish(batch)
        finally:
            stopped.cancel()
            reading.cancel()
            await asyncio.gather(reading, stopped, return_exceptions=True)

    async def _publish(self, batch: Batch) -> None:
        if batch.events:
            self._acknowledged(await self._topic.publish(batch.events))
            BATCHES_PUBLISHED.labels(self._service).inc()
            EVENTS_PUBLISHED.labels(self._service).inc(len(batch.events))
            NEWEST_AGE_S.labels(self._service).set(self._clocks.wall() - batch.events[-1].at.timestamp())
        if batch.token is not None:  # only now: the broker has what came before it
            self._at = replace(self._at, token=batch.token, sweep=None)
            await self._save_if_due(idle=not batch.events)
            await self._check_topic_if_due()
            await self._republish(batch.token)

    async def _republish(self, token: Token) -> None:
        """Send again what somebody asked for. Never during a sweep, which goes through every stream itself."""

        async def publish(events: Sequence[PublishedEvent]) -> None:
            self._acknowledged(await self._topic.publish(events))

        if self._republishing:
            await self._republishing.turn(token, publish)

    def _acknowledged(self, spans: dict[int, Span]) -> None:
        before = self._at.offsets
        for partition, span in spans.items():
            if span.first <= before.get(partition, -1):
                detail = f"partition {partition} gave {span.first} after {before[partition]}"
                raise SweepDue(SweepCause.TOPIC_BEHIND, detail)
        self._at = replace(self._at, offsets={**before, **{partition: span.last for partition, span in spans.items()}})

    async def _check_topic_if_due(self) -> None:
        """Look once a minute whether the topic still holds what was acknowledged, also where nothing is written."""
        if self._clocks.monotonic() - self._checked_at_s < CHECK_TOPIC_S:
            return
        state = await self._topic.open()
        self._checked_at_s = self._clocks.monotonic()
        if cause := sweep_cause(self._at, state):
            raise SweepDue(cause, f"the topic ends at {state.ends}")

    async def _save_if_due(self, *, idle: bool) -> None:
        """Save once a second under load, at once when the load ends, every 10 s when only the token has moved."""
        waited_s = self._clocks.monotonic() - self._saved_at_s
        unsaved = self._at.offsets != self._saved.offsets or self._saved.token is None
        if (unsaved and (idle or waited_s >= SAVE_BUSY_S)) or waited_s >= SAVE_IDLE_S:
            await self._save()

    async def _save(self) -> None:
        if self._at != self._saved:
            await self._checkpoints.save(self._at)
            self._saved = self._at
        self._saved_at_s = self._clocks.monotonic()


def sweep_cause(checkpoint: Checkpoint, state: TopicState) -> SweepCause | None:
    """Return why the whole log must be published again, or None when the stream can go on after the token."""
    if checkpoint.token is None:
        return SweepCause.UNFINISHED if checkpoint.sweep else SweepCause.FIRST_START
    if checkpoint.cluster_id != state.cluster_id:
        return SweepCause.OTHER_CLUSTER
    if any(state.ends.get(partition, 0) <= offset for partition, offset in checkpoint.offsets.items()):
        return SweepCause.TOPIC_BEHIND
    return None
