"""What applicants do on pages with what they have submitted: complete it, withdraw it (A15, A20)."""

import pytest

from shared.contracts.applications import ApplicationWithdrawn, CompletionAnswered
from tests.unit.applications.files import a_pdf
from tests.unit.applications.pages_stage import Stage, fields_of, sent_file, words_of

pytestmark = pytest.mark.asyncio


async def asked(stage: Stage, *fields: str) -> str:
    """Ask for a completion of an application, and return the page of the request."""
    application = await stage.submitted()
    await stage.call("registrar-1", f"/applications/{application}/registrations", None)
    await stage.cleared(application, "officer-1")
    body = {"kind": "question", "fields": list(fields), "text": "Vi saknar en uppgift."}
    answer = await stage.call("officer-1", f"/applications/{application}/completion-requests", body)
    return f"applications/{application}/completions/{answer.json()['id']}"


async def test_only_what_was_asked_for_is_offered_and_sent_a20(stage: Stage) -> None:
    path = await asked(stage, "/answers/offer_today")
    application = path.split("/")[1]
    assert "Komplettera ansökan" in words_of((await stage.get("editor-1", f"applications/{application}")).text)
    page = await stage.get("editor-1", path)
    assert "Vi saknar en uppgift." in page.text
    assert page.text.count("<textarea") == 1
    text = await stage.sent("editor-1", path, **{"answers-offer_today": "Vi coachar åttio.", "key": "k"})
    assert "Kompletteringen är inskickad." in text
    fact = CompletionAnswered.model_validate_json(stage.log.published()[-1].data)
    assert fact.changed == ["/answers/offer_today"]


async def test_a_completion_that_breaks_a_rule_is_shown_back_with_the_fault_a20(stage: Stage) -> None:
    path = await asked(stage, "/budget")
    answer = await stage.send("editor-1", path, **{"budget-0-text": "Resor", "budget-0-amount_ore": "x", "key": "k"})
    assert answer.status_code == 422
    assert 'value="Resor"' in answer.text
    assert (await stage.get("foreign-1", path)).status_code == 404
    assert (await stage.get("signatory-2", path)).status_code == 403


async def test_a_completion_brings_the_file_that_was_asked_for_a20_a24(stage: Stage) -> None:
    path = await asked(stage, "/attachments")
    assert (await sent_file(stage, f"{path}/files", b"MZ", "a.pdf", "application/pdf")).status_code == 422
    answer = await sent_file(stage, f"{path}/files", a_pdf(), "intyg.pdf", "application/pdf")
    assert answer.status_code == 303, words_of(answer.text)
    fields = fields_of((await stage.get("editor-1", path)).text)
    assert fields["attachments-0-name"] == "intyg.pdf"
    text = await stage.sent("editor-1", path, **{**fields, "attachments-0-code": "competence"})
    assert "Kompletteringen är inskickad." in text
    fact = CompletionAnswered.model_validate_json(stage.log.published()[-1].data)
    assert [(file.code, len(file.sha256)) for file in fact.files] == [("competence", 64)]


async def test_an_application_is_withdrawn_with_a_reason_once_a15(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"applications/{application}/withdrawal"
    assert "Varför ni återkallar ansökan" in (await stage.get("editor-1", path)).text
    assert (await stage.get("foreign-1", path)).status_code == 404
    assert "Ansökan är återkallad." in await stage.sent("editor-1", path, reason="Vi hinner inte.", key="k")
    fact = ApplicationWithdrawn.model_validate_json(stage.log.published()[-1].data)
    assert b"Vi hinner inte." in await stage.contents.get(f"application/{application}", fact.contents or "")
    again = await stage.send("editor-1", path, reason="Igen.", key="k2")
    assert (again.status_code, "Igen." in again.text) == (409, True)
    page = words_of((await stage.get("editor-1", f"applications/{application}")).text)
    assert "Återkalla ansökan" not in page
