"""What is saved from a page: lists, the budget template, the document to be signed (A21, A27)."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from services.applications.attachment.domain.kinds import XLSX
from tests.unit.applications.examples import the_call
from tests.unit.applications.pages_stage import PAGES, Stage, page

pytestmark = pytest.mark.asyncio


async def saved(stage: Stage, who: str, path: str) -> list[dict[str, str]]:
    """Return the rows of a list that is saved as CSV."""
    answer = await stage.get(who, path)
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(StringIO(answer.text)))


async def test_an_organisation_saves_its_own_list(stage: Stage) -> None:
    application = await stage.submitted()
    assert "Excel" in await page(stage, "editor-1", "applications")
    assert [row["Id"] for row in await saved(stage, "editor-1", "applications/export?format=csv")] == [application]
    assert await saved(stage, "foreign-1", "applications/export?format=csv") == []


async def test_an_officer_saves_the_list_as_it_is_narrowed_and_only_what_it_may_read(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.submitted(title="Ett annat projekt")
    address = "cases/export?format=csv"
    assert await saved(stage, "officer-1", address) == []
    await stage.cleared(application, "officer-1")
    assert [row["Id"] for row in await saved(stage, "officer-1", address)] == [application]
    assert await saved(stage, "officer-1", f"{address}&officer=me") == []
    everything = (await stage.get("officer-1", "cases?status=submitted")).text
    assert f"{PAGES}/cases/export?status=submitted&amp;format=xlsx" in everything
    assert (await stage.get("editor-1", address)).status_code == 403


async def test_a_list_is_saved_for_a_spreadsheet(stage: Stage) -> None:
    await stage.submitted()
    answer = await stage.get("editor-1", "applications/export?format=xlsx")
    assert answer.headers["content-type"] == XLSX
    assert "xl/workbook.xml" in ZipFile(BytesIO(answer.content)).namelist()
    assert (await stage.get("editor-1", "applications/export?format=pdf")).status_code == 422


async def test_the_budget_template_is_fetched_where_it_is_asked_for_a21(stage: Stage) -> None:
    await stage.send("editor-1", "drafts", call=the_call().id, key="k1")
    answer = await stage.send("editor-1", "drafts", call=the_call().id, key="k1")
    draft = answer.headers["location"].removeprefix(f"{PAGES}/")
    shown = (await stage.get("editor-1", f"{draft}/budget-file")).text
    address = f"{draft}/budget-template"
    assert f'href="{PAGES}/{address}"' in shown
    template = await stage.get("editor-1", address)
    assert template.headers["content-type"] == XLSX
    assert (await stage.get("foreign-1", address)).status_code == 404


async def test_the_receipt_leads_to_the_document_to_be_signed_a14(stage: Stage) -> None:
    application = await stage.submitted()
    address = f"{PAGES}/letters/{application}/signing.pdf"
    assert f'href="{address}"' in (await stage.get("editor-1", f"applications/{application}/receipt")).text
    assert (await stage.get("editor-1", address.removeprefix(f"{PAGES}/"))).content.startswith(b"%PDF")
