"""How applicants write an application on pages: drafts, sections, files, review and submission (A15, A24, A28)."""

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from services.applications.application.domain.sections import Section
from services.applications.attachment.domain.kinds import XLSX
from shared.contracts.applications import ApplicationSubmitted
from tests.unit.applications.desk import a_body
from tests.unit.applications.examples import CALL_FILE, the_call
from tests.unit.applications.files import a_pdf
from tests.unit.applications.pages_stage import PAGES, Stage, fields_of, page, sent_file, words_of
from tests.unit.applications.workbooks import ITEMS, filled

pytestmark = pytest.mark.asyncio


async def begun(stage: Stage) -> str:
    """Begin a draft from the call's page, and return the draft's address below the pages."""
    answer = await stage.send("editor-1", "drafts", call=the_call().id, key="k1")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).removeprefix(f"{PAGES}/")


async def written(stage: Stage, **changes: object) -> str:
    """Return the address of a draft with a whole form, written by another system of the organisation."""
    form = a_body(**changes)
    body = {"call": form.pop("call"), "form": form}
    draft = (await stage.call("editor-1", "/drafts", body)).json()["id"]
    return f"drafts/{draft}"


async def test_a_draft_is_begun_from_the_calls_page_and_listed_for_the_organisation_a15(stage: Stage) -> None:
    assert "Skriv en ansökan" in await page(stage, "editor-1", f"calls/{the_call().id}")
    assert "Skriv en ansökan" not in await page(stage, "manager-1", f"calls/{the_call().id}")
    draft = await begun(stage)
    text = await page(stage, "editor-1", draft)
    assert "0 av 10 delar är klara." not in text
    assert re.search(r"\d av 10 delar är klara\.", text)
    assert "Utkast utan namn" in await page(stage, "signatory-1", "drafts")
    assert "Ni har inget utkast." in await page(stage, "foreign-1", "drafts")
    assert await begun(stage) == draft


async def test_every_page_of_a_draft_is_the_organisations_own(stage: Stage) -> None:
    draft = await written(stage)
    paths = [f"{draft}/sections/{section}" for section in Section]
    for path in (draft, *paths, f"{draft}/attachments", f"{draft}/review", f"{draft}/removal", f"{draft}/budget-file"):
        assert (await stage.get("editor-1", path)).status_code == 200, path
        assert (await stage.get("foreign-1", path)).status_code == 404, path
        assert (await stage.get("officer-1", path)).status_code == 403, path
    saved = await stage.send("foreign-1", f"{draft}/sections/project", version="1", title="Stulet")
    assert saved.status_code == 404


@pytest.mark.parametrize("section", [section for section in Section if section is not Section.ATTACHMENTS])
async def test_a_section_saved_untouched_changes_nothing(stage: Stage, section: Section) -> None:
    draft = await written(stage)
    before = (await stage.contents.drafts.find(draft.removeprefix("drafts/"))).content  # type: ignore[union-attr]  # it was just written
    text = (await stage.get("editor-1", f"{draft}/sections/{section}")).text
    answer = await stage.send("editor-1", f"{draft}/sections/{section}", **fields_of(text))
    assert answer.status_code == 303, words_of(answer.text)
    after = await stage.contents.drafts.find(draft.removeprefix("drafts/"))
    assert after is not None
    assert sorted(after.content) == sorted(before)


async def test_what_is_saved_is_said_and_shown_again(stage: Stage) -> None:
    draft = await begun(stage)
    text = await stage.sent("editor-1", f"{draft}/sections/project", version="1", title="Säker data", starts_on="")
    assert "Klart. Sparat kl. 12.00." in text
    assert "Det här återstår" in text
    assert "Säker data" in await page(stage, "editor-1", "drafts")
    assert "Projekten kan tidigast starta från ansökningsdatum" in text


async def test_what_cannot_be_read_is_shown_back_and_nothing_is_saved(stage: Stage) -> None:
    draft = await begun(stage)
    path = f"{draft}/sections/financing"
    answer = await stage.send(
        "editor-1", path, version="1", amount_applied_ore="mycket", **{"co_funding-0-financier": "Regionen"}
    )
    text = words_of(answer.text)
    assert answer.status_code == 422
    assert "Stöd som söks, i kronor: Skriv beloppet i kronor, till exempel 800 000 eller 1 234,50." in text
    assert "Medfinansiär 1, Belopp i kronor: Uppgiften saknas." in text
    assert 'value="mycket"' in answer.text
    assert 'value="Regionen"' in answer.text
    assert "Regionen" not in (await stage.get("editor-1", path)).text


