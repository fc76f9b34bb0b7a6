"""What lies in a case on its pages: completions with their differences, the desk, the thread, and letters as PDF."""

import pytest

from services.applications.application.domain.refusals.completing import FormChangedMeanwhile
from tests.unit.applications.desk import a_body
from tests.unit.applications.examples import the_call
from tests.unit.applications.pages_stage import PAGES, Stage, fields_of, page, words_of

pytestmark = pytest.mark.asyncio


async def registered(stage: Stage) -> str:
    """Return a registered case in which officer-1 and officer-2 have no conflict."""
    application = await stage.submitted()
    await stage.call("registrar-1", f"/applications/{application}/registrations", None)
    await stage.cleared(application, "officer-1", "officer-2")
    return application


# --- completion


async def test_a_completion_is_asked_answered_and_its_difference_seen_a20(stage: Stage) -> None:
    application = await registered(stage)
    answer = await stage.get("officer-1", f"cases/{application}/completion")
    for pointer in ("/title", "/budget", f"/answers/{the_call().questions[0].field}"):
        assert f'value="{pointer}"' in answer.text
    fields = {"kind": "order", "fields": "/title", "text": "Rubriken säger inte vad ni gör.", "due_on": "2023-03-10"}
    text = await stage.sent("officer-1", f"cases/{application}/completion", **fields)
    for shown in ("Väntar på svar", "Senast 10 mars 2023.", "kan ansökan komma att avvisas", "Gäller: Rubrik."):
        assert shown in text
    assert "Rubriken säger inte vad ni gör." in await page(stage, "signatory-1", f"applications/{application}")
    row = stage.models.collections["applications"][application]
    asked = row["completions"][0]["request_id"]
    form = {name: value for name, value in a_body().items() if name != "call"}
    body = {**form, "title": "Säkra maskindata"}
    await stage.call("signatory-1", f"/applications/{application}/completion-requests/{asked}/answers", body)
    text = await page(stage, "officer-1", f"cases/{application}")
    assert "Besvarad" in text
    assert "Rubrik Säker data i produktionen Säkra maskindata" in text


async def test_a_request_for_completion_with_faults_keeps_what_was_ticked_a20(stage: Stage) -> None:
    application = await registered(stage)
    path = f"cases/{application}/completion"
    answer = await stage.send("officer-1", path, fields="/title", text="")
    assert answer.status_code == 422
    assert 'href="#kind"' in answer.text
    assert 'href="#text"' in answer.text
    assert 'value="/title" checked' in answer.text
    answer = await stage.send("officer-1", path, kind="question", text="Vad?")
    assert 'href="#fields"' in answer.text
    answer = await stage.send("officer-1", path, kind="question", fields="/okand", text="Vad?")
    assert "Finns inte: /okand" in answer.text


# --- the desk and the thread


async def test_notes_and_contacts_are_read_in_words_by_the_agency_only_a27(stage: Stage) -> None:
    application = await registered(stage)
    fields = {"contacted_at": "2023-02-20T10:30", "channel": "phone", "words": "Vi gick igenom budgeten."}
    await stage.sent("officer-1", f"cases/{application}/contact", **fields)
    text = await stage.sent("officer-1", f"cases/{application}/note", kind="mail-in", text="Intyg i original.")
    for shown in ("Anteckningen är sparad.", "Inkommen post", "Intyg i original.", "Vi gick igenom budgeten."):
        assert shown in text
    text = await page(stage, "signatory-1", f"applications/{application}")
    assert "Intyg i original." not in text
    assert "Vi gick igenom budgeten." not in text


async def test_a_reminder_is_set_and_ticked_off_a27(stage: Stage) -> None:
    application = await registered(stage)
    fields = {"due_on": "2023-03-06", "text": "Ring igen.", "whom": "me"}
    text = await stage.sent("officer-1", f"cases/{application}/reminder", **fields)
    assert "6 mars 2023 Ring igen. officer-1 Bocka av" in text
    reminder = stage.models.collections["applications"][application]["reminders"][0]["reminder_id"]
    text = await stage.sent("officer-1", f"cases/{application}/reminders/{reminder}/done")
    assert "6 mars 2023 Klar Ring igen." in text


