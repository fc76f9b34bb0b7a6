"""The collections of follow-up and their queries; every query for projects takes the reader's scope."""

from collections.abc import Mapping
from typing import Any, Final, cast

from services.reporting.followup.projections import CALLS_VIEW, PROJECTS_VIEW, CallRow, ProjectRow
from shared.kernel.ids import ApplicationId, CallId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.mongo import ASCENDING, Database, find_all, find_first, find_page
from shared.projector.reads import ReadModelBehind
from shared.web.paging import Page

PROJECTION: Final = "followup"
_PROJECTS: Final = PROJECTS_VIEW.collection
_CALLS: Final = CALLS_VIEW.collection


async def find_project(db: Database, project: ApplicationId, scope: TenantScope) -> ProjectRow:
    """Return one project's row. Raises NotFound, also for another organisation's; ReadModelBehind.

    Topics are folded each at its own pace, so what happened in a project may be here before its application, and with
    it whose it is: then nobody is told that there is no such project, its owner least of all.
    """
    row = await find_first(db, _PROJECTS, {"_id": project, "organisation": {"$ne": None}, **scope.filter()})
    if row is None and await find_first(db, _PROJECTS, {"_id": project, "organisation": None}):
        raise ReadModelBehind
    if row is None:
        raise NotFound
    return cast("ProjectRow", row)


async def list_projects(
    db: Database, scope: TenantScope, page: Page, *, call: CallId | None = None
) -> tuple[list[ProjectRow], int]:
    """Return one part of the projects (of one call) in the order the applications came, and how many there are."""
    condition: Mapping[str, Any] = {
        "organisation": {"$ne": None},
        **scope.filter(),
        **({} if call is None else {"call": call}),
    }
    order = {"_id": ASCENDING}  # ids are ordered by time
    rows, count = await find_page(db, _PROJECTS, condition, order=order, offset=page.offset, limit=page.limit)
    return cast("list[ProjectRow]", rows), count


async def find_call(db: Database, call: CallId) -> CallRow:
    """Return a call. Raises NotFound."""
    row = await find_first(db, _CALLS, {"_id": call})
    if row is None:
        raise NotFound
    return cast("CallRow", row)


async def call_of(db: Database, project: ProjectRow) -> CallRow | None:
    """Return the call of a project, or None while it is not known here."""
    return cast("CallRow | None", await find_first(db, _CALLS, {"_id": project["call"]}))


async def projects_of_call(db: Database, call: CallId) -> list[ProjectRow]:
    """Return every application and project of a call, for sums over all organisations (agency only)."""
    rows = await find_all(db, _PROJECTS, {"call": call}, options={"sort": {"_id": ASCENDING}})
    return cast("list[ProjectRow]", rows)
