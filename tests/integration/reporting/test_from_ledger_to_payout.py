"""From the ledger to the payout and the follow-up, over HTTP, on a real MongoDB."""

import asyncio

import httpx2
import pytest

from shared.kernel.ids import new_id
from shared.kernel.money import kronor
from tests.integration.reporting.counter import LEDGER, PROJECT, THEIRS, Desk, a_line
from tests.unit.reporting.desk import OWN
from tests.unit.reporting.granted import CALL, application

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def test_a_ledger_is_imported_with_categories_suggested(desk: Desk) -> None:
    answer = await desk.import_ledger()
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert [(row["voucher"]["number"], row["category"], row["amount_ore"]) for row in body["rows"]] == [
        ("1", "personnel", kronor(100_000)),
        ("2", "travel", 200_050),
        ("3", "external-services", kronor(500)),
        ("4", "personnel", kronor(50_000)),
    ]
    assert (body["object_name"], body["warnings"]) == ("Säker digitalisering", [])
    assert (await desk.import_ledger()).json()["ledger"] == body["ledger"]


async def test_a_broken_ledger_is_refused_whole_with_its_line(desk: Desk) -> None:
    answer = await desk.import_ledger(text=LEDGER.replace("-2000.50", "-2000.49"))
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["rule"], problem["problems"][0]["pointer"]) == ("C4", "/lines/12")
    assert (await desk.import_ledger(project_object="P9")).json()["rule"] == "C4"


async def test_a_parameter_that_nobody_knows_and_a_day_of_another_age_are_refused(desk: Desk) -> None:
    for more, code in (
        (f"&incurred_from=2023-04-01&after=account/{PROJECT}@1~{PROJECT}", 201),
        ("&incurred_form=2023-04-01", 422),
    ):
        assert (await desk.import_ledger(project_object=f"P1{more}")).status_code == code
    for day in ("0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"):
        assert (await desk.import_ledger(project_object=f"P1&incurred_from={day}")).status_code == 422
        assert (await desk.report(("1", 100), first=day)).status_code == 422
        assert (await desk.report(("1", 100), last=day)).status_code == 422


async def test_nobody_imports_or_reports_for_another_organisations_project(desk: Desk) -> None:
    foreign = await desk.import_ledger("foreign")
    missing = await desk.import_ledger("foreign", project=new_id())
    assert foreign.status_code == missing.status_code == 409
    assert foreign.json()["title"] == missing.json()["title"]
    body = {"source": "external-public", "financier": "X", "amount_ore": 1, "paid_on": "2023-05-02"}
    assert (await desk.post("foreign", f"/projects/{PROJECT}/co-funding", body)).status_code == 409
    assert (await desk.import_ledger("reader")).status_code == 403


async def test_every_problem_of_every_line_is_answered_at_once(desk: Desk) -> None:
    answer = await desk.report(("1", kronor(100_000) + 1), ("3", kronor(500)), ("99", 1))
    assert answer.status_code == 422
    found = [(problem["rule"], problem["pointer"]) for problem in answer.json()["problems"]]
    assert found == [
        ("C5", "/lines/0/claimed_ore"),
        ("C3", "/lines/1/incurred_on"),
        ("C4", "/lines/2/voucher"),
    ]


async def _claim_in(desk: Desk, project: str, claimed_ore: int) -> httpx2.Response:
    """Claim a part of the same voucher row in one of two projects of the organisation."""
    ledger = (await desk.import_ledger(project=project)).json()["ledger"]
    body = {
        "period_from": "2023-03-01",
        "period_to": "2023-06-30",
        "ledger": ledger,
        "progress_report": "Samma verifikation i två projekt.",
        "lines": [a_line("1", claimed_ore)],
    }
    return await desk.post("economist", f"/projects/{project}/payment-requests", body)


@pytest.mark.parametrize(("rest_ore", "code"), [(kronor(40_000), 201), (kronor(40_000) + 1, 422)])
async def test_a_voucher_row_is_claimed_up_to_its_amount_over_projects(desk: Desk, rest_ore: int, code: int) -> None:
    desk.reporting.hear({f"application/{THEIRS}": application(THEIRS, OWN)}, THEIRS)
    await desk.reporting.project()
    assert (await _claim_in(desk, PROJECT, kronor(60_000))).status_code == 201
    answer = await _claim_in(desk, THEIRS, rest_ore)
    assert answer.status_code == code
    assert answer.json().get("rule") == (None if code == 201 else "C5")


async def test_leading_zeros_do_not_make_another_voucher_row(desk: Desk) -> None:
    desk.reporting.hear({f"application/{THEIRS}": application(THEIRS, OWN)}, THEIRS)
    await desk.reporting.project()
    assert (await desk.report(("001", kronor(100_000)))).status_code == 201
    again = await _claim_in(desk, THEIRS, 1)
    assert (again.status_code, again.json()["rule"]) == (422, "C5")


