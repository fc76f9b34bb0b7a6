"""What the agency's people see and send on the pages of cases; every page over the real API, log and rules."""

from typing import get_args

import pytest

from services.applications.application.pages.words import FACTS
from shared.contracts.applications import ApplicationFact
from tests.unit.applications.examples import LEGAL_BASIS, the_call
from tests.unit.applications.pages_stage import Stage, page, words_of

pytestmark = pytest.mark.asyncio


async def test_every_fact_of_a_case_has_a_name_on_its_page() -> None:
    assert set(FACTS) == {fact.name() for fact in get_args(ApplicationFact)}


async def test_the_inbox_says_what_each_case_waits_for(stage: Stage) -> None:
    application = await stage.submitted()
    text = await page(stage, "officer-1", "cases")
    assert "1 ärende" in text
    assert "Exempel Science Park AB" in text
    assert "Diarieför" in text
    await stage.call("registrar-1", f"/applications/{application}/registrations", None)
    assert "Utse handläggare" in await page(stage, "officer-1", "cases")
    await stage.call("registrar-1", f"/applications/{application}/assignments", {"officer": "officer-1"})
    assert "Pröva jäv" in await page(stage, "officer-1", "cases")


async def test_the_inbox_is_narrowed_by_the_address_line_and_keeps_what_was_chosen(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.call("registrar-1", f"/applications/{application}/assignments", {"officer": "officer-1"})
    assert " 0 ärende" in await page(stage, "officer-1", "cases?text=säker")  # before the conflict is ruled out
    await stage.sent("officer-1", f"cases/{application}/conflict", has_conflict="no")
    for query, found in {
        "status=submitted": 1,
        "status=granted": 0,
        "officer=me": 1,
        "officer=officer-2": 0,
        "text=säker": 1,
        "text=okänt": 0,
        "due_by=2023-01-01": 0,
        "due_by=strunt": 1,
        "status=strunt": 1,
    }.items():
        assert f" {found} ärende" in await page(stage, "officer-1", f"cases?{query}"), query
    assert 'value="submitted" selected' in (await stage.get("officer-1", "cases?status=submitted")).text


async def test_before_a_conflict_is_ruled_out_only_the_parties_are_shown(stage: Stage) -> None:
    application = await stage.submitted()
    text = await page(stage, "officer-1", f"cases/{application}")
    assert "Egna medel" in text
    assert "559999-0016" in text
    assert "Är du jävig?" in text
    for hidden in ("Säker data i produktionen", "Ja, så här.", "Projektledning", "800 000 kr"):
        assert hidden not in text
    assert "Ange först om du är jävig" in text  # why assessing is not allowed


async def test_who_has_no_conflict_sees_the_whole_case_with_quotations(stage: Stage) -> None:
    application = await stage.submitted()
    text = await stage.sent("officer-1", f"cases/{application}/conflict", has_conflict="no")
    assert "Du har angett att du inte är jävig." in text
    for shown in ("Säker data i produktionen", "Ja, så här.", "Projektledning", "800 000 kr", "Jäv prövat"):
        assert shown in text
    assert the_call().quotations["A5"] in text


async def test_who_has_a_conflict_finds_no_trace_of_the_case(stage: Stage) -> None:
    application = await stage.submitted()
    path = f"cases/{application}/conflict"
    text = await stage.sent("officer-1", path, has_conflict="yes", reason="Jag satt i styrelsen.")
    assert "Ärendet visas inte längre för dig" in text
    assert "Exempel Science Park" not in text
    assert (await stage.get("officer-1", f"cases/{application}")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "place", "text"),
    [
        ({"has_conflict": "yes", "reason": ""}, "", "Ange vad jävet består i."),
        ({"reason": "Kanske släkt."}, "has_conflict", "behöver rättas"),
    ],
)
async def test_an_unclear_declaration_is_asked_again_with_what_was_written(
    stage: Stage, fields: dict[str, str], place: str, text: str
) -> None:
    application = await stage.submitted()
    answer = await stage.send("officer-1", f"cases/{application}/conflict", **fields)
    assert answer.status_code == 422
    assert text in words_of(answer.text)
    assert f'href="#{place}"' in answer.text if place else True
    assert fields["reason"] in answer.text
    assert "<title>Fel: " in answer.text


