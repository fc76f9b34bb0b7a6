"""The collection of calls and its queries. Calls are public among callers: no tenant owns one."""

from typing import cast

from services.applications.call.projections import CALLS_VIEW, CallRow
from shared.mongo import DESCENDING, Database
from shared.web.paging import Page


async def list_calls(db: Database, page: Page) -> tuple[list[CallRow], int]:
    """Return one part of all calls, the one that closes last first, and how many there are."""
    calls = db[CALLS_VIEW.collection]
    found = calls.find({}).sort([("closes_on", DESCENDING), ("_id", DESCENDING)]).skip(page.offset).limit(page.limit)
    return [cast("CallRow", row) async for row in found], await calls.count_documents({})


async def find_call(db: Database, call_id: str) -> CallRow | None:
    """Return one call, or None."""
    return cast("CallRow | None", await db[CALLS_VIEW.collection].find_one({"_id": call_id}))
