"""The collection of companies and its queries; every one takes the reader's scope."""

from typing import Final, cast

from services.participants.company.projections import COMPANIES_VIEW, CompanyRow
from shared.kernel.ids import CompanyId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.mongo import ASCENDING, Database, find_first, find_page
from shared.web.paging import Page

_COMPANIES: Final = COMPANIES_VIEW.collection


async def find_company(db: Database, company_id: CompanyId, scope: TenantScope) -> CompanyRow:
    """Return one company. Raises NotFound, also when another organisation registered it."""
    row = await find_first(db, _COMPANIES, {"_id": company_id, **scope.filter()})
    if row is None:
        raise NotFound
    return cast("CompanyRow", row)


async def list_companies(db: Database, scope: TenantScope, page: Page) -> tuple[list[CompanyRow], int]:
    """Return one part of the companies in the order of their registration, and how many there are in all."""
    order = {"_id": ASCENDING}
    rows, count = await find_page(db, _COMPANIES, scope.filter(), order=order, offset=page.offset, limit=page.limit)
    return cast("list[CompanyRow]", rows), count
