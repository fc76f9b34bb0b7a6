"""The collections of enrolments, and of the calls and granted projects that they follow, with their queries."""

from collections.abc import Sequence
from datetime import date
from typing import Final, cast

from services.participants.enrolment.domain import GrantedProject
from services.participants.enrolment.projections import ENROLMENTS_VIEW, CallRow, EnrolmentRow, GrantedProjectRow
from shared.contracts.call import CompanyLimits
from shared.kernel.ids import ApplicationId, EnrolmentId, OrganisationId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.mongo import ASCENDING, Database, find_first, find_page
from shared.web.paging import Page

_ENROLMENTS: Final = ENROLMENTS_VIEW.collection
_GRANTED_PROJECTS: Final = "granted_projects"
_CALLS: Final = "calls"


async def granted_project(db: Database, project: ApplicationId, scope: TenantScope) -> GrantedProject | None:
    """Return a granted project with the limits of its call, or None while either is not known here."""
    found = await find_first(db, _GRANTED_PROJECTS, {"_id": project, **scope.filter()})
    if found is None:
        return None
    row = cast("GrantedProjectRow", found)
    limits = await _limits(db, row["call"], row["call_version"])
    if limits is None:
        return None
    return GrantedProject(
        id=ApplicationId(row["_id"]),
        organisation=OrganisationId(row["organisation"]),
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        limits=limits,
        ended=row["ended"],
    )


async def _limits(db: Database, call: str, version: int) -> CompanyLimits | None:
    """Return who may take part by one version of a call: a project keeps to the version it applied under."""
    found = await find_first(db, _CALLS, {"_id": call})
    limits = None if found is None else cast("CallRow", found)["versions"].get(str(version))
    return None if limits is None else CompanyLimits.model_validate(limits, strict=False)  # dates are ISO texts there


async def find_enrolment(
    db: Database, enrolment_id: EnrolmentId, scope: TenantScope, *, hidden: Sequence[str]
) -> EnrolmentRow:
    """Return one enrolment. Raises NotFound, also when its project is another organisation's, or one of `hidden`."""
    row = await find_first(db, _ENROLMENTS, {"_id": enrolment_id, "project": {"$nin": list(hidden)}, **scope.filter()})
    if row is None:
        raise NotFound
    return cast("EnrolmentRow", row)


async def list_enrolments(
    db: Database, scope: TenantScope, page: Page, *, hidden: Sequence[str], project: ApplicationId | None = None
) -> tuple[list[EnrolmentRow], int]:
    """Return one part of the enrolments (of one project) in the order they were made, and how many there are."""
    named = {"$nin": list(hidden)} if project is None else {"$nin": list(hidden), "$eq": project}
    condition = {**scope.filter(), "project": named}
    order = {"_id": ASCENDING}
    rows, count = await find_page(db, _ENROLMENTS, condition, order=order, offset=page.offset, limit=page.limit)
    return cast("list[EnrolmentRow]", rows), count
