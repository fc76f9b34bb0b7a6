"""What the agency reads of cases before and after a conflict of interest is ruled out, and how it finds them."""

import pytest

from shared.kernel.ids import new_id
from tests.integration.applications.projected import Desk

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

CANARY = "Kanariefågel i kolgruvan"


async def found(desk: Desk, who: str, query: str = "", of: str = "cases") -> list[str]:
    answer = await desk.get(who, f"/{of}?{query}")
    assert answer.status_code == 200, answer.text
    listed = answer.json()
    assert listed["_meta"]["total"] >= len(listed["items"])
    return [one["id"] for one in listed["items"]]


async def test_before_the_declaration_a_case_shows_its_parties_and_no_content(desk: Desk) -> None:
    application = await desk.submitted(title=CANARY)
    await desk.project()
    (case,) = (await desk.get("officer-1", "/cases")).json()["items"]
    assert (case["id"], case["applicant"], case["examined"]) == (application, "Exempel Science Park AB", False)
    parties = await desk.get("officer-1", f"/cases/{application}/parties")
    assert parties.json() == {
        "applicant": "Exempel Science Park AB",
        "organisation_number": "559999-0016",
        "financiers": [{"name": "Egna medel", "organisation_number": None, "source": "own"}],
        "represented": [],
        "trained": [],
    }
    refused = await desk.get("officer-1", f"/applications/{application}")
    assert (refused.status_code, refused.json()["code"]) == (409, "ConflictNotDeclared")
    for answer in (await desk.get("officer-1", "/cases"), parties, refused):
        assert CANARY not in answer.text
    assert await found(desk, "officer-1", of="applications") == []


async def test_after_the_declaration_the_case_is_read(desk: Desk) -> None:
    application = await desk.submitted(title=CANARY)
    await desk.declared("officer-1", application)
    await desk.project()
    (case,) = (await desk.get("officer-1", "/cases")).json()["items"]
    assert case["examined"] is True
    assert (await desk.get("officer-1", f"/applications/{application}")).json()["title"] == CANARY
    assert (await desk.get("officer-2", f"/applications/{application}")).status_code == 409


async def test_after_a_conflict_there_is_no_trace_of_the_case(desk: Desk) -> None:
    application, other = await desk.submitted(title=CANARY), await desk.submitted()
    for each in (application, other):
        await desk.declared("officer-1", each)
    await desk.declared("officer-1", application, has_conflict=True)
    await desk.project()
    assert await found(desk, "officer-1") == [other]
    assert await found(desk, "officer-1", of="applications") == [other]
    assert await found(desk, "officer-1", "text=kanariefågel") == []
    for path in ("/applications/{}", "/cases/{}/parties"):
        conflicted = await desk.get("officer-1", path.format(application))
        missing = await desk.get("officer-1", path.format(new_id()))
        assert conflicted.status_code == 404
        assert {**conflicted.json(), "instance": ""} == {**missing.json(), "instance": ""}
    assert await found(desk, "officer-2") == [application, other]
    assert await found(desk, "editor", of="applications") == [application, other], "the applicant's own stays"


async def test_cases_are_the_agencys(desk: Desk) -> None:
    application = await desk.submitted()
    await desk.project()
    for who in ("editor", "manager", "operator"):
        assert (await desk.get(who, "/cases")).status_code == 403
        assert (await desk.get(who, f"/cases/{application}/parties")).status_code == 403


async def test_cases_are_found_by_the_words_of_their_heading(desk: Desk) -> None:
    first = await desk.submitted(title="Säker data i produktionen")
    second = await desk.submitted(title="Trygga plattformar")
    await desk.project()
    assert await found(desk, "officer-1", "text=säker") == [], "before the declaration no word of the form is told"
    for application in (first, second):
        await desk.declared("officer-1", application)
    await desk.project()
    assert await found(desk, "officer-1", "text=SÄKER") == [first], "upper and lower case are the same"
    assert await found(desk, "officer-1", "text=produktionen, data") == [first]
    assert await found(desk, "officer-1", "text=säker plattformar") == [], "all of the words"
    assert await found(desk, "officer-1", "text=exempel") == [first, second], "the applicant's name too"
    assert await found(desk, "officer-1", "text=säke") == [], "whole words"
    assert await found(desk, "editor", "text=plattformar", of="applications") == [second]