async def test_empty_rows_are_removed_and_the_flat_rate_is_computed_a11(stage: Stage) -> None:
    draft = await written(stage)
    path = f"{draft}/sections/budget"
    fields = fields_of((await stage.get("editor-1", path)).text)
    assert "budget-4-category" in fields
    assert "budget-5-category" not in fields
    emptied = {name: "" if name.startswith("budget-0-") else value for name, value in fields.items()}
    emptied |= {"budget-3-category": "personnel", "budget-3-text": "Ledning", "budget-3-amount_ore": "2 000 000,50"}
    text = await stage.sent("editor-1", path, **emptied, more="budget")
    assert "Schablon (A11) 300 000,08 kr" in text
    shown = fields_of((await stage.get("editor-1", path)).text)
    assert [shown[f"budget-{number}-text"] for number in range(3)] == ["Experter", "Ledning", ""]


async def test_two_who_save_the_same_section_lose_nothing_a15(stage: Stage) -> None:
    draft = await begun(stage)
    path = f"{draft}/sections/project"
    await stage.sent("signatory-1", path, version="1", title="Min rubrik")
    answer = await stage.send("editor-1", path, version="1", title="Din rubrik")
    text = words_of(answer.text)
    assert answer.status_code == 412
    assert "Någon annan har sparat under tiden" in text
    assert "Projektets namn Din rubrik Min rubrik" in text
    again = {**fields_of(answer.text)}
    assert (again["version"], again["title"]) == ("2", "Din rubrik")
    assert "Sparat kl." in await stage.sent("editor-1", path, **again)
    assert "Din rubrik" in await page(stage, "editor-1", "drafts")


async def test_a_corrected_call_is_told_until_somebody_has_read_it_a28(stage: Stage) -> None:
    draft = await begun(stage)
    newer = CALL_FILE.read_bytes().replace(b"version: 1\n", b"version: 2\n")
    headers = {"authorization": f"Bearer {await stage.token('manager-1')}", "content-type": "application/yaml"}
    assert (await stage.client.post("/applications/v1/calls", content=newer, headers=headers)).status_code == 201
    stage.models.follow(stage.log)
    assert "Ni har läst version 1. Nu gäller version 2" in await page(stage, "editor-1", draft)
    assert "Nu gäller version 2" in await stage.sent("editor-1", f"{draft}/seen", call_version="1")
    assert "Utlysningen har rättats" not in await stage.sent("editor-1", f"{draft}/seen", call_version="2")


async def test_a_draft_is_removed_as_it_was_shown_with_its_files(stage: Stage) -> None:
    draft = await begun(stage)
    assert "Det går inte att ångra." in await page(stage, "editor-1", f"{draft}/removal")
    assert (await stage.send("editor-1", f"{draft}/removal", version="7")).status_code == 412
    assert "Utkastet är borttaget." in await stage.sent("editor-1", f"{draft}/removal", version="1")
    assert (await stage.get("editor-1", draft)).status_code == 404


async def test_a_file_is_attached_said_what_it_is_fetched_and_removed_a24(stage: Stage) -> None:
    draft, content = await begun(stage), a_pdf()
    path = f"{draft}/attachments"
    answer = await sent_file(stage, f"{path}/new?code=competence", content, "intyg.pdf", "application/pdf")
    assert answer.status_code == 303, words_of(answer.text)
    page_of = await stage.get("editor-1", path)
    assert "intyg.pdf PDF" in words_of(page_of.text)
    fields = fields_of(page_of.text)
    assert (fields["attachments-0-code"], fields["attachments-0-name"]) == ("competence", "intyg.pdf")
    fields |= {"attachments-0-name": "Intyg", "attachments-0-secret": "yes"}
    assert "Sparat kl." in await stage.sent("editor-1", path, **fields)
    assert "Innehåller affärshemligheter" in await page(stage, "editor-1", f"{draft}/review")
    file = fields["attachments-0-file"]
    assert (await stage.get("editor-1", f"{path}/{file}")).content == content
    assert (await stage.get("foreign-1", f"{path}/{file}")).status_code == 404
    assert "Ingen fil är bifogad." in await stage.sent("editor-1", f"{path}/{file}/removal")
    assert (await stage.get("editor-1", f"{path}/{file}")).status_code == 404


