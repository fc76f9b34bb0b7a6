"""The collections of follow-up and their queries; every query for projects takes who reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from services.reporting.followup.projections import CALLS_VIEW, PROJECTS_VIEW, CallRow, ProjectRow
from shared.auth.actor import Actor
from shared.kernel.ids import ApplicationId, CallId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.mongo import ASCENDING, Database, find_all, find_first, find_page
from shared.projector.reads import ReadModelBehind
from shared.web.paging import Page

PROJECTION: Final = "followup"
_PROJECTS: Final = PROJECTS_VIEW.collection
_CALLS: Final = CALLS_VIEW.collection


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: `person` is somebody at the agency, who sees nothing of a project in which there is a conflict (A16).

    None is an organisation's own people, who see their organisation's projects.
    """

    scope: TenantScope
    person: str | None

    @classmethod
    def of(cls, actor: Actor) -> "Reader":
        """Return whose eyes a query has."""
        return cls(actor.scope, actor.subject if actor.scope.organisation is None else None)

    def condition(self) -> dict[str, Any]:
        """Return the condition of projects that may be seen."""
        return {**self.scope.filter(), **({} if self.person is None else {"conflicted": {"$ne": self.person}})}

    def may_see(self, row: ProjectRow) -> bool:
        """Tell whether a project of a programme may be named."""
        return self.scope.allows(row["organisation"] or "") and self.person not in row["conflicted"]


async def find_project(db: Database, project: ApplicationId, reader: Reader) -> ProjectRow:
    """Return one project's row. Raises NotFound, also for another organisation's or in a conflict; ReadModelBehind.

    Topics are folded each at its own pace, so what happened in a project may be here before its application, and with
    it whose it is: then nobody is told that there is no such project, its owner least of all.
    """
    row = await find_first(db, _PROJECTS, {"_id": project, "organisation": {"$ne": None}, **reader.condition()})
    if row is None and await find_first(db, _PROJECTS, {"_id": project, "organisation": None}):
        raise ReadModelBehind
    if row is None:
        raise NotFound
    return cast("ProjectRow", row)


async def list_projects(
    db: Database, reader: Reader, page: Page, *, call: CallId | None = None
) -> tuple[list[ProjectRow], int]:
    """Return one part of the projects (of one call) in the order the applications came, and how many there are."""
    condition: Mapping[str, Any] = {
        "organisation": {"$ne": None},
        **reader.condition(),
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
