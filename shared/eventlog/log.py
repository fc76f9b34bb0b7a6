"""The event log over any store: load, decide, append, and answer truly whatever happens in between."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from shared.contracts.event import Event
from shared.eventlog import metrics
from shared.eventlog.group_commit import GroupCommit
from shared.eventlog.group_load import GroupLoad
from shared.eventlog.joint_commit import JointCommits
from shared.eventlog.pauses import Pauses, answered
from shared.eventlog.plans import Plan, Planner, nothing_recorded, receipt_of
from shared.eventlog.port import CommandContext, Receipt
from shared.eventlog.refusals import IdempotencyKeyReused, StreamContended
from shared.eventlog.settings import LogSettings
from shared.eventlog.states import Known, RecentStates, StateSaver
from shared.eventlog.store import CommitStore, FailedClaim, Outcome
from shared.eventlog.streams import Loaded, S, Stream
from shared.eventlog.turns import Turn, Turns
from shared.kernel.decisions import Decision
from shared.kernel.refusals import Refusal

_DEFAULTS = LogSettings()


class StoredEventLog:
    """The one log of a service in a process; see the port for what its methods promise.

    `claims_key` hashes what is claimed across streams. Close it to save what is folded and not saved yet.
    """

    def __init__(self, store: CommitStore, *, claims_key: bytes, settings: LogSettings = _DEFAULTS) -> None:
        self._store = store
        self._settings = settings
        self._planner = Planner(settings, claims_key)
        self._turns = Turns(waiting_per_stream_max=settings.waiting_per_stream_max, wait_s_max=settings.turn_s_max)
        self._group_commit = GroupCommit(store, settings)
        self._group_load = GroupLoad(store, settings)
        self._recent = RecentStates(settings)
        self._saver = StateSaver(store, settings)
        self._joint_commit = JointCommits(store, settings)

    async def decide(
        self, stream: Stream[S], decision: Callable[[S], Sequence[Event]], context: CommandContext
    ) -> Receipt:
        """Decide on one stream; see the port."""
        id_ = stream.id
        return await self._in_turn((stream,), lambda state: Decision({id_: decision(state)}), context)

    async def decide_all(
        self, streams: tuple[Stream[Any], ...], decision: Callable[..., Decision], context: CommandContext
    ) -> Receipt:
        """Decide on one to three streams and what they claim, all or nothing; see the port."""
        return await self._in_turn(streams, decision, context)

    async def load(self, stream: Stream[S]) -> Loaded[S]:
        """Return the majority-committed state of one stream; see the port."""
        known = await self._group_load.load(stream)
        self._recent.put(stream, known)
        return Loaded(known.state, known.version)

    async def claimant(self, kind: str, value: str) -> str | None:
        """Return the stream that holds the claim on `value`; see the port."""
        claim_id = self._planner.claim_id(kind, value)
        return await answered(lambda: self._store.claimant(claim_id), "claim", self._settings)

    async def close(self) -> None:
        """Finish what is in flight and save folded states. Nothing may be asked of the log afterwards."""
        await self._group_commit.drained()
        await self._group_load.drained()
        await self._joint_commit.drained()
        await self._saver.flushed()

    async def _in_turn(
        self, streams: tuple[Stream[Any], ...], choose: Callable[..., Decision], context: CommandContext
    ) -> Receipt:
        turn = await self._turns.take([stream.id for stream in streams])
        try:
            return await self._decide(streams, choose, context, turn)
        finally:
            turn.leave()

    async def _decide(
        self, streams: tuple[Stream[Any], ...], choose: Callable[..., Decision], context: CommandContext, turn: Turn
    ) -> Receipt:
        pauses = Pauses(self._settings)
        lost = 0
        fresh = False
        while lost < self._settings.tries_max:
            known, fresh = await self._known(streams, fresh=fresh)
            result = await self._attempt(streams, known, choose, context, turn)
            if isinstance(result, Receipt):
                return result
            if isinstance(result, Outcome):
                if result is Outcome.KEY_USED and (earlier := await self._earlier(streams, context)) is not None:
                    return earlier
                lost += 1
                metrics.CONFLICTS.labels(streams[0].type.category).inc()
                await pauses.pause()
            elif fresh:
                return await self._without_effect(result, streams, known, context)
            fresh = True  # whatever else is said is said on what is committed now
        return await self._without_effect(StreamContended(), streams, (), context)

    async def _attempt(
        self,
        streams: tuple[Stream[Any], ...],
        known: Sequence[Known[Any]],
        choose: Callable[..., Decision],
        context: CommandContext,
        turn: Turn,
    ) -> Receipt | Outcome | Refusal | None:
        """Decide once: recorded, lost to another, refused, or (None) nothing to record."""
        try:
            plan = self._planner.plan(streams, known, choose, context)
        except Refusal as refusal:
            return refusal
        if plan is None:
            return None
        outcome = await self._write(plan, turn)
        if outcome is Outcome.WRITTEN:
            for stream, state in plan.folded:
                self._recent.put(stream, state)
                self._saver.committed(stream, state)
            return plan.receipt
        if isinstance(outcome, FailedClaim):
            return plan.claims[outcome.number].refusal
        return outcome

    async def _known(self, streams: Sequence[Stream[Any]], *, fresh: bool) -> tuple[list[Known[Any]], bool]:
        """Return what is known of the streams, and whether all of it was read after this was asked."""
        if not fresh:
            recent = [self._assumed(stream) for stream in streams]
            found = [known for known in recent if known is not None]
            metrics.REMEMBERED[len(found) == len(streams)].inc()
            if len(found) == len(streams):
                return found, False
        known = (
            [await self._group_load.load(streams[0])]
            if len(streams) == 1
            else await asyncio.gather(*(self._group_load.load(stream) for stream in streams))
        )
        for stream, state in zip(streams, known, strict=True):
            self._recent.put(stream, state)
        return known, True

    def _assumed(self, stream: Stream[S]) -> Known[S] | None:
        known = self._recent.get(stream)
        if known is None and stream.new:
            return Known(stream.type.initial(), 0, "", 0)
        return known

    async def _write(self, plan: Plan, turn: Turn) -> Outcome | FailedClaim:
        """Write, whoever stops waiting for it; the turn is kept until the outcome is known."""
        pending: asyncio.Future[Outcome] | asyncio.Task[Outcome | FailedClaim]
        if plan.joint is None:
            pending = self._group_commit.append(plan.commits[0])
        else:
            pending = self._joint_commit.write(plan.joint)
        turn.hold_until(pending)
        return await asyncio.shield(pending)

    async def _without_effect(
        self,
        refusal: Refusal | None,
        streams: Sequence[Stream[Any]],
        known: Sequence[Known[Any]],
        context: CommandContext,
    ) -> Receipt:
        """Give the receipt of an earlier request with this key, if there is one; else refuse or say where we are."""
        earlier = await self._earlier(streams, context)
        if earlier is not None:
            return earlier
        if refusal is not None:
            raise refusal
        return nothing_recorded(streams, known, context)

    async def _earlier(self, streams: Sequence[Stream[Any]], context: CommandContext) -> Receipt | None:
        """Look the idempotency key up at majority. Raises IdempotencyKeyReused, LogUnavailable."""
        key = context.idempotency_key
        if key is None:
            return None
        commit = await answered(
            lambda: self._store.commit_of_key(context.tenant, context.client, key), "key", self._settings
        )
        if commit is None:
            return None
        if commit["request_hash"] != context.request_hash:
            raise IdempotencyKeyReused
        metrics.REPEATED.inc()
        return receipt_of(commit, streams[0])
