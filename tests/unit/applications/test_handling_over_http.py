"""The handling over HTTP: who registers, assigns, declares, settles and records, and what is answered."""

import pytest

from shared.kernel.ids import new_id
from tests.unit.applications.desk import (
    ON_DECISION_DAY,
    Caller,
    a_consolidation_body,
    a_contact_body,
    a_grant_body,
    an_assessment_body,
)

pytestmark = pytest.mark.asyncio

DISMISSAL = {"reason": "not-entitled", "reasons": "Sökanden är inte behörig."}
REJECTION = {"legal_basis": "2022-1468-17", "reasons": "Utlysningens krav uppfylls inte."}
NO_CONFLICT = {"has_conflict": False}
CONFLICT = {"has_conflict": True, "reason": "Nära vän till firmatecknaren."}


@pytest.mark.rule("A20")
async def test_cases_are_registered_once_each_with_the_next_number(desk: Caller) -> None:
    first, second = await desk.submitted(), await desk.submitted()
    for application in (first, second):
        answer = await desk.post("registrar", f"/applications/{application}/registrations", None)
        assert answer.status_code == 201
        assert "register%2F2023" in answer.json()["after"]
    again = await desk.post("registrar", f"/applications/{first}/registrations", None)
    assert (again.status_code, again.json()["code"], again.json()["rule"]) == (409, "AlreadyRegistered", "A20")


@pytest.mark.parametrize("who", ["system", "decider", "manager", "operator"])
async def test_registrars_and_officers_register_and_assign_and_nobody_else(desk: Caller, who: str) -> None:
    path = f"/applications/{await desk.submitted()}"
    assert (await desk.post(who, f"{path}/registrations", None)).status_code == 403
    assert (await desk.post(who, f"{path}/assignments", {"officer": "officer-1"})).status_code == 403
    assert (await desk.post("officer-1", f"{path}/registrations", None)).status_code == 201


async def test_a_case_is_assigned_to_somebody_without_conflict(desk: Caller) -> None:
    application = await desk.submitted()
    path = f"/applications/{application}/assignments"
    body = {"officer": "officer-1", "substitute": "officer-2", "substitute_until": "2023-07-31"}
    assert (await desk.post("registrar", path, body)).status_code == 201
    assert (await desk.post("registrar", path, {**body, "substitute": "officer-1"})).json()["rule"] == "A27"
    await desk.declared("officer-2", application, has_conflict=True)
    refused = await desk.post("registrar", path, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "OfficerHasConflict")


@pytest.mark.parametrize("who", ["system", "manager", "operator"])
async def test_only_those_who_handle_cases_declare_and_record(desk: Caller, who: str) -> None:
    path = f"/applications/{await desk.submitted()}"
    assert (await desk.post(who, f"{path}/conflicts-of-interest", NO_CONFLICT)).status_code == 403
    assert (await desk.post(who, f"{path}/contacts", a_contact_body())).status_code == 403


@pytest.mark.parametrize("who", ["system", "registrar", "officer-2", "manager"])
async def test_only_a_decision_maker_settles_a_conflict(desk: Caller, who: str) -> None:
    path = f"/applications/{await desk.submitted()}/conflict-settlements"
    body = {"person": "officer-1", "has_conflict": False, "reason": "Bekantskapen är ytlig."}
    assert (await desk.post(who, path, body)).status_code == 403


async def test_a_conflict_has_a_reason_that_is_not_repeated_in_any_answer(desk: Caller) -> None:
    path = f"/applications/{await desk.submitted()}/conflicts-of-interest"
    refused = await desk.post("officer-1", path, {"has_conflict": True, "reason": ""})
    assert (refused.status_code, refused.json()["code"]) == (422, "ConflictReasonMissing")
    declared = await desk.post("officer-1", path, CONFLICT)
    assert declared.status_code == 201
    assert "vän" not in declared.text


@pytest.mark.parametrize(
    ("who", "step", "body"),
    [
        ("officer-1", "contacts", a_contact_body()),
        ("officer-1", "assessments", an_assessment_body()),
        ("decider", "grants", a_grant_body()),
        ("decider", "rejections", REJECTION),
        ("decider", "dismissals", DISMISSAL),
    ],
)
async def test_every_command_waits_for_the_declaration_and_finds_nothing_after_a_conflict(
    desk: Caller, who: str, step: str, body: object
) -> None:
    application = await desk.submitted()
    await desk.post("registrar", f"/applications/{application}/registrations", None)
    path = f"/applications/{application}/{step}"
    early = await desk.post(who, path, body, **ON_DECISION_DAY)
    assert (early.status_code, early.json()["code"]) == (409, "ConflictNotDeclared")
    await desk.declared(who, application, has_conflict=True)
    conflicted = await desk.post(who, path, body, **ON_DECISION_DAY)
    missing = await desk.post(who, f"/applications/{new_id()}/{step}", body, **ON_DECISION_DAY)
    answers = [{**answer.json(), "instance": ""} for answer in (conflicted, missing)]
    assert conflicted.status_code == 404
    assert answers[0] == answers[1]


async def test_the_authority_lets_somebody_in_again(desk: Caller) -> None:
    application = await desk.submitted()
    await desk.declared("officer-2", application, has_conflict=True)
    path = f"/applications/{application}"
    assert (await desk.post("officer-2", f"{path}/contacts", a_contact_body())).status_code == 404
    body = {"person": "officer-2", "has_conflict": False, "reason": "Bekantskapen är ytlig."}
    assert (await desk.post("decider", f"{path}/conflict-settlements", body)).status_code == 201
    assert (await desk.post("officer-2", f"{path}/contacts", a_contact_body())).status_code == 201


@pytest.mark.rule("A26")
async def test_a_decision_before_the_contact_is_refused_by_its_rule(desk: Caller) -> None:
    application = await desk.registered(await desk.submitted())
    for officer in ("officer-1", "officer-2"):
        await desk.post(officer, f"/applications/{application}/assessments", an_assessment_body())
    path = f"/applications/{application}"
    early = await desk.post("decider", f"{path}/grants", a_grant_body(), **ON_DECISION_DAY)
    assert (early.status_code, early.json()["code"], early.json()["rule"]) == (409, "ContactNotRecorded", "A26")
    assert (await desk.post("officer-1", f"{path}/contacts", a_contact_body())).status_code == 201
    await desk.done("officer-1", f"{path}/consolidations", a_consolidation_body())
    assert (await desk.post("decider", f"{path}/grants", a_grant_body(), **ON_DECISION_DAY)).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {**a_contact_body(), "channel": "smoke-signals"},
        {**a_contact_body(), "words": ""},
        {**a_contact_body(), "contacted_at": "2023-02-20T10:00:00"},
        {**a_contact_body(), "unknown": 1},
    ],
)
async def test_a_malformed_contact_is_refused_without_an_echo(desk: Caller, body: object) -> None:
    application = await desk.registered(await desk.submitted())
    answer = await desk.post("officer-1", f"/applications/{application}/contacts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "MalformedInput")
    assert "budgeten" not in answer.text
