"""The collections of calls and their queries. Calls are public among callers: no tenant owns one."""

from typing import cast

from services.applications.call.projections import (
    CALL_QUESTIONS_VIEW,
    CALL_VERSIONS_VIEW,
    CALLS_VIEW,
    AnsweredQuestionRow,
    CallRow,
    CallVersionRow,
)
from shared.mongo import ASCENDING, DESCENDING, Database, find_first, find_page
from shared.web.paging import Page


async def list_calls(db: Database, page: Page) -> tuple[list[CallRow], int]:
    """Return one part of all calls, the one that closes last first, and how many there are."""
    order = {"closes_on": DESCENDING, "_id": DESCENDING}
    rows, count = await find_page(db, CALLS_VIEW.collection, {}, order=order, offset=page.offset, limit=page.limit)
    return cast("list[CallRow]", rows), count


async def find_call(db: Database, call_id: str) -> CallRow | None:
    """Return one call, or None."""
    return cast("CallRow | None", await find_first(db, CALLS_VIEW.collection, {"_id": call_id}))


async def list_versions(db: Database, call_id: str, page: Page) -> tuple[list[CallVersionRow], int]:
    """Return one part of a call's versions, the newest first, and how many there are."""
    order = {"version": DESCENDING}
    rows, count = await find_page(
        db, CALL_VERSIONS_VIEW.collection, {"call": call_id}, order=order, offset=page.offset, limit=page.limit
    )
    return cast("list[CallVersionRow]", rows), count


async def find_version(db: Database, call_id: str, version: int) -> CallVersionRow | None:
    """Return one version of a call, or None."""
    found = await find_first(db, CALL_VERSIONS_VIEW.collection, {"_id": f"{call_id}/{version}"})
    return cast("CallVersionRow | None", found)


async def list_questions(db: Database, call_id: str, page: Page) -> tuple[list[AnsweredQuestionRow], int]:
    """Return one part of the questions answered about a call, the first answered first, and how many there are."""
    order = {"position": ASCENDING, "_id": ASCENDING}
    rows, count = await find_page(
        db, CALL_QUESTIONS_VIEW.collection, {"call": call_id}, order=order, offset=page.offset, limit=page.limit
    )
    return cast("list[AnsweredQuestionRow]", rows), count
