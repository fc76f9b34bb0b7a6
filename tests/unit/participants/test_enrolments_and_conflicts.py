"""Somebody at the agency with a conflict of interest in a project finds no trace of its enrolments (A16)."""

import pytest

from shared.kernel.ids import new_id
from tests.unit.participants.examples import PROJECT
from tests.unit.participants.programme import ACTORS, Programme
from tests.unit.participants.test_enrolment_api import enrolment_in

pytestmark = pytest.mark.asyncio


async def test_a_conflict_hides_the_enrolments_of_its_project_from_that_person_alone() -> None:
    programme = Programme()
    enrolment = await enrolment_in(programme)
    address = f"/v1/enrolments/{enrolment}"
    assert (await programme.get(address, by="agency")).status_code == 200
    programme.conflict(ACTORS["agency"].subject)
    for query in ("", f"?project={PROJECT}"):
        answer = await programme.get(f"/v1/enrolments{query}", by="agency")
        assert answer.json()["_meta"]["total"] == 0
        assert enrolment not in answer.text
        assert PROJECT not in answer.text.replace(query, "")
    hidden = await programme.get(address, by="agency")
    missing = await programme.get(f"/v1/enrolments/{new_id()}", by="agency")
    assert hidden.status_code == 404
    assert {**hidden.json(), "instance": ""} == {**missing.json(), "instance": ""}
    for who in ("controller", "ours"):
        assert (await programme.get(address, by=who)).status_code == 200
        assert (await programme.get("/v1/enrolments", by=who)).json()["_meta"]["total"] == 1


async def test_what_was_settled_otherwise_is_seen_again() -> None:
    programme = Programme()
    enrolment = await enrolment_in(programme)
    programme.conflict(ACTORS["agency"].subject)
    programme.conflict(ACTORS["agency"].subject, has_conflict=False)
    assert (await programme.get(f"/v1/enrolments/{enrolment}", by="agency")).status_code == 200


async def test_a_person_of_an_organisation_who_has_the_same_name_sees_its_own() -> None:
    programme = Programme()
    enrolment = await enrolment_in(programme)
    programme.conflict(ACTORS["ours"].subject)
    assert (await programme.get(f"/v1/enrolments/{enrolment}", by="ours")).status_code == 200