async def test_a_file_that_is_not_taken_is_said_why_a24(stage: Stage) -> None:
    draft = await begun(stage)
    answer = await sent_file(stage, f"{draft}/attachments/new", b"MZ", "intyg.pdf", "application/pdf")
    assert answer.status_code == 422
    assert "En sak behöver rättas" in words_of(answer.text)


async def test_a_draft_is_read_once_more_and_submitted_and_the_receipt_says_what_follows_a15(stage: Stage) -> None:
    draft = await written(stage)
    await sent_file(stage, f"{draft}/attachments/new?code=competence", a_pdf(), "intyg.pdf", "application/pdf")
    shown = await stage.get("editor-1", f"{draft}/review")
    assert "Säker data i produktionen" in shown.text
    assert "Budgetens summa 1 600 000 kr" in words_of(shown.text)
    text = await stage.sent("editor-1", f"{draft}/review", version="2", key="s1")
    assert "Ansökan kom in 2023-02-20 12:00" in text
    assert "i tid" in text
    assert "behörig företrädare" in text
    fact = ApplicationSubmitted.model_validate_json(stage.log.published()[-1].data)
    assert [file.code for file in fact.files] == ["competence"]
    assert all(len(file.sha256) == 64 for file in fact.files)
    assert (await stage.get("editor-1", draft)).status_code == 409


async def test_a_late_submission_is_received_and_told_so_a1(stage: Stage) -> None:
    draft = await written(stage)
    stage.now += timedelta(days=20)
    stage._tokens.clear()
    text = await stage.sent("editor-1", f"{draft}/review", version="1", key="s1")
    assert "för sent" in text


async def test_an_incomplete_draft_is_not_submitted_and_every_hindrance_is_shown_with_its_rule_a15(
    stage: Stage,
) -> None:
    draft = await begun(stage)
    text = await page(stage, "editor-1", f"{draft}/review")
    assert "Ansökan kan inte lämnas in än." in text
    assert "(A7)" in text
    assert "Projekten ska, utöver grundutmaningen digital säkerhet, välja ett tema i ansökan." in text
    answer = await stage.send("editor-1", f"{draft}/review", version="1", key="s1")
    assert answer.status_code == 422


async def test_only_the_version_that_was_shown_is_submitted_and_only_by_an_editor(stage: Stage) -> None:
    draft = await written(stage)
    assert "skriver ansökningar lämnar in den" in await page(stage, "signatory-2", f"{draft}/review")
    assert (await stage.send("editor-1", f"{draft}/review", version="9", key="s1")).status_code == 412
    assert (await stage.send("signatory-2", f"{draft}/review", version="1", key="s2")).status_code == 403


async def test_a_budget_is_taken_from_a_file_or_its_mistakes_are_shown_at_their_cells_a21(stage: Stage) -> None:
    draft = await begun(stage)
    path = f"{draft}/budget-file"
    unreadable = await sent_file(stage, path, b"nothing", "b.xlsx", "application/octet-stream")
    assert (unreadable.status_code, "Filen kan inte läsas" in unreadable.text) == (422, True)
    wrong = filled(items=(("Kaffe", "", 100), *ITEMS))
    text = words_of((await sent_file(stage, path, wrong, "b.xlsx", XLSX)).text)
    assert "Filen har fel; ingenting har sparats" in text
    assert "Budget A7" in text
    marked = await sent_file(stage, f"{path}/annotated", wrong, "b.xlsx", XLSX)
    assert (marked.status_code, marked.headers["content-type"]) == (200, XLSX)
    assert "Fel" in ZipFile(BytesIO(marked.content)).read("xl/workbook.xml").decode()
    again = await sent_file(stage, f"{path}/annotated", b"nothing", "b.xlsx", "application/octet-stream")
    assert (again.status_code, "Filen kan inte läsas" in again.text) == (422, True)
    taken = await sent_file(stage, path, filled(), "b.xlsx", XLSX)
    assert taken.status_code == 303, words_of(taken.text)
    shown = words_of((await stage.get("editor-1", taken.headers["location"])).text)
    assert "Budgeten och finansieringen är hämtade ur filen." in shown
    assert "Budgetens summa 1 600 000 kr" in shown
