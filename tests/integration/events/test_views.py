"""The queries on a real database: within scope, in order of time, and instants that come back aware."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from services.events.activity.domain import ACTIVITIES, plan
from services.events.activity.views import enrolled_companies, find_activity, granted_project, list_activities
from services.events.main import SERVICE
from shared.kernel.ids import ActivityId, ApplicationId, EnrolmentId, new_id
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.mongo import Database, connect
from shared.web.paging import Page
from tests.conftest import Parts
from tests.unit.events.examples import ENROLMENT, GRANTED, NINE, OURS, PERSONS, PROJECT, THEIRS, a_plan
from tests.unit.events.test_activity_api import enrol
from tests.unit.participants.programme import Programme

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

EVERYBODY, MINE, FOREIGN = TenantScope(None), TenantScope(OURS), TenantScope(THEIRS)


@pytest_asyncio.fixture
async def db(parts: Parts) -> AsyncIterator[Database]:
    client = connect(parts.mongodb_uri, app_name="tests")
    database = client[f"{parts.namespace}_events"]
    yield database
    await client.drop_database(database.name)
    client.close()


async def store(programme: Programme, database: Database) -> None:
    """Write the rows of the read models to a real database, as the projector does."""
    for name, rows in programme.read_models.collections.items():
        if rows:
            await database[name].insert_many([dict(row) for row in rows.values()])


async def test_a_granted_project_and_its_companies_are_found_by_their_own_organisation(db: Database) -> None:
    programme = Programme(SERVICE)
    programme.grant()
    enrol(programme)
    await store(programme, db)
    assert await granted_project(db, PROJECT, MINE) == GRANTED
    assert await granted_project(db, PROJECT, FOREIGN) is None
    asked = [ENROLMENT, ENROLMENT, EnrolmentId(new_id())]
    found = await enrolled_companies(db, PROJECT, asked, MINE)
    assert list(found) == [ENROLMENT]
    assert found[ENROLMENT].persons == frozenset(PERSONS[:2])
    assert await enrolled_companies(db, PROJECT, asked, FOREIGN) == {}
    assert await enrolled_companies(db, new_id(), asked, MINE) == {}


async def test_activities_are_found_within_scope_in_the_order_they_begin(db: Database) -> None:
    programme = Programme(SERVICE)
    ids = [ActivityId(new_id()) for _ in range(3)]
    for days, activity_id in zip((2, 0, 1), ids, strict=True):
        begins = NINE + timedelta(days=days)
        command = a_plan(activity_id=activity_id, starts_at=begins, ends_at=begins + timedelta(hours=1))
        (fact,) = plan(command, GRANTED, "contents")
        programme.read_models.see(fact, ACTIVITIES.at(activity_id).id)
    await store(programme, db)
    rows, total = await list_activities(db, MINE, Page(limit=2, offset=0), hidden=(), project=PROJECT)
    assert ([row["_id"] for row in rows], total) == ([ids[1], ids[2]], 3)
    assert (await find_activity(db, ids[1], EVERYBODY, hidden=()))["starts_at"] == NINE
    other = ApplicationId(new_id())
    assert await list_activities(db, MINE, Page(limit=2, offset=0), hidden=(), project=other) == ([], 0)
    assert await list_activities(db, FOREIGN, Page(limit=2, offset=0), hidden=()) == ([], 0)
    with pytest.raises(NotFound):
        await find_activity(db, ids[1], FOREIGN, hidden=())
    assert await list_activities(db, EVERYBODY, Page(limit=2, offset=0), hidden=[PROJECT]) == ([], 0)
    with pytest.raises(NotFound):
        await find_activity(db, ids[1], EVERYBODY, hidden=[PROJECT])