async def test_cases_are_found_by_county_and_theme(desk: Desk) -> None:
    first = await desk.submitted(counties=["05", "14"])
    second = await desk.submitted(counties=["14"], theme="climate")
    await desk.project()
    assert await found(desk, "officer-1", "county=05") == []
    assert await found(desk, "officer-1", "theme=climate") == []
    for application in (first, second):
        await desk.declared("officer-1", application)
    await desk.project()
    assert await found(desk, "officer-1", "county=05") == [first]
    assert await found(desk, "officer-1", "county=14") == [first, second]
    assert await found(desk, "officer-1", "theme=climate") == [second]
    assert await found(desk, "officer-1", "theme=climate&county=05") == []
    assert (await desk.get("officer-1", "/cases?county=5")).status_code == 422


async def test_cases_are_found_by_officer_and_by_substitute(desk: Desk) -> None:
    first, second = await desk.submitted(), await desk.submitted()
    body = {"officer": "officer-1", "substitute": "officer-2", "substitute_until": "2023-07-31"}
    await desk.post("registrar", f"/applications/{first}/assignments", body)
    await desk.post("registrar", f"/applications/{second}/assignments", {"officer": "officer-2"})
    await desk.project()
    assert await found(desk, "registrar", "officer=officer-1") == [first]
    assert await found(desk, "registrar", "officer=officer-2") == [first, second]
    assert await found(desk, "registrar", "officer=officer-3") == []


async def test_cases_are_found_by_when_they_are_due(desk: Desk) -> None:
    application = await desk.assessed()
    await desk.submitted()
    grant = {"amount_ore": 80_000_000, "legal_basis": "2022-1468-17", "reasons": "Projektet passar utlysningen."}
    granted = await desk.post(
        "decider", f"/applications/{application}/grants", grant, sandbox_now="2023-03-10T09:00:00Z"
    )
    assert granted.status_code == 201
    await desk.project()
    assert await found(desk, "officer-1", "due_by=2023-03-31") == [application], "the last day to accept"
    assert await found(desk, "officer-1", "due_by=2023-03-30") == []


async def test_a_page_of_cases_is_a_part_of_all(desk: Desk) -> None:
    ids = [await desk.submitted() for _ in range(3)]
    await desk.declared("officer-1", ids[0], has_conflict=True)
    await desk.project()
    answer = (await desk.get("officer-1", "/cases?limit=1&offset=1")).json()
    assert [one["id"] for one in answer["items"]] == [ids[2]]
    assert answer["_meta"] == {"total": 2, "limit": 1, "offset": 1}, "the count gives nothing away either"


async def test_a_saved_list_has_what_the_list_has_and_no_trace_of_a_case_in_conflict(desk: Desk) -> None:
    hidden, shown = await desk.submitted(title=CANARY), await desk.submitted(title="Grundtema")
    for each in (hidden, shown):
        await desk.declared("officer-1", each)
    await desk.declared("officer-1", hidden, has_conflict=True)
    await desk.project()
    own = await desk.get("editor", "/application-exports?format=csv&text=kanariefågel")
    assert (own.headers["content-type"], own.headers["content-disposition"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="ansokningar.csv"',
    )
    assert hidden in own.text
    assert shown not in own.text
    saved = await desk.get("officer-1", "/application-exports?format=csv")
    assert shown in saved.text
    assert hidden not in saved.text
    assert CANARY not in saved.text
    assert (await desk.get("officer-2", "/application-exports?format=xlsx")).content[:2] == b"PK"
    assert (await desk.get("officer-2", "/application-exports?format=pdf")).status_code == 422
