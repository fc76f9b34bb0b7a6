"""Pages of what prepares a decision: consolidated assessments, the money line of a call, and a partial grant."""

import pytest

from services.applications.application.domain.refusals.preparing import PriorityNeedsImpartiality
from tests.unit.applications.desk import a_consolidation_body, a_grant_body
from tests.unit.applications.examples import KRONA, the_call
from tests.unit.applications.pages_stage import Stage, page, words_of

pytestmark = pytest.mark.asyncio

CRITERIA = range(len(the_call().assessment.criteria))
LINE = f"calls/{the_call().id}/priorities"


def together(changes: dict[str, str] | None = None, *, points: int = 4) -> dict[str, str]:
    """Return a consolidation as it is typed."""
    scores = {f"scores-{n}-points": str(points) for n in CRITERIA}
    reasons = {f"scores-{n}-reason": "Båda fann det väl beskrivet." for n in CRITERIA}
    return {**scores, **reasons, "conditions_met": "yes", "amount_proposed_ore": "700 000", **(changes or {})}


# --- consolidation


async def test_the_assessments_stand_side_by_side_and_what_all_agree_on_is_filled_in_a16(stage: Stage) -> None:
    application = await stage.scored()
    answer = await stage.get("officer-2", f"cases/{application}/consolidation")
    text = words_of(answer.text)
    assert text.count("officer-1 4 Väl beskrivet.") == text.count("officer-2 4 Väl beskrivet.") == len(CRITERIA)
    assert answer.text.count('value="4" checked') == len(CRITERIA)
    text = await stage.sent("officer-2", f"cases/{application}/consolidation", **together())
    assert "Bedömningarna är sammanvägda." in text
    assert "4,00 poäng, 700 000 kr föreslås" in text
    again = await stage.get("officer-1", f"cases/{application}/consolidation")
    assert again.text.count("Båda fann det väl beskrivet.") == len(CRITERIA)
    assert 'value="700 000"' in again.text


async def test_a_consolidation_outside_what_the_assessors_gave_keeps_what_was_typed_a16(stage: Stage) -> None:
    application = await stage.scored()
    path = f"cases/{application}/consolidation"
    answer = await stage.send("officer-1", path, **together({"amount_proposed_ore": "900 000"}, points=5))
    assert answer.status_code == 422
    assert 'href="#scores-0-points">Kriterium 1, poäng: Bedömarna har gett 4–4 poäng' in answer.text
    assert 'href="#amount_proposed_ore">Föreslaget stöd: Högst det sökta stödet' in answer.text
    assert answer.text.count("Båda fann det väl beskrivet.") == len(CRITERIA)
    assert 'value="900 000"' in answer.text
    answer = await stage.send("officer-1", path, **together({"scores-1-reason": "", "conditions_met": ""}))
    assert 'href="#conditions_met"' in answer.text
    assert 'href="#scores-1-reason">Kriterium 2, skäl: Skäl saknas.' in answer.text