async def test_a_case_goes_from_arrival_to_grant_on_the_pages_alone(stage: Stage) -> None:
    application = await stage.submitted()
    case = f"cases/{application}"
    assert "Ärendet är diariefört." in await stage.sent("registrar-1", f"{case}/registration")
    assert "Handläggare: officer-1" not in await page(stage, "registrar-1", case)
    await stage.sent("registrar-1", f"{case}/assignment", officer="officer-1", substitute="officer-2")
    for person in ("officer-1", "officer-2", "decider-1"):
        await stage.sent(person, f"{case}/conflict", has_conflict="no")
    fields = {"contacted_at": "2023-02-20T10:30", "channel": "phone", "words": "Vi gick igenom budgeten."}
    assert "Kontakt med sökanden: telefon" in await stage.sent("officer-1", f"{case}/contact", **fields)
    scores = {
        f"scores-{position}-{name}": value
        for position in range(len(the_call().assessment.criteria))
        for name, value in (("points", "4"), ("reason", "Väl beskrivet."))
    }
    for officer in ("officer-1", "officer-2"):
        assert "Bedömningen är sparad." in await stage.sent(
            officer, f"{case}/assessment", conditions_met="yes", **scores
        )
    fields = {f"scores-{n}-reason": "Båda fann det väl beskrivet." for n in range(len(the_call().assessment.criteria))}
    fields["amount_proposed_ore"] = "800 000"
    text = await stage.sent("officer-1", f"{case}/consolidation", conditions_met="yes", **{**scores, **fields})
    assert "Bedömningarna är sammanvägda." in text
    decision = {
        "outcome": "grant",
        "amount_ore": "800 000",
        "legal_basis": LEGAL_BASIS,
        "reasons": "Projektet passar utlysningen.",
        "presenter": "officer-1",
        "others_present": "jurist-1\nekonom-1",
    }
    text = await stage.sent("decider-1", f"{case}/decision", **decision)
    for shown in (
        "Beslutet är fattat.",
        "Beviljad",
        "800 000 kr",
        "jurist-1, ekonom-1",
        "Beslutet får inte överklagas",
    ):
        assert shown in text


