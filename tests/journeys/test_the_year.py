"""The programme's year on real parts: totals equal, every refusal by its rule, and nobody sees what is not theirs."""

from datetime import UTC, datetime

import httpx2
import pytest

from deploy.demo.comparing import compare
from deploy.demo.stage import CALL
from tests.journeys.conftest import Year

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

LATER = datetime(2023, 8, 1, 9, 0, tzinfo=UTC)


async def test_every_total_of_the_programme_page_is_the_sum_that_was_kept(year: Year) -> None:
    assert len(year.lines) > 30
    assert all(line.is_equal for line in year.lines)


async def test_ten_million_is_granted_to_the_krona_and_not_one_more(year: Year) -> None:
    amounts = {line.what: line.shown for line in year.lines}
    assert amounts["support granted"] == 1_000_000_000
    assert amounts["left of the ceiling"] == 0


@pytest.mark.parametrize("rule", ["A2", "A4", "A5", "A8", "A16", "A17", "P2", "P3", "E2", "C3", "C4", "C5"])
async def test_what_breaks_a_rule_is_refused_by_that_rule(year: Year, rule: str) -> None:
    assert any(f"refused by {rule} " in sentence for sentence in year.said)


async def test_comparing_fails_when_the_books_say_something_else(year: Year) -> None:
    project = year.stage.books.granted[0]
    project.paid_ore += 100
    try:
        with pytest.raises(AssertionError, match="support paid"):
            await compare(year.stage)
    finally:
        project.paid_ore -= 100


async def test_another_organisations_project_is_as_missing_as_one_that_is_not_there(year: Year) -> None:
    own, foreign = year.stage.books.granted[:2]
    caller = year.stage.at(f"owner-{own.owner_key}", LATER)
    missing = "0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10"
    for template in (
        "/applications/v1/applications/{}",
        "/reporting/v1/follow-up/projects/{}",
        "/reporting/v1/projects/{}/account",
    ):
        await caller.get(template.format(own.application_id))
        answers = [
            await _problem(year, caller_id=own.owner_key, path=template.format(one))
            for one in (foreign.application_id, missing)
        ]
        assert answers[0] == answers[1]
        assert answers[0]["status"] == 404


async def _problem(year: Year, *, caller_id: str, path: str) -> dict[str, object]:
    """Return the problem of a GET without what is different on every request."""
    client = year.system.clients[f"owner-{caller_id}"]
    async with httpx2.AsyncClient(base_url=year.system.base_url) as http:
        token = await http.post(
            "/sandbox/token",
            data={"grant_type": "client_credentials"},
            auth=(client.client_id, client.client_secret),
        )
        response = await http.get(path, headers={"Authorization": f"Bearer {token.json()['access_token']}"})
    problem: dict[str, object] = response.json()
    return {name: value for name, value in problem.items() if name != "instance"}


async def test_lists_hold_the_callers_own_only(year: Year) -> None:
    own = year.stage.books.granted[0]
    caller = year.stage.at(f"owner-{own.owner_key}", LATER)
    for path in ("/applications/v1/applications", "/reporting/v1/follow-up/projects"):
        listed = await caller.get(f"{path}?limit=100")
        assert [item["organisation"] for item in listed["items"]] == [own.owner.organisation]
    everybody = await year.stage.at("agency-programme", LATER).get("/reporting/v1/follow-up/projects?limit=100")
    assert len(everybody["items"]) >= len(year.stage.books.granted)


async def test_the_programme_comes_as_json_and_as_csv_with_the_same_figures(year: Year) -> None:
    caller = year.stage.at("agency-programme", LATER)
    shown = await caller.get(f"/reporting/v1/follow-up/programmes/{CALL}")
    table = await caller.text(f"/reporting/v1/follow-up/programmes/{CALL}.csv")
    assert str(shown["money"]["support_granted_ore"]) in table.replace(" ", "")


async def test_without_a_token_nothing_is_said(year: Year) -> None:
    async with httpx2.AsyncClient(base_url=year.system.base_url) as http:
        for path in (
            "/applications/v1/applications",
            "/participants/v1/companies",
            "/events/v1/activities",
            "/reporting/v1/follow-up/projects",
        ):
            response = await http.get(path)
            assert response.status_code == 401
            assert response.headers["content-type"].startswith("application/problem+json")
