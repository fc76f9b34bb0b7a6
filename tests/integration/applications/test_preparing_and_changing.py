"""The money line, partial grants, revocations and changes, read from the read models on a real MongoDB."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from shared.eventlog.memory import InMemoryEventLog
from shared.kernel.ids import new_id
from tests.integration.applications.conftest import Place
from tests.integration.applications.projected import Desk
from tests.unit.applications.calls import pilot_with
from tests.unit.applications.desk import ON_DECISION_DAY, a_consolidation_body, a_grant_body, client_with
from tests.unit.applications.examples import KRONA, the_call
from tests.unit.applications.test_deciding_over_http import CHANGES

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

PRIORITIES = f"/calls/{the_call().id}/priorities"
REVOCATION = {"legal_basis": "2022-1468-17", "reasons": "Villkoren följs inte."}


@pytest_asyncio.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    log = InMemoryEventLog()
    async with client_with(log=log, db=place.db) as client:
        desk = Desk(client, log, place.db)
        assert (await desk.publish(content=pilot_with(changes=CHANGES))).status_code == 201
        yield desk


async def line(desk: Desk, query: str = "", who: str = "decider") -> Any:  # noqa: ANN401 - JSON
    await desk.project()
    answer = await desk.get(who, PRIORITIES + query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def places(drawn: Any) -> list[tuple[str, int, int | None, bool | None]]:  # noqa: ANN401 - JSON
    return [
        (one["application"], one["amount_ore"] // KRONA, one["accumulated_ore"], one["fits"]) for one in drawn["places"]
    ]


async def test_the_line_counts_grants_first_and_then_what_is_proposed_in_order(desk: Desk) -> None:
    granted, second, third = await desk.assessed(), await desk.scored(), await desk.assessed()
    await desk.done("officer-1", f"/applications/{second}/consolidations", a_consolidation_body(700_000))
    await desk.done("decider", f"/applications/{granted}/grants", a_grant_body(), **ON_DECISION_DAY)
    drawn = await line(desk)
    assert places(drawn) == [
        (granted, 800_000, None, None),
        (second, 700_000, 1_500_000 * KRONA, True),
        (third, 800_000, 2_300_000 * KRONA, True),
    ]
    assert (drawn["granted_ore"], drawn["free_ore"], drawn["complete"]) == (80_000_000, 920_000_000, True)
    order = {"order": [third, second], "reasons": "Den tredje når fler företag."}
    await desk.done("decider", PRIORITIES, order)
    drawn = await line(desk)
    assert [one["application"] for one in drawn["places"]] == [third, second, granted]
    assert (drawn["set_by"], drawn["reasons"]) == ("decider-1", "Den tredje når fler företag.")


async def test_another_amount_is_tried_without_a_trace(desk: Desk) -> None:
    application = await desk.assessed()
    before = await line(desk)
    tried = await line(desk, f"?amounts={application}:{100_000 * KRONA}")
    assert places(tried) == [(application, 100_000, 100_000 * KRONA, True)]
    assert await line(desk) == before
    higher = await desk.get("decider", f"{PRIORITIES}?amounts={application}:{800_001 * KRONA}")
    assert higher.json()["code"] == "GrantExceedsApplication"
    assert (await desk.get("decider", f"{PRIORITIES}?amounts={new_id()}:0")).status_code == 404
    assert (await desk.get("decider", f"{PRIORITIES}?amounts=everything")).status_code == 422


async def test_who_has_a_conflict_sees_no_place_of_the_case_and_sets_no_order(desk: Desk) -> None:
    open_case, conflict = await desk.assessed(), await desk.assessed()
    declaration = {"has_conflict": True, "reason": "Släkt med sökanden."}
    await desk.done("officer-2", f"/applications/{conflict}/conflicts-of-interest", declaration)
    drawn = await line(desk, who="officer-2")
    assert [one["application"] for one in drawn["places"]] == [open_case]
    assert drawn["complete"] is False
    order = {"order": [open_case], "reasons": "Bäst."}
    assert (await desk.post("officer-2", PRIORITIES, order)).json()["code"] == "PriorityNeedsImpartiality"
    await desk.done("officer-1", PRIORITIES, order)
    unknown = await desk.post("officer-1", PRIORITIES, {"order": [new_id()], "reasons": "Bäst."})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "PriorityOrderNotSound")
    missing = await desk.post("officer-1", "/calls/unknown/priorities", order)
    assert missing.status_code == 404


async def test_a_proposed_partial_grant_is_read_by_the_applicant_with_its_reasons(desk: Desk) -> None:
    application = await desk.assessed()
    path = f"/applications/{application}/proposals"
    await desk.project()
    assert (await desk.get("editor", path)).status_code == 404
    await desk.done("officer-1", path, {"amount_ore": 60_000_000, "reasons": "Resorna ryms inte."}, **ON_DECISION_DAY)
    await desk.project()
    assert (await desk.get("editor", path)).json() == {
        "amount_ore": 60_000_000,
        "due_on": "2023-03-24",
        "confirmed": False,
        "reasons": "Resorna ryms inte.",
    }
    assert (await desk.get("foreign", path)).status_code == 404
    assert places(await line(desk)) == [(application, 600_000, 60_000_000, True)]


async def test_a_revocation_frees_what_is_not_paid_out(desk: Desk, place: Place) -> None:
    application = await desk.granted()
    path = f"/applications/{application}/revocations"
    await place.db["payouts"].insert_one({"_id": application, "paid_ore": 300_000 * KRONA})
    below = await desk.post("decider", path, {**REVOCATION, "amount_ore": 500_001 * KRONA}, **ON_DECISION_DAY)
    assert (below.status_code, below.json()["code"], below.json()["rule"]) == (409, "GrantBelowPaid", "A17")
    await desk.done("decider", path, {**REVOCATION, "amount_ore": 100_000 * KRONA}, **ON_DECISION_DAY)
    assert (await line(desk))["granted_ore"] == 700_000 * KRONA
    await desk.done("decider", path, REVOCATION, **ON_DECISION_DAY)
    assert (await line(desk))["granted_ore"] == 300_000 * KRONA
    read = (await desk.get("editor", f"/applications/{application}")).json()
    assert (read["status"], read["amount_granted_ore"]) == ("revoked", 0)


async def test_changes_are_read_with_what_can_be_asked_for_and_why_not(desk: Desk) -> None:
    application = await desk.granted()
    path = f"/applications/{application}/changes"
    body = {"kind": "period", "reasons": "Starten blev senare.", "ends_on": "2023-09-30"}
    change = (await desk.done("editor", path, body, **ON_DECISION_DAY)).json()["id"]
    await desk.project()
    read = (await desk.get("editor", path)).json()
    assert [(one["id"], one["reasons"], one["approved"]) for one in read["changes"]] == [
        (change, "Starten blev senare.", None)
    ]
    possible = {one["kind"]: one for one in read["possible"]}
    assert possible["budget"] == {
        "kind": "budget",
        "decided_by": "agency.decision_maker",
        "available": True,
        "why_not": None,
    }
    assert possible["period"]["why_not"]["code"] == "ChangeAlreadyOpen"
    assert possible["direction"]["decided_by"] is None
    assert (possible["direction"]["why_not"]["rule"], possible["direction"]["why_not"]["code"]) == (
        "A19",
        "ChangeNotAvailable",
    )
    decision = {"approved": True, "reasons": "Ryms i utlysningen."}
    await desk.done("officer-1", f"{path}/{change}/decisions", decision, **ON_DECISION_DAY)
    await desk.project()
    (decided,) = (await desk.get("officer-1", path)).json()["changes"]
    assert (decided["approved"], decided["decision_reasons"]) == (True, "Ryms i utlysningen.")
    assert (await desk.get("editor", f"/applications/{application}")).json()["ends_on"] == "2023-09-30"
    assert (await desk.get("foreign", path)).status_code == 404
    hidden = {"has_conflict": True, "reason": "Släkt med sökanden."}
    await desk.done("officer-2", f"/applications/{application}/conflicts-of-interest", hidden)
    await desk.project()
    assert (await desk.get("officer-2", path)).status_code == 404