async def test_a_double_click_is_recorded_once(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.cleared(application, "officer-1")
    fields = {"contacted_at": "2023-02-20T10:30", "channel": "mail", "words": "Frågor.", "key": "0190f3a2-key"}
    await stage.sent("officer-1", f"cases/{application}/contact", **fields)
    text = await stage.sent("officer-1", f"cases/{application}/contact", **fields)
    assert text.count("Kontakt med sökanden: e-post") == 1


async def test_a_contact_with_faults_loses_nothing_and_says_where(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.cleared(application, "officer-1")
    answer = await stage.send("officer-1", f"cases/{application}/contact", contacted_at="i går", words="Långt samtal.")
    assert answer.status_code == 422
    assert "Skriv dag och klockslag" in answer.text
    assert 'id="contacted_at-error"' in answer.text
    assert "Långt samtal." in answer.text
    answer = await stage.send("officer-1", f"cases/{application}/contact", contacted_at="2023-02-20T10:30", words="x")
    assert 'href="#channel"' in answer.text


async def test_an_assessment_with_faults_names_every_criterion_and_keeps_the_reasons(stage: Stage) -> None:
    application = await stage.submitted()
    await stage.cleared(application, "officer-1")
    fields = {"conditions_met": "yes", "scores-0-points": "9", "scores-0-reason": "Mycket väl."}
    fields |= {f"scores-{n}-points": "3" for n in range(1, len(the_call().assessment.criteria))}
    answer = await stage.send("officer-1", f"cases/{application}/assessment", **fields)
    assert answer.status_code == 422
    assert 'href="#scores-0-points">Kriterium 1, poäng: Skalan är 1–5.' in answer.text
    assert 'href="#scores-1-reason">Kriterium 2, skäl: Skäl saknas.' in answer.text
    assert answer.text.index("Kriterium 2, skäl") < answer.text.index("Kriterium 3, skäl")
    assert "Mycket väl." in answer.text


async def test_who_assessed_reads_on_the_page_why_it_may_not_decide_a16(stage: Stage) -> None:
    application = await stage.handled()
    text = await page(stage, "officer-2", f"cases/{application}")
    assert "Besluta i sak Går inte nu: Den som har bedömt ansökan får inte besluta om den (A16)" in text
    text = await page(stage, "officer-2", f"cases/{application}/decision")
    assert "Beslut i sak (bifall eller avslag) går inte nu." in text
    assert "Fatta beslutet" not in text
    text = await page(stage, "decider-1", f"cases/{application}")
    assert "Besluta i sak Avvisa" in text
    assert "Bedöm ansökan" not in text, "what somebody's role never takes is not listed"


async def test_a_decision_with_faults_loses_nothing(stage: Stage) -> None:
    application = await stage.handled()
    path = f"cases/{application}/decision"
    fields = {"outcome": "grant", "amount_ore": "900 000", "legal_basis": LEGAL_BASIS, "reasons": "Bra projekt."}
    answer = await stage.send("decider-1", path, **fields)
    assert answer.status_code == 422
    assert "Beloppet är högre än det sökta stödet." in answer.text
    assert 'value="900 000"' in answer.text
    assert "Bra projekt." in answer.text
    answer = await stage.send("decider-1", path, **{**fields, "amount_ore": "mycket"})
    assert 'href="#amount_ore"' in answer.text
    answer = await stage.send("decider-1", path, amount_ore="1")
    assert "Välj bifall, avslag eller avvisning." in answer.text


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"outcome": "rejection", "legal_basis": LEGAL_BASIS}, "Avslag"),
        ({"outcome": "dismissal", "reason": "not-entitled"}, "Sökanden får inte söka stödet"),
    ],
)
async def test_a_case_is_rejected_or_dismissed(stage: Stage, fields: dict[str, str], shown: str) -> None:
    application = await stage.handled()
    text = await stage.sent("decider-1", f"cases/{application}/decision", reasons="Skäl.", **fields)
    assert shown in text


async def test_what_somebody_wrote_is_shown_as_text_and_never_as_code(stage: Stage) -> None:
    title = "{{7*7}}<script>alert(1)</script>"
    application = await stage.submitted(title=title)
    await stage.cleared(application, "officer-1")
    answer = await stage.get("officer-1", f"cases/{application}")
    assert "{{7*7}}&lt;script&gt;" in answer.text
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("editor-1", "cases"),
        ("manager-1", "cases"),
        ("registrar-1", "assessment"),
        ("officer-1", "decision"),
        ("decider-1", "assignment"),
    ],
)
async def test_a_page_is_for_its_roles(stage: Stage, who: str, path: str) -> None:
    application = await stage.submitted()
    address = path if path == "cases" else f"cases/{application}/{path}"
    answer = await stage.get(who, address)
    assert (answer.status_code, "Din roll ger inte den här behörigheten." in answer.text) == (403, True)


async def test_a_form_from_another_site_is_refused(stage: Stage) -> None:
    application = await stage.submitted()
    headers = {"cookie": f"__Host-lotsen={await stage.token('officer-1')}", "origin": "https://evil.example"}
    path = f"/applications/pages/cases/{application}/registration"
    assert (await stage.client.post(path, data={}, headers=headers)).status_code == 403


async def test_a_substitute_finds_what_to_see_to_until_the_last_day(stage: Stage) -> None:
    application = await stage.submitted()
    for until, found in (("2023-02-20", 1), ("2023-02-19", 0)):
        assigned = {"officer": "officer-1", "substitute": "officer-2", "substitute_until": until}
        await stage.call("registrar-1", f"/applications/{application}/assignments", assigned)
        assert f" {found} ärende" in await page(stage, "officer-2", "cases?officer=me")
