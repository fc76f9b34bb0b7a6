"""Activities over HTTP: what an integrator meets."""

from datetime import date
from typing import Any

import pytest

from services.events.main import SERVICE
from shared.contracts.participants import (
    CompanyEnrolled,
    EnrolmentWithdrawn,
    Gender,
    RepresentativeNamed,
    RepresentativeRole,
    SizeClass,
    WithdrawalReason,
)
from shared.kernel.ids import new_id
from tests.unit.events.examples import ANNA, BO, COMPANY, ENROLMENT, NOON, OURS, PROJECT
from tests.unit.participants.programme import Programme

pytestmark = pytest.mark.asyncio

LIST = {
    "attendance": [
        {"enrolment_id": ENROLMENT, "person_id": ANNA, "minutes": 180},
        {"enrolment_id": ENROLMENT, "person_id": BO, "minutes": 95},
    ],
    "guests": 2,
}


def a_plan_body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the example
    """Return the body that plans a workshop from nine to noon, Swedish time."""
    return {
        "project": PROJECT,
        "kind": "workshop",
        "phase": "introduction",
        "form": "on-site",
        "starts_at": "2023-05-10T09:00:00+02:00",
        "ends_at": "2023-05-10T12:00:00+02:00",
        "capacity": 30,
        "title": "Riskanalys (testdata)",
        "place": "Sal 2",
        **changes,
    }


def enrol(programme: Programme) -> None:
    """Let the service see the company's enrolment and its two representatives."""
    stream = f"enrolment/{ENROLMENT}"
    enrolled = CompanyEnrolled(
        enrolment_id=ENROLMENT,
        project=PROJECT,
        organisation=OURS,
        company_id=COMPANY,
        enrolled_on=date(2023, 4, 17),
        size_class=SizeClass.SMALL,
        employees=24,
        sni_code="62010",
        municipality="2480",
        county="24",
        below_recommended_size=False,
        motive=None,
    )
    programme.read_models.see(enrolled, stream)
    for sequence, person in enumerate((ANNA, BO), start=2):
        named = RepresentativeNamed(
            enrolment_id=ENROLMENT,
            project=PROJECT,
            company_id=COMPANY,
            person_id=person,
            role=RepresentativeRole.MANAGEMENT,
            gender=Gender.WOMAN,
        )
        programme.read_models.see(named, stream, sequence=sequence)


async def planned(programme: Programme) -> str:
    """Return the address of a planned workshop in a granted project with one enrolled company."""
    programme.grant()
    enrol(programme)
    answer = await programme.post("/v1/activities", a_plan_body())
    assert answer.status_code == 201, answer.text
    return f"/v1/activities/{answer.json()['id']}"


async def held(programme: Programme) -> str:
    """Return the address of a workshop that has been held."""
    address = await planned(programme)
    answer = await programme.post(f"{address}/occurrences", {})
    assert answer.status_code == 201, answer.text
    return address


def a_programme() -> Programme:
    """Return the events service at noon on the day of the workshop."""
    return Programme(SERVICE, NOON)


async def test_a_planned_activity_is_read_with_its_title_and_times_in_utc() -> None:
    programme = a_programme()
    read = await programme.get(await planned(programme))
    shown = read.json()
    assert (shown["title"], shown["place"], shown["status"]) == ("Riskanalys (testdata)", "Sal 2", "planned")
    assert (shown["starts_at"], shown["language"]) == ("2023-05-10T07:00:00Z", "sv")
    assert (shown["attendance_recorded"], shown["companies"], shown["persons"]) == (False, [], 0)
    assert not any("testdata" in event.data.decode() for event in programme.log.published())


async def test_a_project_that_is_not_known_yet_says_when_to_try_again() -> None:
    programme = a_programme()
    refused = await programme.post("/v1/activities", a_plan_body())
    assert (refused.status_code, refused.json()["rule"]) == (409, "E1")
    assert int(refused.headers["retry-after"]) > 0


async def test_attendance_adds_up_per_company_and_counts_guests() -> None:
    programme = a_programme()
    address = await held(programme)
    recorded = await programme.post(f"{address}/attendances", LIST)
    assert recorded.status_code == 201
    shown = (await programme.get(f"{address}?after={recorded.json()['after']}")).json()
    assert shown["companies"] == [{"enrolment_id": ENROLMENT, "company_id": COMPANY, "persons": 2, "minutes": 275}]
    assert (shown["persons"], shown["guests"], shown["held_minutes"], shown["held_on"]) == (2, 2, 180, "2023-05-10")


@pytest.mark.parametrize("again", ["attendances", "attendance-files"])
async def test_attendance_is_recorded_once_also_from_a_file(again: str) -> None:
    programme = a_programme()
    address = await held(programme)
    content = f"enrolment_id;person_id;minutes\r\n{ENROLMENT};{ANNA};180\r\n{ENROLMENT};{BO};95\r\n"
    first = await programme.post_file(f"{address}/attendance-files?guests=2", content.encode("utf-8-sig"))
    assert first.status_code == 201, first.text
    if again == "attendances":
        second = await programme.post(f"{address}/attendances", LIST)
    else:
        second = await programme.post_file(f"{address}/attendance-files", content.encode())
    assert (second.status_code, second.json()["rule"]) == (409, "E2")
    shown = (await programme.get(address)).json()
    assert (shown["persons"], shown["guests"], shown["companies"][0]["minutes"]) == (2, 2, 275)


