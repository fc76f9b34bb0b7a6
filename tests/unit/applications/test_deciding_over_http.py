"""Assessments, partial grants, revocations and changes over HTTP: who may, what is answered, and what is refused."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from shared.kernel.ids import new_id
from tests.unit.applications.calls import pilot_with
from tests.unit.applications.desk import (
    BASE,
    ON_DECISION_DAY,
    Caller,
    a_consolidation_body,
    a_grant_body,
    an_assessment_body,
    client_with,
)
from tests.unit.applications.examples import KRONA, the_call

pytestmark = pytest.mark.asyncio

CHANGES = "[{kind: period, decided_by: agency.case_officer}, {kind: budget, decided_by: agency.decision_maker}]"


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Caller]:
    async with client_with() as client:
        desk = Caller(client)
        assert (await desk.publish(content=pilot_with(changes=CHANGES))).status_code == 201
        yield desk


async def assessments(desk: Caller, who: str, application: str) -> Any:  # noqa: ANN401 - JSON
    return (await desk.get(who, f"/applications/{application}/assessments")).json()


async def test_assessors_see_each_others_assessments_when_all_are_done(desk: Caller) -> None:
    application = await desk.handled()
    path = f"/applications/{application}/assessments"
    await desk.done("officer-1", path, an_assessment_body())
    own, other = await assessments(desk, "officer-1", application), await assessments(desk, "officer-2", application)
    assert [one["assessed_by"] for one in own["assessments"]] == ["officer-1"]
    assert own["assessments"][0]["scores"][0]["reason"] == "Väl beskrivet."
    assert (other["assessments"], other["all_done"]) == ([], False)
    assert (await assessments(desk, "decider", application))["assessments"] == []
    await desk.done("officer-2", path, an_assessment_body())
    for who in ("officer-1", "officer-2", "decider"):
        seen = await assessments(desk, who, application)
        assert [one["assessed_by"] for one in seen["assessments"]] == ["officer-1", "officer-2"]
        assert (seen["all_done"], seen["consolidated"]) == (True, None)


async def test_a_consolidated_assessment_is_read_with_its_points_and_reasons(desk: Caller) -> None:
    application = await desk.scored()
    path = f"/applications/{application}/consolidations"
    refused = await desk.post("officer-1", path, {**a_consolidation_body(), "amount_proposed_ore": 1})
    assert refused.json()["code"] == "ConsolidationNotSound"
    await desk.done("officer-1", path, a_consolidation_body())
    together = (await assessments(desk, "decider", application))["consolidated"]
    assert (together["points"], together["amount_proposed_ore"]) == (400, 800_000 * KRONA)
    assert together["scores"][0]["reason"] == "Väl beskrivet."


async def test_nobody_reads_assessments_before_declaring_no_conflict_or_in_one(desk: Caller) -> None:
    application = await desk.submitted()
    path = f"/applications/{application}"
    assert (await assessments(desk, "officer-1", application))["code"] == "ConflictNotDeclared"
    conflict = {"has_conflict": True, "reason": "Släkt med sökanden."}
    await desk.done("officer-1", f"{path}/conflicts-of-interest", conflict)
    missing = await desk.get("officer-1", f"/applications/{new_id()}/assessments")
    hidden = await desk.get("officer-1", f"{path}/assessments")
    assert (
        (hidden.status_code, hidden.json()["code"])
        == (missing.status_code, missing.json()["code"])
        == (404, "NotFound")
    )
    for who in ("system", "registrar", "manager"):
        assert (await desk.get(who, f"{path}/assessments")).status_code == 403


async def test_a_decision_waits_for_the_consolidated_assessment(desk: Caller) -> None:
    path = f"/applications/{await desk.scored()}"
    rejection = {"legal_basis": "2022-1468-17", "reasons": "Utlysningens krav uppfylls inte."}
    for step, body in (("grants", a_grant_body()), ("rejections", rejection)):
        answer = await desk.post("decider", f"{path}/{step}", body, **ON_DECISION_DAY)
        assert (answer.status_code, answer.json()["code"]) == (409, "AssessmentsNotConsolidated")
    await desk.done("officer-1", f"{path}/consolidations", a_consolidation_body())
    await desk.done("decider", f"{path}/rejections", rejection, **ON_DECISION_DAY)


async def test_a_change_is_asked_for_by_the_project_and_decided_by_the_role_the_call_names(desk: Caller) -> None:
    path = f"/applications/{await desk.granted()}/changes"
    body = {"kind": "period", "reasons": "Starten blev senare.", "ends_on": "2023-09-30"}
    asked = await desk.done("editor", path, body, **ON_DECISION_DAY)
    change = asked.json()["id"]
    assert asked.headers["location"] == f"{BASE}{path}/{change}"
    again = await desk.post("signatory", path, body, **ON_DECISION_DAY)
    assert (again.json()["code"], again.json()["rule"]) == ("ChangeAlreadyOpen", "A19")
    decision = {"approved": True, "reasons": "Ryms i utlysningen."}
    wrong = await desk.post("decider", f"{path}/{change}/decisions", decision, **ON_DECISION_DAY)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "ChangeDecidedByOther")
    await desk.done("officer-2", f"{path}/{change}/decisions", decision, **ON_DECISION_DAY)
    once = await desk.post("officer-2", f"{path}/{change}/decisions", decision, **ON_DECISION_DAY)
    assert once.json()["code"] == "ChangeNotOpen"


async def test_a_change_with_faults_names_all_of_them(desk: Caller) -> None:
    path = f"/applications/{await desk.granted()}/changes"
    body = {"kind": "period", "reasons": "x", "ends_on": "2023-11-01", "co_funding_ore": 1}
    answer = await desk.post("editor", path, body, **ON_DECISION_DAY)
    assert (answer.status_code, answer.json()["code"]) == (422, "ChangeNotSound")
    assert {one["pointer"] for one in answer.json()["problems"]} == {"/ends_on", "/co_funding_ore"}


async def test_the_same_key_answers_the_same_change(desk: Caller) -> None:
    path = f"/applications/{await desk.granted()}/changes"
    body = {"kind": "period", "reasons": "Starten blev senare.", "ends_on": "2023-09-30"}
    first = await desk.done("editor", path, body, idempotency_key="k-1", **ON_DECISION_DAY)
    again = await desk.done("editor", path, body, idempotency_key="k-1", **ON_DECISION_DAY)
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("who", "step", "body"),
    [
        ("decider", "consolidations", a_consolidation_body()),
        ("decider", "proposals", {"amount_ore": 100, "reasons": "x"}),
        ("officer-2", "revocations", {"legal_basis": "2022-1468-17", "reasons": "x"}),
        ("system", "revocations", {"legal_basis": "2022-1468-17", "reasons": "x"}),
        ("officer-1", "changes", {"kind": "period", "reasons": "x"}),
        ("officer-1", "revised-budgets", {"budget": [{"category": "travel", "amount_ore": 1}], "co_funding_ore": 0}),
    ],
)
async def test_only_its_own_role_takes_a_step(desk: Caller, who: str, step: str, body: object) -> None:
    assert (await desk.post(who, f"/applications/{await desk.submitted()}/{step}", body)).status_code == 403


async def test_a_foreign_application_is_answered_like_a_missing_one(desk: Caller) -> None:
    application = await desk.granted()
    for step, body in (
        ("changes", {"kind": "period", "reasons": "x"}),
        ("revised-budgets", {"budget": [{"category": "travel", "amount_ore": 1}], "co_funding_ore": 0}),
    ):
        foreign = await desk.post("foreign", f"/applications/{application}/{step}", body)
        missing = await desk.post("foreign", f"/applications/{new_id()}/{step}", body)
        assert foreign.status_code == missing.status_code == 404


async def test_the_priority_order_is_for_those_who_examine(desk: Caller) -> None:
    for who in ("system", "registrar", "manager"):
        assert (await desk.get(who, f"/calls/{the_call().id}/priorities")).status_code == 403