async def test_before_all_have_assessed_nothing_is_consolidated_and_the_case_says_why_a16(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.cleared(application, "officer-1")
    await stage.call("officer-1", f"/applications/{application}/assignments", {"officer": "officer-1"})
    answer = await stage.get("officer-1", f"cases/{application}/consolidation")
    assert answer.status_code == 409
    assert "Väg samman bedömningarna Går inte nu:" in await page(stage, "officer-1", f"cases/{application}")


# --- the money line


async def test_the_money_line_counts_grants_first_and_says_what_is_left_a17(stage: Stage) -> None:
    first, second = await stage.handled(), await stage.handled(title="Andra")
    await stage.call("decider-1", f"/applications/{first}/grants", a_grant_body())
    text = await page(stage, "decider-1", LINE)
    assert "8 400 000 kr är kvar av ramen efter allt som ryms." in text
    assert "Ramen är 10 000 000 kr, och 800 000 kr är beviljat." in text
    assert "4,00 800 000 kr 1 600 000 kr 8 400 000 kr Ryms" in text
    assert f"cases/{second}" in (await stage.get("decider-1", LINE)).text


async def test_other_amounts_are_tried_and_nothing_is_recorded_a17(stage: Stage) -> None:
    application = await stage.handled()
    before = len(stage.log.published())
    answer = await stage.get("decider-1", f"{LINE}?amount-{application}=500%20000")
    text = words_of(answer.text)
    assert "Du prövar andra belopp. Inget är sparat." in text
    assert "9 500 000 kr är kvar av ramen" in text
    assert 'value="500 000"' in answer.text
    for typed, fault in {"mycket": "Skriv beloppet i kronor", "900 000": "högre än det sökta stödet"}.items():
        answer = await stage.get("decider-1", f"{LINE}?amount-{application}={typed}")
        assert (answer.status_code, fault in answer.text) == (422, True)
        assert f'value="{typed}"' in answer.text
    assert len(stage.log.published()) == before


async def test_an_order_is_set_with_reasons_and_shown_a16(stage: Stage) -> None:
    first, second = await stage.handled(title="Första"), await stage.handled(title="Andra")
    fields = {f"place-{first}": "2", f"place-{second}": "1"}
    text = await stage.sent("decider-1", LINE, reasons="Den andra når fler företag.", **fields)
    assert "Ordningen är bestämd." in text
    assert "Den andra når fler företag." in text
    shown = (await stage.get("decider-1", LINE)).text
    assert shown.index(f"cases/{second}") < shown.index(f"cases/{first}")


async def test_an_order_with_faults_keeps_what_was_typed(stage: Stage) -> None:
    first, second = await stage.handled(), await stage.handled()
    fields = {f"place-{first}": "1", f"place-{second}": "1", "reasons": "Så här."}
    answer = await stage.send("decider-1", LINE, **fields)
    assert answer.status_code == 422
    assert "Numret finns två gånger." in answer.text
    assert "Så här." in answer.text
    answer = await stage.send("decider-1", LINE, **{**fields, f"place-{second}": "sist"})
    assert "Skriv ett heltal." in answer.text
    assert 'value="sist"' in answer.text
    answer = await stage.send("decider-1", LINE, **{**fields, f"place-{second}": "2", "reasons": ""})
    assert 'href="#reasons"' in answer.text


async def test_of_a_case_with_a_conflict_nothing_stands_in_the_line_and_no_order_is_set(stage: Stage) -> None:
    application, other = await stage.handled(title="Jävig"), await stage.handled(title="Andra")
    conflict = {"has_conflict": True, "reason": "Jag satt i styrelsen."}
    await stage.call("officer-2", f"/applications/{application}/conflicts-of-interest", conflict)
    shown = (await stage.get("officer-2", LINE)).text
    assert other in shown
    answer = await stage.send("officer-2", LINE, reasons="Så här.", **{f"place-{other}": "1"})
    assert answer.status_code == 409
    assert PriorityNeedsImpartiality.sv in words_of(answer.text)
    for text in (shown, answer.text):
        assert application not in text
        assert "Jävig" not in text
    assert (await stage.get("officer-2", f"{LINE}?amount-{application}=1")).status_code == 200


async def test_the_money_line_is_for_those_who_examine(stage: Stage) -> None:
    for who in ("registrar-1", "editor-1", "manager-1"):
        assert (await stage.get(who, LINE)).status_code == 403
    assert (await stage.get("decider-1", "calls/okand/priorities")).status_code == 404


# --- a partial grant


async def proposed(stage: Stage, amount: str = "500 000") -> str:
    """Return an application that a partial grant is proposed for."""
    application = await stage.handled()
    fields = {"amount_ore": amount, "reasons": "Vissa kostnader ryms inte.", "due_on": "2023-03-20"}
    text = await stage.sent("officer-1", f"cases/{application}/proposal", **fields)
    assert "500 000 kr föreslaget, sökanden svarar senast 20 mars 2023" in text
    return application


def revised(**changes: str) -> dict[str, str]:
    """Return a budget of 1 000 000 kr as it is typed."""
    fields = {"budget-external-services": "1 000 000", "co_funding_ore": "500 000", "staff_training_ore": "0"}
    return {**fields, **changes}


async def test_a_partial_grant_is_proposed_confirmed_and_decided_on_the_pages_a18(stage: Stage) -> None:
    application = await proposed(stage)
    text = await page(stage, "signatory-1", f"applications/{application}")
    assert "Myndigheten föreslår bifall i del med 500 000 kr" in text
    answer = await stage.get("signatory-1", f"applications/{application}/revised-budget")
    assert "Vissa kostnader ryms inte." in answer.text
    assert 'value="1 000 000"' in answer.text
    text = await stage.sent("signatory-1", f"applications/{application}/revised-budget", **revised())
    assert "Budgeten är bekräftad." in text
    assert "sökanden har bekräftat budgeten" in await page(stage, "decider-1", f"cases/{application}")
    assert 'value="500 000"' in (await stage.get("decider-1", f"cases/{application}/decision")).text
    decision = {"outcome": "grant", "amount_ore": "500 000", "legal_basis": "2022-1468-17", "reasons": "Delvis."}
    text = await stage.sent("decider-1", f"cases/{application}/decision", **decision)
    assert "(bifall i del)" in text
    shown = await page(stage, "officer-1", f"cases/{application}")
    assert "800 000 kr i sökt stöd, 50,0 % av budgeten på 1 600 000 kr" in shown, "what was applied for stays"


async def test_a_proposal_with_faults_keeps_what_was_typed_a18(stage: Stage) -> None:
    application = await stage.handled()
    path = f"cases/{application}/proposal"
    answer = await stage.send("officer-1", path, amount_ore="800 000", reasons="Skäl.", due_on="2023-03-20")
    assert (answer.status_code, "lägre än det sökta stödet" in answer.text) == (422, True)
    assert 'value="800 000"' in answer.text
    answer = await stage.send("officer-1", path, amount_ore="500 000", reasons="Skäl.", due_on="2023-02-20")
    assert "Sista dag för svar ska ligga efter i dag." in answer.text
    answer = await stage.send("officer-1", path, amount_ore="", reasons="")
    assert 'href="#amount_ore"' in answer.text
    assert 'href="#reasons"' in answer.text


async def test_a_revised_budget_with_faults_names_each_and_keeps_all_a18(stage: Stage) -> None:
    application = await proposed(stage)
    path = f"applications/{application}/revised-budget"
    answer = await stage.send("signatory-1", path, **revised(co_funding_ore="1"))
    assert answer.status_code == 422
    assert 'href="#co_funding_ore">Medfinansiering: Kontant medfinansiering saknas' in answer.text
    assert 'value="1 000 000"' in answer.text
    answer = await stage.send("signatory-1", path, **{**revised(), "budget-external-services": "5 000 000"})
    assert 'href="#budget"' in answer.text
    answer = await stage.send("signatory-1", path, **{**revised(), "budget-personnel": "-1"})
    assert 'href="#budget-personnel"' in answer.text
    assert (await stage.get("editor-1", path)).status_code == 403
    assert (await stage.get("foreign-1", path)).status_code == 404


async def test_without_a_proposal_there_is_no_budget_to_confirm_a18(stage: Stage) -> None:
    application = await stage.handled()
    answer = await stage.get("signatory-1", f"applications/{application}/revised-budget")
    assert (answer.status_code, "Inget bifall i del är föreslaget" in answer.text) == (409, True)


# --- conflicts of interest


@pytest.mark.parametrize("path", ["consolidation", "proposal"])
async def test_who_has_a_conflict_finds_none_of_these_pages(stage: Stage, path: str) -> None:
    application = await stage.scored()
    await stage.call("officer-1", f"/applications/{application}/consolidations", a_consolidation_body(7 * KRONA))
    conflict = {"has_conflict": True, "reason": "Jag satt i styrelsen."}
    await stage.call("officer-2", f"/applications/{application}/conflicts-of-interest", conflict)
    for answer in (
        await stage.get("officer-2", f"cases/{application}/{path}"),
        await stage.send("officer-2", f"cases/{application}/{path}", amount_ore="1", **together()),
    ):
        assert answer.status_code == 404
        assert "Exempel Science Park" not in answer.text


@pytest.mark.parametrize("path", ["consolidation", "proposal"])
async def test_before_a_conflict_is_ruled_out_none_of_these_pages_is_shown(stage: Stage, path: str) -> None:
    application = await stage.submitted()
    for answer in (
        await stage.get("officer-1", f"cases/{application}/{path}"),
        await stage.send("officer-1", f"cases/{application}/{path}", **together()),
    ):
        assert (answer.status_code, "Ange först om du är jävig" in answer.text) == (409, True)
