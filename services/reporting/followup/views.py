"""The collections of follow-up and their queries; every query for projects takes the reader's scope."""

from collections.abc import Mapping
from typing import Any, Final, cast

from services.reporting.followup.projections import CALLS_VIEW, PROJECTS_VIEW, CallRow, ProjectRow
from shared.kernel.ids import ApplicationId, CallId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.mongo import ASCENDING, Database, find_all
from shared.web.paging import Page

PROJECTION: Final = "followup"
_PROJECTS: Final = PROJECTS_VIEW.collection
_CALLS: Final = CALLS_VIEW.collection


async def find_project(db: Database, project: ApplicationId, scope: TenantScope) -> ProjectRow:
    """Return one project's row. Raises NotFound, also for another organisation's and before its application is here."""
    rows = await find_all(db, _PROJECTS, {"_id": project, "organisation": {"$ne": None}, **scope.filter()})
    if not rows:
        raise NotFound
    return cast("ProjectRow", rows[0])


async def list_projects(
    db: Database, scope: TenantScope, page: Page, *, call: CallId | None = None
) -> tuple[list[ProjectRow], int]:
    """Return one part of the projects (of one call) in the order the applications came, and how many there are."""
    condition: Mapping[str, Any] = {
        "organisation": {"$ne": None},
        **scope.filter(),
        **({} if call is None else {"call": call}),
    }
    options = {"sort": {"_id": ASCENDING}, "skip": page.offset, "limit": page.limit}  # ids are ordered by time
    rows = await find_all(db, _PROJECTS, condition, options=options)
    return cast("list[ProjectRow]", rows), await db[_PROJECTS].count_documents(condition)


async def find_call(db: Database, call: CallId) -> CallRow:
    """Return a call. Raises NotFound."""
    rows = await find_all(db, _CALLS, {"_id": call})
    if not rows:
        raise NotFound
    return cast("CallRow", rows[0])


async def call_of(db: Database, project: ProjectRow) -> CallRow | None:
    """Return the call of a project, or None while it is not known here."""
    rows = await find_all(db, _CALLS, {"_id": project["call"]})
    return cast("CallRow", rows[0]) if rows else None


async def projects_of_call(db: Database, call: CallId) -> list[ProjectRow]:
    """Return every application and project of a call, for sums over all organisations (agency only)."""
    rows = await find_all(db, _PROJECTS, {"call": call}, options={"sort": {"_id": ASCENDING}})
    return cast("list[ProjectRow]", rows)
