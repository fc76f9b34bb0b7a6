"""What is read over HTTP from the read models on a real MongoDB: lists, one, tenancy, filters."""

import pytest

from services.applications.application.views import paid_out
from shared.kernel.ids import new_id
from tests.integration.applications.conftest import Place
from tests.integration.applications.projected import Desk
from tests.unit.applications.desk import ON_DECISION_DAY, a_body, a_grant_body
from tests.unit.applications.examples import KRONA, the_call

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def test_a_published_call_is_listed_and_read_whole(desk: Desk) -> None:
    await desk.project()
    listed = (await desk.get("editor", "/calls")).json()
    assert [one["id"] for one in listed["items"]] == [the_call().id]
    assert listed["_meta"] == {"total": 1, "limit": 20, "offset": 0}
    answer = await desk.get("operator", f"/calls/{the_call().id}")
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["definition"] == the_call().model_dump(mode="json")


async def test_a_call_that_does_not_exist_is_not_found(desk: Desk) -> None:
    assert (await desk.get("editor", "/calls/unknown")).status_code == 404
    assert (await desk.get("editor", "/calls/unknown/budget")).status_code == 404


async def test_an_application_is_read_with_its_form_and_the_text_of_its_decision(desk: Desk) -> None:
    application = await desk.assessed()
    await desk.project()
    before = (await desk.get("editor", f"/applications/{application}")).json()
    assert (before["status"], before["assessments"], before["decision"]) == ("submitted", 2, None)
    await desk.post("decider", f"/applications/{application}/grants", a_grant_body(), **ON_DECISION_DAY)
    await desk.project()
    answer = await desk.get("editor", f"/applications/{application}")
    granted = answer.json()
    assert answer.headers["etag"] == '"11"'
    assert (granted["status"], granted["amount_granted_ore"]) == ("granted", 800_000 * KRONA)
    assert granted["decision"]["reasons"] == "Projektet passar utlysningen."
    form, sent = granted["form"], a_body()
    assert {name: form[name] for name in ("title", "answers", "amount_applied_ore")} == {
        name: sent[name] for name in ("title", "answers", "amount_applied_ore")
    }
    assert form["applicant"].items() >= sent["applicant"].items()


async def test_an_organisation_sees_its_own_and_the_agency_sees_where_no_conflict_is_declared(desk: Desk) -> None:
    own, foreign = await desk.submitted("system"), await desk.submitted("foreign")
    await desk.project()

    async def listed(who: str) -> list[str]:
        answer = await desk.get(who, "/applications")
        return [one["id"] for one in answer.json()["items"]]

    assert await listed("editor") == [own]
    assert await listed("foreign") == [foreign]
    assert await listed("officer-1") == [], "before a conflict of interest is ruled out"
    await desk.declared("officer-1", foreign)
    await desk.project()
    assert await listed("officer-1") == [foreign]
    await desk.declared("officer-1", own)
    await desk.project()
    assert await listed("officer-1") == [own, foreign]
    assert await listed("officer-2") == [], "each declares for themselves"
    assert (await desk.get("manager", "/applications")).status_code == 403
    assert (await desk.get("operator", "/applications")).status_code == 403


async def test_a_foreign_application_is_answered_like_a_missing_one(desk: Desk) -> None:
    own = await desk.submitted()
    await desk.project()
    foreign = await desk.get("foreign", f"/applications/{own}")
    missing = await desk.get("foreign", f"/applications/{new_id()}")
    answers = [{**one.json(), "instance": ""} for one in (foreign, missing)]
    assert foreign.status_code == 404
    assert answers[0] == answers[1]
    assert (await desk.get("editor", f"/applications/{own}")).status_code == 200


async def test_a_list_is_narrowed_and_paged(desk: Desk) -> None:
    ids = [await desk.submitted() for _ in range(3)]
    dismissal = {"reason": "not-entitled", "reasons": "Sökanden är inte behörig."}
    await desk.registered(ids[1])
    await desk.post("decider", f"/applications/{ids[1]}/dismissals", dismissal)
    await desk.project()

    async def listed(query: str) -> list[str]:
        answer = await desk.get("editor", f"/applications?{query}")
        return [one["id"] for one in answer.json()["items"]]

    assert await listed("status=submitted") == [ids[0], ids[2]]
    assert await listed("status=dismissed") == [ids[1]]
    assert await listed("call=another-call") == []
    assert await listed(f"call={the_call().id}&limit=2&offset=1") == ids[1:]
    assert (await desk.get("editor", "/applications?status=unknown")).status_code == 422


async def test_what_was_paid_out_of_a_project_is_found_and_nothing_is_nothing(place: Place) -> None:
    application = new_id()
    assert await paid_out(place.db, application) == 0
    await place.db["payouts"].insert_one({"_id": application, "paid_ore": 700, "_stream": "account/x"})
    assert await paid_out(place.db, application) == 700
    assert await paid_out(place.db, new_id()) == 0


async def test_a_calls_budget_tells_what_is_left(desk: Desk) -> None:
    application = await desk.assessed()
    path = f"/calls/{the_call().id}/budget"
    await desk.project()
    assert (await desk.get("editor", path)).json()["free_ore"] == 10_000_000 * KRONA
    await desk.post("decider", f"/applications/{application}/grants", a_grant_body(), **ON_DECISION_DAY)
    await desk.project()
    assert (await desk.get("editor", path)).json() == {
        "call": the_call().id,
        "ceiling_ore": 10_000_000 * KRONA,
        "reserved_ore": 800_000 * KRONA,
        "free_ore": 9_200_000 * KRONA,
        "grants": 1,
    }
