"""Enrolments over HTTP: what an integrator meets."""

from datetime import timedelta
from typing import Any

import pytest

from shared.kernel.ids import ApplicationId, new_id
from tests.unit.participants.examples import LIMITS, NOON, PROJECT, THEIRS
from tests.unit.participants.programme import Programme, a_company_body

pytestmark = pytest.mark.asyncio

THEIR_PROJECT = ApplicationId("0190a000-0000-7000-8000-0000000000ab")


async def company_of(programme: Programme, **changes: Any) -> str:  # noqa: ANN401 - any field of a company's body
    company_id: str = (await programme.post("/v1/companies", a_company_body(**changes))).json()["id"]
    return company_id


async def enrolment_in(programme: Programme) -> str:
    programme.publish()
    programme.grant()
    body = {"project": PROJECT, "company_id": await company_of(programme)}
    enrolment_id: str = (await programme.post("/v1/enrolments", body)).json()["id"]
    return enrolment_id


async def test_a_company_is_enrolled_and_read_with_the_attributes_it_had() -> None:
    programme = Programme()
    enrolment_id = await enrolment_in(programme)
    read = await programme.get(f"/v1/enrolments/{enrolment_id}")
    assert read.status_code == 200
    shown = read.json()
    assert (shown["size_class"], shown["county"], shown["enrolled_on"]) == ("small", "24", "2023-04-17")
    assert (shown["motive"], shown["representatives"], shown["withdrawn_on"]) == (None, [], None)


async def test_a_project_that_is_not_known_yet_says_when_to_try_again() -> None:
    programme = Programme()
    body = {"project": PROJECT, "company_id": await company_of(programme)}
    refused = await programme.post("/v1/enrolments", body)
    assert (refused.status_code, refused.json()["rule"]) == (409, "P6")
    assert int(refused.headers["retry-after"]) > 0
    programme.grant()  # the grant has come, the call it was made under has not
    assert (await programme.post("/v1/enrolments", body)).status_code == 409
    programme.publish()
    assert (await programme.post("/v1/enrolments", body)).status_code == 201


async def test_a_grants_receipt_is_waited_for() -> None:
    programme = Programme()
    enrolment = {"project": PROJECT, "company_id": await company_of(programme)}
    await programme.post(f"/v1/enrolments?after=application%2F{PROJECT}%404~{PROJECT}", enrolment)
    assert programme.reads.waits == [f"application/{PROJECT}"]


async def test_another_organisations_project_is_unknown() -> None:
    programme = Programme()
    programme.publish()
    programme.grant(THEIR_PROJECT, THEIRS)
    body = {"project": THEIR_PROJECT, "company_id": await company_of(programme)}
    missing = await programme.post("/v1/enrolments", {**body, "project": new_id()})
    foreign = await programme.post("/v1/enrolments", body)
    assert foreign.status_code == 409
    assert {**foreign.json(), "instance": ""} == {**missing.json(), "instance": ""}


async def test_a_company_takes_part_once_in_each_of_several_projects_of_several_organisations() -> None:
    programme = Programme()
    programme.publish()
    programme.grant()
    programme.grant(THEIR_PROJECT, THEIRS)
    company_id = await company_of(programme)
    here, there = ({"project": project, "company_id": company_id} for project in (PROJECT, THEIR_PROJECT))
    assert (await programme.post("/v1/enrolments", here)).status_code == 201
    assert (await programme.post("/v1/enrolments", there, by="theirs")).status_code == 201
    again = await programme.post("/v1/enrolments", here)
    assert (again.status_code, again.json()["rule"]) == (409, "P6")


async def test_a_company_that_nobody_registered_cannot_be_enrolled() -> None:
    programme = Programme()
    programme.publish()
    programme.grant()
    refused = await programme.post("/v1/enrolments", {"project": PROJECT, "company_id": new_id()})
    assert (refused.status_code, refused.json()["rule"]) == (422, "P1")


