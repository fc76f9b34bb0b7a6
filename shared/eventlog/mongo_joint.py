"""The transaction of a decision over several streams: commits, claims and guards, all or nothing.

Why guards: under snapshot isolation a transaction that reads stream B and writes stream A does not notice that
another one reads A and writes B. A decision on one stream reads only what it writes, so it needs none of this;
every decision over several streams touches the guard of each of them, and so two that share a stream exclude each
other. That a stream which is only read has not moved since it was loaded is read in the transaction's snapshot; what
is appended to it after the snapshot is decided on that stream alone, and comes after this decision.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from shared.eventlog.claims import HeldClaim, all_claimed
from shared.eventlog.documents import COMMITS, document_id
from shared.eventlog.store import FailedClaim, JointCommit, Outcome, StoredClaim
from shared.mongo import (
    Client,
    Command,
    Database,
    DuplicateKeyError,
    encoded,
    find_in,
    raise_write_error,
    run_transaction,
)

CLAIMS: Final = "claims"
GUARDS: Final = "guards"

_TRANSACTION_S_MAX: Final = 5.0
"""Then the log asks again, up to its own limit."""


class _NotMetError(Exception):
    """Ends the transaction without effect, with its answer."""

    def __init__(self, answer: Outcome | FailedClaim) -> None:
        super().__init__()
        self.answer = answer


async def insert_in_transaction(client: Client, database: Database, joint: JointCommit) -> Outcome | FailedClaim:
    """Insert `joint` in one transaction and tell what became of it. Raises the driver's errors."""
    commits = [encoded(commit) for commit in joint.commits]

    def body(send: Command) -> Outcome:
        if not _is_recorded(joint, send):
            _touch_guards(joint, send)
            _claim(joint.claims, send)
            raise_write_error(send({"insert": COMMITS, "documents": commits}))
        return Outcome.WRITTEN

    try:
        return await run_transaction(client, database, body, deadline_s=_TRANSACTION_S_MAX)
    except _NotMetError as not_met:
        return not_met.answer
    except DuplicateKeyError as error:
        details: Mapping[str, Any] = error.details or {}
        pattern = details.get("keyPattern", {})
        return Outcome.POSITION_TAKEN if "_id" in pattern else Outcome.KEY_USED


def _is_recorded(joint: JointCommit, send: Command) -> bool:
    """Tell whether an earlier try has written this. Raises _NotMetError when a stream has moved."""
    own = {commit["_id"]: commit["commit_id"] for commit in joint.commits}
    ids = [*own, *(document_id(stream, version + 1) for stream, version in joint.unmoved)]
    found = find_in(send, COMMITS, {"_id": {"$in": ids}}, options={"projection": {"commit_id": 1}})
    recorded = {commit["_id"] for commit in found if own.get(commit["_id"]) == commit["commit_id"]}
    if recorded:
        return True  # all or nothing: one of them is all of them
    if found:
        raise _NotMetError(Outcome.POSITION_TAKEN)
    return False


def _touch_guards(joint: JointCommit, send: Command) -> None:
    if joint.guarded:
        mark = {"$set": {"commit_id": joint.commits[0]["commit_id"]}}
        updates = [{"q": {"_id": stream}, "u": mark, "upsert": True} for stream in joint.guarded]
        raise_write_error(send({"update": GUARDS, "updates": updates}))


def _claim(claims: tuple[StoredClaim, ...], send: Command) -> None:
    """Write every claim. Raises _NotMetError for the first that cannot be met."""
    if not claims:
        return
    found = find_in(send, CLAIMS, {"_id": {"$in": [claim.id for claim in claims]}})
    held = {claim["_id"]: cast("HeldClaim", claim) for claim in found}
    after = all_claimed(held, claims)
    if isinstance(after, int):
        raise _NotMetError(FailedClaim(after))
    updates = [{"q": {"_id": id_}, "u": claim, "upsert": True} for id_, claim in after.items()]
    raise_write_error(send({"update": CLAIMS, "updates": updates}))
