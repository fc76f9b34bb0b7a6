"""The log's store in MongoDB: whole batches as one command each, answers read at majority."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar, cast

from shared.eventlog.claims import HeldClaim
from shared.eventlog.documents import COMMITS, CommitDocument, stream_range
from shared.eventlog.mongo_joint import CLAIMS, GUARDS, insert_in_transaction
from shared.eventlog.store import FailedClaim, JointCommit, Outcome, SavedState, StoreUnavailableError
from shared.mongo import (
    ASCENDING,
    LOCAL,
    WRITE_MAJORITY,
    Client,
    Database,
    DatabaseError,
    Document,
    Encoded,
    EncodingError,
    OperationFailure,
    create_collections,
    create_index,
    encoded,
    find_all,
    is_duplicate_key,
    is_transient,
    is_transient_code,
)

STATES: Final = "states"
KEY_INDEX: Final = "idempotency"

T = TypeVar("T")


async def prepare(database: Database) -> None:
    """Create the log's collections and its one index beside `_id`. Can be run again."""
    await create_collections(database, (COMMITS, STATES, CLAIMS, GUARDS))
    await create_index(
        database,
        COMMITS,
        [("tenant", ASCENDING), ("client", ASCENDING), ("idempotency", ASCENDING)],
        name=KEY_INDEX,
        unique=True,
        partialFilterExpression={"idempotency": {"$type": "string"}},
    )


class MongoCommitStore:
    """Implements CommitStore on one database of a replica set."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database

    async def insert(self, commits: Sequence[CommitDocument]) -> Sequence[Outcome | Exception]:
        """Insert a batch, unordered, with `w: majority, j: true`, as one command and one thread hop."""
        outcomes: list[Outcome | Exception] = [Outcome.WRITTEN] * len(commits)
        documents: list[Encoded] = []
        numbers: list[int] = []
        for number, commit in enumerate(commits):
            try:
                documents.append(encoded(commit))
                numbers.append(number)
            except EncodingError as error:
                outcomes[number] = error
        if documents:
            for index, outcome in (await _asked(lambda: self._insert(documents))).items():
                outcomes[numbers[index]] = outcome
        return outcomes

    async def insert_together(self, joint: JointCommit) -> Outcome | FailedClaim:
        """Insert commits, claims and guards in one transaction."""
        return await _asked(lambda: insert_in_transaction(self._client, self._database, joint))

    async def commits_at(self, ids: Sequence[str]) -> list[CommitDocument]:
        """Read commits by their exact ids."""
        return cast("list[CommitDocument]", await self._find(COMMITS, {"_id": {"$in": list(ids)}}))

    async def commits_from(self, positions: Sequence[tuple[str, int]]) -> list[CommitDocument]:
        """Read the rest of each stream."""
        ranges = [{"_id": stream_range(stream, first)} for stream, first in positions]
        condition = ranges[0] if len(ranges) == 1 else {"$or": ranges}
        return cast("list[CommitDocument]", await self._find(COMMITS, condition, sort={"_id": 1}))

    async def commit_of_key(self, tenant: str, client: str, key: str) -> CommitDocument | None:
        """Read the commit that carries an idempotency key."""
        condition = {"tenant": tenant, "client": client, "idempotency": {"$eq": key, "$type": "string"}}
        found = await self._find(COMMITS, condition, limit=1)
        return cast("CommitDocument", found[0]) if found else None

    async def claimant(self, claim_id: str) -> str | None:
        """Read who holds a claim."""
        found = await self._find(CLAIMS, {"_id": claim_id})
        return cast("HeldClaim", found[0])["stream"] if found else None

    async def states(self, streams: Sequence[str]) -> list[SavedState]:
        """Read saved states by stream id; they repeat what was on a majority when they were saved."""
        condition = {"_id": {"$in": list(streams)}}
        return cast(
            "list[SavedState]", await _asked(lambda: find_all(self._database, STATES, condition, read_concern=LOCAL))
        )

    async def save_states(self, states: Sequence[SavedState]) -> None:
        """Write states; a cache needs no majority."""
        updates = [{"q": {"_id": state["_id"]}, "u": state, "upsert": True} for state in states]
        command = {"update": STATES, "updates": updates, "ordered": False, "writeConcern": {"w": 1}}
        await _asked(lambda: self._database.command(command))

    async def _insert(self, documents: list[Encoded]) -> dict[int, Outcome | Exception]:
        """Return what became of those that were not inserted. Raises when that is not known of any one of them."""
        answer: Document = await self._database.command(
            {"insert": COMMITS, "documents": documents, "ordered": False, "writeConcern": WRITE_MAJORITY}
        )
        if "writeConcernError" in answer:
            raise StoreUnavailableError(str(answer["writeConcernError"]))
        return {int(error["index"]): _outcome(error) for error in answer.get("writeErrors", ())}

    async def _find(self, collection: str, condition: Document, **options: Any) -> list[Document]:  # noqa: ANN401 - fields of the find command
        return await _asked(lambda: find_all(self._database, collection, condition, options=options))


def _outcome(error: Document) -> Outcome | Exception:
    code = int(error["code"])
    if is_duplicate_key(code):
        return Outcome.POSITION_TAKEN if "_id" in error["keyPattern"] else Outcome.KEY_USED
    if is_transient_code(code):
        raise StoreUnavailableError(str(error))
    return OperationFailure(str(error.get("errmsg", "")), code, error)


async def _asked(ask: Callable[[], Awaitable[T]]) -> T:
    """Return the database's answer, or raise StoreUnavailableError when the same may succeed later."""
    try:
        return await ask()
    except DatabaseError as error:
        if is_transient(error):
            raise StoreUnavailableError(str(error)) from error
        raise
