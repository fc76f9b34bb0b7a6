"""Somebody at the agency with a conflict of interest in a project finds no trace of its activities (A16)."""

import pytest

from shared.kernel.ids import new_id
from tests.unit.events.test_activity_api import a_programme, planned
from tests.unit.participants.examples import PROJECT
from tests.unit.participants.programme import ACTORS

pytestmark = pytest.mark.asyncio


async def test_a_conflict_hides_the_activities_of_its_project_from_that_person_alone() -> None:
    programme = a_programme()
    address = await planned(programme)
    assert (await programme.get(address, by="agency")).status_code == 200
    programme.conflict(ACTORS["agency"].subject)
    for query in ("", f"?project={PROJECT}"):
        answer = await programme.get(f"/v1/activities{query}", by="agency")
        assert answer.json()["_meta"]["total"] == 0
        assert "Riskanalys" not in answer.text
    hidden = await programme.get(address, by="agency")
    missing = await programme.get(f"/v1/activities/{new_id()}", by="agency")
    assert hidden.status_code == 404
    assert {**hidden.json(), "instance": ""} == {**missing.json(), "instance": ""}
    for who in ("controller", "ours"):
        assert (await programme.get(address, by=who)).status_code == 200
        assert (await programme.get("/v1/activities", by=who)).json()["_meta"]["total"] == 1
