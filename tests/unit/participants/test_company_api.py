"""Companies over HTTP: what an integrator meets."""

import asyncio

import pytest

from shared.kernel.ids import new_id
from tests.unit.participants.examples import LEGAL_PERSON
from tests.unit.participants.programme import Programme, a_company_body

pytestmark = pytest.mark.asyncio


async def test_a_registered_company_is_read_by_its_own_organisation_with_name_and_number() -> None:
    programme = Programme()
    registered = await programme.post("/v1/companies", a_company_body(organisation_number="559001-0004"))
    assert registered.status_code == 201
    assert registered.headers["etag"] == '"1"'
    company_id = registered.json()["id"]
    assert registered.headers["location"] == f"/v1/companies/{company_id}"
    read = await programme.get(f"/v1/companies/{company_id}?after={registered.json()['after']}")
    assert read.status_code == 200
    assert read.headers["etag"] == '"1"'
    assert read.json()["name"] == "Testföretag 01 AB (testdata)"
    assert read.json()["organisation_number"] == LEGAL_PERSON
    assert (read.json()["county"], read.json()["sni_code"]) == ("24", "62010")
    assert programme.reads.waits == [f"company/{company_id}"]


async def test_the_agency_reads_codes_and_not_who_it_is() -> None:
    programme = Programme()
    company_id = (await programme.post("/v1/companies", a_company_body())).json()["id"]
    read = await programme.get(f"/v1/companies/{company_id}", by="agency")
    assert (read.json()["municipality"], read.json()["name"], read.json()["organisation_number"]) == (
        "2480",
        None,
        None,
    )


async def test_somebody_elses_company_answers_as_one_that_is_not_there() -> None:
    programme = Programme()
    company_id = (await programme.post("/v1/companies", a_company_body())).json()["id"]
    foreign = await programme.get(f"/v1/companies/{company_id}", by="theirs")
    missing = await programme.get(f"/v1/companies/{new_id()}", by="theirs")
    assert foreign.status_code == missing.status_code == 404
    assert {**foreign.json(), "instance": ""} == {**missing.json(), "instance": ""}


async def test_lists_hold_what_the_reader_may_see() -> None:
    programme = Programme()
    await programme.post("/v1/companies", a_company_body())
    assert (await programme.get("/v1/companies")).json()["_meta"]["total"] == 1
    assert (await programme.get("/v1/companies", by="agency")).json()["_meta"]["total"] == 1
    theirs = (await programme.get("/v1/companies", by="theirs")).json()
    assert (theirs["items"], theirs["_meta"]["total"]) == ([], 0)


async def test_a_number_is_registered_once_and_the_answer_does_not_say_by_whom() -> None:
    programme = Programme()
    first = await programme.post("/v1/companies", a_company_body())
    second = await programme.post("/v1/companies", a_company_body(organisation_number="16559001-0004"), by="theirs")
    assert second.status_code == 409
    assert second.json()["type"].endswith("organisation-number-taken")
    assert second.json()["rule"] == "P1"
    assert first.json()["id"] not in second.text
    assert LEGAL_PERSON not in second.text


async def test_of_two_registrations_at_once_exactly_one_succeeds() -> None:
    programme = Programme()
    answers = await asyncio.gather(
        *(programme.post("/v1/companies", a_company_body(), by=by) for by in ("ours", "theirs"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_a_company_is_looked_up_by_whoever_knows_its_number() -> None:
    programme = Programme()
    company_id = (await programme.post("/v1/companies", a_company_body())).json()["id"]
    for by in ("ours", "theirs"):
        found = await programme.post("/v1/companies/lookups", {"organisation_number": "165590010004"}, by=by)
        assert (found.status_code, found.json()) == (200, {"id": company_id})


async def test_a_number_that_nobody_registered_is_not_found_and_a_malformed_one_refused() -> None:
    programme = Programme()
    missing = await programme.post("/v1/companies/lookups", {"organisation_number": LEGAL_PERSON})
    malformed = await programme.post("/v1/companies/lookups", {"organisation_number": "5590010005"})
    assert (missing.status_code, malformed.status_code) == (404, 422)
    assert malformed.json()["rule"] == "P1"


async def test_the_same_request_again_gives_the_same_company() -> None:
    programme = Programme()
    first = await programme.post("/v1/companies", a_company_body(), idempotency_key="k-1")
    again = await programme.post("/v1/companies", a_company_body(), idempotency_key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": "x"},
        {"employees": True},
        {"employees": -1},
        {"turnover_ore": 1.5},
        {"turnover_ore": 2**63},
        {"accounts_closed_on": "2022-13-01"},
        {"sni_code": "6201"},
        {"sni_version": "2002"},
        {"municipality": "248"},
        {"name": ""},
        {"organisation_number": "1" * 21},
    ],
)
async def test_a_malformed_body_is_refused_without_being_echoed(changes: dict[str, object]) -> None:
    programme = Programme()
    refused = await programme.post("/v1/companies", a_company_body(**changes))
    assert refused.status_code == 422
    assert LEGAL_PERSON not in refused.text
    assert not programme.log.published()


async def test_a_malformed_company_leaves_nothing_behind() -> None:
    programme = Programme()
    refused = await programme.post(
        "/v1/companies", a_company_body(municipality="9999", organisation_number="5590010005")
    )
    assert refused.status_code == 422
    assert [problem["pointer"] for problem in refused.json()["problems"]] == ["/organisation_number", "/municipality"]
    assert not programme.log.published()


@pytest.mark.parametrize("by", ["our-reader", "agency"])
async def test_only_the_projects_own_editors_register(by: str) -> None:
    assert (await Programme().post("/v1/companies", a_company_body(), by=by)).status_code == 403


@pytest.mark.parametrize(
    ("day", "code"), [("1999-12-31", 422), ("2000-01-01", 201), ("2101-01-01", 422), ("0001-01-01", 422)]
)
async def test_a_closed_year_ends_on_a_day_that_can_be_meant(day: str, code: int) -> None:
    programme = Programme()
    answer = await programme.post("/v1/companies", a_company_body(accounts_closed_on=day))
    assert answer.status_code == code, answer.text
