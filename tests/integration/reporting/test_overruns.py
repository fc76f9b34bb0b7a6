"""An overrun over HTTP, on a real MongoDB: flagged when reported, not approved before the budget is changed (A19)."""

import httpx2
import pytest

from shared.contracts.applications import ChangeDecided, ChangeKind
from shared.contracts.call import BudgetCategory
from shared.kernel.money import kronor
from tests.integration.reporting.counter import LEDGER, PROJECT, Desk, a_line
from tests.unit.reporting.desk import OWN
from tests.unit.reporting.granted import BUDGET, CALL

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

TRAVEL_KR = 110_000
"""More than a fifth, and more than 50 000 kr, above the 50 000 kr of the budget."""
NEW_ORE = {BudgetCategory.PERSONNEL: kronor(550_000), BudgetCategory.TRAVEL: kronor(100_000)}
"""What is moved from one category to another, under the same total."""
MORE = f"""#VER A 5 20230425 "Studieresa"
{{
\t#TRANS 5810 {{6 "P1"}} {TRAVEL_KR}
\t#TRANS 1930 {{}} -{TRAVEL_KR}
}}
"""


async def _report(desk: Desk) -> httpx2.Response:
    ledger = (await desk.import_ledger(text=LEDGER + MORE)).json()["ledger"]
    body = {
        "period_from": "2023-03-01",
        "period_to": "2023-06-30",
        "ledger": ledger,
        "progress_report": "Studieresan blev dyrare.",
        "lines": [a_line("5", kronor(TRAVEL_KR))],
    }
    return await desk.post("economist", f"/projects/{PROJECT}/payment-requests", body)


async def test_cost_far_above_the_budget_is_approved_after_the_budget_has_been_changed(desk: Desk) -> None:
    reported = await _report(desk)
    assert reported.status_code == 201, reported.text
    (warning,) = reported.json()["warnings"]
    assert (warning["rule"], "begär en ändring av budgeten" in warning["sv"]) == ("A19", True)
    await desk.reporting.project()
    request = f"/payment-requests/{reported.json()['id']}"
    shown = (await desk.get("economist", request)).json()
    assert shown["over_budget"] == {"travel": kronor(60_000)}
    assert shown["overrun_needs"] == {"travel": "decision"}

    approval = {"lines": [{"line": 1, "approved_ore": kronor(TRAVEL_KR)}]}
    refused = await desk.post("controller", f"{request}/verifications", approval)
    assert (refused.status_code, refused.json()["code"]) == (409, "OverrunNotDecided")
    assert (refused.json()["rule"], refused.json()["problems"][0]["rule"]) == ("A19", "A19")

    change = ChangeDecided(
        application_id=PROJECT,
        call=CALL,
        organisation=OWN,
        change_id="change-1",
        kind=ChangeKind.BUDGET,
        approved=True,
        decided_by="decision-maker",
        contents="reference",
        budget=[line.model_copy(update={"amount_ore": NEW_ORE.get(line.category, line.amount_ore)}) for line in BUDGET],
    )
    desk.reporting.hear({f"application/{PROJECT}": [change]}, PROJECT)
    await desk.reporting.project()
    verified = await desk.post("controller", f"{request}/verifications", approval)
    assert (verified.status_code, verified.json().get("approved_ore")) == (201, kronor(TRAVEL_KR))
