"""The collections of activities, and of the projects and enrolments that they follow, with their queries."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, cast

from services.events.activity.domain import EnrolledCompany, GrantedProject
from services.events.activity.projections import ACTIVITIES_VIEW, ActivityRow, EnrolledCompanyRow, GrantedProjectRow
from shared.kernel.ids import ActivityId, ApplicationId, CompanyId, EnrolmentId, OrganisationId, PersonId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.mongo import ASCENDING, Database, find_all, find_first, find_page
from shared.web.paging import Page

_ACTIVITIES: Final = ACTIVITIES_VIEW.collection
_GRANTED_PROJECTS: Final = "granted_projects"
_ENROLLED_COMPANIES: Final = "enrolled_companies"


async def granted_project(db: Database, project: ApplicationId, scope: TenantScope) -> GrantedProject | None:
    """Return a granted project, or None while it is not known here."""
    found = await find_first(db, _GRANTED_PROJECTS, {"_id": project, **scope.filter()})
    if found is None:
        return None
    row = cast("GrantedProjectRow", found)
    return GrantedProject(
        id=ApplicationId(row["_id"]),
        organisation=OrganisationId(row["organisation"]),
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=date.fromisoformat(row["ends_on"]),
        ended=row["ended"],
    )


async def enrolled_companies(
    db: Database, project: str, enrolments: Iterable[EnrolmentId], scope: TenantScope
) -> dict[EnrolmentId, EnrolledCompany]:
    """Return those of the enrolments that are known here and of this project of the reader's."""
    condition = {"_id": {"$in": sorted(set(enrolments))}, "project": project, **scope.filter()}
    rows = cast("list[EnrolledCompanyRow]", await find_all(db, _ENROLLED_COMPANIES, condition))
    companies = (
        EnrolledCompany(
            enrolment_id=EnrolmentId(row["_id"]),
            company_id=CompanyId(row["company_id"]),
            enrolled_on=date.fromisoformat(row["enrolled_on"]),
            withdrawn_on=None if row["withdrawn_on"] is None else date.fromisoformat(row["withdrawn_on"]),
            persons=frozenset(PersonId(person) for person in row["persons"]),
        )
        for row in rows
    )
    return {company.enrolment_id: company for company in companies}


async def find_activity(
    db: Database, activity_id: ActivityId, scope: TenantScope, *, hidden: Sequence[str]
) -> ActivityRow:
    """Return one activity. Raises NotFound, also when its project is another organisation's, or one of `hidden`."""
    row = await find_first(db, _ACTIVITIES, {"_id": activity_id, "project": {"$nin": list(hidden)}, **scope.filter()})
    if row is None:
        raise NotFound
    return cast("ActivityRow", row)


async def list_activities(
    db: Database, scope: TenantScope, page: Page, *, hidden: Sequence[str], project: ApplicationId | None = None
) -> tuple[list[ActivityRow], int]:
    """Return one part of the activities (of one project) in the order they begin, and how many there are."""
    named = {"$nin": list(hidden)} if project is None else {"$nin": list(hidden), "$eq": project}
    condition = {**scope.filter(), "project": named}
    order = {"starts_at": ASCENDING, "_id": ASCENDING}
    rows, count = await find_page(db, _ACTIVITIES, condition, order=order, offset=page.offset, limit=page.limit)
    return cast("list[ActivityRow]", rows), count
