"""Companies join a project in the period it has now, and none whose grant was revoked or has lapsed (P6, A19)."""

from datetime import date

import httpx2
import pytest

from tests.unit.participants.examples import PROJECT
from tests.unit.participants.programme import Programme
from tests.unit.participants.test_enrolment_api import company_of, enrolment_in

pytestmark = pytest.mark.asyncio


async def joining(programme: Programme, enrolled_on: date | None = None, company: str | None = None) -> httpx2.Response:
    body = {"project": PROJECT, "company_id": company or await company_of(programme)}
    day = {} if enrolled_on is None else {"enrolled_on": enrolled_on.isoformat()}
    return await programme.post("/v1/enrolments", body | day)


@pytest.fixture
def programme() -> Programme:
    programme = Programme()
    programme.publish()
    programme.grant()
    return programme


async def test_an_approved_change_moves_the_period_in_which_companies_join(programme: Programme) -> None:
    first_day, company = date(2023, 2, 15), await company_of(programme)
    assert (await joining(programme, first_day, company)).json()["code"] == "OutsideProjectPeriod"
    programme.change(approved=True, starts_on=first_day)
    assert (await joining(programme, first_day, company)).status_code == 201


async def test_a_period_that_was_shortened_has_its_own_last_day(programme: Programme) -> None:
    programme.change(approved=True, ends_on=date(2023, 4, 10))
    company = await company_of(programme)
    refused = await joining(programme, company=company)
    assert (refused.status_code, refused.json()["code"]) == (409, "OutsideProjectPeriod")
    assert "2023-03-01" in refused.json()["detail"]
    assert "2023-04-10" in refused.json()["detail"]
    assert (await joining(programme, date(2023, 4, 10), company)).status_code == 201


async def test_a_change_that_was_refused_or_leaves_the_period_moves_nothing(programme: Programme) -> None:
    programme.change(approved=False, ends_on=date(2023, 4, 10))
    programme.change(approved=True)
    assert (await joining(programme)).status_code == 201


async def test_nobody_joins_a_project_whose_grant_was_revoked(programme: Programme) -> None:
    programme.revoke(wholly=True)
    refused = await joining(programme)
    assert (refused.status_code, refused.json()["code"], refused.json()["rule"]) == (409, "ProjectEnded", "P6")


async def test_nobody_joins_a_project_whose_grant_has_lapsed(programme: Programme) -> None:
    programme.lapse()
    assert (await joining(programme)).json()["code"] == "ProjectEnded"


async def test_companies_join_a_project_that_keeps_a_part_of_its_grant(programme: Programme) -> None:
    programme.revoke(wholly=False)
    assert (await joining(programme)).status_code == 201


async def test_what_has_begun_is_still_told_after_the_end() -> None:
    programme = Programme()
    address = f"/v1/enrolments/{await enrolment_in(programme)}"
    programme.revoke(wholly=True)
    named = await programme.post(f"{address}/representatives", {"role": "board", "gender": "man"})
    left = await programme.post(f"{address}/withdrawals", {"reason": "no-time"})
    assert (named.status_code, left.status_code) == (201, 201)
