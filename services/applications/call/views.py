"""The collection of calls and its queries. Calls are public among callers: no tenant owns one."""

from typing import cast

from services.applications.call.projections import CALLS_VIEW, CallRow
from shared.mongo import DESCENDING, Database, find_first, find_page
from shared.web.paging import Page


async def list_calls(db: Database, page: Page) -> tuple[list[CallRow], int]:
    """Return one part of all calls, the one that closes last first, and how many there are."""
    order = {"closes_on": DESCENDING, "_id": DESCENDING}
    rows, count = await find_page(db, CALLS_VIEW.collection, {}, order=order, offset=page.offset, limit=page.limit)
    return cast("list[CallRow]", rows), count


async def find_call(db: Database, call_id: str) -> CallRow | None:
    """Return one call, or None."""
    return cast("CallRow | None", await find_first(db, CALLS_VIEW.collection, {"_id": call_id}))
