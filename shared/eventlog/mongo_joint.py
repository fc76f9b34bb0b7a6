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
    Database,
    DuplicateKeyError,
    Session,
    encoded,
    find_all,
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

    async def body(session: Session) -> Outcome:
        if await _is_recorded(database, joint, session):
            return Outcome.WRITTEN
        await _touch_guards(database, joint, session)
        await _claim(database, joint.claims, session)
        await _command(database, session, {"insert": COMMITS, "documents": commits})
        return Outcome.WRITTEN

    try:
        return await run_transaction(client, body, deadline_s=_TRANSACTION_S_MAX)
    except _NotMetError as not_met:
        return not_met.answer
    except DuplicateKeyError as error:
        details: Mapping[str, Any] = error.details or {}
        pattern = details.get("keyPattern", {})
        return Outcome.POSITION_TAKEN if "_id" in pattern else Outcome.KEY_USED


async def _is_recorded(database: Database, joint: JointCommit, session: Session) -> bool:
    """Tell whether an earlier try has written this. Raises _NotMetError when a stream has moved."""
    own = {commit["_id"]: commit["commit_id"] for commit in joint.commits}
    ids = [*own, *(document_id(stream, version + 1) for stream, version in joint.unmoved)]
    found = await find_all(
        database, COMMITS, {"_id": {"$in": ids}}, options={"projection": {"commit_id": 1}}, session=session
    )
    recorded = {commit["_id"] for commit in found if own.get(commit["_id"]) == commit["commit_id"]}
    if recorded:
        return True  # all or nothing: one of them is all of them
    if found:
        raise _NotMetError(Outcome.POSITION_TAKEN)
    return False


async def _touch_guards(database: Database, joint: JointCommit, session: Session) -> None:
    if joint.guarded:
        mark = {"$set": {"commit_id": joint.commits[0]["commit_id"]}}
        updates = [{"q": {"_id": stream}, "u": mark, "upsert": True} for stream in joint.guarded]
        await _command(database, session, {"update": GUARDS, "updates": updates})


async def _claim(database: Database, claims: tuple[StoredClaim, ...], session: Session) -> None:
    """Write every claim. Raises _NotMetError for the first that cannot be met."""
    if not claims:
        return
    found = await find_all(database, CLAIMS, {"_id": {"$in": [claim.id for claim in claims]}}, session=session)
    held = {claim["_id"]: cast("HeldClaim", claim) for claim in found}
    after = all_claimed(held, claims)
    if isinstance(after, int):
        raise _NotMetError(FailedClaim(after))
    updates = [{"q": {"_id": id_}, "u": claim, "upsert": True} for id_, claim in after.items()]
    await _command(database, session, {"update": CLAIMS, "updates": updates})


async def _command(database: Database, session: Session, command: dict[str, Any]) -> None:
    raise_write_error(await database.command(command, session=session))
