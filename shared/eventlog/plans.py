"""From a decision to what is to be written: commit documents, claims, guards, and the receipt they will give."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.contracts.event import Event
from shared.eventlog.documents import CommitDocument, document_id
from shared.eventlog.facts import check_state, decoded_events, encoded_event, folded
from shared.eventlog.port import CommandContext, Position, Receipt
from shared.eventlog.refusals import AnotherRecordKey, VersionMismatch
from shared.eventlog.settings import LogSettings
from shared.eventlog.states import Known
from shared.eventlog.store import JointCommit, StoredClaim
from shared.eventlog.streams import Stream
from shared.kernel.decisions import Claim, Decision
from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound, Refusal
from shared.kernel.time import whole_milliseconds


class RecordKeyMissingError(ValueError):
    """A handler appends to a new stream without saying its record key."""


class StrayDecisionError(ValueError):
    """A decision names a stream that was not asked for, or claims something and records nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one decision will write. `joint` is None when one commit by itself says it all."""

    commits: tuple[CommitDocument, ...]
    folded: tuple[tuple[Stream[Any], Known[Any]], ...]
    receipt: Receipt
    joint: JointCommit | None
    claims: Sequence[Claim]


class Planner:
    """Runs decisions on known states. Pure, but for the commit ids."""

    def __init__(self, settings: LogSettings, claims_key: bytes) -> None:
        self._bytes_max = settings.event_bytes_max
        self._check_states = settings.check_states
        self._claims_key = claims_key

    def plan(
        self,
        streams: Sequence[Stream[Any]],
        known: Sequence[Known[Any]],
        choose: Callable[..., Decision],
        context: CommandContext,
    ) -> Plan | None:
        """Return what to write, or None when there is nothing to record.

        Raises the domain's refusal, VersionMismatch, AnotherRecordKey, EventTooLarge. What is missing or foreign
        stays NotFound whatever If-Match said: a version must not tell that it exists.
        """
        expected = context.expected_version
        mismatch = expected is not None and expected != known[0].version
        try:
            decision = choose(*(found.state for found in known))
        except NotFound:
            raise
        except Refusal:
            if mismatch:
                raise VersionMismatch(version=known[0].version) from None
            raise
        if mismatch:
            raise VersionMismatch(version=known[0].version)
        return self._planned(streams, known, decision, context)

    def _planned(
        self, streams: Sequence[Stream[Any]], known: Sequence[Known[Any]], decision: Decision, context: CommandContext
    ) -> Plan | None:
        found = {stream.id: (stream, state) for stream, state in zip(streams, known, strict=True)}
        events = {id_: tuple(some) for id_, some in decision.events.items() if some}
        if not events.keys() <= found.keys() or (decision.claims and not events):
            raise StrayDecisionError(f"decided on {sorted(events)}, asked for {sorted(found)}")
        if not events:
            return None
        at = whole_milliseconds(context.now)
        commits = tuple(self._commit(*found[id_], some, context, at) for id_, some in events.items())
        _mark_first(commits, context)
        after = tuple((found[id_][0], _after(*found[id_], some)) for id_, some in events.items())
        if self._check_states:
            for stream, state in after:
                check_state(stream, state.state)
        joint = None
        if len(streams) > 1 or decision.claims:
            joint = JointCommit(
                commits,
                tuple(self._stored(claim, commits[0]["stream"]) for claim in decision.claims),
                unmoved=tuple((id_, state.version) for id_, (_, state) in found.items() if id_ not in events),
                guarded=tuple(sorted(found)) if len(found) > 1 else (),
            )
        receipt = Receipt(_positions(commits[0]), next(iter(events.values())), commits[0]["commit_id"], at)
        return Plan(commits, after, receipt, joint, decision.claims)

    def _commit(
        self, stream: Stream[Any], known: Known[Any], events: Sequence[Event], context: CommandContext, at: datetime
    ) -> CommitDocument:
        key = known.key or stream.key
        if not key:
            raise RecordKeyMissingError(f"{stream.id} is new and no record key was given")
        if stream.key is not None and stream.key != key:
            raise AnotherRecordKey
        first = known.version + 1
        return {
            "_id": document_id(stream.id, first),
            "commit_id": new_id(),
            "stream": stream.id,
            "key": key,
            "first": first,
            "last": known.version + len(events),
            "events": [encoded_event(event, self._bytes_max) for event in events],
            "actor": context.actor,
            "tenant": context.tenant,
            "client": context.client,
            "request_hash": context.request_hash,
            "at": at,
        }

    def claim_id(self, kind: str, value: str) -> str:
        """Return the id under which a claim on `value` is stored: it cannot be guessed without the key."""
        hashed = hmac.digest(self._claims_key, f"{kind}\0{value}".encode(), sha256).hex()
        return f"{kind}/{hashed}"

    def _stored(self, claim: Claim, stream: str) -> StoredClaim:
        return StoredClaim(self.claim_id(claim.kind, claim.value), stream, claim.amount_ore, claim.limit_ore)


def receipt_of(commit: CommitDocument, stream: Stream[Any]) -> Receipt:
    """Return the receipt that an earlier request got, from the first document of its decision."""
    events = decoded_events(stream.type, commit)
    return Receipt(_positions(commit), events, commit["commit_id"], commit["at"], repeated=True)


def nothing_recorded(streams: Sequence[Stream[Any]], known: Sequence[Known[Any]], context: CommandContext) -> Receipt:
    """Return the receipt of a decision without events: where the streams stand."""
    positions = tuple(
        Position(stream.id, state.version, state.key or stream.key or "")
        for stream, state in zip(streams, known, strict=True)
    )
    return Receipt(positions, (), "", whole_milliseconds(context.now))


def _mark_first(commits: Sequence[CommitDocument], context: CommandContext) -> None:
    first = commits[0]
    if context.idempotency_key is not None:
        first["idempotency"] = context.idempotency_key
    if len(commits) > 1:
        first["also"] = [{"stream": it["stream"], "last": it["last"], "key": it["key"]} for it in commits[1:]]
    if context.traceparent is not None:
        for commit in commits:
            commit["trace"] = context.traceparent


def _after(stream: Stream[Any], known: Known[Any], events: Sequence[Event]) -> Known[Any]:
    state = folded(stream.type, known.state, events)
    return Known(state, known.version + len(events), known.key or stream.key or "", known.saved)


def _positions(commit: CommitDocument) -> tuple[Position, ...]:
    others = (Position(it["stream"], it["last"], it["key"]) for it in commit.get("also", ()))
    return (Position(commit["stream"], commit["last"], commit["key"]), *others)
