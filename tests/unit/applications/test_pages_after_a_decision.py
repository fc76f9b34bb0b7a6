"""Pages that end or change a case: a conflict settled, a case written off, a grant revoked or changed."""

import pytest

from tests.unit.applications.desk import a_grant_body
from tests.unit.applications.examples import LEGAL_BASIS
from tests.unit.applications.pages_stage import Stage, page

pytestmark = pytest.mark.asyncio

CONFLICT = {"has_conflict": True, "reason": "Jag satt i styrelsen."}


async def granted(stage: Stage) -> str:
    """Return an application whose grant is accepted."""
    application = await stage.handled()
    await stage.call("decider-1", f"/applications/{application}/grants", a_grant_body())
    await stage.call("signatory-1", f"/applications/{application}/acceptances", None)
    return application


async def withdrawn(stage: Stage) -> str:
    """Return a registered application that the applicant has withdrawn."""
    application = await stage.submitted()
    await stage.call("registrar-1", f"/applications/{application}/registrations", None)
    await stage.cleared(application, "decider-1", "officer-2")
    await stage.call("signatory-1", f"/applications/{application}/withdrawals", {"reason": "Vi hinner inte."})
    return application


# --- a disputed conflict


async def test_a_disputed_conflict_is_settled_by_somebody_else(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.call("officer-1", f"/applications/{application}/conflicts-of-interest", CONFLICT)
    answer = await stage.get("decider-1", f"cases/{application}/settlement")
    assert "officer-1 (jävig nu)" in answer.text
    fields = {"person": "officer-1", "has_conflict": "no", "reason": "Uppdraget upphörde 2015."}
    text = await stage.sent("decider-1", f"cases/{application}/settlement", **fields)
    assert "Jävsfrågan är avgjord." in text
    assert (await stage.get("officer-1", f"cases/{application}")).status_code == 200


async def test_a_settlement_with_faults_keeps_what_was_typed(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.call("officer-1", f"/applications/{application}/conflicts-of-interest", CONFLICT)
    answer = await stage.send("decider-1", f"cases/{application}/settlement", reason="Uppdraget upphörde.")
    assert answer.status_code == 422
    assert 'href="#person"' in answer.text
    assert 'href="#has_conflict"' in answer.text
    assert "Uppdraget upphörde." in answer.text


async def test_what_nobody_has_declared_is_not_in_dispute_and_nobody_settles_their_own(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.cleared(application, "decider-1")
    answer = await stage.get("decider-1", f"cases/{application}/settlement")
    assert answer.status_code == 409
    assert "Avgör en jävsfråga Går inte nu:" in await page(stage, "decider-1", f"cases/{application}")
    fields = {"person": "decider-1", "has_conflict": "yes", "reason": "Så här."}
    assert (await stage.send("decider-1", f"cases/{application}/settlement", **fields)).status_code == 404


# --- written off


async def test_a_withdrawn_case_is_written_off_a15(stage: Stage) -> None:
    application = await withdrawn(stage)
    path = f"cases/{application}/write-off"
    answer = await stage.send("decider-1", path, reasons="", presenter="officer-1")
    assert (answer.status_code, 'href="#reasons"' in answer.text) == (422, True)
    assert 'value="officer-1"' in answer.text
    text = await stage.sent("decider-1", path, reasons="Ansökan är återkallad.")
    assert "Avskriven" in text
    assert "Beslut om avskrivning (PDF)" in text


async def test_what_is_not_withdrawn_is_not_written_off_a15(stage: Stage) -> None:
    application = await stage.handled()
    assert (await stage.get("decider-1", f"cases/{application}/write-off")).status_code == 409
    assert "Skriv av ärendet Går inte nu:" in await page(stage, "decider-1", f"cases/{application}")


# --- revoked


async def test_a_grant_is_revoked_in_part_and_wholly_a17(stage: Stage) -> None:
    application = await granted(stage)
    path = f"cases/{application}/revocation"
    fields = {"legal_basis": LEGAL_BASIS, "reasons": "Projektet blir mindre."}
    await stage.sent("decider-1", path, amount_ore="300 000", **fields)
    assert "500 000 kr är beviljat" in await page(stage, "decider-1", path)
    assert "Upphävd" in await stage.sent("decider-1", path, **fields)


async def test_a_revocation_with_faults_keeps_what_was_typed(stage: Stage) -> None:
    application = await granted(stage)
    path = f"cases/{application}/revocation"
    answer = await stage.send("decider-1", path, amount_ore="900 000", legal_basis=LEGAL_BASIS, reasons="Mindre.")
    assert (answer.status_code, 'value="900 000"' in answer.text) == (422, True)
    assert "Mindre." in answer.text
    answer = await stage.send("decider-1", path, reasons="")
    assert 'href="#legal_basis"' in answer.text
    assert 'href="#reasons"' in answer.text


async def test_without_a_grant_nothing_is_revoked(stage: Stage) -> None:
    application = await stage.handled()
    assert (await stage.get("decider-1", f"cases/{application}/revocation")).status_code == 409


# --- changed


async def test_a_change_is_asked_for_and_decided_on_the_pages_a19(stage: Stage) -> None:
    application = await granted(stage)
    assert "Projektperiod" in await page(stage, "signatory-1", f"applications/{application}/change")
    fields = {"kind": "period", "reasons": "Leveransen dröjer.", "ends_on": "2023-10-30"}
    text = await stage.sent("signatory-1", f"applications/{application}/change", **fields)
    for shown in ("Begäran om ändring är skickad.", "Väntar på beslut", "Nytt slut 30 oktober 2023"):
        assert shown in text
    text = await page(stage, "officer-2", f"cases/{application}")
    assert "Leveransen dröjer." in text
    assert "Besluta om ändring Går inte nu: Den som har bedömt ansökan får inte besluta om den (A16)" in text
    assert "Besluta om ändring Går inte nu" not in await page(stage, "decider-1", f"cases/{application}")
    change = stage.models.collections["applications"][application]["changes"][0]["change_id"]
    answer = await stage.send("decider-1", f"cases/{application}/change", change=change, reasons="")
    assert (answer.status_code, 'href="#approved"' in answer.text) == (422, True)
    answer = await stage.get("decider-1", f"cases/{application}/change")
    assert f'value="{change}"' in answer.text
    decision = {"change": change, "approved": "yes", "reasons": "Dröjsmålet är inte projektets fel."}
    text = await stage.sent("decider-1", f"cases/{application}/change", **decision)
    assert "Godkänd" in text
    assert "Dröjsmålet är inte projektets fel." in await page(stage, "editor-1", f"applications/{application}")


async def test_a_change_with_faults_keeps_what_was_typed_a19(stage: Stage) -> None:
    application = await granted(stage)
    path = f"applications/{application}/change"
    answer = await stage.send("editor-1", path, reasons="Leveransen dröjer.")
    assert (answer.status_code, 'href="#kind"' in answer.text) == (422, True)
    assert "Leveransen dröjer." in answer.text
    answer = await stage.send("editor-1", path, kind="period", reasons="Dröjer.", ends_on="2030-01-01")
    assert 'href="#ends_on"' in answer.text
    assert 'value="2030-01-01"' in answer.text
    answer = await stage.send("editor-1", path, kind="budget", reasons="Dyrare.", **{"budget-personnel": "9 000 000"})
    assert 'href="#budget"' in answer.text
    assert 'value="9 000 000"' in answer.text


async def test_before_acceptance_no_change_is_asked_for_a19(stage: Stage) -> None:
    application = await stage.handled()
    assert (await stage.get("editor-1", f"applications/{application}/change")).status_code == 409
    assert (await stage.get("foreign-1", f"applications/{application}/change")).status_code == 404


# --- conflicts of interest


@pytest.mark.parametrize("path", ["settlement", "write-off", "revocation", "change"])
async def test_who_has_a_conflict_finds_none_of_these_pages(stage: Stage, path: str) -> None:
    application = await granted(stage)
    await stage.call("officer-2", f"/applications/{application}/conflicts-of-interest", CONFLICT)
    fields = {"person": "officer-1", "has_conflict": "yes", "reason": "Så.", "reasons": "Så.", "approved": "yes"}
    for answer in (
        await stage.get("officer-2", f"cases/{application}/{path}"),
        await stage.send("officer-2", f"cases/{application}/{path}", legal_basis=LEGAL_BASIS, **fields),
    ):
        assert answer.status_code == 404
        assert "Exempel Science Park" not in answer.text