async def test_a_file_with_a_wrong_column_is_refused_whole_with_its_line() -> None:
    programme = a_programme()
    address = await held(programme)
    content = f"enrolment_id;person_id;hours\n{ENROLMENT};{ANNA};3\n"
    refused = await programme.post_file(f"{address}/attendance-files", content.encode())
    assert refused.status_code == 422
    (problem,) = refused.json()["problems"]
    assert (problem["pointer"], problem["rule"]) == ("#cell=1,3", "E2")
    assert (await programme.get(address)).json()["attendance_recorded"] is False


async def test_a_row_of_a_file_that_the_rules_refuse_is_named_by_its_line() -> None:
    programme = a_programme()
    address = await held(programme)
    refused = await programme.post_file(f"{address}/attendance-files", f"{ENROLMENT};{ANNA};181\n".encode())
    assert refused.status_code == 422
    assert [problem["pointer"] for problem in refused.json()["problems"]] == ["#row=1"]


async def test_a_company_that_is_not_known_yet_says_when_to_try_again() -> None:
    programme = a_programme()
    programme.grant()
    address = f"/v1/activities/{(await programme.post('/v1/activities', a_plan_body())).json()['id']}"
    await programme.post(f"{address}/occurrences", {})
    refused = await programme.post(f"{address}/attendances", LIST)
    assert (refused.status_code, len(refused.json()["problems"])) == (409, 2)
    assert int(refused.headers["retry-after"]) > 0
    enrol(programme)
    assert (await programme.post(f"{address}/attendances", LIST)).status_code == 201


async def test_a_company_that_has_left_is_not_counted_afterwards() -> None:
    programme = a_programme()
    address = await held(programme)
    left = EnrolmentWithdrawn(
        enrolment_id=ENROLMENT,
        project=PROJECT,
        company_id=COMPANY,
        withdrawn_on=date(2023, 5, 9),
        reason=WithdrawalReason.NO_TIME,
    )
    programme.read_models.see(left, f"enrolment/{ENROLMENT}", sequence=4)
    assert (await programme.post(f"{address}/attendances", LIST)).status_code == 422


async def test_an_activity_may_be_held_with_its_attendance_at_once() -> None:
    programme = a_programme()
    address = await planned(programme)
    answer = await programme.post(f"{address}/occurrences", {"minutes": 200, **LIST})
    assert (answer.status_code, answer.json()["version"]) == (201, 3)
    assert (await programme.get(address)).json()["persons"] == 2


async def test_a_cancelled_activity_says_why() -> None:
    programme = a_programme()
    address = await planned(programme)
    assert (await programme.post(f"{address}/cancellations", {"reason": "illness"})).status_code == 201
    shown = (await programme.get(address)).json()
    assert (shown["status"], shown["cancellation_reason"]) == ("cancelled", "illness")


@pytest.mark.parametrize(
    ("room", "body"), [("occurrences", {}), ("cancellations", {"reason": "other"}), ("attendances", LIST)]
)
async def test_somebody_elses_activity_answers_as_one_that_is_not_there(room: str, body: dict[str, object]) -> None:
    programme = a_programme()
    address = await planned(programme)
    foreign = await programme.post(f"{address}/{room}", body, by="theirs")
    missing = await programme.post(f"/v1/activities/{new_id()}/{room}", body, by="theirs")
    assert foreign.status_code == missing.status_code == 404
    assert (await programme.get(address, by="theirs")).status_code == 404
    assert (await programme.get("/v1/activities", by="theirs")).json()["items"] == []


async def test_lists_are_in_the_order_in_which_activities_begin() -> None:
    programme = a_programme()
    programme.grant()
    for day in ("12", "10", "11"):
        times = {"starts_at": f"2023-05-{day}T09:00:00+02:00", "ends_at": f"2023-05-{day}T12:00:00+02:00"}
        await programme.post("/v1/activities", a_plan_body(title=f"Dag {day}", **times))
    first = (await programme.get("/v1/activities?limit=2")).json()
    assert [item["title"] for item in first["items"]] == ["Dag 10", "Dag 11"]
    assert (first["_meta"]["total"], first["_links"]["next"] is not None) == (3, True)
    assert len((await programme.get(f"/v1/activities?project={PROJECT}", by="agency")).json()["items"]) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": "2023-05-10T09:00:00"},
        {"capacity": 0},
        {"capacity": True},
        {"kind": "party"},
        {"language": "swedish"},
        {"title": " "},
        {"guests": 1},
    ],
)
async def test_a_malformed_plan_is_refused(changes: dict[str, object]) -> None:
    programme = a_programme()
    programme.grant()
    assert (await programme.post("/v1/activities", a_plan_body(**changes))).status_code == 422
    assert not programme.log.published()


@pytest.mark.parametrize("by", ["our-reader", "agency"])
async def test_only_the_projects_own_editors_plan(by: str) -> None:
    programme = a_programme()
    programme.grant()
    assert (await programme.post("/v1/activities", a_plan_body(), by=by)).status_code == 403


async def test_a_file_is_sent_as_csv() -> None:
    programme = a_programme()
    address = await held(programme)
    assert (await programme.post(f"{address}/attendance-files", LIST)).status_code == 415