async def test_two_claims_of_a_row_at_once_do_not_take_more_than_its_amount(desk: Desk) -> None:
    desk.reporting.hear({f"application/{THEIRS}": application(THEIRS, OWN)}, THEIRS)
    await desk.reporting.project()
    answers = await asyncio.gather(*(_claim_in(desk, project, kronor(60_000)) for project in (PROJECT, THEIRS)))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_two_requests_for_one_period_at_once_do_not_overlap(desk: Desk) -> None:
    answers = await asyncio.gather(desk.report(("1", 100)), desk.report(("2", 100)))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_a_request_is_reported_verified_paid_and_followed_up(desk: Desk) -> None:
    reported = await desk.report(("1", kronor(100_000)), ("2", 200_050))
    assert reported.status_code == 201, reported.text
    request, flat_rate = reported.json()["id"], reported.json()["flat_rate_ore"]
    assert flat_rate == kronor(15_000)
    assert reported.json()["claimed_ore"] == kronor(115_000) + 200_050
    assert (await desk.report(("4", 1), first="2023-06-30", last="2023-08-31")).json()["rule"] == "C1"

    payout = {"payment_request_id": request}
    assert (await desk.post("approver", f"/projects/{PROJECT}/payouts", payout)).json()["rule"] == "C9"
    lines = [
        {"line": 1, "approved_ore": kronor(100_000)},
        {"line": 2, "approved_ore": 200_000, "disallowed_ore": 50, "reason": "unreasonable"},
    ]
    address = f"/payment-requests/{request}/verifications"
    verified = await desk.post("controller", address, {"lines": lines, "notes": "Avrundat."})
    assert verified.json()["approved_ore"] == kronor(117_000)
    assert (await desk.post("controller", address, {"lines": lines})).status_code == 409

    assert (await desk.post("both", f"/projects/{PROJECT}/payouts", payout)).json()["rule"] == "C9"
    first, second = await asyncio.gather(
        *(desk.post("approver", f"/projects/{PROJECT}/payouts", payout) for _ in range(2))
    )
    paid, refused = sorted((first, second), key=lambda answer: answer.status_code)
    assert (paid.status_code, refused.status_code) == (201, 409)
    assert (paid.json()["payment_number"], paid.json()["amount_ore"]) == (1, kronor(58_500))
    assert paid.json()["limited_by"] == "approved-costs"

    await desk.reporting.project()
    await _check_readings(desk, request)


async def _check_readings(desk: Desk, request: str) -> None:
    whole = (await desk.get("economist", f"/payment-requests/{request}")).json()
    assert (whole["approved_ore"], whole["notes"]) == (kronor(117_000), "Avrundat.")
    assert whole["lines"][0]["supplier"] == "Testleverantören (testdata)"
    account = (await desk.get("controller", f"/projects/{PROJECT}/account")).json()
    assert (account["paid_ore"], account["approved"]["flat-rate"]) == (kronor(58_500), kronor(15_000))
    listed = (await desk.get("economist", f"/payment-requests?project={PROJECT}")).json()
    assert [one["id"] for one in listed["items"]] == [request]
    assert (await desk.get("foreign", "/payment-requests")).json()["items"] == []
    for path in (f"/payment-requests/{request}", f"/projects/{PROJECT}/account", f"/follow-up/projects/{PROJECT}"):
        assert (await desk.get("foreign", path)).status_code == 404
    programme = (await desk.get("manager", f"/follow-up/programmes/{CALL}")).json()
    assert programme["money"]["paid_ore"] == kronor(58_500)
    assert programme["money"]["support_granted_ore"] == 2 * kronor(525_000)
    assert (programme["companies"]["actual"], programme["time"]["guests"]) == (3, 2)
    project = (await desk.get("reader", f"/follow-up/projects/{PROJECT}")).json()
    assert project["money"]["costs_approved_ore"] == kronor(117_000)
    assert project["organisation_name"] == "Testparken Norr (testdata)"


async def test_money_paid_in_lifts_the_limit_of_co_funding(desk: Desk) -> None:
    body = {"source": "external-public", "financier": "Testregionen", "amount_ore": kronor(1), "paid_on": "2023-05-02"}
    assert (await desk.post("economist", f"/projects/{PROJECT}/co-funding", body)).status_code == 201
    own = {**body, "source": "own"}
    assert (await desk.post("economist", f"/projects/{PROJECT}/co-funding", own)).json()["rule"] == "C9"


async def test_the_same_request_with_its_key_is_recorded_once(desk: Desk) -> None:
    body = {"source": "external-public", "financier": "Testregionen", "amount_ore": kronor(1), "paid_on": "2023-05-02"}
    path = f"/projects/{PROJECT}/co-funding"
    first = await desk.post("economist", path, body, idempotency_key="once")
    again = await desk.post("economist", path, body, idempotency_key="once")
    assert first.json() == again.json()
    other = await desk.post("economist", path, {**body, "amount_ore": 2}, idempotency_key="once")
    assert other.status_code == 422


async def test_a_repeat_gets_the_first_answer_also_when_the_ledger_is_gone(desk: Desk) -> None:
    ledger = (await desk.import_ledger()).json()["ledger"]
    body = {
        "period_from": "2023-03-01",
        "period_to": "2023-06-30",
        "ledger": ledger,
        "progress_report": "Introduktionen är genomförd.",
        "lines": [a_line("1", 100)],
    }
    path = f"/projects/{PROJECT}/payment-requests"
    first = await desk.post("economist", path, body, idempotency_key="once")
    desk.reporting.contents.gone.add(f"project/{PROJECT}")
    again = await desk.post("economist", path, body, idempotency_key="once")
    assert (first.status_code, again.json()) == (201, first.json())
    assert (await desk.post("economist", path, body, idempotency_key="other")).json()["rule"] == "C4"
