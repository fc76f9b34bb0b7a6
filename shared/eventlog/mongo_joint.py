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


async def insert_in_transaction(client: Client, database: Database, joint: JointCommit) -> Outcome | FailedClaim:
    """Insert `joint` in one transaction and tell what became of it. Raises the driver's errors.

    A transaction that finds something in the way commits too, without having written: a snapshot may show what no
    majority holds yet, and only the commit waits until one does. Else a request could be refused for what its own
    twin has just recorded and cannot be found yet, or for what a step-down then undoes.
    """
    commits = [encoded(commit) for commit in joint.commits]

    def body(send: Command) -> Outcome | FailedClaim:
        found = _found(joint, send)
        if found is not None:
            return found
        after = _claims_after(joint.claims, send)
        if isinstance(after, int):
            return FailedClaim(after)
        _touch_guards(joint, send)
        _update(CLAIMS, after, send)
        raise_write_error(send({"insert": COMMITS, "documents": commits}))
        return Outcome.WRITTEN

    try:
        return (await run_transaction(client, database, body, deadline_s=_TRANSACTION_S_MAX)).result
    except DuplicateKeyError as error:
        details: Mapping[str, Any] = error.details or {}
        pattern = details.get("keyPattern", {})
        return Outcome.POSITION_TAKEN if "_id" in pattern else Outcome.KEY_USED


def _found(joint: JointCommit, send: Command) -> Outcome | None:
    """Tell whether an earlier try has written this, or a stream has moved."""
    own = {commit["_id"]: commit["commit_id"] for commit in joint.commits}
    ids = [*own, *(document_id(stream, version + 1) for stream, version in joint.unmoved)]
    found = find_in(send, COMMITS, {"_id": {"$in": ids}}, options={"projection": {"commit_id": 1}})
    if any(own.get(commit["_id"]) == commit["commit_id"] for commit in found):
        return Outcome.WRITTEN  # all or nothing: one of them is all of them
    return Outcome.POSITION_TAKEN if found else None


def _claims_after(claims: tuple[StoredClaim, ...], send: Command) -> dict[str, HeldClaim] | int:
    """Return the claims as they are with these, or the number of the first that cannot be met."""
    if not claims:
        return {}
    found = find_in(send, CLAIMS, {"_id": {"$in": [claim.id for claim in claims]}})
    return all_claimed({claim["_id"]: cast("HeldClaim", claim) for claim in found}, claims)


def _touch_guards(joint: JointCommit, send: Command) -> None:
    mark = {"$set": {"commit_id": joint.commits[0]["commit_id"]}}
    _update(GUARDS, dict.fromkeys(joint.guarded, mark), send)


def _update(collection: str, changes: Mapping[str, Any], send: Command) -> None:
    updates = [{"q": {"_id": identifier}, "u": change, "upsert": True} for identifier, change in changes.items()]
    if updates:
        raise_write_error(send({"update": collection, "updates": updates}))