async def test_a_company_too_large_is_refused_with_every_limit_it_breaks() -> None:
    programme = Programme()
    programme.publish()
    programme.grant()
    company_id = await company_of(programme, employees=250, turnover_ore=10**13, balance_sheet_ore=10**13)
    refused = await programme.post("/v1/enrolments", {"project": PROJECT, "company_id": company_id})
    assert (refused.status_code, refused.json()["rule"], len(refused.json()["problems"])) == (409, "P2", 2)


async def test_the_next_version_of_a_call_is_obeyed_without_a_restart_and_earlier_projects_keep_theirs() -> None:
    programme = Programme()
    programme.publish()
    programme.grant()
    programme.publish(LIMITS.model_copy(update={"employees_below": 500}), version=2)
    later = ApplicationId("0190a000-0000-7000-8000-0000000000ad")
    programme.grant(later, call_version=2)
    company_id = await company_of(programme, employees=300)
    assert (await programme.post("/v1/enrolments", {"project": PROJECT, "company_id": company_id})).status_code == 409
    assert (await programme.post("/v1/enrolments", {"project": later, "company_id": company_id})).status_code == 201


async def test_a_motive_is_demanded_below_ten_employees_and_read_again() -> None:
    programme = Programme()
    programme.publish()
    programme.grant()
    body = {"project": PROJECT, "company_id": await company_of(programme, employees=9)}
    assert (await programme.post("/v1/enrolments", body)).json()["rule"] == "P3"
    assert (await programme.post("/v1/enrolments", {**body, "motive": "  "})).status_code == 422
    enrolled = await programme.post("/v1/enrolments", {**body, "motive": "Växer snabbt."})
    read = (await programme.get(f"/v1/enrolments/{enrolled.json()['id']}")).json()
    assert (read["motive"], read["below_recommended_size"]) == ("Växer snabbt.", True)
    assert not any("Växer" in event.data.decode() for event in programme.log.published())


async def enrolled_with_a_motive(programme: Programme) -> str:
    programme.publish()
    programme.grant()
    body = {"project": PROJECT, "company_id": await company_of(programme, employees=9), "motive": "Växer snabbt."}
    enrolled = await programme.post("/v1/enrolments", body)
    assert enrolled.headers["location"] == f"/v1/enrolments/{enrolled.json()['id']}"
    return enrolled.headers["location"]


@pytest.mark.parametrize(
    ("by", "motive"),
    [
        *((by, "Växer snabbt.") for by in ("ours", "our-reader", "agency", "controller", "manager")),
        *((by, None) for by in ("evaluator", "approver", "evaluator-of-ours")),
    ],
)
async def test_a_motive_is_read_by_its_own_organisation_and_those_who_handle_the_project(
    by: str, motive: str | None
) -> None:
    programme = Programme()
    address = await enrolled_with_a_motive(programme)
    shown = (await programme.get(address, by=by)).json()
    assert (shown["motive"], shown["below_recommended_size"]) == (motive, True)


async def test_a_motive_is_kept_only_with_an_own_project_and_a_known_company() -> None:
    programme = Programme()
    programme.publish()
    programme.grant()
    programme.grant(THEIR_PROJECT, THEIRS)
    company_id = await company_of(programme, employees=9)
    kept = dict(programme.contents._contents)
    for body in ({"project": THEIR_PROJECT, "company_id": company_id}, {"project": PROJECT, "company_id": new_id()}):
        refused = await programme.post("/v1/enrolments", {**body, "motive": "Växer snabbt."})
        assert refused.status_code in {409, 422}
        assert programme.contents._contents == kept
    body = {"project": PROJECT, "company_id": company_id, "motive": "Växer snabbt."}
    assert (await programme.post("/v1/enrolments", body)).status_code == 201
    assert len(programme.contents._contents) == len(kept) + 1


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
async def test_a_day_that_nobody_can_mean_is_malformed(day: str) -> None:
    programme = Programme()
    enrolment_id = await enrolment_in(programme)
    joined = {"project": PROJECT, "company_id": new_id(), "enrolled_on": day}
    left = {"reason": "no-time", "withdrawn_on": day}
    for path, body in (("", joined), (f"/{enrolment_id}/withdrawals", left)):
        answer = await programme.post(f"/v1/enrolments{path}", body)
        assert answer.status_code == 422
        assert [problem["pointer"][-3:] for problem in answer.json()["problems"]] == ["_on"]


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
async def test_the_first_and_the_last_day_that_can_be_meant_meet_the_rules(day: str) -> None:
    programme = Programme()
    enrolment_id = await enrolment_in(programme)
    path = f"/v1/enrolments/{enrolment_id}/withdrawals"
    answer = await programme.post(path, {"reason": "no-time", "withdrawn_on": day})
    assert answer.json()["rule"] == "P6"


