"""Commands over HTTP: status codes, receipts, refusals as problems, and who may do what."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.applications.main import SERVICE
from shared.kernel.ids import new_id
from shared.web.application import create_app
from shared.web.routes import routes_without_permission
from tests.unit.applications.desk import (
    BASE,
    ON_DECISION_DAY,
    Caller,
    a_body,
    a_grant_body,
    an_assessment_body,
    client_with,
)
from tests.unit.applications.examples import CALL_FILE, TOO_LATE, the_call
from tests.unit.web.a_service import runtime

pytestmark = pytest.mark.asyncio

REASONS = {"reasons": "Ansökan kom in för sent."}


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Caller]:
    async with client_with() as client:
        yield Caller(client)


@pytest_asyncio.fixture
async def open_desk(desk: Caller) -> Caller:
    assert (await desk.publish()).status_code == 201
    return desk


def rules(answer: Any) -> set[tuple[str, str]]:  # noqa: ANN401 - a response
    return {(one["rule"], one["pointer"]) for one in answer.json()["problems"]}


async def test_every_route_asks_for_a_permission() -> None:
    assert routes_without_permission(create_app(SERVICE, runtime())) == []


async def test_a_programme_manager_publishes_the_call_file(desk: Caller) -> None:
    answer = await desk.publish()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{BASE}/calls/{the_call().id}"
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["id"] == the_call().id


@pytest.mark.parametrize("who", ["editor", "officer-1", "operator"])
async def test_nobody_else_publishes_a_call(desk: Caller, who: str) -> None:
    assert (await desk.publish(who)).status_code == 403


async def test_a_call_with_faults_is_refused_with_every_reason(desk: Caller) -> None:
    file = CALL_FILE.read_bytes().replace(b"base: [personnel]", b"base: [canteen]").replace(b"  P4: ", b"  P99: ")
    answer = await desk.publish(content=file)
    assert answer.status_code == 422
    assert answer.json()["code"] == "CallNotSound"
    assert rules(answer) == {("", "/budget_lines/1/flat_rate/base/0"), ("", "/quotations/P99")}


async def test_a_call_file_is_yaml(desk: Caller) -> None:
    assert (await desk.publish(content=b"a: [")).json()["code"] == "CallFileUnreadable"
    assert (await desk.publish(content_type="application/json")).status_code == 415


async def test_a_check_tells_everything_and_whether_submission_is_allowed(open_desk: Caller) -> None:
    complete = await open_desk.post("editor", "/applications/checks", a_body())
    assert complete.status_code == 200
    assert complete.json()["submission_allowed"] is True
    assert [(one["rule"], one["severity"]) for one in complete.json()["problems"]] == [("A24", "note")]
    assert all(section["done"] for section in complete.json()["sections"])
    assert complete.json()["figures"]["flat_rate_ore"] == 150_000 * 100
    empty = {"call": the_call().id, "applicant": {"name": "", "organisation_number": "700101-0011"}}
    answer = await open_desk.post("editor", "/applications/checks", empty)
    assert answer.json()["submission_allowed"] is False
    assert {rule for rule, _ in rules(answer)} >= {"A2", "A4", "A6", "A7", "A8", "A9", "A11"}
    sole_trader = next(one for one in answer.json()["problems"] if one["rule"] == "A2")
    assert sole_trader == {
        "rule": "A2",
        "severity": "error",
        "pointer": "/applicant/organisation_number",
        "sv": "Enskilda näringsidkare kan inte söka stödet.",
        "en": "Sole traders cannot apply for the support.",
        "quotation": "Enskilda näringsidkare kan inte söka stödet.",
    }


@pytest.mark.parametrize(
    ("field", "good", "beyond"),
    [
        ("starts_on", "2000-01-01", "1999-12-31"),
        ("ends_on", "2100-12-31", "2101-01-01"),
        ("ends_on", "2100-12-31", "9999-12-31"),
    ],
)
async def test_a_day_that_nobody_can_reckon_with_is_malformed(
    open_desk: Caller, field: str, good: str, beyond: str
) -> None:
    read = await open_desk.post("editor", "/applications/checks", a_body(**{field: good}))
    assert (read.status_code, read.json()["submission_allowed"]) == (200, False)
    assert (await open_desk.post("editor", "/applications/checks", a_body(**{field: beyond}))).status_code == 422


async def test_a_submission_is_answered_with_a_receipt(open_desk: Caller) -> None:
    answer = await open_desk.post("editor", "/applications", a_body())
    assert answer.status_code == 201
    receipt = answer.json()
    assert answer.headers["location"] == f"{BASE}/applications/{receipt['id']}"
    assert answer.headers["etag"] == '"1"'
    assert receipt["stream"] == f"application/{receipt['id']}"
    assert (receipt["late"], receipt["signed"], receipt["call_version"]) == (False, False, 1)
    assert receipt["arrived_at"] == "2023-02-20T11:00:00Z"


async def test_a_late_submission_gets_a_receipt_that_says_so(open_desk: Caller) -> None:
    answer = await open_desk.post("editor", "/applications", a_body(), sandbox_now="2023-03-02T00:01:00+01:00")
    assert answer.status_code == 201
    assert answer.json()["late"] is True


async def test_a_refused_submission_names_every_rule_with_its_quotation(open_desk: Caller) -> None:
    in_kind = {"source": "own", "kind": "in-kind", "financier": "Lokaler", "amount_ore": 80_000_000}
    answer = await open_desk.post("editor", "/applications", a_body(co_funding=[in_kind], global_goals=[]))
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["rule"]) == ("ApplicationNotComplete", "A15")
    assert rules(answer) == {
        ("A5", "/co_funding"),
        ("A5", "/co_funding/0/kind"),
        ("A8", "/global_goals"),
        ("A24", "/attachments"),
    }
    assert all(one["quotation"] for one in problem["problems"])


async def test_the_same_key_answers_the_same_application(open_desk: Caller) -> None:
    first = await open_desk.post("editor", "/applications", a_body(), idempotency_key="k-1")
    again = await open_desk.post("editor", "/applications", a_body(), idempotency_key="k-1")
    other = await open_desk.post("editor", "/applications", a_body(title="Annat"), idempotency_key="k-1")
    assert again.json() == first.json()
    assert other.status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"unknown": 1},
        {"companies_planned": True},
        {"companies_planned": "10"},
        {"amount_applied_ore": 2**63},
        {"amount_applied_ore": -1},
        {"amount_applied_ore": 1.5},
        {"answers": {"$where": "x"}},
        {"theme": "Not A Slug"},
        {"starts_on": "15 mars"},
        {"budget": [{"category": "canteen", "text": "", "amount_ore": 1}]},
        {"budget": [{"category": "travel", "text": "", "amount_ore": 0}]},
    ],
)
async def test_a_malformed_body_is_refused_without_an_echo(open_desk: Caller, changes: dict[str, Any]) -> None:
    answer = await open_desk.post("editor", "/applications", a_body(**changes))
    assert answer.status_code == 422
    assert answer.json()["code"] == "MalformedInput"
    assert "Exempel Science Park" not in answer.text


async def test_only_a_signatory_signs_with_the_submission(open_desk: Caller) -> None:
    body = a_body(signed_with_e_id=True)
    assert (await open_desk.post("editor", "/applications", body)).json()["code"] == "OnlySignatorySigns"
    assert (await open_desk.post("signatory", "/applications", body)).json()["code"] == "OnlyEditorSubmits"
    answer = await open_desk.post("system", "/applications", body)
    assert (answer.json()["signed"], answer.json()["version"]) == (True, 2)


async def test_a_signatory_signs_later_with_a_document(open_desk: Caller) -> None:
    submitted = await open_desk.post("editor", "/applications", a_body())
    path = f"/applications/{submitted.json()['id']}/signatures"
    body = {"method": "document", "reference": "Undertecknad PDF"}
    assert (await open_desk.post("editor", path, body)).status_code == 403
    answer = await open_desk.post("signatory", path, body)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{BASE}/applications/{submitted.json()['id']}"
    assert answer.headers["etag"] == '"2"'
    assert (await open_desk.post("signatory", path, body)).json()["code"] == "AlreadySigned"


async def test_a_grant_is_decided_by_a_third_person_and_accepted_by_a_signatory(open_desk: Caller) -> None:
    path = f"/applications/{await open_desk.assessed()}"
    own = await open_desk.post("officer-1", f"{path}/grants", a_grant_body(), **ON_DECISION_DAY)
    assert (own.status_code, own.json()["rule"]) == (409, "A16")
    answer = await open_desk.post("decider", f"{path}/grants", a_grant_body(), **ON_DECISION_DAY)
    assert answer.status_code == 201
    assert answer.json()["after"].count(",") == 1
    accepted = await open_desk.client.post(
        f"{BASE}{path}/acceptances",
        headers={"authorization": "Bearer signatory", "sandbox-now": ON_DECISION_DAY["sandbox_now"]},
    )
    assert accepted.status_code == 201


async def test_a_partial_grant_needs_its_revised_budget(open_desk: Caller) -> None:
    path = f"/applications/{await open_desk.assessed()}/grants"
    partial = a_grant_body(600_000)
    assert (await open_desk.post("decider", path, partial, **ON_DECISION_DAY)).json()["code"] == "RevisedBudgetMissing"
    case = path.removesuffix("/grants")
    proposal = {"amount_ore": 60_000_000, "reasons": "Vissa kostnader ryms inte."}
    await open_desk.done("officer-1", f"{case}/proposals", proposal, **ON_DECISION_DAY)
    revised = {"budget": [{"category": "external-services", "amount_ore": 120_000_000}], "co_funding_ore": 60_000_000}
    assert (await open_desk.post("editor", f"{case}/revised-budgets", revised, **ON_DECISION_DAY)).status_code == 403
    await open_desk.done("signatory", f"{case}/revised-budgets", revised, **ON_DECISION_DAY)
    answer = await open_desk.post("decider", path, partial, **ON_DECISION_DAY)
    assert answer.status_code == 201, answer.text
    body = {**partial, "revised_budget": revised}
    assert (await open_desk.post("decider", path, body, **ON_DECISION_DAY)).json()["code"] == "MalformedInput"


async def test_an_application_is_rejected_or_dismissed_once(open_desk: Caller) -> None:
    rejection = {"legal_basis": "2022-1468-17", "reasons": "Utlysningens krav uppfylls inte."}
    path = f"/applications/{await open_desk.assessed()}"
    assert (await open_desk.post("decider", f"{path}/rejections", rejection, **ON_DECISION_DAY)).status_code == 201
    dismissal = {**REASONS, "reason": "not-entitled"}
    answer = await open_desk.post("decider", f"{path}/dismissals", dismissal, **ON_DECISION_DAY)
    assert (answer.status_code, answer.json()["code"]) == (409, "AlreadyDecided")


async def test_a_late_application_is_dismissed_as_late(open_desk: Caller) -> None:
    late = await open_desk.post("system", "/applications", a_body(), sandbox_now=TOO_LATE.isoformat())
    path = f"/applications/{await open_desk.registered(late.json()['id'])}/dismissals"
    assert (await open_desk.post("decider", path, {**REASONS, "reason": "late"})).status_code == 201
    in_time = await open_desk.handled()
    answer = await open_desk.post("decider", f"/applications/{in_time}/dismissals", {**REASONS, "reason": "late"})
    assert answer.json()["code"] == "ArrivedInTime"


async def test_an_incomplete_assessment_is_refused_with_every_fault(open_desk: Caller) -> None:
    path = f"/applications/{await open_desk.handled()}/assessments"
    body = an_assessment_body()
    body["scores"] = [{**body["scores"][0], "points": 9, "reason": ""}]
    answer = await open_desk.post("officer-1", path, body)
    assert answer.json()["code"] == "AssessmentNotComplete"
    assert {pointer for _, pointer in rules(answer)} == {"/scores/0/points", "/scores/0/reason", "/scores"}


@pytest.mark.parametrize("who", ["foreign", "signatory"])
async def test_a_foreign_application_is_answered_like_a_missing_one(open_desk: Caller, who: str) -> None:
    application = await open_desk.submitted() if who == "foreign" else new_id()
    answers = [
        await open_desk.post(who, f"/applications/{application}/{step}", body)
        for step, body in (("signatures", {"method": "document", "reference": "x"}), ("acceptances", None))
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "NotFound")] * 2


@pytest.mark.parametrize("step", ["assessments", "grants", "rejections", "dismissals"])
async def test_an_organisation_does_not_decide_on_its_own_application(open_desk: Caller, step: str) -> None:
    path = f"/applications/{await open_desk.submitted()}/{step}"
    assert (await open_desk.post("system", path, {})).status_code == 403


async def test_without_a_token_nothing_is_answered(open_desk: Caller) -> None:
    answer = await open_desk.client.post(f"{BASE}/applications", json=a_body())
    assert answer.status_code == 401
