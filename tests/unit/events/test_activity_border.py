"""What the border of activities lets in and shows: to whom, of which times, and where things are."""

import pytest

from tests.unit.events.test_activity_api import a_plan_body, a_programme, planned

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("by", "title"),
    [
        *((by, "Riskanalys (testdata)") for by in ("ours", "our-reader", "agency", "controller", "manager")),
        *((by, None) for by in ("evaluator", "approver", "evaluator-of-ours")),
    ],
)
async def test_free_text_is_read_by_its_own_organisation_and_those_who_handle_the_project(
    by: str, title: str | None
) -> None:
    programme = a_programme()
    address = await planned(programme)
    (listed,) = (await programme.get("/v1/activities", by=by)).json()["items"]
    shown = (await programme.get(address, by=by)).json()
    assert (listed["title"], shown["title"], shown["kind"]) == (title, title, "workshop")
    assert (shown["place"], shown["description"]) == (None if title is None else "Sal 2", None)


async def test_nothing_is_kept_for_a_project_that_is_not_the_callers() -> None:
    programme = a_programme()
    programme.grant()
    assert (await programme.post("/v1/activities", a_plan_body(), by="theirs")).status_code == 409
    assert not programme.contents._contents
    assert (await programme.post("/v1/activities", a_plan_body())).status_code == 201
    assert len(programme.contents._contents) == 1


async def test_an_answer_says_where_the_activity_is() -> None:
    programme = a_programme()
    programme.grant()
    answer = await programme.post("/v1/activities", a_plan_body())
    address = answer.headers["location"]
    assert address == f"/v1/activities/{answer.json()['id']}"
    cancelled = await programme.post(f"{address}/cancellations", {"reason": "illness"})
    assert cancelled.headers["location"] == address


@pytest.mark.parametrize(
    ("starts_at", "malformed"),
    [
        ("0001-01-01T00:00:00+14:00", True),
        ("1999-12-31T23:59:59Z", True),
        ("2000-01-01T00:00:00Z", False),
        ("2100-12-31T23:59:59Z", False),
        ("2101-01-01T00:00:00Z", True),
        ("9999-12-31T23:59:59-14:00", True),
    ],
)
async def test_an_instant_that_nobody_can_mean_is_malformed(starts_at: str, *, malformed: bool) -> None:
    programme = a_programme()
    programme.grant()
    answer = await programme.post("/v1/activities", a_plan_body(starts_at=starts_at, ends_at=starts_at))
    assert answer.status_code in {409, 422}
    problems = [problem["pointer"] for problem in answer.json().get("problems", [])]
    assert problems == (["/starts_at", "/ends_at"] if malformed else [])
