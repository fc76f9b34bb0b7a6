"""Letters over HTTP, from the read models on a real MongoDB: which there are, who reads them, as data and as PDF."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.integration.applications.projected import Desk
from tests.unit.applications.desk import BASE, ON_DECISION_DAY, Caller
from tests.unit.applications.examples import KRONA

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

SIX_MONTHS_LATER = {"sandbox_now": "2023-08-21T08:00:00Z"}
REASONS = {"reasons": "Ni driver inget kluster.", "reason": "not-entitled"}


async def _cleared(desk: Caller, who: str, application: str) -> None:
    declared = await desk.post(who, f"/applications/{application}/conflicts-of-interest", {"has_conflict": False})
    assert declared.status_code == 201, declared.text


async def _dismissed(desk: Desk) -> str:
    """Return the id of an application that was registered and dismissed."""
    application = await desk.submitted()
    registered = await desk.post("registrar", f"/applications/{application}/registrations", None)
    assert registered.status_code == 201, registered.text
    await _cleared(desk, "decider", application)
    answer = await desk.post("decider", f"/applications/{application}/dismissals", REASONS)
    assert answer.status_code == 201, answer.text
    await desk.project()
    return application


async def test_letters_are_listed_with_the_addresses_of_their_data_and_pdf(desk: Desk) -> None:
    application = await _dismissed(desk)
    listed = (await desk.get("editor", f"/applications/{application}/letters")).json()
    address = f"{BASE}/applications/{application}/letters"
    assert [(one["letter"], one["data"], one["pdf"]) for one in listed["items"]] == [
        ("signing", f"{address}/signing", f"{address}/signing.pdf"),
        ("dismissal", f"{address}/dismissal", f"{address}/dismissal.pdf"),
    ]


async def test_a_letter_is_read_as_data_and_as_pdf(desk: Desk) -> None:
    application = await _dismissed(desk)
    path = f"/applications/{application}/letters/dismissal"
    data = (await desk.get("editor", path)).json()
    assert (data["kind"], data["dismissed_because"], data["appeal"]["allowed"]) == ("dismissal", "not-entitled", False)
    answer = await desk.get("editor", f"{path}.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="20230001-dismissal.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert "Ni driver inget kluster." in text
    assert (await desk.get("editor", f"{path}.pdf")).content == answer.content


async def test_changes_and_revocations_of_a_grant_have_letters_of_their_own(desk: Desk) -> None:
    application = await desk.granted()
    path = f"/applications/{application}"
    body = {"kind": "period", "reasons": "Upphandlingen drar ut på tiden.", "ends_on": "2023-09-30"}
    change = (await desk.done("editor", f"{path}/changes", body, **ON_DECISION_DAY)).json()["id"]
    decision = {"approved": False, "reasons": "Tiden behövs för fördjupningen."}
    await desk.done("decider", f"{path}/changes/{change}/decisions", decision, **ON_DECISION_DAY)
    revocation = {"legal_basis": "2022-1468-17", "reasons": "Villkoren följs inte."}
    part = {**revocation, "amount_ore": 300_000 * KRONA}
    await desk.done("decider", f"{path}/revocations", part, **ON_DECISION_DAY)
    await desk.done("decider", f"{path}/revocations", revocation, **ON_DECISION_DAY)
    await desk.project()
    listed = (await desk.get("editor", f"{path}/letters")).json()["items"]
    assert [one["letter"] for one in listed] == ["signing", "decision", "change-1", "revocation-1", "revocation-2"]
    told = (await desk.get("editor", f"{path}/letters/change-1")).json()["change"]
    assert (told["approved"], told["ends_on"], told["asked"]) == (False, "2023-09-30", [body["reasons"]])
    left = [(await desk.get("editor", f"{path}/letters/revocation-{number}")).json()["revocation"] for number in (1, 2)]
    assert [one["amount_left_ore"] for one in left] == [500_000 * KRONA, 0]
    for letter, said in (
        ("change-1", "avslår begäran"),
        ("revocation-1", "en del av beslutet"),
        ("revocation-2", "hela beslutet"),
    ):
        answer = await desk.get("editor", f"{path}/letters/{letter}.pdf")
        assert said in " ".join(PdfReader(BytesIO(answer.content)).pages[0].extract_text().split())


async def test_a_refused_request_for_a_decision_has_a_letter_12(desk: Desk) -> None:
    application = await desk.handled()
    path = f"/applications/{application}"
    await desk.done("editor", f"{path}/decision-requests", {"text": "Avgör ärendet."}, **SIX_MONTHS_LATER)
    refusal = {"reasons": "Ett yttrande saknas."}
    await desk.done("decider", f"{path}/decision-request-refusals", refusal, **SIX_MONTHS_LATER)
    await desk.project()
    data = (await desk.get("editor", f"{path}/letters/request-refusal")).json()
    assert (data["kind"], data["written"]["reasons"]) == ("request-refusal", [refusal["reasons"]])
    answer = await desk.get("editor", f"{path}/letters/request-refusal.pdf")
    assert answer.headers["content-disposition"] == 'inline; filename="20230001-request-refusal.pdf"'


@pytest.mark.parametrize("path", ["", "/dismissal", "/dismissal.pdf"])
async def test_letters_are_the_applicants_and_of_those_without_conflict(desk: Desk, path: str) -> None:
    application = await _dismissed(desk)
    address = f"/applications/{application}/letters{path}"
    assert (await desk.get("editor", address)).status_code == 200
    assert (await desk.get("decider", address)).status_code == 200
    assert (await desk.get("foreign", address)).status_code == 404
    assert (await desk.get("operator", address)).status_code == 403
    undeclared = await desk.get("officer-1", address)
    assert (undeclared.status_code, undeclared.json()["code"]) == (409, "ConflictNotDeclared")
    conflict = {"has_conflict": True, "reason": "Släkt med sökanden."}
    await desk.post("officer-2", f"/applications/{application}/conflicts-of-interest", conflict)
    await desk.project()
    assert (await desk.get("officer-2", address)).status_code == 404


@pytest.mark.parametrize(
    ("letter", "status"),
    [
        ("decision", 404),
        ("completion-1", 404),
        ("revocation-1", 404),
        ("change-9999", 404),
        ("request-refusal", 404),
        ("completion-0", 422),
        ("revocation-0", 422),
        ("change-10000", 422),
        ("request-refusal-1", 422),
        ("unknown", 422),
        ("signing", 200),
    ],
)
async def test_only_letters_that_there_are_can_be_read(desk: Desk, letter: str, status: int) -> None:
    application = await desk.submitted()
    await desk.project()
    for suffix in ("", ".pdf"):
        answer = await desk.get("editor", f"/applications/{application}/letters/{letter}{suffix}")
        assert answer.status_code == status
