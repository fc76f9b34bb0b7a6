"""Letters over HTTP, from the read models on a real MongoDB: which there are, who reads them, as data and as PDF."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.integration.applications.projected import Desk
from tests.unit.applications.desk import BASE, Caller

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

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
    [("decision", 404), ("completion-1", 404), ("completion-0", 422), ("unknown", 422), ("signing", 200)],
)
async def test_only_letters_that_there_are_can_be_read(desk: Desk, letter: str, status: int) -> None:
    application = await desk.submitted()
    await desk.project()
    for suffix in ("", ".pdf"):
        answer = await desk.get("editor", f"/applications/{application}/letters/{letter}{suffix}")
        assert answer.status_code == status
