"""Letters as PDF, checked in the file: readable aloud (PDF/UA-1), in order, literal, and the same bytes every time."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from services.applications.application.domain import DecisionText
from services.applications.application.schemas.letters import letter_page
from shared.contracts.applications import AttachedFile, CompletionKind, DismissalReason
from shared.contracts.call import ChangeKind
from shared.pdf import typeset
from tests.unit.applications.examples import handled
from tests.unit.applications.letters import (
    BUDGET,
    a_letter,
    appealable_call,
    asked,
    changed,
    dismissed,
    granted,
    not_signed,
    rejected,
    request_refused,
    revoked,
    with_name,
    written_off,
)

pytestmark = pytest.mark.asyncio

LETTERS = {
    "grant": (granted, "decision", "Beslut om stöd"),
    "rejection": (rejected, "decision", "Beslut om avslag"),
    "late": (lambda: dismissed(DismissalReason.LATE), "dismissal", "Beslut om avvisning"),
    "order-not-followed": (
        lambda: dismissed(DismissalReason.ORDER_NOT_FOLLOWED),
        "dismissal",
        "Beslut om avvisning",
    ),
    "not-entitled": (lambda: dismissed(DismissalReason.NOT_ENTITLED), "dismissal", "Beslut om avvisning"),
    "write-off": (written_off, "write-off", "Beslut om avskrivning"),
    "question": (lambda: [*handled(), asked(CompletionKind.QUESTION)], "completion-1", "Fråga om komplettering"),
    "order": (lambda: [*handled(), asked(CompletionKind.ORDER)], "completion-1", "Föreläggande om komplettering"),
    "signing": (not_signed, "signing", "Underskrift av ansökan"),
    "revocation": (revoked, "revocation-1", "Beslut om upphävande"),
    "part-revocation": (lambda: revoked(left_kr=600_000), "revocation-1", "Beslut om upphävande i del"),
    "change": (lambda: changed(ChangeKind.BUDGET, budget=BUDGET, co_funding_ore=1), "change-1", "Beslut om ändring"),
    "refused-change": (
        lambda: changed(ChangeKind.PERIOD, approved=False, ends_on=date(2023, 9, 30)),
        "change-1",
        "Beslut om ändring",
    ),
    "request-refusal": (request_refused, "request-refusal", "Beslut om avslag på begäran om avgörande"),
}
DECISIONS = ["grant", "rejection", "late", "order-not-followed", "not-entitled", "write-off"]
DECISIONS += ["revocation", "part-revocation", "refused-change"]
"""The decisions that go by whether their basis may be appealed."""
OTHERS = sorted(LETTERS.keys() - set(DECISIONS) - {"request-refusal"})


async def pdf_of(name: str, **more: Any) -> PdfReader:  # noqa: ANN401 - what a letter is made of
    facts, letter, _ = LETTERS[name]
    return PdfReader(BytesIO(await typeset(letter_page(await a_letter(facts(), letter, **more)))))


def elements(found: Any) -> Iterator[Any]:  # noqa: ANN401 - whatever stands in the file
    """Yield the elements of a structure tree in reading order."""
    found = found.get_object()
    if isinstance(found, ArrayObject):
        for child in found:
            yield from elements(child)
    elif isinstance(found, DictionaryObject):
        if "/S" in found:
            yield found
        if "/K" in found:
            yield from elements(found.raw_get("/K"))


def tags(reader: PdfReader) -> list[str]:
    return [str(element["/S"]) for element in elements(reader.root_object["/StructTreeRoot"])]


def text_of(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", LETTERS)
async def test_a_letter_is_pdf_ua_with_language_title_and_tags(name: str) -> None:
    reader = await pdf_of(name)
    root: Any = reader.root_object
    title = LETTERS[name][2]
    assert root["/Lang"] == "sv-SE"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith(title)
    xmp = root["/Metadata"].get_data().decode()
    assert 'pdfuaid:part="1"' in xmp
    assert f'<rdf:li xml:lang="x-default">{reader.metadata.title}</rdf:li>' in xmp
    found = tags(reader)
    assert found.count("/H1") == 1
    assert found.index("/H1") < found.index("/Table")
    assert "/Figure" not in found, "a figure would need an alternative text"
    assert all("/Annots" not in page for page in reader.pages), "a link would need a description"


@pytest.mark.parametrize("name", LETTERS)
async def test_every_table_has_a_caption_and_every_cell_its_headers(name: str) -> None:
    reader = await pdf_of(name)
    for table in elements(reader.root_object["/StructTreeRoot"]):
        if table["/S"] != "/Table":
            continue
        parts = list(elements(table.raw_get("/K")))
        assert [str(part["/S"]) for part in parts].count("/Caption") == 1
        headers = {str(part["/ID"]) for part in parts if part["/S"] == "/TH"}
        cells = [part for part in parts if part["/S"] == "/TD"]
        assert cells
        for cell in cells:
            named = {str(header) for header in cell["/A"]["/Headers"]}
            assert named
            assert named <= headers


@pytest.mark.parametrize("name", LETTERS)
async def test_pages_are_a4_numbered_and_name_the_agency(name: str) -> None:
    reader = await pdf_of(name)
    for number, page in enumerate(reader.pages, start=1):
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
        text = page.extract_text()
        assert f"ida {number} ({len(reader.pages)})" in text
        assert "Tillväxtverket" in text


async def test_a_grant_is_read_in_order() -> None:
    text = text_of(await pdf_of("grant"))
    places = [
        text.index(words)
        for words in (
            "Beslut om stöd",
            "Ärendenummer 20230001",
            "Tillväxtverket beviljar Exempel Science Park AB stöd med 50,00 procent",
            "dock högst 800 000 kr (åttahundra tusen kronor)",
            "Externa tjänster 450 000 kr",
            "Det här har ni sökt",
            "Metoderna är prövade och tiden räcker.",
            "17 § förordningen (2022:1468)",
            "Lägsta belopp för ansökan är 500 tkr.",
            "Villkor för stödet",
            "Acceptera beslutet senast den 31 mars 2023.",
            "Beslutet kan upphävas",
            "Beslutet får inte överklagas",
            "Beslutet har fattats av decider-1. Föredragande har varit officer-1.",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("name", DECISIONS)
async def test_a_decision_that_may_not_be_appealed_says_so_and_nothing_of_how_a18(name: str) -> None:
    text = text_of(await pdf_of(name))
    assert "får det här beslutet inte överklagas" in text
    assert "Så här överklagar ni" not in text
    assert "veckor" not in text


@pytest.mark.parametrize("name", DECISIONS)
async def test_a_decision_that_may_be_appealed_says_how_a18(name: str) -> None:
    text = text_of(await pdf_of(name, call=appealable_call()))
    assert "Ni kan överklaga beslutet till allmän förvaltningsdomstol." in text
    assert "inom tre veckor från den dag då ni fick del av beslutet" in text
    assert "Om ni företräder det allmänna" in text
    assert "senast den 31 mars 2023" in text
    assert "inte överklagas" not in text


@pytest.mark.parametrize("name", OTHERS)
async def test_what_is_no_decision_says_nothing_of_appeals(name: str) -> None:
    assert "överklaga" not in text_of(await pdf_of(name, call=appealable_call()))


async def test_a_partial_grant_says_what_was_applied_for() -> None:
    *before, decision = granted()
    part = decision.model_copy(update={"partial": True, "amount_granted_ore": 60_000_000, "support_share_bp": 4999})
    page = letter_page(await a_letter([*before, part], "decision"))
    text = text_of(PdfReader(BytesIO(await typeset(page))))
    assert "Beslut om stöd, delvis bifall" in text
    assert "49,99 procent" in text
    assert "Beslutet är ett delvis bifall: ni har sökt 800 000 kr." in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("late", "Utlysningen stängde den 1 mars 2023."),
        ("order-not-followed", "Ni har inte följt föreläggandet"),
        ("not-entitled", "Ni hör inte till dem som kan söka stödet."),
        ("question", "avgör Tillväxtverket ärendet på de uppgifter som finns"),
        ("order", "kommer Tillväxtverket att avvisa ansökan"),
        ("write-off", "Ni har återkallat ansökan"),
        ("signing", "Namnförtydligande och befattning"),
    ],
)
async def test_each_letter_says_what_follows(name: str, said: str) -> None:
    assert said in text_of(await pdf_of(name))


async def test_the_signing_document_names_every_file_with_its_checksum_a14() -> None:
    (submission,) = not_signed()
    file = AttachedFile(file="f", code=None, media_type="application/pdf", size_bytes=1_234, sha256="ab" * 32)
    letter = await a_letter([submission.model_copy(update={"files": [file]})], "signing")
    assert letter.signing is not None
    text = without_spaces(text_of(PdfReader(BytesIO(await typeset(letter_page(letter))))))
    assert "Bilaga1(PDF,1kB)" in text
    assert "ab" * 32 in text
    assert letter.signing.form_sha256 in text


@pytest.mark.parametrize(
    "words",
    [
        "{{7*7}} {% raw %} ${7*7}",
        "<script>alert(1)</script><h1>Beviljas</h1><img src=file:///etc/hostname alt=A>",
        "x" * 2_000,
        "&lt;b&gt; &amp; </td></table></body>",
        "<style>*{display:none}</style>",
    ],
    ids=["template", "markup", "long-word", "entities", "style"],
)
async def test_what_somebody_wrote_comes_out_literally(words: str) -> None:
    form = with_name(words[:190])
    reader = await pdf_of("rejection", text=DecisionText(words, words[:190], (words[:190],)), form=form)
    text = without_spaces(text_of(reader))
    assert without_spaces(words[:60]) in text
    assert text.count(without_spaces(words[:60])) >= 5
    assert "49}}" not in text
    assert tags(reader).count("/H1") == 1
    assert "/Figure" not in tags(reader)


@pytest.mark.parametrize(
    "words", ["مرحبا بالعالم", "שלום עולם", "😀 emoji", "a\u202eb"], ids=["arabic", "hebrew", "emoji", "override"]
)
async def test_other_writing_goes_its_own_way_and_turns_nothing_around_it(words: str) -> None:
    reader = await pdf_of("rejection", form=with_name(words))
    text = without_spaces(text_of(reader))
    assert "Tillväxtverketavslåransökanfrån" in text
    assert "omstödtillprojektet" in text
    assert tags(reader).count("/H1") == 1


async def test_the_same_facts_give_the_same_bytes_and_others_do_not() -> None:
    page = letter_page(await a_letter(granted(), "decision"))
    assert page == letter_page(await a_letter(granted(), "decision"))
    assert await typeset(page) == await typeset(page)
    other = letter_page(await a_letter(rejected(), "decision"))
    assert await typeset(page) != await typeset(other)
