"""Activities are planned in the period a project has now, and none when its grant has ended (E1, A19)."""

from datetime import date

import pytest

from tests.unit.events.test_activity_api import LIST, a_plan_body, a_programme, held, planned
from tests.unit.participants.programme import Programme

pytestmark = pytest.mark.asyncio


@pytest.fixture
def programme() -> Programme:
    programme = a_programme()
    programme.grant()
    return programme


async def test_an_approved_change_moves_the_period_of_activities(programme: Programme) -> None:
    programme.change(approved=True, starts_on=date(2023, 5, 11))
    refused = await programme.post("/v1/activities", a_plan_body())
    assert (refused.status_code, refused.json()["code"]) == (409, "OutsideProjectPeriod")
    programme.change(approved=True, starts_on=date(2023, 5, 10), ends_on=date(2023, 5, 10))
    assert (await programme.post("/v1/activities", a_plan_body())).status_code == 201


async def test_a_change_that_was_refused_or_leaves_the_period_moves_nothing(programme: Programme) -> None:
    programme.change(approved=False, starts_on=date(2023, 5, 11))
    programme.change(approved=True)
    assert (await programme.post("/v1/activities", a_plan_body())).status_code == 201


async def test_nothing_is_planned_in_a_project_whose_grant_was_revoked(programme: Programme) -> None:
    programme.revoke(wholly=True)
    refused = await programme.post("/v1/activities", a_plan_body())
    assert (refused.status_code, refused.json()["code"], refused.json()["rule"]) == (409, "ProjectEnded", "E1")


async def test_nothing_is_planned_in_a_project_whose_grant_has_lapsed(programme: Programme) -> None:
    programme.lapse()
    assert (await programme.post("/v1/activities", a_plan_body())).json()["code"] == "ProjectEnded"


async def test_a_project_that_keeps_a_part_of_its_grant_plans_on(programme: Programme) -> None:
    programme.revoke(wholly=False)
    assert (await programme.post("/v1/activities", a_plan_body())).status_code == 201


async def test_what_was_planned_or_held_before_the_end_is_still_told() -> None:
    programme = a_programme()
    was_held = await held(programme)
    will_not_be = await planned(programme)
    programme.revoke(wholly=True)
    recorded = await programme.post(f"{was_held}/attendances", LIST)
    cancelled = await programme.post(f"{will_not_be}/cancellations", {"reason": "illness"})
    assert (recorded.status_code, cancelled.status_code) == (201, 201)
