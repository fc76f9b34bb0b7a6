"""A21 over HTTP: the template is fetched, a filled-in one is read, and mistakes come as JSON or in the same file."""

import pytest

from services.applications.application.schemas.budget_layout import BUDGET
from shared.web.schemas import XLSX
from tests.unit.applications.desk import BASE, Caller, a_body
from tests.unit.applications.examples import KRONA, the_call
from tests.unit.applications.workbooks import ITEMS, filled, values

pytestmark = pytest.mark.asyncio

TEMPLATE = f"{BASE}/calls/{the_call().id}/budget-template"
IMPORTS = f"{BASE}/calls/{the_call().id}/budget-imports"


def headers(who: str, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {who}", "content-type": XLSX, **more}


async def test_the_template_of_a_call_is_fetched(desk: Caller) -> None:
    answer = await desk.client.get(TEMPLATE, headers={"authorization": "Bearer editor"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert "attachment" in answer.headers["content-disposition"]
    assert values(answer.content, BUDGET)[1][1] == the_call().id


async def test_a_call_that_is_not_there_has_no_template(desk: Caller) -> None:
    missing = TEMPLATE.replace(the_call().id, "no-such-call")
    assert (await desk.client.get(missing, headers={"authorization": "Bearer editor"})).status_code == 404


async def test_what_was_read_is_what_the_form_takes(desk: Caller) -> None:
    answer = await desk.client.post(IMPORTS, content=filled(), headers=headers("editor"))
    assert answer.status_code == 200, answer.text
    read = answer.json()
    assert (read["accepted"], read["problems"]) == (True, [])
    parts = {name: read[name] for name in ("budget", "co_funding", "amount_applied_ore")}
    checked = await desk.post("editor", "/applications/checks", a_body(**parts))
    assert checked.json()["submission_allowed"] is True
    assert checked.json()["figures"]["budget_total_ore"] == 1_600_000 * KRONA


async def test_mistakes_come_as_json_with_cell_rule_and_fix(desk: Caller) -> None:
    content = filled(items=(("Kaffe", "", 100), *ITEMS))
    read = (await desk.client.post(IMPORTS, content=content, headers=headers("editor"))).json()
    assert read["accepted"] is False
    (problem,) = read["problems"]
    assert (problem["sheet"], problem["cell"], problem["rule"], problem["severity"]) == (BUDGET, "A7", "A21", "error")
    assert problem["sv"]
    assert problem["fix_sv"].startswith("Välj något av")


async def test_mistakes_come_in_the_same_file_when_that_is_what_is_accepted(desk: Caller) -> None:
    content = filled(items=(("Kaffe", "", 100), *ITEMS))
    answer = await desk.client.post(IMPORTS, content=content, headers=headers("editor", accept=XLSX))
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert values(answer.content, "Fel")[1][:3] == [BUDGET, "A7", "A21"]


@pytest.mark.parametrize("accept", ["application/json", XLSX], ids=["json", "xlsx"])
async def test_what_is_no_workbook_is_refused_whatever_is_accepted(desk: Caller, accept: str) -> None:
    answer = await desk.client.post(IMPORTS, content=b"nothing", headers=headers("editor", accept=accept))
    assert (answer.status_code, answer.json()["code"]) == (422, "BudgetFileUnreadable")


async def test_only_a_workbook_is_taken(desk: Caller) -> None:
    sent = {**headers("editor"), "content-type": "text/csv"}
    assert (await desk.client.post(IMPORTS, content=filled(), headers=sent)).status_code == 415


async def test_only_an_applicant_imports(desk: Caller) -> None:
    assert (await desk.client.post(IMPORTS, content=filled(), headers=headers("officer-1"))).status_code == 403
