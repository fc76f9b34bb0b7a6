"""Attachments over HTTP: examined and scanned before anything is kept, and seen by the organisation's people (A24)."""

from hashlib import sha256

import pytest

from services.applications.application.handlers.keeping import owner
from services.applications.attachment.domain.kinds import DOCX, PDF, PNG
from shared.contracts.applications import ApplicationReplaced, ApplicationSubmitted
from tests.unit.applications.calls import pilot_with
from tests.unit.applications.clamd import HARMFUL, a_clamd
from tests.unit.applications.desk import BASE, a_body
from tests.unit.applications.draft_desk import DraftDesk, a_draft_body, a_draft_desk
from tests.unit.applications.files import a_pdf, an_image, an_office_file

pytestmark = pytest.mark.asyncio


async def test_a_file_is_kept_as_it_came_and_fetched_to_be_saved(desk: DraftDesk) -> None:
    draft, content = await desk.begun(), a_pdf()
    answer = await desk.attach(draft, content, name="Avsiktsförklaring.pdf")
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert answer.headers["location"] == f"{BASE}/drafts/{draft}/attachments/{told['id']}"
    assert told["sha256"] == sha256(content).hexdigest()
    assert (told["name"], told["size_bytes"], told["scanned"]) == ("Avsiktsförklaring.pdf", len(content), False)
    found = await desk.get("signatory", f"/drafts/{draft}/attachments/{told['id']}")
    assert found.content == content
    assert found.headers["content-type"] == "application/pdf"
    assert found.headers["content-disposition"] == "attachment; filename*=UTF-8''Avsiktsf%C3%B6rklaring.pdf"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert (await desk.get("editor", f"/drafts/{draft}/attachments")).json()["items"] == [told]


async def test_a_form_with_one_file_is_taken_like_the_file_itself(desk: DraftDesk) -> None:
    draft, headers = await desk.begun(), {"authorization": "Bearer editor"}
    address = f"{BASE}/drafts/{draft}/attachments"
    image = ("bild.png", an_image(), PNG)
    answer = await desk.client.post(address, files={"file": image}, headers=headers)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["media_type"]) == ("bild.png", PNG)
    empty = await desk.client.post(address, files={"file": ("tom.png", b"", PNG)}, headers=headers)
    assert (empty.status_code, empty.json()["code"]) == (422, "FileEmpty")
    for form in (
        {"files": {"a": image, "b": image}},
        {"files": {"a": image}, "data": {"field": "more"}},
    ):
        refused = await desk.client.post(address, headers=headers, **form)
        assert (refused.status_code, refused.json()["code"]) == (422, "MalformedInput")
    broken = {**headers, "content-type": "multipart/form-data; boundary=x"}
    assert (await desk.client.post(address, content=b"--y\r\n", headers=broken)).status_code == 422


async def test_the_same_file_again_is_the_one_that_is_there(desk: DraftDesk) -> None:
    draft, content = await desk.begun(), a_pdf()
    first = await desk.attach(draft, content)
    assert (await desk.attach(draft, content)).json() == first.json()
    assert (await desk.attach(draft, content, name="annan.pdf")).json()["id"] != first.json()["id"]


