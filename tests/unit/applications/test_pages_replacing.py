"""How an application is replaced on its page until the call closes (A15)."""

from datetime import timedelta
from typing import Any

import pytest

from services.applications.application.domain.refusals.completing import FormChangedMeanwhile
from services.applications.application.domain.refusals.replacing import NothingReplaced
from shared.contracts.applications import ApplicationReplaced
from tests.unit.applications.examples import CALL_FILE
from tests.unit.applications.files import a_pdf
from tests.unit.applications.pages_stage import Stage, fields_of, page, sent_file, words_of

pytestmark = pytest.mark.asyncio


async def the_fields(stage: Stage, path: str) -> dict[str, Any]:
    """Return the whole form of the page as it stands there."""
    answer = await stage.get("editor-1", path)
    assert answer.status_code == 200, answer.text
    return fields_of(answer.text)


async def test_what_was_submitted_is_changed_and_submitted_anew_a15(stage: Stage) -> None:
    application = await stage.submitted()
    assert "Ersätt ansökan" in await page(stage, "editor-1", f"applications/{application}")
    path = f"applications/{application}/replacement"
    fields = await the_fields(stage, path)
    text = await stage.sent("editor-1", path, **{**fields, "title": "Ett skarpare projekt"})
    assert "Ansökan är ersatt." in text
    fact = ApplicationReplaced.model_validate_json(stage.log.published()[-1].data)
    assert fact.replaced_by == "editor-1"
    assert "Ett skarpare projekt" in await page(stage, "editor-1", f"applications/{application}")
    assert "Skriv under ansökan" in await page(stage, "signatory-1", f"applications/{application}")


async def test_the_page_untouched_replaces_nothing(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"applications/{application}/replacement"
    await stage.sent("editor-1", path, **await the_fields(stage, path))
    answer = await stage.send("editor-1", path, **await the_fields(stage, path))
    assert answer.status_code == 409
    assert NothingReplaced.sv in words_of(answer.text)


async def test_what_breaks_a_rule_is_shown_back_and_nothing_is_replaced(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"applications/{application}/replacement"
    fields = await the_fields(stage, path)
    answer = await stage.send("editor-1", path, **{**fields, "title": "Ny", "amount_applied_ore": "mycket"})
    assert (answer.status_code, 'value="Ny"' in answer.text) == (422, True)
    answer = await stage.send("editor-1", path, **{**fields, "title": "Ny", "amount_applied_ore": "100"})
    assert (answer.status_code, 'value="Ny"' in answer.text) == (422, True)
    assert "(A4)" in words_of(answer.text) or "500 000" in words_of(answer.text)


async def test_two_who_replace_at_once_do_not_undo_each_other(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"applications/{application}/replacement"
    fields = await the_fields(stage, path)
    await stage.sent("editor-1", path, **{**fields, "title": "Först"})
    answer = await stage.send("editor-1", path, **{**fields, "title": "Sedan", "key": "another"})
    assert answer.status_code == FormChangedMeanwhile.status
    assert "Någon annan har ändrat ansökan under tiden" in words_of(answer.text)
    assert "Först" in await page(stage, "editor-1", f"applications/{application}")
    again = fields_of(answer.text)
    assert again["title"] == "Sedan"
    assert "Ansökan är ersatt." in await stage.sent("editor-1", path, **again)
    assert "Sedan" in await page(stage, "editor-1", f"applications/{application}")


async def test_a_choice_that_asks_more_is_answered_before_anything_is_submitted(stage: Stage) -> None:
    application = await stage.submitted()
    conditional = b"  - field: own_experience\n    only_for_themes: [platforms]\n"
    newer = CALL_FILE.read_bytes().replace(b"version: 1\n", b"version: 2\n")
    newer = newer.replace(b"  - field: own_experience\n", conditional)
    headers = {"authorization": f"Bearer {await stage.token('manager-1')}", "content-type": "application/yaml"}
    answer = await stage.client.post("/applications/v1/calls", content=newer, headers=headers)
    assert answer.status_code == 201, answer.text
    stage.models.follow(stage.log)
    path = f"applications/{application}/replacement"
    fields = await the_fields(stage, path)
    assert "answers-own_experience" not in fields
    answer = await stage.send("editor-1", path, **{**fields, "theme": "platforms", "title": "Ny"})
    assert (answer.status_code, 'value="Ny"' in answer.text) == (200, True)
    assert "Frågorna har ändrats" in answer.text
    asked = fields_of(answer.text)
    assert asked["answers-own_experience"] == "Ja, så här."
    written = {**asked, "answers-own_experience": "Två projekt.", "amount_applied_ore": "12.50"}
    faulty = await stage.send("editor-1", path, **written)
    assert faulty.status_code == 422
    assert fields_of(faulty.text)["answers-own_experience"] == "Två projekt."
    assert "Ansökan är ersatt." in await stage.sent("editor-1", path, **asked)


async def test_more_rows_are_shown_and_nothing_is_sent(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"applications/{application}/replacement"
    fields = await the_fields(stage, path)
    before = (await stage.get("editor-1", path)).text.count("<fieldset")
    answer = await stage.send("editor-1", path, **{**fields, "title": "Ny", "more": "budget"})
    assert (answer.status_code, 'value="Ny"' in answer.text) == (200, True)
    assert answer.text.count("<fieldset") == before + 3
    assert "Ny" not in words_of((await stage.get("editor-1", f"applications/{application}")).text).split()


async def test_a_file_comes_with_the_replacement(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"applications/{application}/replacement"
    assert (await sent_file(stage, f"{path}/files", b"MZ", "a.pdf", "application/pdf")).status_code == 422
    assert (await sent_file(stage, f"{path}/files", a_pdf(), "intyg.pdf", "application/pdf")).status_code == 303
    fields = await the_fields(stage, path)
    assert fields["attachments-0-name"] == "intyg.pdf"
    assert "Ansökan är ersatt." in await stage.sent("editor-1", path, **fields)
    fact = ApplicationReplaced.model_validate_json(stage.log.published()[-1].data)
    assert [len(file.sha256) for file in fact.files] == [64]


async def test_a_file_that_is_emptied_is_left_out(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"applications/{application}/replacement"
    assert (await sent_file(stage, f"{path}/files", a_pdf(), "fel.pdf", "application/pdf")).status_code == 303
    fields = {**await the_fields(stage, path), "title": "Utan filen", "attachments-0-name": ""}
    assert "Ansökan är ersatt." in await stage.sent("editor-1", path, **fields)
    fact = ApplicationReplaced.model_validate_json(stage.log.published()[-1].data)
    assert fact.files == []


async def test_only_its_writers_and_only_until_closing(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"applications/{application}/replacement"
    for who, status in {"foreign-1": 404, "signatory-2": 403, "officer-1": 403}.items():
        assert (await stage.get(who, path)).status_code == status, who
    fields = await the_fields(stage, path)
    stage.now += timedelta(days=30)
    stage._tokens.clear()
    assert "Ersätt ansökan" not in await page(stage, "editor-1", f"applications/{application}")
    assert (await stage.get("editor-1", path)).status_code == 409
    answer = await stage.send("editor-1", path, **{**fields, "title": "För sent"})
    assert answer.status_code == 409
    assert stage.log.published()[-1].ce_type.count(ApplicationReplaced.name()) == 0
