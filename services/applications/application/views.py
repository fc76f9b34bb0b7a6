"""The collections of applications and call budgets, and their queries; every one takes whose data may be seen."""

from dataclasses import dataclass
from typing import Any, cast

from services.applications.application.projections import (
    APPLICATIONS_VIEW,
    CALL_BUDGETS_VIEW,
    ApplicationRow,
    CallBudgetRow,
)
from shared.kernel.tenancy import TenantScope
from shared.mongo import ASCENDING, Database, find_first, find_page
from shared.web.paging import Page


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of applications may be narrowed to."""

    call: str | None = None
    status: str | None = None

    def condition(self) -> dict[str, Any]:
        """Return the filters as a condition."""
        return {name: value for name, value in (("call", self.call), ("status", self.status)) if value is not None}


async def list_applications(
    db: Database, scope: TenantScope, filters: Filters, page: Page
) -> tuple[list[ApplicationRow], int]:
    """Return one part of the applications within `scope`, in order of arrival, and how many there are."""
    condition = {**filters.condition(), **scope.filter()}
    order = {"_id": ASCENDING}
    rows, count = await find_page(
        db, APPLICATIONS_VIEW.collection, condition, order=order, offset=page.offset, limit=page.limit
    )
    return cast("list[ApplicationRow]", rows), count


async def find_application(db: Database, scope: TenantScope, application_id: str) -> ApplicationRow | None:
    """Return one application within `scope`, or None: also for somebody else's."""
    found = await find_first(db, APPLICATIONS_VIEW.collection, {**scope.filter(), "_id": application_id})
    return cast("ApplicationRow | None", found)


async def find_call_budget(db: Database, call_id: str) -> CallBudgetRow | None:
    """Return what is reserved of a call's ceiling, None before the first grant. The sum is public among callers."""
    return cast("CallBudgetRow | None", await find_first(db, CALL_BUDGETS_VIEW.collection, {"_id": call_id}))
