"""Letters about revocations, changes and refused requests as PDF: what is read, and in which order."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from services.applications.application.schemas.letters import letter_page
from shared.contracts.applications import ApplicationFact
from shared.contracts.call import CallDefinition, ChangeKind
from shared.pdf import typeset
from tests.unit.applications.examples import KRONA
from tests.unit.applications.letters import (
    ASKED_ON,
    BUDGET,
    a_letter,
    appealable_call,
    changed,
    request_refused,
    revoked,
)
from tests.unit.applications.test_letter_pdfs import tags, text_of

pytestmark = pytest.mark.asyncio


async def read(facts: list[ApplicationFact], letter: str, call: CallDefinition | None = None) -> str:
    page = letter_page(await a_letter(facts, letter, call=call, before=ASKED_ON))
    return text_of(PdfReader(BytesIO(await typeset(page)))).replace("\N{NO-BREAK SPACE}", " ")


def in_order(text: str, *words: str) -> None:
    places = [text.index(each) for each in words]
    assert places == sorted(places)


async def test_a_whole_revocation_is_read_in_order() -> None:
    text = await read(revoked(), "revocation-1")
    in_order(
        text,
        "Beslut om upphävande",
        "Tillväxtverket upphäver hela beslutet den 6 mars 2023 om stöd till Exempel Science Park AB",
        "Det belopp som upphävs är 800 000 kr (åttahundra tusen kronor). Inget återstår av stödet.",
        "Före beslutet, högst 800 000 kr",
        "Upphävs 800 000 kr",
        "Återstår 0 kr",
        "Ni kan inte få något mer stöd",
        "kan ni bli skyldiga att betala tillbaka det. Den frågan avgörs inte i det här beslutet.",
        "Metoderna är prövade och tiden räcker.",
        "Beslutet grundas på 17 § förordningen (2022:1468)",
        "kan Tillväxtverket upphäva beslutet helt eller delvis.” (regel A19)",
        "Beslutet får inte överklagas",
        "Beslutet har fattats av decider-1. Föredragande har varit officer-1.",
    )


async def test_a_part_revocation_says_what_is_left_and_that_the_rest_holds() -> None:
    text = await read(revoked(left_kr=600_000), "revocation-1")
    in_order(
        text,
        "Beslut om upphävande i del",
        "upphäver en del av beslutet den 6 mars 2023",
        "Av stödet återstår högst 600 000 kr (sexhundra tusen kronor).",
        "Upphävs 200 000 kr",
        "Återstår, högst 600 000 kr",
        "Stöd som ni redan har fått räknas in i det belopp som återstår.",
        "I övrigt gäller beslutet om stöd som förut.",
    )
    assert "betala tillbaka" not in text, "a grant is not revoked in part below what is paid"


async def test_an_approved_change_of_budget_shows_the_new_budget_and_financing() -> None:
    text = await read(changed(ChangeKind.BUDGET, budget=BUDGET, co_funding_ore=750_000 * KRONA), "change-1")
    in_order(
        text,
        "Beslut om ändring",
        "Tillväxtverket godkänner begäran från Exempel Science Park AB om att ändra budgeten för projektet",
        "Ändringen gäller så som ni har begärt den.",
        "Det här gäller nu",
        "Kontant medfinansiering 750 000 kr",
        "Ny budget",
        "Personal 1 100 000 kr",
        "Externa tjänster 450 000 kr",
        "Summa kostnader 1 550 000 kr",
        "Det här har ni begärt",
        "Begäran kom in den 6 mars 2023 klockan 09.15.",
        "Starten blev senare än vi trodde.",
        "Vi har bytt leverantör.",
        "Skälen för beslutet",
        "Ändringen ryms inom det som har beslutats.",
        "Medfinansiering från den som ansöker om stöd ska uppgå till 50 procent",
        "(regel A11)",
        "Beslutet har fattats av decider-1.",
    )
    assert "överklaga" not in text
    assert "Begärd" not in text


async def test_a_refused_change_of_period_shows_what_was_asked_for_and_that_nothing_changes() -> None:
    wanted = {"starts_on": date(2023, 4, 1), "ends_on": date(2023, 9, 30)}
    text = await read(changed(ChangeKind.PERIOD, approved=False, **wanted), "change-1")
    in_order(
        text,
        "Tillväxtverket avslår begäran från Exempel Science Park AB om att ändra tiden för projektet",
        "Beslutet om stöd gäller som förut.",
        "Det här har ni begärt",
        "Begärd ändring",
        "Projektets första dag 1 april 2023",
        "Projektets sista dag 30 september 2023",
        "Beslutet får inte överklagas",
    )
    assert "Det här gäller nu" not in text


@pytest.mark.parametrize("approved", [True, False])
@pytest.mark.parametrize(
    ("kind", "wanted", "about", "shown", "silent"),
    [
        (
            ChangeKind.PERIOD,
            {"ends_on": date(2023, 9, 30)},
            "ändra tiden för projektet",
            "sista dag 30 september 2023",
            "första dag",
        ),
        (ChangeKind.BUDGET, {"budget": BUDGET}, "ändra budgeten för projektet", "1 550 000 kr", "Kontant"),
        (
            ChangeKind.FINANCING,
            {"co_funding_ore": 0},
            "ändra finansieringen av projektet",
            "Kontant medfinansiering 0 kr",
            "Summa",
        ),
        (ChangeKind.ACTIVITIES, {}, "ändra aktiviteterna i projektet", "Vi har bytt leverantör.", "egärd ändring"),
        (ChangeKind.DIRECTION, {}, "ändra inriktningen för projektet", "Vi har bytt leverantör.", "Det här gäller nu"),
        (ChangeKind.PROJECT_MANAGER, {}, "byta projektledare för projektet", "Vi har bytt leverantör.", "Summa"),
    ],
)
async def test_every_kind_of_change_shows_its_own_and_nothing_else(
    kind: ChangeKind, wanted: dict[str, Any], about: str, shown: str, silent: str, *, approved: bool
) -> None:
    text = await read(changed(kind, approved=approved, **wanted), "change-1")
    assert f"om att {about} ”Säker data" in text
    assert text.count(shown) == 1
    assert silent not in text


async def test_a_refused_request_says_that_the_case_goes_on_and_says_nothing_of_appeals_where_none_is_12() -> None:
    text = await read(request_refused(), "request-refusal")
    in_order(
        text,
        "Beslut om avslag på begäran om avgörande",
        "Tillväxtverket avslår begäran från Exempel Science Park AB om att ärendet om stöd till projektet",
        "Den 6 mars 2023 begärde ni att Tillväxtverket ska avgöra ärendet.",
        "Metoderna är prövade och tiden räcker.",
        "Beslutet grundas på 12 § förvaltningslagen (2017:900).",
        "Ansökan är inte avgjord",
        "prövas bara en gång",
        "Beslutet har fattats av decider-1.",
    )
    assert "överklaga" not in text


async def test_a_refused_request_that_may_be_appealed_says_how_to_a_private_party_12() -> None:
    text = await read(request_refused(), "request-refusal", appealable_call())
    assert "Ni kan överklaga beslutet till allmän förvaltningsdomstol." in text
    assert "inom tre veckor från den dag då ni fick del av beslutet. Skriv i överklagandet" in text
    assert "det allmänna" not in text


async def test_what_the_applicant_wrote_comes_out_literally_and_as_a_quotation() -> None:
    letter = await a_letter(changed(ChangeKind.DIRECTION), "change-1")
    assert letter.change is not None
    wrote = ("</blockquote><h1>Beviljas</h1>{{ 7*7 }}",)
    page = letter_page(replace(letter, change=replace(letter.change, asked=wrote)))
    reader = PdfReader(BytesIO(await typeset(page)))
    assert wrote[0] in text_of(reader)
    assert (tags(reader).count("/H1"), tags(reader).count("/BlockQuote")) == (1, 1)
