"""The queries on a real database: within scope, in order, in parts; and limits of a call as they come back."""

import pytest

from services.participants.company.views import find_company, list_companies
from services.participants.enrolment.views import find_enrolment, granted_project, list_enrolments
from shared.kernel.ids import ApplicationId, CompanyId, EnrolmentId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.mongo import Database
from shared.web.paging import Page
from tests.integration.participants.conftest import OwnDatabase
from tests.unit.participants.examples import (
    COMPANY,
    ENROLMENT,
    GRANTED,
    LIMITS,
    OURS,
    PROJECT,
    THEIRS,
    enrolled,
    registered,
)
from tests.unit.participants.programme import Programme

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

EVERYBODY, MINE, FOREIGN = TenantScope(None), TenantScope(OURS), TenantScope(THEIRS)
FIRST = Page(limit=20, offset=0)


async def store(programme: Programme, db: Database) -> None:
    """Write the rows of the read models to a real database, as the projector does."""
    for name, rows in programme.read_models.collections.items():
        if rows:
            await db[name].insert_many([dict(row) for row in rows.values()])


async def test_a_granted_project_comes_back_with_the_limits_of_its_call(own: OwnDatabase) -> None:
    programme = Programme()
    programme.grant()
    await store(programme, own.db)
    assert await granted_project(own.db, PROJECT, MINE) is None  # its call is not known yet
    programme = Programme()
    programme.publish()
    programme.publish(LIMITS.model_copy(update={"employees_below": 500}), version=2)
    await store(programme, own.db)
    assert await granted_project(own.db, PROJECT, MINE) == GRANTED
    assert await granted_project(own.db, PROJECT, FOREIGN) is None
    assert await granted_project(own.db, ApplicationId(COMPANY), EVERYBODY) is None


async def test_companies_are_found_within_scope_and_in_parts(own: OwnDatabase) -> None:
    programme = Programme()
    ids = [CompanyId(f"0190a000-0000-7000-8000-0000000000c{number}") for number in range(5)]
    for company_id in reversed(ids):
        fact = registered().model_copy(update={"company_id": company_id})
        programme.read_models.see(fact, f"company/{company_id}")
    await store(programme, own.db)
    rows, total = await list_companies(own.db, MINE, Page(limit=2, offset=2))
    assert ([row["_id"] for row in rows], total) == (ids[2:4], 5)
    assert await list_companies(own.db, FOREIGN, FIRST) == ([], 0)
    assert (await find_company(own.db, ids[0], EVERYBODY))["stream_version"] == 1
    with pytest.raises(NotFound):
        await find_company(own.db, ids[0], FOREIGN)


async def test_enrolments_are_found_within_scope_and_project(own: OwnDatabase) -> None:
    programme = Programme()
    programme.read_models.see(enrolled(), f"enrolment/{ENROLMENT}")
    await store(programme, own.db)
    assert (await find_enrolment(own.db, ENROLMENT, MINE, hidden=()))["size_class"] == "small"
    for scope, project, number in ((MINE, PROJECT, 1), (EVERYBODY, None, 1), (FOREIGN, None, 0), (MINE, COMPANY, 0)):
        asked = None if project is None else ApplicationId(project)
        assert (await list_enrolments(own.db, scope, FIRST, hidden=(), project=asked))[1] == number
    with pytest.raises(NotFound):
        await find_enrolment(own.db, ENROLMENT, FOREIGN, hidden=())
    with pytest.raises(NotFound):
        await find_enrolment(own.db, EnrolmentId(COMPANY), EVERYBODY, hidden=())
    assert await list_enrolments(own.db, EVERYBODY, FIRST, hidden=[PROJECT]) == ([], 0)
    assert await list_enrolments(own.db, EVERYBODY, FIRST, hidden=[PROJECT], project=PROJECT) == ([], 0)
    with pytest.raises(NotFound):
        await find_enrolment(own.db, ENROLMENT, EVERYBODY, hidden=[PROJECT])
