"""One effect per key: what clients were told against the commits that carry their keys."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from shared.eventlog.documents import CommitDocument
from tests.chaos.checks.finding import Finding
from tests.chaos.evidence import Evidence
from tests.chaos.journal import Answer, Entry


class _Caller(NamedTuple):
    """Who may use a key: keys of different clients never meet."""

    tenant: str
    client: str
    key: str


class _Place(NamedTuple):
    service: str
    commit: CommitDocument


def _caller(entry: Entry) -> _Caller:
    return _Caller(entry.first.tenant, entry.first.client, entry.first.key)


def _by_caller(evidence: Evidence) -> dict[_Caller, list[_Place]]:
    found: dict[_Caller, list[_Place]] = {}
    for service, commits in evidence.logs.items():
        for commit in commits:
            if "idempotency" in commit:
                caller = _Caller(commit["tenant"], commit["client"], commit["idempotency"])
                found.setdefault(caller, []).append(_Place(service, commit))
    return found


def keys_have_one_effect(evidence: Evidence) -> Iterator[Finding]:
    """Accepted: exactly the one commit that the receipt names. Refused: none. Never answered: one or none."""
    found = _by_caller(evidence)
    for entry in evidence.journal.entries.values():
        places = found.get(_caller(entry), [])
        for detail in _faults(entry, places):
            yield Finding("keys-have-one-effect", f"{entry.first.operation} {entry.first.key}: {detail}")


def _faults(entry: Entry, places: list[_Place]) -> Iterator[str]:
    if entry.receipt is not None:
        if len(places) != 1:
            yield f"accepted, and the log has {len(places)} commits of it"
        elif places[0].service != entry.first.service:
            yield f"recorded by {places[0].service}"
        else:
            for answer in entry.answers:
                yield from _unlike(answer, places[0].commit)
    elif entry.refusal is not None and places:
        yield f"refused as {entry.refusal.code}, and the log has {len(places)} commits of it"
    elif len(places) > 1:
        yield f"never answered, and the log has {len(places)} commits of it"


def _unlike(answer: Answer, commit: CommitDocument) -> Iterator[str]:
    """Yield how an answer differs from the receipt of a commit: also a repeat must say the same."""
    if not answer.accepted:
        yield f"accepted and refused ({answer.code})"
        return
    told = (answer.stream, answer.version, datetime.fromisoformat(answer.recorded_at))
    recorded = (commit["stream"], commit["last"], commit["at"])
    if told != recorded:
        yield f"answered {told}, recorded {recorded}"


def retries_tell(evidence: Evidence) -> Iterator[Finding]:
    """What had happened before the retry is accepted by the retry, with the first receipt (compared above)."""
    for entry in evidence.journal.entries.values():
        for answer in entry.answers:
            if answer.found_before and not answer.accepted:
                yield Finding("retries-tell", f"{entry.first.key} had happened, and its retry said {answer.code}")
        if not entry.answers:
            yield Finding("retries-tell", f"{entry.first.key} has no answer, not even after healing")


def nothing_unasked(evidence: Evidence) -> Iterator[Finding]:
    """Every commit is the effect of a key in the journal, or the second half of one."""
    asked = {_caller(entry) for entry in evidence.journal.entries.values()}
    for service, commits in evidence.logs.items():
        halves = {(other["stream"], other["last"]) for commit in commits for other in commit.get("also", ())}
        for commit in commits:
            if "idempotency" in commit:
                wanted = _Caller(commit["tenant"], commit["client"], commit["idempotency"]) in asked
            else:
                wanted = (commit["stream"], commit["last"]) in halves
            if not wanted:
                yield Finding("nothing-unasked", f"{service} {commit['_id']} was asked for by nobody")


def joint_decisions_are_whole(evidence: Evidence) -> Iterator[Finding]:
    """A decision on two streams is recorded on both."""
    for service, commits in evidence.logs.items():
        ends = {(commit["stream"], commit["last"], commit["key"]) for commit in commits}
        for commit in commits:
            for other in commit.get("also", ()):
                if (other["stream"], other["last"], other["key"]) not in ends:
                    yield Finding("joint-decisions-are-whole", f"{service} {commit['_id']} without {other['stream']}")
