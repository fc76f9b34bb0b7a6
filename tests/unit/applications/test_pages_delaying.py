"""What is said on pages of a case that takes long: notice, request for a decision, its refusal (A20, 11–12 §§)."""

from datetime import timedelta

import pytest

from tests.unit.applications.pages_stage import Stage, page, words_of

pytestmark = pytest.mark.asyncio


async def handled(stage: Stage) -> str:
    """Return a case that its officer may see."""
    application = await stage.submitted()
    await stage.call("registrar-1", f"/applications/{application}/registrations", None)
    await stage.cleared(application, "officer-1", "decider-1")
    return application


async def test_the_applicant_is_told_of_a_delay_and_why(stage: Stage) -> None:
    application = await handled(stage)
    path = f"cases/{application}/delay"
    assert "11 § förvaltningslagen" in await page(stage, "officer-1", path)
    empty = await stage.send("officer-1", path, reasons="", key="k1")
    assert empty.status_code == 422
    assert "Sökanden är underrättad." in await stage.sent("officer-1", path, reasons="Vi är få i mars.", key="k2")
    for who, shown in {"officer-1": f"cases/{application}", "editor-1": f"applications/{application}"}.items():
        assert "Underrättelse om försening officer-1 Vi är få i mars." in await page(stage, who, shown)
    assert (await stage.get("decider-1", path)).status_code == 403


async def test_a_decision_is_asked_for_after_six_months_and_refused_with_reasons(stage: Stage) -> None:
    application = await handled(stage)
    own, case = f"applications/{application}/decision-request", f"cases/{application}/decision-request"
    early = await stage.get("editor-1", own)
    assert early.status_code == 409
    assert (await stage.get("decider-1", case)).status_code == 409
    stage.now += timedelta(days=200)
    stage._tokens.clear()
    assert "inom 6 månader" in await page(stage, "editor-1", own)
    assert (await stage.send("editor-1", own, text="", key="k1")).status_code == 422
    assert "Begäran om avgörande är skickad." in await stage.sent("editor-1", own, text="Vi väntar.", key="k2")
    assert "Begäran om avgörande editor-1 Vi väntar. Besvaras senast" in await page(
        stage, "officer-1", f"cases/{application}"
    )
    assert "Begäran besvaras senast" in await page(stage, "decider-1", case)
    answer = await stage.send("decider-1", case, reasons="", key="k3")
    assert answer.status_code == 422
    assert "Beslutet är fattat." in await stage.sent("decider-1", case, reasons="Ett intyg dröjer.", key="k4")
    assert "Begäran om avgörande avslagen decider-1 Ett intyg dröjer." in await page(
        stage, "editor-1", f"applications/{application}"
    )
    assert (await stage.get("editor-1", own)).status_code == 409
    assert "Begär att ärendet avgörs" in words_of((await stage.get("editor-1", f"applications/{application}")).text)
