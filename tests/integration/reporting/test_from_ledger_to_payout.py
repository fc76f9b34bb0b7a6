"""From the ledger to the payout and the follow-up, over HTTP, on a real MongoDB."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from shared.kernel.ids import ApplicationId, new_id
from shared.kernel.money import kronor
from tests.unit.reporting.desk import FOREIGN, OWN, Reporting, bearer
from tests.unit.reporting.facts import activity, enrolment, identifier
from tests.unit.reporting.granted import CALL, application

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

PROJECT = ApplicationId(identifier(9, 1))
THEIRS = ApplicationId(identifier(9, 2))
LEDGER = """#FLAGGA 0
#FORMAT PC8
#SIETYP 4
#FNAMN "Testparken Norr (testdata)"
#RAR 0 20230101 20231231
#OBJEKT 6 "P1" "Säker digitalisering"
#VER A 1 20230415 "Löner april"
{
\t#TRANS 7210 {6 "P1"} 100000.00
\t#TRANS 1930 {} -100000.00
}
#VER A 2 20230420 "Tågresa"
{
\t#TRANS 5810 {6 "P1"} 2000.50
\t#TRANS 1930 {} -2000.50
}
#VER A 3 20230228 "För tidigt"
{
\t#TRANS 6550 {6 "P1"} 500
\t#TRANS 1930 {} -500
}
#VER A 4 20230701 "Löner juli"
{
\t#TRANS 7210 {6 "P1"} 50000
\t#TRANS 1930 {} -50000
}
"""


class Desk:
    """Requests to the service."""

    def __init__(self, client: httpx2.AsyncClient, reporting: Reporting) -> None:
        self.client = client
        self.reporting = reporting

    async def post(self, who: str, path: str, body: object, **headers: str) -> httpx2.Response:
        return await self.client.post(f"/reporting/v1{path}", json=body, headers=bearer(who, **headers))

    async def get(self, who: str, path: str, prefix: str = "/reporting/v1") -> httpx2.Response:
        return await self.client.get(prefix + path, headers=bearer(who))

    async def import_ledger(
        self, who: str = "economist", project: str = PROJECT, text: str = LEDGER, project_object: str = "P1"
    ) -> httpx2.Response:
        return await self.client.post(
            f"/reporting/v1/projects/{project}/ledgers?object={project_object}",
            content=text.encode("cp437"),
            headers=bearer(who, content_type="application/octet-stream"),
        )

    async def report(self, *lines: tuple[str, int], first: str = "2023-03-01", last: str = "2023-06-30") -> Any:  # noqa: ANN401 - a response
        ledger = (await self.import_ledger()).json()["ledger"]
        body = {
            "period_from": first,
            "period_to": last,
            "ledger": ledger,
            "progress_report": "Introduktionen är genomförd.",
            "lines": [{**a_line(number, ore), "supplier": "Testleverantören (testdata)"} for number, ore in lines],
        }
        return await self.post("economist", f"/projects/{PROJECT}/payment-requests", body)


def a_line(number: str, claimed_ore: int) -> dict[str, Any]:
    voucher = {"fiscal_year": 20230101, "series": "A", "number": number, "row": 1}
    return {"voucher": voucher, "claimed_ore": claimed_ore}


@pytest_asyncio.fixture
async def desk(reporting: Reporting) -> AsyncIterator[Desk]:
    reporting.hear({f"application/{PROJECT}": application(PROJECT, OWN)}, PROJECT)
    reporting.hear({f"application/{THEIRS}": application(THEIRS, FOREIGN)}, THEIRS)
    reporting.hear({f"enrolment/{identifier(1, n)}": enrolment(PROJECT, OWN, n) for n in range(3)}, PROJECT)
    reporting.hear({f"activity/{identifier(4, 0)}": activity(PROJECT, OWN, 0, 3)}, PROJECT)
    await reporting.project()
    transport = httpx2.ASGITransport(app=reporting.app(), root_path="/reporting")
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield Desk(client, reporting)


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


async def test_follow_up_shows_an_organisation_its_own_and_the_programme_to_the_agency_only(desk: Desk) -> None:
    own = (await desk.get("reader", "/follow-up/projects")).json()
    assert [one["id"] for one in own["items"]] == [PROJECT]
    assert (await desk.get("manager", "/follow-up/projects")).json()["_meta"]["total"] == 2
    assert (await desk.get("reader", f"/follow-up/programmes/{CALL}")).status_code == 403
    assert (await desk.get("operator", f"/follow-up/programmes/{CALL}")).status_code == 403
    assert (await desk.get("manager", "/follow-up/programmes/unknown")).status_code == 404


async def test_the_same_figures_come_as_csv(desk: Desk) -> None:
    answer = await desk.get("manager", f"/follow-up/programmes/{CALL}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "hela utlysningen,företag,alla,faktiskt,3,st" in answer.text
    project = await desk.get("reader", f"/follow-up/projects/{PROJECT}.csv")
    assert project.text.splitlines()[0] == "omfattning,område,post,mått,värde,enhet"


@pytest.mark.parametrize(
    "path", [f"/programmes/{CALL}", f"/projects/{PROJECT}", f"/projects/{PROJECT}/chart.svg", "/follow-up.css"]
)
async def test_the_pages_are_served_whole_and_without_scripts(desk: Desk, path: str) -> None:
    answer = await desk.get("manager", path, prefix="/reporting/pages")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_name_that_is_a_template_or_markup_comes_out_literally(desk: Desk) -> None:
    page = (await desk.get("manager", f"/programmes/{CALL}", prefix="/reporting/pages")).text
    assert "{{7*7}} &lt;b&gt;Kust&lt;/b&gt; (testdata)" in page
    assert "<b>" not in page