async def test_somebody_else_neither_sends_nor_sees_a_file(desk: DraftDesk) -> None:
    draft = await desk.begun()
    file = (await desk.attach(draft, a_pdf())).json()["id"]
    assert (await desk.attach(draft, a_pdf(), who="foreign")).status_code == 404
    for address in (f"/drafts/{draft}/attachments", f"/drafts/{draft}/attachments/{file}"):
        assert (await desk.get("foreign", address)).status_code == 404
        assert (await desk.get("officer-1", address)).status_code == 403
    assert (await desk.delete("foreign", f"{draft}/attachments/{file}")).status_code == 404
    other = await desk.begun("foreign")
    assert (await desk.get("foreign", f"/drafts/{other}/attachments/{file}")).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "media_type", "status", "code"),
    [
        (b"", "a.pdf", "application/pdf", 422, "MalformedInput"),
        (a_pdf(), "a.pdf", "text/html", 415, "FileTypeNotAllowed"),
        (a_pdf(), "a.png", "application/pdf", 422, "FileTypeDoesNotAgree"),
        (a_pdf(), "a.png", PNG, 422, "FileTypeDoesNotAgree"),
        (a_pdf()[:-20], "a.pdf", "application/pdf", 422, "FileDamaged"),
        (a_pdf(password="x"), "a.pdf", "application/pdf", 422, "FileEncrypted"),
        (an_office_file(more={"word/vbaProject.bin": b""}), "a.docx", DOCX, 422, "FileHasActiveContent"),
        (an_office_file(more={"word/a.xml": bytes(9_000_000)}), "a.docx", DOCX, 422, "FileUnpacksTooLarge"),
        (a_pdf(), "../a.pdf", "application/pdf", 422, "FileNameNotAllowed"),
        (a_pdf(), "a\u202efdp.exe", "application/pdf", 422, "FileNameNotAllowed"),
        (a_pdf(), "", "application/pdf", 422, "FileNameNotAllowed"),
    ],
)
async def test_what_is_refused_is_not_kept(
    desk: DraftDesk, content: bytes, name: str, media_type: str, status: int, code: str
) -> None:
    draft = await desk.begun()
    answer = await desk.attach(draft, content, name=name, media_type=media_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await desk.contents.files.list_of(owner(draft)) == []


async def test_the_call_says_how_many_files_and_how_large(desk: DraftDesk) -> None:
    draft, content = await desk.begun(), a_pdf()
    limits = f"{{files_max: 2, bytes_max: {len(content)}}}"
    file = pilot_with(version="2", attachment_rules=limits)
    assert (await desk.publish(content=file)).status_code == 201
    assert (await desk.attach(draft, content, name="1.pdf")).status_code == 201
    larger = await desk.attach(draft, content + b"\n", name="2.pdf")
    assert (larger.status_code, larger.json()["code"]) == (413, "FileTooLarge")
    assert (await desk.attach(draft, content, name="2.pdf")).status_code == 201
    third = await desk.attach(draft, content, name="3.pdf")
    assert (third.status_code, third.json()["code"]) == (409, "TooManyFiles")


async def test_a_file_is_removed_with_its_draft_or_alone(desk: DraftDesk) -> None:
    draft = await desk.begun()
    file = (await desk.attach(draft, a_pdf())).json()["id"]
    await desk.attach(draft, a_pdf(), name="annan.pdf")
    assert (await desk.delete("editor", f"{draft}/attachments/{file}")).status_code == 204
    assert (await desk.delete("editor", f"{draft}/attachments/{file}")).status_code == 404
    assert len(await desk.contents.files.list_of(owner(draft))) == 1
    await desk.delete("editor", draft)
    assert await desk.contents.files.list_of(owner(draft)) == []


async def test_facts_say_of_files_what_storage_says_of_them_a24(desk: DraftDesk) -> None:
    content = a_pdf()
    draft = await desk.begun(attachments=[])
    file = (await desk.attach(draft, content)).json()["id"]
    named = {"file": file, "code": "competence", "name": "Avsikt", "secret": True}
    assert (await desk.put("editor", draft, a_draft_body(attachments=[named]), '"1"')).status_code == 200
    assert (await desk.get("editor", f"/drafts/{draft}")).json()["form"]["attachments"] == [named]
    checked = (await desk.get("editor", f"/drafts/{draft}/check")).json()
    assert [found for found in checked["problems"] if found["pointer"].startswith("/attachments")] == []
    assert (await desk.submit("editor", draft)).status_code == 201
    fact = ApplicationSubmitted.model_validate_json(desk.log.published()[-1].data)
    (stored,) = fact.files
    assert (stored.file, stored.code, stored.secret) == (file, "competence", True)
    assert (stored.media_type, stored.size_bytes, stored.sha256) == (PDF, len(content), sha256(content).hexdigest())


async def test_a_draft_that_names_a_file_nobody_received_is_not_submitted_a24(desk: DraftDesk) -> None:
    file = (await desk.attach(await desk.begun(), a_pdf())).json()["id"]
    draft = await desk.begun(title="Ett annat", attachments=[{"file": file, "code": None, "name": "Avsikt"}])
    answer = await desk.submit("editor", draft)
    assert (answer.status_code, answer.json()["code"]) == (422, "ApplicationNotComplete")
    assert "/attachments/0/file" in {found["pointer"] for found in answer.json()["problems"]}


async def test_a_replacement_too_carries_what_storage_says_of_its_files_a15_a24(desk: DraftDesk) -> None:
    draft, content = await desk.begun(), a_pdf()
    file = (await desk.attach(draft, content)).json()["id"]
    assert (await desk.submit("editor", draft)).status_code == 201
    body = a_body(title="Rättad", attachments=[{"file": file, "code": None, "name": "Avsikt"}])
    assert (await desk.post("editor", f"/applications/{draft}/replacements", body)).status_code == 201
    fact = ApplicationReplaced.model_validate_json(desk.log.published()[-1].data)
    assert [(each.file, each.size_bytes) for each in fact.files] == [(file, len(content))]


async def test_files_stay_when_the_draft_is_submitted_and_more_may_be_sent(desk: DraftDesk) -> None:
    draft = await desk.begun()
    file = (await desk.attach(draft, a_pdf())).json()["id"]
    await desk.submit("editor", draft)
    assert (await desk.delete("editor", f"{draft}/attachments/{file}")).json()["code"] == "DraftAlreadySubmitted"
    headers = {
        "authorization": "Bearer editor",
        "content-type": "application/pdf",
        "content-disposition": 'attachment; filename="mer.pdf"',
    }
    address = f"{BASE}/applications/{draft}/attachments"
    assert (await desk.client.post(address, content=a_pdf(), headers=headers)).status_code == 201
    foreign = {**headers, "authorization": "Bearer foreign"}
    assert (await desk.client.post(address, content=a_pdf(), headers=foreign)).status_code == 404
    assert len(await desk.contents.files.list_of(owner(draft))) == 2


async def test_what_the_scanner_finds_is_not_kept() -> None:
    async with a_clamd() as clamd, a_draft_desk(clamav_address=clamd.address) as desk:
        draft = await desk.begun()
        assert (await desk.attach(draft, a_pdf())).json()["scanned"] is True
        harmful = a_pdf().replace(b"%%EOF", b"% " + HARMFUL + b"\n%%EOF")
        broken = await desk.attach(draft, harmful)
        assert broken.json()["code"] == "FileDamaged"  # examined first
        harmful = a_pdf().replace(b"\n1 0 obj", b"\n% " + HARMFUL + b"\n1 0 obj", 1)
        refused = await desk.attach(draft, harmful, name="annan.pdf")
        assert (refused.status_code, refused.json()["code"]) == (422, "MalwareFound")
        assert len(await desk.contents.files.list_of(owner(draft))) == 1


async def test_while_the_scanner_is_away_nothing_is_taken(unused_tcp_port: int) -> None:
    async with a_draft_desk(clamav_address=f"127.0.0.1:{unused_tcp_port}") as desk:
        draft = await desk.begun()
        refused = await desk.attach(draft, a_pdf())
        assert (refused.status_code, refused.json()["code"]) == (503, "ScannerUnavailable")
        assert "retry-after" in refused.headers
        assert await desk.contents.files.list_of(owner(draft)) == []