async def test_names_of_representatives_are_shown_to_their_own_organisation_only() -> None:
    programme = Programme()
    enrolment_id = await enrolment_in(programme)
    person = {"role": "board", "gender": "woman", "name": "Namn (testdata)", "email": "namn@example.se"}
    named = await programme.post(f"/v1/enrolments/{enrolment_id}/representatives", person)
    assert named.status_code == 201
    assert named.headers["location"] == f"/v1/enrolments/{enrolment_id}"
    await programme.post(f"/v1/enrolments/{enrolment_id}/representatives", {"role": "other", "gender": "not-stated"})
    ours = (await programme.get(f"/v1/enrolments/{enrolment_id}")).json()["representatives"]
    agencys = (await programme.get(f"/v1/enrolments/{enrolment_id}", by="agency")).json()["representatives"]
    assert ours[0] == {"person_id": named.json()["id"], **person}
    assert ours[1]["name"] is None
    assert agencys[0] == {**ours[0], "name": None, "email": None}
    assert not any("testdata" in event.data.decode() for event in programme.log.published())


async def test_the_same_representative_sent_again_is_the_same_person() -> None:
    programme = Programme()
    path = f"/v1/enrolments/{await enrolment_in(programme)}/representatives"
    person = {"role": "board", "gender": "man"}
    first = await programme.post(path, person, idempotency_key="k-1")
    again = await programme.post(path, person, idempotency_key="k-1")
    other = await programme.post(path, person, idempotency_key="k-2")
    assert first.json() == again.json()
    assert other.json()["id"] != first.json()["id"]


@pytest.mark.parametrize(
    ("room", "body"),
    [("representatives", {"role": "board", "gender": "man", "name": "x"}), ("withdrawals", {"reason": "ceased"})],
)
async def test_nobody_changes_somebody_elses_enrolment(room: str, body: dict[str, str]) -> None:
    programme = Programme()
    enrolment_id = await enrolment_in(programme)
    foreign = await programme.post(f"/v1/enrolments/{enrolment_id}/{room}", body, by="theirs")
    missing = await programme.post(f"/v1/enrolments/{new_id()}/{room}", body, by="theirs")
    assert foreign.status_code == missing.status_code == 404
    assert (await programme.get(f"/v1/enrolments/{enrolment_id}", by="theirs")).status_code == 404


async def test_a_company_leaves_once_and_is_shown_to_have_left() -> None:
    programme = Programme()
    enrolment_id = await enrolment_in(programme)
    programme.now = NOON + timedelta(days=30)
    path = f"/v1/enrolments/{enrolment_id}/withdrawals"
    assert (await programme.post(path, {"reason": "no-time"})).status_code == 201
    assert (await programme.post(path, {"reason": "no-time"})).status_code == 409
    read = await programme.get(f"/v1/enrolments/{enrolment_id}")
    assert (read.json()["withdrawn_on"], read.json()["withdrawal_reason"]) == ("2023-05-17", "no-time")
    assert read.headers["etag"] == '"2"'


async def test_lists_are_narrowed_to_a_project_and_to_what_the_reader_may_see() -> None:
    programme = Programme()
    await enrolment_in(programme)
    counted = {
        (by, project): (await programme.get(f"/v1/enrolments?project={project}", by=by)).json()["_meta"]["total"]
        for by in ("ours", "agency", "theirs")
        for project in (PROJECT, THEIR_PROJECT)
    }
    assert counted == {
        ("ours", PROJECT): 1,
        ("agency", PROJECT): 1,
        ("theirs", PROJECT): 0,
        ("ours", THEIR_PROJECT): 0,
        ("agency", THEIR_PROJECT): 0,
        ("theirs", THEIR_PROJECT): 0,
    }