async def test_the_thread_is_read_and_written_by_both_sides_a27(stage: Stage) -> None:
    application = await registered(stage)
    text = await stage.sent("officer-1", f"cases/{application}/message", text="Hur många deltar?")
    assert "Myndigheten officer-1 Hur många deltar?" in text
    text = await stage.sent("editor-1", f"applications/{application}/message", text="Tjugo.")
    assert "Hur många deltar?" in text
    assert "Sökanden editor-1 Tjugo." in text
    assert "Tjugo." in await page(stage, "officer-2", f"cases/{application}")
    assert (await stage.get("foreign-1", f"applications/{application}/message")).status_code == 404
    answer = await stage.send("foreign-1", f"applications/{application}/message", text="Hej")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("who", "path", "fields", "faults"),
    [
        ("officer-1", "cases/{}/note", {"text": ""}, ("kind", "text")),
        ("officer-1", "cases/{}/reminder", {"text": "Ring.", "due_on": "snart"}, ("due_on",)),
        ("officer-1", "cases/{}/reminder", {"text": "Ring.", "due_on": ""}, ("due_on",)),
        ("officer-1", "cases/{}/message", {"text": ""}, ("text",)),
        ("editor-1", "applications/{}/message", {"text": ""}, ("text",)),
    ],
)
async def test_what_is_written_with_faults_is_kept(
    stage: Stage, who: str, path: str, fields: dict[str, str], faults: tuple[str, ...]
) -> None:
    application = await registered(stage)
    answer = await stage.send(who, path.format(application), **fields)
    assert answer.status_code == 422
    for fault in faults:
        assert f'href="#{fault}"' in answer.text
    assert fields["text"] in answer.text


async def test_a_reminder_for_an_officer_needs_one_and_a_day_that_has_not_passed_a27(stage: Stage) -> None:
    application = await registered(stage)
    path = f"cases/{application}/reminder"
    answer = await stage.send("officer-1", path, text="Ring.", due_on="2023-03-06", whom="officer")
    assert (answer.status_code, "Ring." in answer.text) == (409, True)
    answer = await stage.send("officer-1", path, text="Ring.", due_on="2023-02-19", whom="me")
    assert (answer.status_code, "Ring." in answer.text) == (422, True)


# --- letters


async def test_the_letters_of_a_case_are_linked_and_read_as_pdf(stage: Stage) -> None:
    application = await registered(stage)
    link = f"{PAGES}/letters/{application}/signing.pdf"
    for who, path in (("officer-1", f"cases/{application}"), ("editor-1", f"applications/{application}")):
        assert f'href="{link}">Ansökan för underskrift (PDF)' in (await stage.get(who, path)).text
        answer = await stage.get(who, link)
        assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert (await stage.get("foreign-1", link)).status_code == 404
    assert (await stage.get("decider-1", link)).status_code == 409
    assert (await stage.get("officer-1", f"{PAGES}/letters/{application}/decision.pdf")).status_code == 404


# --- conflicts of interest


@pytest.mark.parametrize("path", ["completion", "note", "reminder", "message"])
async def test_who_has_a_conflict_finds_none_of_these_pages(stage: Stage, path: str) -> None:
    application = await registered(stage)
    conflict = {"has_conflict": True, "reason": "Jag satt i styrelsen."}
    await stage.call("officer-2", f"/applications/{application}/conflicts-of-interest", conflict)
    fields = {"kind": "note", "text": "Hej", "due_on": "2023-03-06"}
    for answer in (
        await stage.get("officer-2", f"cases/{application}/{path}"),
        await stage.send("officer-2", f"cases/{application}/{path}", **fields),
        await stage.get("officer-2", f"letters/{application}/signing.pdf"),
    ):
        assert answer.status_code == 404
        assert "Exempel Science Park" not in answer.text


@pytest.mark.parametrize("path", ["completion", "note", "reminder", "message"])
async def test_before_a_conflict_is_ruled_out_none_of_these_pages_is_shown(stage: Stage, path: str) -> None:
    application = await stage.submitted()
    for answer in (
        await stage.get("officer-1", f"cases/{application}/{path}"),
        await stage.send("officer-1", f"cases/{application}/{path}", text="Hej"),
    ):
        assert (answer.status_code, "Ange först om du är jävig" in answer.text) == (409, True)


async def test_nobody_is_free_of_conflict_with_parties_that_were_not_shown_a16(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"cases/{application}"
    shown = fields_of((await stage.get("officer-1", path)).text)
    body = a_body(title="Med fler finansiärer")
    await stage.call("signatory-1", f"/applications/{application}/replacements", body)
    answer = await stage.send("officer-1", f"{path}/conflict", **{**shown, "has_conflict": "no"})
    assert FormChangedMeanwhile.sv in words_of(answer.text)
    again = fields_of(answer.text)
    assert "Du har angett att du inte är jävig." in await stage.sent(
        "officer-1", f"{path}/conflict", **{**again, "has_conflict": "no"}
    )
